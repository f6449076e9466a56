"""What is true of every fault, and of the command line, without a laboratory."""

import re
from pathlib import Path
from typing import Any

import pytest

from bothup.cli.lab import promised
from bothup.engine.causes import suspects
from bothup.errors import UsageError
from bothup.lab.fault import Fault
from bothup.lab.faults import CANNOT, chosen, faults
from bothup.lab.loop import Outcome
from tests.cli.conftest import Run, bothup

__all__ = ["bothup"]

FAULTS = list(faults().values())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.id)
def test_a_fault_says_what_it_is(fault: Fault) -> None:
    assert fault.cause in {each.cause.id for each in suspects()}
    assert (fault.repair is None) <= (fault.cure in ("aws", "none"))
    assert (fault.cure == "none") == (fault.sight == "no alarm") == (fault.cause == "healthy")
    re.compile(fault.advice)
    re.compile(fault.until)


def test_faults_are_chosen_by_name() -> None:
    assert [each.id for each in chosen(("idle", "psk-wrong"))] == ["idle", "psk-wrong"]
    assert len(chosen(())) == len(FAULTS) == len({each.id for each in FAULTS})
    with pytest.raises(UsageError, match="there is no fault nonsense; expected one of ike-dh"):
        chosen(("nonsense",))


def test_the_list(bothup: Run) -> None:
    told = bothup("lab", "list").stdout
    assert all(f"{each.id} " in told for each in FAULTS)
    assert "cannot be had: libreswan as the gateway: it needs the kernel's ESP" in told


def test_an_unknown_fault_is_refused_before_anything_is_built(bothup: Run) -> None:
    done = bothup("lab", "run", "nonsense")
    assert done.returncode == 2
    assert "there is no fault nonsense" in done.stderr


DOCUMENT = (Path(__file__).parents[2] / "docs" / "lab.md").read_text("utf-8")


def test_the_documents_tell_what_is_there_and_what_cannot_be_had() -> None:
    told = re.search(r"^(\d+) faults in ", DOCUMENT, re.MULTILINE)
    assert told
    assert int(told[1]) == len(FAULTS)
    assert all(re.search(rf"^{each.id} ", DOCUMENT, re.MULTILINE) for each in FAULTS)
    assert all(f"| {what} | {why} |" in DOCUMENT for what, why in CANNOT)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({}, True),
        ({"named": "healthy"}, False),
        ({"detected": None}, False),
        ({"cured": None}, False),
        ({"sibling_lost": True}, False),
        ({"sibling_lost": None}, True),
    ],
)
def test_what_is_promised(outcome: dict[str, Any], expected: bool) -> None:
    good = {"detected": 1.0, "named": "psk-mismatch", "cured": 1.0, "sibling_lost": False}
    one = Outcome(fault="psk-wrong", cause="psk-mismatch", cure="device", **{**good, **outcome})
    assert promised([one]) is expected
    assert one.held is expected
