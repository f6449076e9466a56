"""Prober: one packet to each host every few seconds, for as long as it is wanted."""

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
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
    """Adds samples up by host and minute."""

    def __init__(self) -> None:
        """Begin with none."""
        self._minutes: dict[tuple[str, datetime], Minute] = {}

    def add(self, sample: Sample) -> None:
        """Count a sample in."""
        minute = sample.at.replace(second=0, microsecond=0)
        key = sample.host.name, minute
        known = self._minutes.get(key) or Minute(target=key[0], minute=minute, sent=0, lost=0)
        took = sample.seconds
        self._minutes[key] = msgspec.structs.replace(
            known,
            sent=known.sent + 1,
            lost=known.lost + (took is None),
            shortest=known.shortest if took is None else min(known.shortest or took, took),
            longest=known.longest if took is None else max(known.longest or took, took),
            total=known.total + (took or 0.0),
        )

    def minutes(self) -> tuple[Minute, ...]:
        """Give what was added up."""
        return tuple(self._minutes.values())

    def clear(self) -> None:
        """Begin anew."""
        self._minutes.clear()


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
