"""Read what planning needs: every connection, then the evidence on those that were chosen."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from bothup.aws.fleet import Read, TargetRead, connections
from bothup.cli import selected
from bothup.cli.choice import Choice
from bothup.cli.options import Reach
from bothup.cli.plan_evidence import Evidence
from bothup.cli.plan_others import Others
from bothup.cli.progress import Progress
from bothup.cli.reached import Reached, reached
from bothup.engine.plan import Other, Present, Subject, Wishes, plan
from bothup.engine.remedies import Cure
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Malformed, Tunnel, VpnConnection
from bothup.model.plan import Plan
from bothup.model.remedy import LogGroup, LogWish
from bothup.model.target import Coverage, CoverageStatus, Target


class _Gathered(msgspec.Struct):
    """All that was read."""

    coverage: tuple[Coverage, ...]
    subjects: tuple[Subject, ...]
    endpoints: tuple[ClientVpnEndpoint, ...]
    present: dict[Target, Present]
    malformed: tuple[Malformed, ...]
    others: tuple[Other, ...]


def plan_live(
    reach: Reach, choice: Choice, cures: Sequence[Cure], wishes: Wishes, *, quiet: bool
) -> Plan:
    """Read AWS and plan.

    Raises UsageError where there are no credentials, or where an id is none of what was read.
    """
    found = asyncio.run(_gather(reach, choice, cures, wishes, quiet=quiet))
    known = {subject.connection.id for subject in found.subjects}
    known |= {each.id for each in found.endpoints} | {each.id for each in found.malformed}
    known |= {each.resource.id for each in found.others}
    choice.expect(known, found.coverage)
    return plan(
        found.subjects,
        found.endpoints,
        cures,
        wishes,
        present=found.present,
        malformed=found.malformed,
        others=tuple(each for each in found.others if choice.takes(each.resource)),
        made_at=datetime.now(UTC).replace(microsecond=0),
        coverage=found.coverage,
    )


async def _gather(
    reach: Reach, choice: Choice, cures: Sequence[Cure], wishes: Wishes, *, quiet: bool
) -> _Gathered:
    regions = selected.regions(reach.region)
    kinds = {kind for cure in cures for kind in cure.evidence.values()}
    async with reached(reach, selected.selection(reach), regions) as way:
        others = Others(cures)
        read = others.read if others.needs else connections
        coverage, records = await read_connections(way, regions, quiet=quiet, read=read)
        evidence = Evidence(way.access, kinds, reach.in_flight)
        chosen = [each for each in records if isinstance(each, VpnConnection)]
        chosen = [each for each in chosen if Tunnel in kinds and choice.takes(each)]
        subjects = await evidence.subjects(chosen)
        endpoints: tuple[ClientVpnEndpoint, ...] = ()
        if ClientVpnEndpoint in kinds:
            targets = [_target(each) for each in coverage if each.status is CoverageStatus.READ]
            endpoints = tuple(filter(choice.takes, await evidence.endpoints(targets)))
        present: dict[Target, Present] = {}
        if LogWish in kinds:
            for target, groups in _log_groups(chosen, endpoints, wishes):
                present |= await evidence.present([target], groups)
    malformed = [*(each for each in records if isinstance(each, Malformed)), *others.malformed]
    return _Gathered(
        (*coverage, *evidence.gaps),
        subjects,
        endpoints,
        present,
        tuple(each for each in malformed if choice.names(each.id)),
        tuple(others.found),
    )


async def read_connections(
    way: Reached,
    regions: Sequence[str] | None,
    *,
    quiet: bool,
    read: Read = connections,
) -> tuple[list[Coverage], list[VpnConnection | Malformed]]:
    """Read the connections of every Target at hand, in the order of the Targets and ids."""
    coverage: list[Coverage] = []
    records: list[VpnConnection | Malformed] = []

    def take(read: TargetRead) -> None:
        coverage.append(read.coverage)
        records.extend(read.records)

    with Progress(quiet=quiet) as progress:
        await way.read(regions, take, progress, read=read)
    coverage.sort(key=lambda each: (each.account or "", each.region or ""))
    records.sort(key=lambda each: (each.target, each.id))
    return coverage, records


def _target(covered: Coverage) -> Target:
    return Target(account=covered.account, region=covered.region)


def _log_groups(
    connections: Sequence[VpnConnection], endpoints: Sequence[ClientVpnEndpoint], wishes: Wishes
) -> Iterator[tuple[Target, list[LogGroup]]]:
    """Yield which log groups and streams may be needed where."""
    wanted: defaultdict[Target, list[LogGroup]] = defaultdict(list)
    for target in {each.target for each in connections}:
        wanted[target].append(wishes.tunnel_logs)
    for each in endpoints:
        if each.log_enabled is False:
            stream = msgspec.structs.replace(wishes.client_logs, stream=each.id)
            wanted[each.target].append(stream)
    yield from wanted.items()
