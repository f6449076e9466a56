"""`bothup lab`: real IKE daemons, broken on purpose, seen, named and cured."""

import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from bothup.cli import exits
from bothup.cli.lab_table import promised, table
from bothup.cli.stdout import say
from bothup.errors import UsageError

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
    keep: Annotated[Path | None, Parameter(show_default=False)] = None,
    output: Annotated[Literal["table", "json"], Parameter(name=("--output", "-o"))] = "table",
    quiet: Annotated[bool, Parameter(name=("--quiet", "-q"), negative=())] = False,
) -> int:
    """Break tunnels of real daemons; have bothup see, name and cure each fault.

    It needs root, Linux, strongSwan, BIRD and nftables, and leaves nothing
    behind. Up to five faults that do not hold get a second go, alone, at the end,
    and the table tells of both; a sibling that was lost where bothup cured is
    never forgiven. Exit codes: 0 every fault is seen and cured, 19 of 20 are
    named, and no sibling lost its SA; 3 not so; 4 this machine does not allow it.

    Parameters
    ----------
    faults
        Faults by name, all of `bothup lab list` without any.
    jobs
        How many laboratories at once; four to a core by default.
    keep
        A folder for the daemons' logs of each fault that does not hold; nothing is kept without.
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
    for outcome in run_faults(wanted, jobs, keep):
        found.append(outcome)
        if not quiet:
            again = ", second go" if outcome.first else ""
            print(f"{len(found)}/{len(wanted)} {outcome.fault}{again}", file=sys.stderr)
    order = [each.id for each in wanted]
    found.sort(key=lambda each: order.index(each.fault))
    if output == "json":
        say([msgspec.json.encode(found).decode(), "\n"])
    else:
        say(table(found, time.monotonic() - began))
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
