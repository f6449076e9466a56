"""When an alarm rings: what its statistic, comparison and threshold make of tunnels up and down.

A tunnel's TunnelState is 1 or 0; a connection's holds both tunnels, so that Minimum < 1 rings when
any is down and Maximum < 1 when all are ("Monitor AWS Site-to-Site VPN tunnels using Amazon
CloudWatch", user guide).
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from bothup.alarms.here import Here
from bothup.alarms.scope import Kind, Scope, scope_of
from bothup.model.alarm import NAMESPACE, STATE, TUNNEL, VPN, Alarm
from bothup.model.tunnel_settings import Settings

LESS = "LessThanThreshold"
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    LESS: operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}
_STATISTICS: dict[str, Callable[[tuple[float, ...]], float]] = {
    "Minimum": min,
    "Maximum": max,
    "Average": lambda values: sum(values) / len(values),
}
_TUNNEL = ((1.0,), (0.0,))
_CONNECTION = ((1.0, 1.0), (1.0, 0.0), (0.0, 0.0))
_RINGS = {Kind.DEGRADED: (False, True, True), Kind.LOST: (False, False, True)}
_CANONICAL = {Kind.DEGRADED: "Minimum", Kind.LOST: "Maximum"}


def place_of(alarm: Alarm, here: Here) -> tuple[str, str]:
    """Say which connection and tunnel an alarm's dimensions mean; "" for what they do not name."""
    said = dict(alarm.dimensions)
    tunnel = said.get(TUNNEL, "")
    return said.get(VPN) or here.tunnels.get(tunnel, ""), tunnel


def scope(alarm: Alarm, here: Here) -> Scope | None:
    """Say what an alarm tells by its condition; None where that is nothing that anybody wants."""
    settings = alarm.settings
    if alarm.composite or (settings.get("Namespace"), settings.get("MetricName")) != (
        *(NAMESPACE, STATE),
    ):
        return None
    connection, tunnel = place_of(alarm, here)
    kind = _kind(settings, of_tunnel=bool(tunnel))
    return Scope(connection, kind, tunnel) if connection and kind else None


def wrong_with(alarm: Alarm, here: Here) -> Iterator[str]:
    """Yield which of Statistic, ComparisonOperator and Threshold keep an alarm from its purpose.

    Its purpose is what its name says, if it is one of bothup's names; else either kind will do.
    """
    settings = alarm.settings
    _, tunnel = place_of(alarm, here)
    named = scope_of(alarm.name)
    kinds = (named.kind,) if named else (Kind.DEGRADED, Kind.LOST)
    if _right(settings, kinds, of_tunnel=bool(tunnel)):
        return
    right: Settings = {
        "ComparisonOperator": LESS,
        "Threshold": 1.0,
        "Statistic": _CANONICAL[kinds[0]],
    }
    for name, value in right.items():
        if _right({**settings, name: value}, kinds, of_tunnel=bool(tunnel)):
            yield name
            return
    yield from (name for name, value in right.items() if settings.get(name) != value)


def _right(settings: Settings, kinds: tuple[Kind, ...], *, of_tunnel: bool) -> bool:
    kind = _kind(settings, of_tunnel=of_tunnel)
    return kind is not None and (of_tunnel or kind in kinds)


def _kind(settings: Settings, *, of_tunnel: bool) -> Kind | None:
    rings = _rings(settings, _TUNNEL if of_tunnel else _CONNECTION)
    if of_tunnel:
        return Kind.DEGRADED if rings == (False, True) else None
    return next((kind for kind, wanted in _RINGS.items() if rings == wanted), None)


def _rings(settings: Settings, cases: tuple[tuple[float, ...], ...]) -> tuple[bool, ...] | None:
    statistic = _STATISTICS.get(settings.get("Statistic", ""))
    compare = _COMPARE.get(settings.get("ComparisonOperator", ""))
    threshold: Any = settings.get("Threshold")
    if statistic is None or compare is None or not isinstance(threshold, int | float):
        return None
    return tuple(compare(statistic(case), threshold) for case in cases)
