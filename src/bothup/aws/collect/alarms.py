"""The alarms about tunnels in a Target, and the metrics that there are for them to watch.

Which dimensions the metrics of a tunnel have is asked for and not assumed: with the wrong ones an
alarm sees no data at all. How often they have a value differs, too.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed
from bothup.model.alarm import (
    COMPOSITE_SETTINGS,
    METRIC_SETTINGS,
    NAMESPACE,
    OWN_TAG,
    PREFIX,
    STATE,
    VPN,
    Alarm,
    Dimensions,
    Watched,
    dimensions,
)
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Target
from bothup.model.tunnel_settings import Settings

PERMISSIONS = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics")
TAG_PERMISSIONS = ("cloudwatch:ListTagsForResource",)
# DescribeAlarms gives up to 100 alarms a page, GetMetricData takes up to 500 queries.
_PAGE, _QUERIES, _LOOK_BACK = 100, 500, timedelta(minutes=40)
_RARE = 300
Record = VpnConnection | Malformed


async def collect(
    call: Call, target: Target, records: Sequence[Record], *, owned: bool = False
) -> Watched:
    """Read the alarms that concern tunnels, and which metrics there are; raises AwsError.

    With `owned` the tags of those with bothup's prefix are read as well.
    """
    alarms, series = await asyncio.gather(_alarms(call, target, records), _series(call, records))
    spacing = await _spacing(call, series)
    if owned:
        alarms = tuple(await asyncio.gather(*(_with_owner(call, each) for each in alarms)))
    return Watched(
        target=target, records=tuple(records), alarms=alarms, series=series, spacing=spacing
    )


async def one_alarm(call: Call, target: Target, name: str) -> Alarm | None:
    """Read one alarm, None where there is none of that name; raises AwsError."""
    types = ["MetricAlarm", "CompositeAlarm"]
    answer = await call("cloudwatch", "DescribeAlarms", {"AlarmNames": [name], "AlarmTypes": types})
    for member in ("MetricAlarms", "CompositeAlarms"):
        for each in answer.get(member, ()):
            return _alarm(each, target, composite=member == "CompositeAlarms")
    return None


async def _alarms(call: Call, target: Target, records: Sequence[Record]) -> tuple[Alarm, ...]:
    params: dict[str, Any] = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": _PAGE}
    metric: list[Alarm] = []
    composite: list[Alarm] = []
    while True:
        answer = await call("cloudwatch", "DescribeAlarms", params)
        metric += [_alarm(each, target) for each in listed(answer, "MetricAlarms")]
        composite += [
            _alarm(each, target, composite=True) for each in answer.get("CompositeAlarms", ())
        ]
        if not answer.get("NextToken"):
            break
        params["NextToken"] = answer["NextToken"]
    names = _names(records)
    own = tuple(each for each in metric if _concerns(each, names))
    return own + _over(own, composite)


def _names(records: Iterable[Record]) -> frozenset[str]:
    """Ids of connections and addresses of tunnels, by which an alarm may name them."""
    ids = {each.id for each in records}
    tunnels = (each.tunnels for each in records if isinstance(each, VpnConnection))
    return frozenset(ids | {one.outside_ip for each in tunnels for one in each} - {""})


def _concerns(alarm: Alarm, names: frozenset[str]) -> bool:
    if alarm.name.startswith(PREFIX) or alarm.settings.get("Namespace") == NAMESPACE:
        return True
    math = alarm.settings.get("Metrics") or ()
    metrics = (each.get("MetricStat", {}).get("Metric", {}) for each in math)
    values = {value for _, value in alarm.dimensions}
    return not names.isdisjoint(values) or any(
        each.get("Namespace") == NAMESPACE for each in metrics
    )


def _over(watched: Iterable[Alarm], composite: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """Find the composite alarms that look at these, those that look at such ones, and so on."""
    names = {each.name for each in watched}
    found: dict[str, Alarm] = {}
    while new := {
        each.name: each for each in composite if each.name not in found and _looks_at(each, names)
    }:
        found |= new
        names = set(new)
    return tuple(found.values())


def _looks_at(composite: Alarm, names: set[str]) -> bool:
    rule = composite.settings.get("AlarmRule", "")
    return composite.name.startswith(PREFIX) or any(name in rule for name in names)


def _alarm(said: dict[str, Any], target: Target, *, composite: bool = False) -> Alarm:
    known = COMPOSITE_SETTINGS if composite else METRIC_SETTINGS
    settings: Settings = {name: said[name] for name in sorted(known & said.keys())}
    return Alarm(
        name=said["AlarmName"],
        arn=said["AlarmArn"],
        target=target,
        composite=composite,
        settings=settings,
        state=said.get("StateValue", ""),
        since=said.get("StateTransitionedTimestamp") or said.get("StateUpdatedTimestamp"),
    )


async def _with_owner(call: Call, alarm: Alarm) -> Alarm:
    own = False
    if alarm.name.startswith(PREFIX):
        answer = await call("cloudwatch", "ListTagsForResource", {"ResourceARN": alarm.arn})
        own = any((tag["Key"], tag["Value"]) == OWN_TAG for tag in listed(answer, "Tags"))
    return msgspec.structs.replace(alarm, owned=own)


async def _series(call: Call, records: Sequence[Record]) -> frozenset[Dimensions]:
    """Find the dimensions of every TunnelState; where there is no connection nobody looks."""
    if not records:
        return frozenset()
    params: dict[str, Any] = {"Namespace": NAMESPACE, "MetricName": STATE}
    found: set[Dimensions] = set()
    while True:
        answer = await call("cloudwatch", "ListMetrics", params)
        found |= {dimensions(each.get("Dimensions", ())) for each in listed(answer, "Metrics")}
        if not answer.get("NextToken"):
            return frozenset(found)
        params["NextToken"] = answer["NextToken"]


async def _spacing(call: Call, series: frozenset[Dimensions]) -> dict[str, int]:
    """Find out how often each connection's metric has a value, where there are values."""
    ids = sorted(each[0][1] for each in series if [name for name, _ in each] == [VPN])
    now = datetime.now(UTC)
    spacing: dict[str, int] = {}
    for first in range(0, len(ids), _QUERIES):
        chosen = ids[first : first + _QUERIES]
        params: dict[str, Any] = {
            "MetricDataQueries": [_query(number, vpn) for number, vpn in enumerate(chosen)],
            "StartTime": now - _LOOK_BACK,
            "EndTime": now,
            "ScanBy": "TimestampAscending",
        }
        answer = await call("cloudwatch", "GetMetricData", params)
        for each in listed(answer, "MetricDataResults"):
            vpn = chosen[int(str(each["Id"])[1:])]
            if gap := _gap(sorted(each.get("Timestamps", ()))):
                spacing[vpn] = gap
    return spacing


def _query(number: int, vpn: str) -> dict[str, Any]:
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": STATE,
        "Dimensions": [{"Name": VPN, "Value": vpn}],
    }
    return {
        "Id": f"m{number}",
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": "SampleCount"},
    }


def _gap(times: Sequence[datetime]) -> int | None:
    """How many seconds lie between two values: CloudWatch has one a minute, or one every five."""
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    if not gaps:
        return None
    return 60 if min(gaps) < _RARE else _RARE
