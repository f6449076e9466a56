"""What connections have carried, by CloudWatch: bytes both ways over both tunnels, in some days.

Nothing is told of a connection that CloudWatch has no value on.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed

PERMISSIONS = ("cloudwatch:GetMetricData",)

_METRICS = ("TunnelDataIn", "TunnelDataOut")
_DAY = 86_400
# A call takes 500 queries (GetMetricData, API Reference).
_TOGETHER = 500 // len(_METRICS)


async def carried(
    call: Call, connections: Sequence[str], start: datetime, end: datetime
) -> dict[str, float]:
    """Read the sums, by the connection's id; raises AwsError."""
    found: dict[str, float] = {}
    for first in range(0, len(connections), _TOGETHER):
        part = connections[first : first + _TOGETHER]
        for place, total in (await _sums(call, part, start, end)).items():
            found[part[place]] = found.get(part[place], 0.0) + total
    return found


async def _sums(
    call: Call, connections: Sequence[str], start: datetime, end: datetime
) -> dict[int, float]:
    """Read the sum of each metric that has a value; the key is the connection's place."""
    params: dict[str, Any] = {
        "MetricDataQueries": [
            _query(metric, number, name)
            for number, name in enumerate(connections)
            for metric in _METRICS
        ],
        "StartTime": start,
        "EndTime": end,
    }
    sums: dict[int, float] = {}
    while True:
        answer = await call("cloudwatch", "GetMetricData", params)
        for result in listed(answer, "MetricDataResults"):
            if values := result.get("Values"):
                place = int(result["Id"].rpartition("_")[2])
                sums[place] = sums.get(place, 0.0) + sum(values)
        if not answer.get("NextToken"):
            return sums
        params["NextToken"] = answer["NextToken"]


def _query(metric: str, number: int, connection: str) -> dict[str, Any]:
    dimensions = [{"Name": "VpnId", "Value": connection}]
    series = {"Namespace": "AWS/VPN", "MetricName": metric, "Dimensions": dimensions}
    stat = {"Metric": series, "Period": _DAY, "Stat": "Sum"}
    return {"Id": f"{metric[0].lower()}{metric[1:]}_{number}", "MetricStat": stat}
