"""`bothup alarms apply`: make what is missing, correct what is wrong, delete what is left over."""

import asyncio
import itertools
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from bothup.alarms.plan import Made
from bothup.alarms.want import Wish
from bothup.apply.journal import Journal
from bothup.apply.pace import Pace
from bothup.apply.run import Outcome
from bothup.cli import exits, logs
from bothup.cli.alarm_flags import Told
from bothup.cli.alarm_planning import plan_live
from bothup.cli.apply import finish
from bothup.cli.applying import Job, carry_out_live
from bothup.cli.changing import confirm, journal_path, tell
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.output import look
from bothup.cli.reached import reached
from bothup.cli.selected import regions, selection
from bothup.cli.settings import Configuration
from bothup.export import renderer
from bothup.model.plan import Plan, Refused
from bothup.model.target import CoverageStatus
from bothup.report._words import unread

# No alarm is waited for: the pace of tunnels has no part in this.
_PACE = Pace.settling(120.0, 600.0)


def apply(
    *,
    told: Told = Told(),  # noqa: B008 - frozen
    yes: Annotated[bool, flag("Do not ask.", "--yes", "-y")] = False,
    journal: Annotated[
        Path | None, flag("Journal file (~/.local/state/bothup/journal.db).")
    ] = None,
    output: Annotated[
        str, flag("FORMAT[=FILE]: text (the default), json.", "--output", "-o")
    ] = "text",
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.")] = False,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
) -> int:
    """Make the alarms that are missing, correct those that are wrong, delete what is left over.

    What is right stays as it is. An alarm without bothup's tag is never
    changed unless --foreign names it. Exit codes: 0 all is done; 5 some alarm
    could not be made or changed, the others are; 4 something could not be read.
    """
    if debug:
        logs.debug()
    wish = told.wish(configuration)
    made = asyncio.run(_plan(reach, wish, quiet=quiet))
    outcomes = _carry_out(made.plan, reach, journal_path(journal), yes=yes, quiet=quiet)
    code = finish(made.plan, outcomes, output)
    # Whoever wants it quiet has not seen the plan, in which they stand.
    missing = [each for each in made.plan.coverage if each.status is not CoverageStatus.READ]
    not_read = (f"not read: {unread(each)}" for each in missing)
    for line in (*_refusals(made.plan.refused), *not_read) if quiet else ():
        print(f"bothup: {line}", file=sys.stderr)
    if made.plan.refused:
        return exits.GUARD
    return code or (exits.INCOMPLETE if missing else exits.OK)


def _carry_out(
    plan: Plan, reach: Reach, path: Path, *, yes: bool, quiet: bool
) -> tuple[Outcome, ...]:
    if not quiet:
        sys.stderr.writelines(renderer("table")(plan, look(verbose=False)))
    if not plan.steps:
        return ()
    confirm(f"Make these {len(plan.steps)} changes?", yes=yes)
    job = Job(
        plan=plan,
        reach=reach,
        pace=_PACE,
        parallel=reach.in_flight,
        outages=frozenset(),
        rollback=False,
        wait=False,
        tell=(lambda _: None) if quiet else tell,
    )
    with Journal(path) as journal:
        try:
            return carry_out_live(job, journal)
        finally:
            # What was refused is planned anew next time, so nothing is left to be gone on with.
            for begun in journal.applies(plan.id):
                journal.finish(begun.id, datetime.now(UTC))


def _refusals(refused: Iterable[Refused]) -> Iterable[str]:
    """Yield a line for each reason, with the alarms that it holds for."""
    ordered = sorted(refused, key=lambda each: each.reason)
    for reason, group in itertools.groupby(ordered, key=lambda each: each.reason):
        names = [each.resource for each in group]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield f"{names[0]}{more}: {reason}"


async def _plan(reach: Reach, wish: Wish, *, quiet: bool) -> Made:
    named = regions(reach.region)
    async with reached(reach, selection(reach), named) as way:
        return await plan_live(way, named, wish, quiet=quiet)
