"""Read AWS with the credentials at hand, and judge each Target as it comes in."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from bothup.aws.account import Account
from bothup.aws.caller import Caller
from bothup.aws.fleet import Event, Fleet, Limits, Planned, Sink
from bothup.aws.pacing import Pacer
from bothup.aws.session import Session, check_region
from bothup.aws.signer import OwnCredentials
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
    session = Session(reach.profile)
    pacer = Pacer()
    async with Wire(ca_bundle=session.ca_bundle) as wire:
        fleet = Fleet(
            session=session,
            caller=Caller(wire, session, pacer),
            pacer=pacer,
            limits=Limits(timeout=reach.timeout),
            sink=take,
        )
        await fleet.read([Account(id=None, signer=OwnCredentials(session))], regions)


def _regions(named: Sequence[str]) -> tuple[str, ...] | None:
    """Return the Regions that were named, None for all that are enabled."""
    regions = [each for name in named for each in name.split(",")]
    if not regions or regions == ["all"]:
        return None
    if "all" in regions:
        raise UsageError("--region all stands for every enabled Region; name no others with it")
    return tuple(check_region(region) for region in regions)
