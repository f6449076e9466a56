"""What monitors cost a month, by AWS's list price as of the day that stands beside it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from bothup.model.plan import Action, Step

_FILE = Path(__file__).with_name("prices.json")
_HOURS = 730  # in a month, as AWS counts


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """List price of a subnet that is probed from, and where and when it was that."""

    as_of: str
    currency: str
    where: str
    source: str
    monitored_subnet_hour: float


def prices() -> Prices:
    """Read the prices that come along."""
    return msgspec.json.decode(_FILE.read_bytes(), type=Prices)


def cost_line(steps: Iterable[Step]) -> str:
    """Say what the monitors that are created cost together: each is charged for its subnets."""
    creating = [each for each in steps if each.action is Action.CREATE_MONITOR]
    sources = [{probe["sourceArn"] for probe in each.after["probes"]} for each in creating]
    count, price = sum(map(len, sources)), prices()
    month = price.monitored_subnet_hour * _HOURS
    return (
        f"{len(creating)} monitors cost about {count * month:.2f} {price.currency} a month "
        f"({count} x {month:.2f} for a subnet; list price in {price.where} as of {price.as_of}, "
        f"{price.source}; their metrics are charged as custom ones beside it)"
    )
