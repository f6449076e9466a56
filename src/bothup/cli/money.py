"""`bothup scan --cost`: what is paid for connections that are not used."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from cyclopts import Group, Parameter

from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.engine.idle import Where, down_since, is_charged, where, with_idle
from bothup.errors import UsageError
from bothup.model.finding import Finding
from bothup.model.target import Coverage, Target
from bothup.report._words import counted, error, unread

Block = tuple[Coverage, tuple[Finding, ...]]

_MONEY = Group("Money", sort_key=1)
_MOST_DAYS = 400


@Parameter(name="*")
@dataclass(frozen=True)
class Money:
    """Whether to tell what unused connections cost, and when one is unused."""

    cost: Annotated[
        bool,
        flag(
            "Tell which connections are charged for and not used, and what they cost a month. "
            "Reads CloudWatch's metrics, where it may.",
            group=_MONEY,
        ),
    ] = False
    idle_days: Annotated[
        int,
        flag("Days without a tunnel or without traffic that make one unused (7).", group=_MONEY),
    ] = 7

    def check(self) -> None:
        """Raise UsageError for days that make no sense."""
        if not 1 <= self.idle_days <= _MOST_DAYS:
            raise UsageError(f"--idle-days {self.idle_days}; expected 1 to {_MOST_DAYS}")

    def of_file(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Tell by what a file says of tunnels; nobody can be asked for the traffic."""
        if not self.cost:
            return tuple(findings)
        found, untold = tuple(findings), "a file does not tell of it"
        why = {where(each): untold for each in found}
        return with_idle(found, now=datetime.now(UTC), days=self.idle_days, carried={}, why=why)

    def of_blocks(self, blocks: Sequence[Block], reach: Reach, *, quiet: bool) -> list[Block]:
        """Tell by what was read, and by the traffic that CloudWatch has measured."""
        import asyncio

        now = datetime.now(UTC)
        used = [each for _, found in blocks for each in found if is_charged(each)]
        asked = {where(each) for each in used if down_since(each) is None}
        carried, why = asyncio.run(_carried(asked, reach, now, self.idle_days, quiet=quiet))
        return [
            (covered, with_idle(found, now=now, days=self.idle_days, carried=carried, why=why))
            for covered, found in blocks
        ]


async def _carried(
    asked: set[Where], reach: Reach, now: datetime, days: int, *, quiet: bool
) -> tuple[dict[Where, float], dict[Where, str]]:
    """Read the traffic, Target by Target, and why that of some connections is not known.

    What cannot be read is said, and costs itself alone.
    """
    from bothup.aws.collect.traffic import carried
    from bothup.aws.collect.vpn_connections import Call
    from bothup.cli.hubs import each_target, ways_to

    by_target: defaultdict[Target, list[str]] = defaultdict(list)
    for account, region, name in sorted(asked, key=str):
        by_target[Target(account=account, region=region)].append(name)

    async def one(call: Call, target: Target) -> dict[str, float]:
        return await carried(call, by_target[target], now - timedelta(days=days), now)

    if not by_target:
        return {}, {}
    regions = sorted({target.region for target in by_target if target.region})
    async with ways_to(reach, regions) as ways:
        told = await each_target(ways, list(by_target), reach.timeout, one)
    found: dict[Where, float] = {}
    why = dict.fromkeys(asked, "CloudWatch has none of it")
    for target, each in told.items():
        if isinstance(each, Coverage):
            hidden = f"CloudWatch was not read: {error(each)}"
            why |= {(target.account, target.region, name): hidden for name in by_target[target]}
            if not quiet:
                print(f"bothup: traffic not read: {unread(each)}", file=sys.stderr)
            continue
        found |= {(target.account, target.region, name): total for name, total in each.items()}
        if (lacking := len(by_target[target]) - len(each)) and not quiet:
            what = counted(lacking, "connection")
            place = f"{target.account} {target.region}"
            print(f"bothup: CloudWatch has no traffic of {what} in {place}", file=sys.stderr)
    return found, why
