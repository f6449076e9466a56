"""What alarms cost a month, by AWS's list prices as of the day that stands beside them."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from bothup.alarms.want import Wanted

_FILE = Path(__file__).with_name("prices.json")


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """List prices for one alarm and month, and where and when they were those."""

    as_of: str
    currency: str
    where: str
    source: str
    metric_alarm_month: float
    composite_alarm_month: float


def prices() -> Prices:
    """Read the prices that come along."""
    return msgspec.json.decode(_FILE.read_bytes(), type=Prices)


def cost_line(wanted: Iterable[Wanted]) -> str:
    """Say what all alarms that are wanted cost together; there are others that are free."""
    kinds = [each.composite for each in wanted]
    composite, metric, list_price = sum(kinds), len(kinds) - sum(kinds), prices()
    total = metric * list_price.metric_alarm_month + composite * list_price.composite_alarm_month
    parts = [f"{metric} x {list_price.metric_alarm_month:.2f}"]
    if composite:
        parts.append(f"{composite} composite x {list_price.composite_alarm_month:.2f}")
    return (
        f"{len(kinds)} alarms cost about {total:.2f} {list_price.currency} a month "
        f"({' + '.join(parts)}; list price in {list_price.where} as of {list_price.as_of}, the "
        "first 10 of an account are free)"
    )
