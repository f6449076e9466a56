"""Read AWS with the credentials at hand, and judge each Target as it comes in."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bothup.aws.caller import Caller
from bothup.aws.fleet import Event, Fleet, Limits, Planned, Sink
from bothup.aws.pacing import Pacer
from bothup.aws.selection import Selection, accounts
from bothup.aws.session import Session, check_region
from bothup.aws.wire import Wire
from bothup.cli.options import Reach
from bothup.cli.progress import Progress
from bothup.engine.controls import Rule
from bothup.engine.judge import judge
from bothup.engine.summary import assemble, scope
from bothup.errors import UsageError
from bothup.model.finding import Finding
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus


def live(reach: Reach, rules: Sequence[Rule], *, quiet: bool) -> Scan:
    """Read one account, every enabled Region or those that are named, and judge it.

    Raises UsageError where there are no credentials, or none that AWS accepts.
    """
    regions = _regions(reach.region)
    started = datetime.now(UTC)
    findings: list[Finding] = []
    coverage: list[Coverage] = []
    with Progress(quiet=quiet) as progress:

        def take(event: Event) -> None:
            if isinstance(event, Planned):
                progress.plan(event.targets)
                return
            coverage.append(event.coverage)
            findings.extend(judge(event.records, rules))
            read = event.coverage.status is CoverageStatus.READ
            progress.step(connections=len(event.records), read=read)

        asyncio.run(_read(reach, regions, take))
    return assemble(
        findings,
        coverage,
        scope=scope(rules, coverage),
        started_at=started,
        finished_at=datetime.now(UTC),
    )


async def _read(reach: Reach, regions: Sequence[str] | None, take: Sink) -> None:
    session = Session(reach.profile, regions or ())
    pacer = Pacer()
    limits = Limits(timeout=reach.timeout, deadline=reach.deadline, in_flight=reach.in_flight)
    async with Wire(ca_bundle=session.ca_bundle, total=limits.in_flight + 64) as wire:
        caller = Caller(wire, session, pacer)
        chosen = await accounts(_selection(reach), session=session, caller=caller)
        fleet = Fleet(session=session, caller=caller, pacer=pacer, limits=limits, sink=take)
        await fleet.read(chosen, regions)


def _selection(reach: Reach) -> Selection:
    return Selection(
        named=(*_split(reach.account), *_listed(reach.accounts)),
        org=reach.org,
        units=_split(reach.ou),
        include=reach.include,
        exclude=reach.exclude,
        role_name=reach.role_name,
        external_id=reach.external_id,
        session_name=reach.session_name,
        chain=reach.role_chain,
    )


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(each.strip() for value in values for each in value.split(",") if each.strip())


def _listed(accounts: str | None) -> tuple[str, ...]:
    """Read --accounts: ids with commas between them, or a file with one on each line."""
    if accounts is None:
        return ()
    if re.fullmatch(r"[\d,\s]+", accounts):
        return _split([accounts])
    try:
        lines = Path(accounts).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--accounts {accounts}: {error}") from None
    return _split([line.partition("#")[0] for line in lines])


def _regions(named: Sequence[str]) -> tuple[str, ...] | None:
    """Return the Regions that were named, None for all that are enabled."""
    regions = _split(named)
    if not regions or regions == ("all",):
        return None
    if "all" in regions:
        raise UsageError("--region all stands for every enabled Region; name no others with it")
    return tuple(check_region(region) for region in regions)
