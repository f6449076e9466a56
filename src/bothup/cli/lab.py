"""`bothup lab`: real IKE daemons, broken on purpose, seen, named and cured."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from bothup.cli import exits
from bothup.cli.output import say
from bothup.errors import UsageError

if TYPE_CHECKING:
    from bothup.lab.loop import Outcome

lab = App(
    name="lab",
    help="Break real IPsec tunnels, and see them named and cured.",
    help_formatter="default",
    result_action="return_value",
)


@lab.command(name="list")
def list_() -> int:
    """List the faults: what is broken, and what a diagnosis ought to name."""
    from bothup.lab.faults import CANNOT, faults

    known = faults().values()
    width = max(len(each.id) for each in known)
    say(f"{each.id:{width}}  {each.cause:28}  {each.title}\n" for each in known)
    say(f"cannot be had: {what}: {why}\n" for what, why in CANNOT)
    return exits.OK


@lab.command
def run(
    faults: tuple[str, ...] = (),
    /,
    *,
    jobs: Annotated[int | None, Parameter(show_default=False)] = None,
    output: Annotated[Literal["table", "json"], Parameter(name=("--output", "-o"))] = "table",
    quiet: Annotated[bool, Parameter(name=("--quiet", "-q"), negative=())] = False,
) -> int:
    """Break tunnels of real daemons; have bothup see, name and cure each fault.

    It needs root, Linux, strongSwan, BIRD and nftables, and leaves nothing behind. Exit codes: 0
    every fault is seen and cured, 19 of 20 are named, and no sibling lost its SA; 3 not so; 4 this
    machine does not allow it.

    Parameters
    ----------
    faults
        Faults by name, all of `bothup lab list` without any.
    jobs
        How many laboratories at once; four to a core by default.
    output
        table, or json.
    quiet
        Say nothing while it goes on.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs {jobs}; expected 1 or more")
    from bothup.lab.faults import chosen

    wanted = chosen(faults)
    if not allowed("the laboratory"):
        return exits.INCOMPLETE
    from bothup.lab.run import run_faults

    began, found = time.monotonic(), []
    for outcome in run_faults(wanted, jobs):
        found.append(outcome)
        if not quiet:
            print(f"{len(found)}/{len(wanted)} {outcome.fault}", file=sys.stderr)
    order = [each.id for each in wanted]
    found.sort(key=lambda each: order.index(each.fault))
    if output == "json":
        say([msgspec.json.encode(found).decode(), "\n"])
    else:
        say(_table(found, time.monotonic() - began))
    return exits.OK if promised(found) else exits.FINDINGS


def allowed(what: str) -> bool:
    """Whether a laboratory can be built here; says so where this machine does not allow it.

    Raises UsageError, with what to install, where something is missing.
    """
    from bothup.lab.probe import forbidden, missing

    if lacks := missing():
        raise UsageError(f"{what} cannot run: {'; '.join(lacks)}")
    if reasons := forbidden():
        print(f"SKIPPED: {what} cannot run here: {'; '.join(reasons)}", file=sys.stderr)
        return False
    return True


def promised(found: Sequence["Outcome"]) -> bool:
    """Whether all was seen and cured, 19 of 20 named, and no sibling lost an SA."""
    named = sum(each.named == each.cause for each in found)
    return named >= _NAMED * len(found) and all(
        each.detected is not None and each.cured is not None and not each.sibling_lost
        for each in found
    )


_NAMED = 0.95
_HEAD = ("fault", "cause", "detected", "from the id", "named", "cured by", "cured", "sibling", "")


def _table(found: Sequence["Outcome"], seconds: float) -> Iterator[str]:
    rows = [_HEAD, *(_row(each) for each in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip() + "\n"
    yield (
        f"{len(found)} faults in {seconds:.0f} s: "
        f"{sum(e.detected is not None for e in found)} detected, "
        f"{sum(e.named_alone == e.cause for e in found)} named from the id alone, "
        f"{sum(e.named == e.cause for e in found)} with the device's side, "
        f"{sum(e.cured is not None for e in found)} cured, "
        f"{sum(bool(e.sibling_lost) for e in found)} lost the sibling\n"
    )
    for each in found:
        if each.problem:
            yield f"{each.fault}: {each.problem}\n"


def _row(one: "Outcome") -> tuple[str, ...]:
    sibling = {None: "-", True: "LOST", False: "kept"}[one.sibling_lost]
    return (
        one.fault,
        one.cause,
        _seconds(one.detected),
        _named(one.named_alone, one.cause),
        _named(one.named, one.cause),
        one.cure,
        _seconds(one.cured),
        sibling,
        "" if one.held else "DOES NOT HOLD",
    )


def _named(name: str, cause: str) -> str:
    return "yes" if name == cause else name or "-"


def _seconds(seconds: float | None) -> str:
    return "NO" if seconds is None else f"{seconds:.1f} s"
