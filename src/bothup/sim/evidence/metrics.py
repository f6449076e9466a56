"""CloudWatch's calls that read metrics, for the namespace AWS/VPN; all else is moto's.

Source: the Amazon CloudWatch API reference, and "Monitor AWS Site-to-Site VPN tunnels" in the VPN
user guide.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.evidence.series import METRICS, TunnelSeries, together
from bothup.sim.refusal import LeftToMoto, Refusal
from bothup.sim.vpn import Place
from bothup.sim.world import World

Params = dict[str, Any]
Dimensions = dict[str, str]

NAMESPACE = "AWS/VPN"
_VPN, _TUNNEL = "VpnId", "TunnelIpAddress"
UNITS = {"TunnelState": "None", "TunnelDataIn": "Bytes", "TunnelDataOut": "Bytes"}
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_MOST_QUERIES, _MOST_POINTS, _MOST_STATISTICS = 500, 100_800, 1_440
# For how long values of so many seconds are kept.
_KEPT = ((60, timedelta(days=15)), (300, timedelta(days=63)), (3600, timedelta(days=455)))


def list_metrics(context: Context, params: Params) -> Params:
    """The metrics that match, in pages of 500."""
    if params.get("Namespace", NAMESPACE) != NAMESPACE:
        raise LeftToMoto
    wanted = params.get("Dimensions", ())
    found = [
        {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": _shown(dimensions)}
        for dimensions in _all(context)
        if _has(dimensions, wanted)
        for metric in METRICS
        if params.get("MetricName", metric) == metric
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
    results = [_result(context, query, params) for query in queries]
    return _pages(results, params)


def get_metric_statistics(context: Context, params: Params) -> Params:
    """The points of one metric, at most 1,440, in no order that could be relied upon."""
    if params.get("Namespace") != NAMESPACE:
        raise LeftToMoto
    metric, period = params.get("MetricName", ""), params["Period"]
    start, end = params["StartTime"], params["EndTime"]
    if (end - start) / timedelta(seconds=period) > _MOST_STATISTICS:
        raise Refusal(
            "InvalidParameterCombination",
            f"You have requested more than the limit of {_MOST_STATISTICS} datapoints.",
        )
    tunnels = tunnels_of(context.world, context.place, metric, params.get("Dimensions", ()))
    points = [
        {
            "Timestamp": time,
            "Unit": UNITS[metric],
            **{name: sample.statistic(name) for name in params.get("Statistics", ())},
        }
        for time, sample in _points(context, tunnels, metric, start, end, period)
    ]
    return {"Label": metric, "Datapoints": points[1:] + points[:1]}


def _all(context: Context) -> Iterator[Dimensions]:
    """The dimensions of every tunnel and connection of the account in the Region."""
    with_vpn = context.world.scenario.tunnel_metrics == "with-vpn"
    for connection in context.place.connections.values():
        vpn = {_VPN: connection.id}
        yield vpn
        for tunnel in connection.tunnels:
            yield (vpn if with_vpn else {}) | {_TUNNEL: tunnel.outside_ip}


def tunnels_of(world: World, place: Place, metric: str, said: Any) -> list[TunnelSeries]:
    """The tunnels that a metric is about: one, a connection's two, or none if there is no such."""
    asked = {one["Name"]: one["Value"] for one in said}
    with_vpn = world.scenario.tunnel_metrics == "with-vpn"
    known = ({_VPN}, {_VPN, _TUNNEL} if with_vpn else {_TUNNEL})
    if metric not in METRICS or set(asked) not in known:
        return []
    return [
        TunnelSeries(
            connection=connection,
            tunnel=tunnel,
            chronicle=world.records.chronicles.of(connection, tunnel),
            every=timedelta(minutes=world.scenario.metric_minutes),
        )
        for connection in place.connections.values()
        if asked.get(_VPN, connection.id) == connection.id
        for tunnel in connection.tunnels
        if asked.get(_TUNNEL, tunnel.outside_ip) == tunnel.outside_ip
    ]


def _result(context: Context, query: Params, params: Params) -> Params:
    stat = query["MetricStat"]
    metric, name = stat["Metric"].get("MetricName", ""), stat["Stat"]
    if name not in _STATISTICS:
        raise _invalid(f"the statistic {name} is not simulated")
    tunnels = tunnels_of(context.world, context.place, metric, stat["Metric"].get("Dimensions", ()))
    start, end = params["StartTime"], params["EndTime"]
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
    tunnels: list[TunnelSeries],
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


def _has(dimensions: Dimensions, wanted: Any) -> bool:
    """Whether each wanted dimension is there, with the wanted value where one is named."""
    return all(
        one["Name"] in dimensions and one.get("Value") in (None, dimensions[one["Name"]])
        for one in wanted
    )


def _shown(dimensions: Dimensions) -> list[Params]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


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
