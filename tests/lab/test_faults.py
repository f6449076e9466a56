"""What is true of every fault, and of the command line, without a laboratory."""

import re

import pytest

from bothup.engine.causes import suspects
from bothup.errors import UsageError
from bothup.lab.fault import Fault
from bothup.lab.faults import chosen, faults
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
