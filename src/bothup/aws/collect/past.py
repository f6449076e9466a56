"""The tunnels as they were at a past time, worked out from `TunnelState`: AWS tells the present.

`TunnelState` is 1 while a tunnel is UP (static: IPsec, BGP: an established session) and 0 while it
is DOWN (AWS Site-to-Site VPN User Guide, "Monitor VPN tunnels using Amazon CloudWatch").
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bothup.aws.collect._command import command
from bothup.aws.collect.tunnel_metrics import AVERAGE, STATE
from bothup.aws.collect.wanted import Document, lacking, merged
from bothup.model.diagnosis import EvidenceKind, MissingEvidence

# The person who asks knows the time of an incident about so well.
NEAR = timedelta(hours=1)

Points = Sequence[tuple[float, float]]


def as_it_was(document: Document, at: datetime) -> Document:
    """Put the telemetry of the time in place of today's, as far as the metrics tell it.

    A tunnel that was down near the time counts as DOWN, since the drop that is nearest to it.
    """
    connection = dict(document["connection"])
    then: list[dict[str, Any]] = []
    unknown: list[str] = []
    for tunnel in connection.get("VgwTelemetry") or ():
        address = tunnel.get("OutsideIpAddress")
        state = _state(_points(document, address), at)
        if state:
            then.append({"OutsideIpAddress": address, **state})
        else:
            unknown.append(str(address))
    connection["VgwTelemetry"] = then
    note = f"the state of the tunnels is that of {at:%Y-%m-%d %H:%M} UTC, by TunnelState"
    whole = merged([document, {"at": at, "notes": [note]}]) | {"connection": connection}
    return merged([whole, *(_missing(document, address, at) for address in unknown)])


def _points(document: Document, address: str | None) -> Points:
    for series in document.get("metrics", ()):
        if (series["tunnel"], series["name"], series["statistic"]) == (address, STATE, AVERAGE):
            points: Points = series["points"]
            return points
    return ()


def _state(points: Points, at: datetime) -> dict[str, Any] | None:
    moment, near = at.timestamp(), NEAR.total_seconds()
    close = [index for index, (time, _) in enumerate(points) if abs(time - moment) <= near]
    if not close:
        return None

    def distance(index: int) -> float:
        return abs(points[index][0] - moment)

    down = [index for index in close if points[index][1] < 1]
    index = min(down or close, key=distance)
    begin = index
    while begin and (points[begin - 1][1] < 1) == bool(down):
        begin -= 1
    state: dict[str, Any] = {"Status": "DOWN" if down else "UP"}
    if begin:
        state["LastStatusChange"] = datetime.fromtimestamp(points[begin][0], UTC)
    return state


def _missing(document: Document, address: str, at: datetime) -> Document:
    params = {
        "Namespace": "AWS/VPN",
        "MetricName": STATE,
        "Dimensions": [{"Name": "TunnelIpAddress", "Value": address}],
        "StartTime": at - NEAR,
        "EndTime": at + NEAR,
        "Period": 300,
        "Statistics": [AVERAGE],
    }
    return lacking(
        MissingEvidence(
            kind=EvidenceKind.TELEMETRY,
            why=f"how {address} was at {at:%Y-%m-%d %H:%M} UTC is not known: no TunnelState",
            how_to_get=command("cloudwatch", "GetMetricStatistics", document.get("region"), params),
        )
    )
