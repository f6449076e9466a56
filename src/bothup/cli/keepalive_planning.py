"""Read what planning of probes needs: the connections, the subnets behind them, the monitors."""

import asyncio
from datetime import UTC, datetime

from bothup.aws.collect.monitors import monitor
from bothup.aws.collect.probe_sources import subnets_behind
from bothup.cli import selected
from bothup.cli.choice import Choice
from bothup.cli.options import Reach
from bothup.cli.plan_evidence import gap
from bothup.cli.planning import read_connections
from bothup.cli.reached import Reached, reached
from bothup.errors import AwsError
from bothup.keepalive.plan import GONE, Found, Made, Wish, monitor_name, plan_probes
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Coverage


def plan_live(reach: Reach, choice: Choice, wish: Wish, *, quiet: bool) -> Made:
    """Read AWS and plan.

    Raises UsageError where there are no credentials, or where an id is none of what was read.
    """
    return asyncio.run(_plan(reach, choice, wish, quiet=quiet))


async def _plan(reach: Reach, choice: Choice, wish: Wish, *, quiet: bool) -> Made:
    regions = selected.regions(reach.region)
    async with reached(reach, selected.selection(reach), regions) as way:
        coverage, records = await read_connections(way, regions, quiet=quiet)
        known = {each.id for each in records}
        choice.expect(known, coverage)
        Choice(ids=tuple(filter(None, wish.hosts))).expect(known, coverage)
        chosen = [each for each in records if isinstance(each, VpnConnection)]
        chosen = [each for each in chosen if choice.takes(each)]
        behind = _Behind(way, reach.in_flight)
        found = await asyncio.gather(*(behind.find(each, wish) for each in chosen))
    malformed = (each for each in records if isinstance(each, Malformed))
    gaps = [gap(each.target, AwsError(f"{each.id}: {each.problem}")) for each in malformed]
    return plan_probes(
        [each for each in found if isinstance(each, Found)],
        wish,
        coverage=(*coverage, *gaps, *(each for each in found if isinstance(each, Coverage))),
        made_at=datetime.now(UTC).replace(microsecond=0),
    )


class _Behind:
    """Finds what is behind connections, so many at a time."""

    def __init__(self, way: Reached, parallel: int) -> None:
        self._access = way.access
        self._free = asyncio.Semaphore(parallel)

    async def find(self, connection: VpnConnection, wish: Wish) -> Found | Coverage:
        """Give what a plan needs of a connection, or why it cannot be read."""
        probed = wish.hosts.keys() & {"", connection.id}
        if not probed or connection.state in GONE:
            return Found(connection=connection)
        access, target = self._access, connection.target
        try:
            async with self._free:
                subnets = await subnets_behind(access, connection, wish.subnets)
                there = await monitor(access.ask, target, monitor_name(connection))
        except AwsError as error:
            return gap(target, error)
        return Found(connection=connection, subnets=subnets, monitor=there)
