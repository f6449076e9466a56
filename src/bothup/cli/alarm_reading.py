"""Read what there is of alarms: every Target at hand, then each topic once."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from bothup.aws.collect.alarms import collect
from bothup.aws.collect.topics import topic
from bothup.aws.fleet import TargetRead
from bothup.cli.progress import Progress
from bothup.cli.reached import Reached
from bothup.model.alarm import Topic, Watched
from bothup.model.target import Coverage, Target

# Which topics besides those that alarms send to already: for a Target, by what was read of it.
Others = Callable[[Watched], Iterable[str]]


class AlarmsRead(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read; `topics` by ARN."""

    reads: tuple[Watched, ...]
    coverage: tuple[Coverage, ...]
    topics: dict[str, Topic]


async def read_alarms(
    way: Reached,
    regions: Sequence[str] | None,
    *,
    quiet: bool,
    owned: bool = False,
    others: Others = lambda _: (),
) -> AlarmsRead:
    """Read every Target, all in flight together; what cannot be read is in the coverage."""
    coverage: list[Coverage] = []
    reads: list[Watched] = []

    def take(read: TargetRead) -> None:
        coverage.append(read.coverage)
        if read.more is not None:
            reads.append(read.more)

    with Progress(quiet=quiet) as progress:
        await way.read(regions, take, progress, more=partial(collect, owned=owned))
    coverage.sort(key=lambda each: (each.account or "", each.region or ""))
    reads.sort(key=lambda each: each.target)
    topics = await _topics(way, {arn: each.target for each in reads for arn in _arns(each, others)})
    return AlarmsRead(reads=tuple(reads), coverage=tuple(coverage), topics=topics)


def reader(access: Reached, reference: Target, arn: str) -> Any:
    """Give the way to a topic: its own account's, where that is at hand, else the alarm's."""
    region, account = arn.split(":")[3:5]
    known = {each.id for each in access.accounts}
    owner = account if account in known or None in known else reference.account
    return partial(access.access.read, Target(account=owner, region=region))


async def _topics(way: Reached, wanted: Mapping[str, Target]) -> dict[str, Topic]:
    found = await asyncio.gather(
        *(topic(reader(way, target, arn), arn) for arn, target in wanted.items())
    )
    return {each.arn: each for each in found}


def _arns(read: Watched, others: Others) -> set[str]:
    sent = {arn for alarm in read.alarms for arn in alarm.actions}
    return {arn for arn in (*sent, *others(read)) if _is_topic(arn)}


def _is_topic(arn: str) -> bool:
    parts = arn.split(":")
    return len(parts) == 6 and parts[2] == "sns"
