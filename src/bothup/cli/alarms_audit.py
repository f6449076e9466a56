"""`bothup alarms audit`: whether somebody would be paged, for every connection and tunnel."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from cyclopts import Parameter

from bothup.alarms.audit import audit as judge_alarms
from bothup.alarms.check import all_checks
from bothup.cli import exits, logs, output
from bothup.cli.alarm_reading import AlarmsRead, read_alarms
from bothup.cli.options import Reach, Shown
from bothup.cli.reached import reached
from bothup.cli.selected import regions, selection
from bothup.cli.settings import Configuration
from bothup.engine.assemble import assemble, scope
from bothup.engine.mutes import Mutes
from bothup.model.scan import Scan
from bothup.report._alarms import headline, render


def audit(
    *,
    fail_on: Annotated[
        str,
        Parameter(
            help="Least severity of a FAILED finding for exit code 3: none, informational (the "
            "default: any), low, medium, high, critical.",
            show_default=False,
        ),
    ] = "informational",
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
    shown: Shown = Shown(),  # noqa: B008 - frozen
) -> int:
    """Say for every connection and tunnel whether somebody would be paged.

    Every alarm on a tunnel is checked, whoever made it, and every topic that
    one of them sends to. Nothing is changed. Exit codes as of `bothup scan`:
    0 all is well; 3 something failed; 4 something could not be read or judged.
    """
    if shown.debug:
        logs.debug()
    outputs = output.parse(shown.output)
    outcome = exits.Outcome(exits.threshold(fail_on))
    mutes = Mutes(configuration.mutes(), today=datetime.now(UTC).date())
    started = datetime.now(UTC)
    read = asyncio.run(_read(reach, quiet=shown.quiet))
    found = _scan(read, mutes, started)
    outcome.add(found.findings, found.coverage)
    for each in outputs:
        table = each.name == "table"
        output.write(
            msgspec.structs.replace(each, render=render) if table else each,
            found,
            verbose=shown.verbose,
        )
    if not (shown.quiet or any(each.name == "table" and not each.path for each in outputs)):
        print(f"bothup: {headline(found)}", file=sys.stderr)
    return outcome.code


async def _read(reach: Reach, *, quiet: bool) -> AlarmsRead:
    named = regions(reach.region)
    async with reached(reach, selection(reach), named) as way:
        return await read_alarms(way, named, quiet=quiet)


def _scan(read: AlarmsRead, mutes: Mutes, started: datetime) -> Scan:
    now = datetime.now(UTC)
    findings = mutes.apply(judge_alarms(read.reads, read.topics, now)).findings
    where = scope((), ((each.account, each.region) for each in read.coverage))
    return assemble(
        findings,
        read.coverage,
        scope=msgspec.structs.replace(where, controls=tuple(each.id for each in all_checks())),
        started_at=started,
        finished_at=now,
    )
