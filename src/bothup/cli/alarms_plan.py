"""`bothup alarms plan`: which alarms are missing, wrong or left over, and what would be done."""

import asyncio
import sys
from typing import Annotated

from bothup.alarms.plan import Made
from bothup.alarms.want import Wish
from bothup.cli import exits, logs
from bothup.cli.alarm_flags import Told
from bothup.cli.alarm_planning import form, plan_live
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.plan_output import parse, write
from bothup.cli.reached import reached
from bothup.cli.selected import regions, selection
from bothup.cli.settings import Configuration
from bothup.model.target import CoverageStatus


def plan(
    *,
    told: Told = Told(),  # noqa: B008 - frozen
    output: Annotated[
        tuple[str, ...],
        flag(
            "FORM[=FILE], repeatable: table (the default), json, which `bothup apply` takes, "
            "script (bash with the AWS CLI); terraform and cloudformation hold all alarms that "
            "are wanted.",
            "--output",
            "-o",
        ),
    ] = (),
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    verbose: Annotated[bool, flag("Name every alarm of a refusal.", "--verbose", "-v")] = False,
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.")] = False,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
) -> int:
    """Plan which alarms are made, corrected and deleted; nothing is changed.

    Exit codes: 0 planned, or nothing to do; 5 every change is refused; 4 something could
    not be read; 2 usage error.
    """
    if debug:
        logs.debug()
    outputs, wish = parse(output, form), told.wish(configuration)
    made = asyncio.run(_plan(reach, wish, quiet=quiet))
    for each in outputs:
        write(each, made, verbose=verbose)
    unread = sum(each.status is not CoverageStatus.READ for each in made.plan.coverage)
    if unread and not quiet:
        print(f"bothup: {unread} accounts and Regions were not read", file=sys.stderr)
    if made.plan.refused and not made.plan.steps:
        return exits.GUARD
    return exits.INCOMPLETE if unread else exits.OK


async def _plan(reach: Reach, wish: Wish, *, quiet: bool) -> Made:
    named = regions(reach.region)
    async with reached(reach, selection(reach), named) as way:
        return await plan_live(way, named, wish, quiet=quiet)
