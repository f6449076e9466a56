"""What is true of every fault, and of the command line, without a laboratory."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from bothup.cli.lab_table import promised, table
from bothup.engine.causes import suspects
from bothup.errors import UsageError
from bothup.lab.fault import Fault
from bothup.lab.faults import CANNOT, chosen, faults
from bothup.lab.loop import stays_up
from bothup.lab.outcome import Outcome
from bothup.lab.run import MOST_AGAIN, deserving
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


def outcome(**more: Any) -> Outcome:
    good = {
        "fault": "psk-wrong",
        "cause": "psk-mismatch",
        "cure": "device",
        "detected": 1.0,
        "named": "psk-mismatch",
        "cured": 1.0,
        "sibling_lost": False,
    }
    return Outcome(**{**good, **more})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, True),
        ({"named": "healthy"}, False),
        ({"detected": None}, False),
        ({"cured": None}, False),
        ({"sibling_lost": True}, False),
        ({"sibling_lost": None}, True),
    ],
)
def test_what_is_promised(told: dict[str, Any], expected: bool) -> None:
    one = outcome(**told)
    assert promised([one]) is expected
    assert one.held is expected


def test_a_second_go_is_for_the_few_and_never_for_a_sibling_lost_by_a_cure_of_ours() -> None:
    by_the_device, slow = outcome(sibling_lost=True), outcome(cured=None)
    by_us = outcome(sibling_lost=True, cure="aws")
    assert deserving([by_the_device, by_us, slow]) == [by_the_device, slow]
    assert deserving([slow] * MOST_AGAIN) == [slow] * MOST_AGAIN
    assert deserving([slow] * (MOST_AGAIN + 1)) == []


def test_the_table_tells_of_both_goes() -> None:
    first = outcome(sibling_lost=True, gaps=("no CHILD_SA since then",))
    rows = list(table([outcome(first=first), outcome(fault="idle", named="unknown")], 9.0))
    assert [row.split("psk-mismatch")[1].split()[2:] for row in rows[1:3]] == [
        ["-", "yes", "device", "1.0", "s", "LOST", "DOES", "NOT", "HOLD"],
        ["-", "yes", "device", "1.0", "s", "kept", "held", "at", "the", "second", "go"],
    ]
    assert rows[4] == (
        "2 faults in 9 s: 2 detected, 0 named from the id alone, 1 with the device's side, "
        "2 cured, 1 lost the sibling"
    )
    assert rows[5:] == [", 1 held at the second go only\n", "psk-wrong: no CHILD_SA since then\n"]
    (again,) = (row for row in table([outcome(first=first, cured=None)], 9.0) if "NO " in row)
    assert again.endswith("DOES NOT HOLD at the second go\n")


def test_a_session_that_flaps_is_not_cured_before_a_scan_finds_it_up() -> None:
    scans = iter([False, False, True])
    assert stays_up(lambda _: True, lambda: next(scans), 60)
    assert list(scans) == []
    assert not stays_up(lambda _: True, lambda: False, 0.01)
    assert not stays_up(lambda seconds: time.sleep(seconds) or False, lambda: True, 0.01)
