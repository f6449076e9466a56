"""`bothup alarms drill`: have a connection's alarms ring, and see whom that reaches."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from cyclopts import Parameter

from bothup.alarms.drill import Drilled, Page, Report, Try, tries
from bothup.alarms.here import Here
from bothup.alarms.scope import Kind
from bothup.cli import exits, logs
from bothup.cli.alarm_reading import AlarmsRead, read_alarms
from bothup.cli.changing import confirm
from bothup.cli.document import deliver
from bothup.cli.drilling import drill as ring
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.reached import Reached, reached
from bothup.cli.selected import regions, selection
from bothup.cli.settings import Configuration
from bothup.errors import UsageError
from bothup.model.target import CoverageStatus
from bothup.report._words import unread


def drill(
    vpn_id: Annotated[str, Parameter(help="The connection (vpn-…).")],
    /,
    *,
    scope: Annotated[
        Kind | None, flag("Only alarms of this kind: lost, degraded; both by default.")
    ] = None,
    tunnel: Annotated[str | None, flag("Only alarms about the tunnel of this outside IP.")] = None,
    wait: Annotated[
        float | None,
        flag("Seconds that each page is given to go out (180, and what a composite alarm waits)."),
    ] = None,
    yes: Annotated[bool, flag("Do not ask.", "--yes", "-y")] = False,
    output: Annotated[
        str, flag("FORMAT[=FILE]: text (the default), json.", "--output", "-o")
    ] = "text",
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies.")] = False,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Have a connection's alarms ring, see whom that reaches, and put them back.

    Each alarm is set to ALARM, which pages whoever it tells, and then to the
    state that it had, which tells them that all is well. Nothing happens to the
    connection. Exit codes: 0 every page went out; 3 one did not, or there was
    nothing to try; 4 the connection could not be read; 2 usage error.
    """
    if debug:
        logs.debug()
    if wait is not None and not wait > 0:
        raise UsageError(f"--wait {wait:g}: expected seconds, more than 0")
    return asyncio.run(
        _drill(vpn_id, reach, kind=scope, tunnel=tunnel, wait=wait, yes=yes, output=output,
               quiet=quiet)
    )  # fmt: skip


async def _drill(
    vpn_id: str,
    reach: Reach,
    *,
    kind: Kind | None,
    tunnel: str | None,
    wait: float | None,
    yes: bool,
    output: str,
    quiet: bool,
) -> int:
    named = regions(reach.region)
    async with reached(reach, selection(reach), named) as way:
        read = await read_alarms(way, named, quiet=quiet)
        here = _here(read, vpn_id)
        if here is None:
            print(f"bothup: {vpn_id} is not in what could be read", file=sys.stderr)
            for each in read.coverage:
                if each.status is not CoverageStatus.READ:
                    print(f"bothup: not read: {unread(each)}", file=sys.stderr)
            return exits.INCOMPLETE
        if tunnel is not None and here.tunnels.get(tunnel) != vpn_id:
            raise UsageError(f"--tunnel {tunnel}: {vpn_id} has no tunnel of that outside IP")
        chosen = tuple(tries(here, vpn_id, kind=kind, tunnel=tunnel))
        if chosen:
            confirm(f"Page whoever {len(chosen)} alarms of {vpn_id} tell?", yes=yes)
        report = await _report(way, here, vpn_id, chosen, wait)
    encoded = msgspec.json.format(msgspec.json.encode(report), indent=2).decode()
    deliver(output, {"text": lambda: _text(report), "json": lambda: [encoded, "\n"]})
    good = bool(report.alarms) and all(each.good for each in report.alarms)
    return exits.OK if good else exits.FINDINGS


def _here(read: AlarmsRead, vpn_id: str) -> Here | None:
    """Find the connection; raises UsageError where all was read and it is nowhere."""
    for each in read.reads:
        here = Here(each, read.topics, datetime.now(UTC))
        if vpn_id in here.connections:
            return here
    if all(each.status is CoverageStatus.READ for each in read.coverage):
        raise UsageError(f"{vpn_id} is nowhere in what was read; is its Region among it?")
    return None


async def _report(
    way: Reached, here: Here, vpn_id: str, chosen: tuple[Try, ...], wait: float | None
) -> Report:
    target = here.read.target
    return Report(
        connection=vpn_id,
        account=target.account,
        region=target.region,
        alarms=tuple([await ring(way, each, wait=wait) for each in chosen]),
    )


def _text(report: Report) -> Iterator[str]:
    for each in report.alarms:
        if each.skipped:
            yield f"{each.alarm}: not tried: {each.skipped}\n"
        for page in each.pages:
            yield f"{each.alarm}: {_said(each, page)}\n"
    if not report.alarms:
        yield f"{report.connection} has no alarm that could be tried\n"


def _said(drilled: Drilled, page: Page) -> str:
    through = f" through {page.alarm}" if page.alarm != drilled.alarm else ""
    if page.seconds is None:
        return f"no page went out{through} to {page.topic} in time"
    if page.error:
        return f"the page to {page.topic} failed{through}: {page.error}"
    heard = ", ".join(page.endpoints) or "nobody: the topic has no confirmed subscription"
    return f"paged{through} after {page.seconds:g} s: {page.topic} to {heard}"
