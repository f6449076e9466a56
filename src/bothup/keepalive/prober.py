"""Prober: one packet to each host every few seconds, for as long as it is wanted."""

import asyncio
import itertools
import random
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from bothup.history.probes import Minute
from bothup.keepalive.asking import Host, ask


class Sample(msgspec.Struct, frozen=True):
    """One packet; `seconds` is the round trip, None for one that was lost."""

    host: Host
    at: datetime
    seconds: float | None


class Tally:
    """Adds samples up by host and minute; one thread may add while another takes."""

    def __init__(self) -> None:
        """Begin with none."""
        self._minutes: dict[tuple[str, datetime], Minute] = {}
        self._lock = threading.Lock()

    def add(self, sample: Sample) -> None:
        """Count a sample in."""
        took = sample.seconds
        one = Minute(
            target=sample.host.name,
            minute=sample.at.replace(second=0, microsecond=0),
            sent=1,
            lost=int(took is None),
            shortest=took,
            longest=took,
            total=took or 0.0,
        )
        self.put_back([one])

    def take(self) -> tuple[Minute, ...]:
        """Give what was added up, and begin anew."""
        with self._lock:
            minutes, self._minutes = self._minutes, {}
        return tuple(minutes.values())

    def put_back(self, minutes: Iterable[Minute]) -> None:
        """Count in what was taken and could not be kept."""
        with self._lock:
            for each in minutes:
                key = each.target, each.minute
                known = self._minutes.get(key)
                self._minutes[key] = _sum(known, each) if known else each


def _sum(one: Minute, other: Minute) -> Minute:
    shortest = [each.shortest for each in (one, other) if each.shortest is not None]
    longest = [each.longest for each in (one, other) if each.longest is not None]
    return msgspec.structs.replace(
        one,
        sent=one.sent + other.sent,
        lost=one.lost + other.lost,
        shortest=min(shortest, default=None),
        longest=max(longest, default=None),
        total=one.total + other.total,
    )


async def probe(
    hosts: Sequence[Host],
    *,
    interval: float,
    patience: float,
    count: int | None,
    tell: Callable[[Sample], None],
) -> None:
    """Ask every host once in `interval` seconds, `count` times or without end.

    Hosts take turns within the interval, so that packets are spread. An answer is waited for
    `patience` seconds, at most the interval. Raises what `ask` raises.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    first = random.randrange(0x10000)  # noqa: S311 - no secret

    async def one(place: int, host: Host) -> None:
        due = started + interval * place / len(hosts)
        for number in itertools.islice(itertools.count(first), count):
            await asyncio.sleep(due - loop.time())
            seconds = await ask(host, number, patience)
            tell(Sample(host, datetime.now(UTC), seconds))
            # Turns that were slept through, with the machine, are left out and not made up for.
            due = max(due + interval, loop.time())

    async with asyncio.TaskGroup() as group:
        for place, host in enumerate(hosts):
            group.create_task(one(place, host))
