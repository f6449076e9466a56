"""What CloudWatch has measured of the tunnels: whether they were up, and the bytes both ways.

Which dimensions the metrics have, alone or together, is asked for and not assumed. A long look
back, a point a day, tells whether a tunnel has ever been up.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from bothup.aws.collect._command import command
from bothup.aws.collect.incident import Span
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, Subject, Wanted, listed
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind

PERMISSIONS = ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics")

STATE, DATA_IN, DATA_OUT = "TunnelState", "TunnelDataIn", "TunnelDataOut"
AVERAGE = "Average"
# CloudWatch keeps 5-minute points for 63 days, hourly ones for 455 (GetMetricData, API Reference).
_FINE, _COARSE, _DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
_FINE_KEPT, _KEPT = timedelta(days=63), timedelta(days=455)
_NAMESPACE, _PAGES = "AWS/VPN", 10

Dimensions = list[dict[str, str]]


class _Query(msgspec.Struct, frozen=True, kw_only=True):
    """One series to ask for; `period` is that of its points."""

    metric: str
    statistic: str
    period: timedelta
    span: Span


def wanted(subject: Subject) -> Iterator[Wanted]:
    """Want the metrics of every tunnel."""
    for tunnel in subject.tunnels:
        dimensions = [{"Name": "TunnelIpAddress", "Value": tunnel.outside_ip}]
        up = tunnel.status is TunnelStatus.UP
        span = subject.incident.history(tunnel.last_status_change, up=up)
        params = {
            "Namespace": _NAMESPACE,
            "MetricName": STATE,
            "Dimensions": dimensions,
            "StartTime": span.start,
            "EndTime": span.end,
            "Period": round(_period(span, subject.incident.now).total_seconds()),
            "Statistics": [AVERAGE],
        }
        yield Wanted(
            kind=EvidenceKind.METRICS,
            what=f"the metrics of {tunnel.outside_ip}",
            command=command("cloudwatch", "GetMetricStatistics", subject.target.region, params),
            fetch=partial(_fetch, subject, tunnel, span),
        )


def _period(span: Span, now: datetime) -> timedelta:
    return _FINE if now - span.start < _FINE_KEPT else _COARSE


async def _fetch(subject: Subject, tunnel: Tunnel, span: Span, call: Call) -> Document:
    dimensions = await _dimensions(call, subject.connection.id, tunnel.outside_ip)
    period = _period(span, subject.incident.now)
    queries = [
        _Query(metric=STATE, statistic=AVERAGE, period=period, span=span),
        _Query(metric=DATA_IN, statistic="Sum", period=period, span=span),
        _Query(metric=DATA_OUT, statistic="Sum", period=period, span=span),
    ]
    found = await _data(call, dimensions, queries)
    life = Span(span.end - _KEPT, span.end)
    ever = [_Query(metric=STATE, statistic="Maximum", period=_DAY, span=life)]
    whole = await _data(call, dimensions, ever)
    found += [each for each in whole if not any(value for _, value in each["points"])]
    series = [{"tunnel": tunnel.outside_ip, **each} for each in found if each["points"]]
    if not series:
        when = f"between {span.start:%Y-%m-%d %H:%M} and {span.end:%Y-%m-%d %H:%M} UTC"
        raise Absent(f"CloudWatch has nothing on {tunnel.outside_ip} {when}")
    return {"metrics": series}


async def _dimensions(call: Call, connection: str, address: str) -> Dimensions:
    """Find the fewest dimensions that the tunnel's metrics have; those at rest are not listed."""
    own = {"Name": "TunnelIpAddress", "Value": address}
    params = {"Namespace": _NAMESPACE, "MetricName": STATE, "Dimensions": [own]}
    answer = await call("cloudwatch", "ListMetrics", params)
    known: list[Dimensions] = [each.get("Dimensions", []) for each in listed(answer, "Metrics")]
    # Addresses are AWS's, and come to others in time.
    fitting = [each for each in known if _fits(each, connection)]
    return min(fitting, key=len, default=[own])


def _fits(dimensions: Dimensions, connection: str) -> bool:
    named = (each.get("Value") for each in dimensions if each.get("Name") == "VpnId")
    return all(name == connection for name in named)


async def _data(call: Call, dimensions: Dimensions, queries: list[_Query]) -> list[dict[str, Any]]:
    """Ask for series that have one span; each comes with its points, oldest first."""
    span = queries[0].span
    points: dict[str, list[tuple[int, float]]] = {f"m{at}": [] for at in range(len(queries))}
    params: dict[str, Any] = {
        "MetricDataQueries": [
            {
                "Id": f"m{at}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": _NAMESPACE,
                        "MetricName": query.metric,
                        "Dimensions": dimensions,
                    },
                    "Period": round(query.period.total_seconds()),
                    "Stat": query.statistic,
                },
            }
            for at, query in enumerate(queries)
        ],
        "StartTime": span.start,
        "EndTime": span.end,
        "ScanBy": "TimestampAscending",
    }
    for _ in range(_PAGES):
        answer = await call("cloudwatch", "GetMetricData", params)
        for result in listed(answer, "MetricDataResults"):
            times = [round(time.timestamp()) for time in result.get("Timestamps", ())]
            found = zip(times, result.get("Values", ()), strict=False)
            points.setdefault(str(result.get("Id")), []).extend(found)
        if not answer.get("NextToken"):
            break
        params["NextToken"] = answer["NextToken"]
    return [
        {
            "name": query.metric,
            "statistic": query.statistic,
            "period": round(query.period.total_seconds()),
            "points": sorted(points[f"m{at}"]),
        }
        for at, query in enumerate(queries)
    ]
