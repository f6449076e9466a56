"""CloudWatch's calls that read metrics, for the namespace AWS/VPN; all else is moto's.

Source: the Amazon CloudWatch API reference, and "Monitor AWS Site-to-Site VPN tunnels" in the VPN
user guide.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.evidence.series import METRICS, Metric, TunnelSeries, together
from bothup.sim.refusal import LeftToMoto, Refusal

Params = dict[str, Any]
Dimensions = frozenset[tuple[str, str]]

NAMESPACE = "AWS/VPN"
_UNITS = {"TunnelState": "None", "TunnelDataIn": "Bytes", "TunnelDataOut": "Bytes"}
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_MOST_QUERIES, _MOST_POINTS, _MOST_STATISTICS = 500, 100_800, 1_440
# For how long values of so many seconds are kept.
_KEPT = ((60, timedelta(days=15)), (300, timedelta(days=63)), (3600, timedelta(days=455)))


class _Series(msgspec.Struct, frozen=True, kw_only=True):
    """One metric that ListMetrics tells of, and the tunnels that it is about."""

    metric: Metric
    dimensions: Dimensions
    tunnels: tuple[TunnelSeries, ...]


def list_metrics(context: Context, params: Params) -> Params:
    """The metrics that match, in pages of 500."""
    if params.get("Namespace", NAMESPACE) != NAMESPACE:
        raise LeftToMoto
    wanted = params.get("Dimensions", ())
    found = [
        {
            "Namespace": NAMESPACE,
            "MetricName": one.metric,
            "Dimensions": _shown(one.dimensions),
        }
        for one in _all(context)
        if params.get("MetricName", one.metric) == one.metric and _has(one.dimensions, wanted)
    ]
    return page("Metrics", found, params, 500, token="NextToken", error="InvalidParameterValue")  # noqa: S106


def get_metric_data(context: Context, params: Params) -> Params:
    """The points of up to 500 metrics in pages of up to 100,800 points, newest first."""
    queries = params.get("MetricDataQueries", [])
    if len(queries) > _MOST_QUERIES:
        raise _invalid(f"The collection MetricDataQueries must not have a size greater than "
                       f"{_MOST_QUERIES}.")  # fmt: skip
    spaces = {_namespace(query) for query in queries}
    if NAMESPACE not in spaces:
        raise LeftToMoto
    if spaces != {NAMESPACE}:
        raise _invalid("expressions, and other namespaces beside AWS/VPN, are not simulated")
    known = {(one.metric, one.dimensions): one.tunnels for one in _all(context)}
    results = [_result(context, query, known, params) for query in queries]
    return _pages(results, params)


def get_metric_statistics(context: Context, params: Params) -> Params:
    """The points of one metric, at most 1,440, in no order that could be relied upon."""
    if params.get("Namespace") != NAMESPACE:
        raise LeftToMoto
    known = {(one.metric, one.dimensions): one.tunnels for one in _all(context)}
    metric, period = params.get("MetricName", ""), params["Period"]
    start, end = _utc(params["StartTime"]), _utc(params["EndTime"])
    if (end - start) / timedelta(seconds=period) > _MOST_STATISTICS:
        raise Refusal(
            "InvalidParameterCombination",
            f"You have requested more than the limit of {_MOST_STATISTICS} datapoints.",
        )
    tunnels = known.get((metric, _dimensions(params.get("Dimensions", ()))), ())
    points = [
        {
            "Timestamp": time,
            "Unit": _UNITS[metric],
            **{name: sample.statistic(name) for name in params.get("Statistics", ())},
        }
        for time, sample in _points(context, tunnels, metric, start, end, period)
    ]
    return {"Label": metric, "Datapoints": points[1:] + points[:1]}


def _all(context: Context) -> Iterator[_Series]:
    """Every metric of every tunnel and connection of the account in the Region."""
    with_vpn = context.world.scenario.tunnel_metrics == "with-vpn"
    for connection in context.place.connections.values():
        vpn = ("VpnId", connection.id)
        series = tuple(
            TunnelSeries(
                connection=connection,
                tunnel=tunnel,
                chronicle=context.world.records.chronicles.of(connection, tunnel),
            )
            for tunnel in connection.tunnels
        )
        for metric in METRICS:
            yield _Series(metric=metric, dimensions=frozenset({vpn}), tunnels=series)
            for one in series:
                own = {("TunnelIpAddress", one.tunnel.outside_ip)}
                both = frozenset(own | {vpn} if with_vpn else own)
                yield _Series(metric=metric, dimensions=both, tunnels=(one,))


def _result(
    context: Context,
    query: Params,
    known: dict[tuple[Metric, Dimensions], tuple[TunnelSeries, ...]],
    params: Params,
) -> Params:
    stat = query["MetricStat"]
    metric, name = stat["Metric"].get("MetricName", ""), stat["Stat"]
    if name not in _STATISTICS:
        raise _invalid(f"the statistic {name} is not simulated")
    dimensions = _dimensions(stat["Metric"].get("Dimensions", ()))
    tunnels = known.get((metric, dimensions), ())
    start, end = _utc(params["StartTime"]), _utc(params["EndTime"])
    if start >= end:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime.")
    points = list(_points(context, tunnels, metric, start, end, stat["Period"]))
    if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        points.reverse()
    return {
        "Id": query["Id"],
        "Label": query.get("Label", metric),
        "Timestamps": [time for time, _ in points],
        "Values": [sample.statistic(name) for _, sample in points],
        "StatusCode": "Complete",
    }


def _points(
    context: Context,
    tunnels: tuple[TunnelSeries, ...],
    metric: Any,
    start: datetime,
    end: datetime,
    period: int,
) -> Iterator[tuple[datetime, Any]]:
    """The values from `start` to `end`, `period` seconds each, where they are still kept."""
    if period < 60 or period % 60:
        raise _invalid("Period must be a multiple of 60.")
    now = context.world.clock.now()
    step = timedelta(seconds=period)
    kept = max((age for size, age in _KEPT if period >= size), default=timedelta())
    at = _floor(max(start, now - kept), period)
    while tunnels and at < min(end, now):
        sample = together(tunnels, metric, at, min(at + step, now))
        if sample.count:
            yield at, sample
        at += step


def _pages(results: list[Params], params: Params) -> Params:
    """As many points as one answer takes, a metric's rest in the next one; its token counts."""
    most = min(params.get("MaxDatapoints", _MOST_POINTS), _MOST_POINTS)
    given = int(params.get("NextToken") or 0)
    answered, skip, room = [], given, most
    for result in results:
        count = len(result["Values"])
        begin, skip = min(skip, count), max(skip - count, 0)
        take = min(count - begin, room)
        room -= take
        if take or (count == 0 and given == 0):
            part = slice(begin, begin + take)
            code = "Complete" if begin + take == count else "PartialData"
            answered.append(
                result
                | {
                    "Timestamps": result["Timestamps"][part],
                    "Values": result["Values"][part],
                    "StatusCode": code,
                }
            )
    total = sum(len(result["Values"]) for result in results)
    more = {"NextToken": str(given + most - room)} if given + most - room < total else {}
    return {"MetricDataResults": answered, "Messages": [], **more}


def _namespace(query: Params) -> str | None:
    stat = query.get("MetricStat") or {}
    found: str | None = stat.get("Metric", {}).get("Namespace")
    return found


def _dimensions(said: Any) -> Dimensions:
    return frozenset((one["Name"], one["Value"]) for one in said)


def _has(dimensions: Dimensions, wanted: Any) -> bool:
    return all(
        any(name == one["Name"] and one.get("Value", value) == value for name, value in dimensions)
        for one in wanted
    )


def _shown(dimensions: Dimensions) -> list[Params]:
    return [{"Name": name, "Value": value} for name, value in sorted(dimensions, reverse=True)]


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _floor(when: datetime, period: int) -> datetime:
    seconds = int(when.timestamp()) // period * period
    return datetime.fromtimestamp(seconds, UTC)


def _invalid(what: str) -> Refusal:
    return Refusal("ValidationError", what)


METRIC_CALLS: dict[str, Operation] = {
    "ListMetrics": list_metrics,
    "GetMetricData": get_metric_data,
    "GetMetricStatistics": get_metric_statistics,
}
