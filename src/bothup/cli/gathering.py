"""Gather live evidence: find the connections, then collect all that AWS tells of each."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec

from bothup.aws.clients import Clients
from bothup.aws.collect.changes import expected
from bothup.aws.collect.incident import Incident, Span
from bothup.aws.collect.same_gateway import Devices
from bothup.aws.collect.trail import Lookup, Trail
from bothup.aws.collect.wanted import Subject
from bothup.aws.evidence import collect
from bothup.aws.survey import Record, Survey
from bothup.aws.ways import Ways
from bothup.cli import selected
from bothup.cli.options import Reach
from bothup.cli.progress import Progress
from bothup.cli.reached import reached
from bothup.engine.controls import select
from bothup.engine.judge import judge
from bothup.errors import UsageError
from bothup.model.connection import VpnConnection
from bothup.model.finding import Status
from bothup.model.target import Coverage

# So many connections are looked at together.
_TOGETHER = 8


T = TypeVar("T")
Take = Callable[[dict[str, Any]], T]
Choose = Callable[[Iterable[Record]], Sequence[Record]]


class Gathered(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What was made of the evidence on each connection, by its id.

    `unread` are the Targets that could not be read.
    """

    made: dict[str, T]
    unread: tuple[Coverage, ...] = ()


def live(
    reach: Reach,
    ids: Sequence[str],
    incident: Incident,
    take: Take[T],
    *,
    interval: float,
    quiet: bool,
) -> Gathered[T]:
    """Collect the evidence on these connections, or on all that are not on two tunnels.

    Each document is given to `take` in a thread as soon as it is there, and then let go of: there
    may be many. Where all that was named was found, nothing counts as unread. Raises UsageError
    where an id is no connection's, where there are no credentials, where the selection cannot be
    carried out, or where everything was read and a connection is nowhere.
    """
    for each in ids:
        if not each.startswith("vpn-"):
            raise UsageError(
                f"{each!r} is no connection; expected an id like vpn-0123456789abcdef0"
            )
    wanted: Sequence[str] | Choose = list(dict.fromkeys(ids)) or _troubled
    found = asyncio.run(_gather(reach, wanted, incident, take, interval, quiet=quiet))
    lost = [each for each in ids if each not in found.made]
    if lost and not found.unread:
        raise UsageError(f"{lost[0]} is nowhere in what was read; is its Region among it?")
    return found if lost or not ids else Gathered(made=found.made)


def _troubled(records: Iterable[Record]) -> list[Record]:
    """Choose the connections that EC2.20 fails, or cannot judge; by account, Region and id."""
    known = {
        (each.target.account or "", each.target.region or "", each.id): each for each in records
    }
    findings = judge(known.values(), select(("EC2.20",)))
    places = {
        (each.account or "", each.region or "", each.resource.id)
        for each in findings
        if each.status in (Status.FAILED, Status.NOT_AVAILABLE)
    }
    return [known[place] for place in sorted(places & known.keys())]


async def _gather(
    reach: Reach,
    wanted: Sequence[str] | Choose,
    incident: Incident,
    take: Take[T],
    interval: float,
    *,
    quiet: bool,
) -> Gathered[T]:
    regions = selected.regions(reach.region)
    async with (
        reached(reach, selected.selection(reach), regions) as way,
        Clients(reach.profile) as clients,
    ):
        survey = Survey()
        with Progress(quiet=quiet) as progress:
            survey.begin(way.read(regions, survey.take, progress))
            try:
                chosen = await _chosen(survey, wanted)
                ways = Ways(way.caller, clients, way.accounts, way.run)
                devices = Devices(survey, partial(ways.to, seconds=reach.timeout, each=True))
                made = await _collect(chosen, devices, incident, take, interval)
                return Gathered(made=made, unread=tuple(survey.unread))
            finally:
                await survey.stop()


async def _chosen(survey: Survey, wanted: Sequence[str] | Choose) -> Sequence[Record]:
    if callable(wanted):
        await survey.finished()
        return wanted(survey.all())
    found = await survey.find(wanted)
    return [found[each] for each in wanted if each in found]


async def _collect(
    chosen: Sequence[Record],
    devices: Devices,
    incident: Incident,
    take: Take[T],
    interval: float,
) -> dict[str, T]:
    free, trail = asyncio.Semaphore(_TOGETHER), Trail(_lookups(chosen, incident))

    async def one(record: Record) -> T:
        async with free:
            document = await collect(
                record.id,
                record.target,
                incident,
                devices,
                trail,
                seen=record if isinstance(record, VpnConnection) else None,
                interval=interval,
            )
            return await asyncio.to_thread(take, document)

    made = await asyncio.gather(*map(one, chosen))
    return dict(zip((each.id for each in chosen), made, strict=True))


def _lookups(chosen: Sequence[Record], incident: Incident) -> Iterator[tuple[Lookup, Span]]:
    for each in chosen:
        if isinstance(each, VpnConnection):
            yield from expected(Subject(connection=each, incident=incident))
