"""docs/simulator.md names every kind of connection, every kind of fault and every request."""

import re
import typing
from pathlib import Path

from bothup.sim.control import _ROUTES
from bothup.sim.faults import FaultKind
from bothup.sim.kinds import KINDS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "simulator.md").read_text("utf-8")


def first_cells(heading: str) -> str:
    """The first column of the table below a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))


def test_every_kind_of_connection_is_named() -> None:
    assert sorted(re.findall(r"`([^`]+)`", first_cells("Kinds of connection"))) == sorted(KINDS)


def test_every_kind_of_fault_is_named() -> None:
    named = re.findall(r"`([^`]+)`", first_cells("Faults"))
    assert sorted(named) == sorted(typing.get_args(FaultKind))


def test_every_request_is_named() -> None:
    named = re.findall(r"`(\w+) /bothup-sim/(\w+)`", first_cells("Control"))
    assert sorted(named) == sorted(_ROUTES)
