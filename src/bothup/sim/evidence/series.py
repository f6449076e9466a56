"""Series: what CloudWatch's metrics of a tunnel come to in a time, from the chapters of its life.

A tunnel gives one value a minute, or every few minutes. How traffic goes up and down is made up;
that there is none without IPsec, and a trickle of keep-alives wherever BGP runs, is not.
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import msgspec

from bothup.sim.evidence.chronicle import Chronicle
from bothup.sim.evidence.past import Chapter
from bothup.sim.evidence.times import EPOCH
from bothup.sim.ids import digest
from bothup.sim.vpn import SimConnection, SimTunnel

Metric = Literal["TunnelState", "TunnelDataIn", "TunnelDataOut"]
METRICS: tuple[Metric, ...] = ("TunnelState", "TunnelDataIn", "TunnelDataOut")

_MINUTE = timedelta(minutes=1)
_KEEP_ALIVES = 400.0


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The statistics of a number of values."""

    count: int = 0
    total: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    def plus(self, other: "Sample") -> "Sample":
        """The statistics of both."""
        return Sample(
            count=self.count + other.count,
            total=self.total + other.total,
            low=min(self.low, other.low),
            high=max(self.high, other.high),
        )

    def statistic(self, name: str) -> float | None:
        """One of CloudWatch's five statistics; None where there are no values, or it is another."""
        if not self.count:
            return None
        return {
            "SampleCount": float(self.count),
            "Sum": self.total,
            "Average": self.total / self.count,
            "Minimum": self.low,
            "Maximum": self.high,
        }.get(name)


class TunnelSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics of one tunnel."""

    connection: SimConnection
    tunnel: SimTunnel
    chronicle: Chronicle
    every: timedelta = _MINUTE

    def sample(self, metric: Metric, start: datetime, end: datetime) -> Sample:
        """The values of the spans that begin from `start` (included) to `end` (not)."""
        count, total, low, high = 0, 0.0, math.inf, -math.inf
        for span in self.chronicle.between(start, end):
            begin = max(start, span.chapter.start)
            values = _begun(span.until, self.every) - _begun(begin, self.every)
            if values > 0:
                value = self._value(metric, span.chapter, begin + (span.until - begin) / 2)
                count, total = count + values, total + value * values
                low, high = min(low, value), max(high, value)
        return Sample(count=count, total=total, low=low, high=high)

    def _value(self, metric: Metric, chapter: Chapter, when: datetime) -> float:
        """The value of a minute of a chapter: 1 for up, or bytes."""
        if metric == "TunnelState":
            return float(chapter.up)
        if not chapter.ipsec:
            return 0.0
        trickle = _KEEP_ALIVES if self.connection.bgp else 0.0
        if not (chapter.up and chapter.busy and self._carries(metric)):
            return trickle
        outside = self.tunnel.outside_ip
        usual = _rate(metric, outside)
        hour = when.timestamp() / 3600 % 24
        by_day = 0.65 + 0.35 * math.sin((hour - 9) / 24 * math.tau)
        unrest = 1 + 0.1 * math.sin(when.timestamp() / 700 + usual)
        return trickle + round(usual * by_day * unrest)

    def _carries(self, metric: Metric) -> bool:
        one_way = {"TunnelDataIn": "in-only", "TunnelDataOut": "out-only"}[metric]
        return self.tunnel.past.traffic in ("both", one_way)


@cache
def _rate(metric: Metric, outside_ip: str) -> int:
    """How many bytes a minute a tunnel carries one way in the usual course of things."""
    return 20_000 * (1 + digest("rate", metric, outside_ip)[0])


def together(
    series: Iterable[TunnelSeries], metric: Metric, start: datetime, end: datetime
) -> Sample:
    """The values of several tunnels, as the metric of their connection has them."""
    first, *others = (one.sample(metric, start, end) for one in series)
    for other in others:
        first = first.plus(other)
    return first


def _begun(when: datetime, every: timedelta) -> int:
    """How many spans of that length have begun before `when`."""
    return -(-(when - EPOCH) // every)
