"""The connection itself: telemetry, tunnel options and static routes, read twice.

Two reads some seconds apart tell a tunnel that flaps from one that is down.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, listed
from bothup.errors import AwsError
from bothup.model.connection import Routing, Tunnel, VpnConnection
from bothup.model.target import Target

_OPERATION = "DescribeVpnConnections"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The connection as AWS describes it, without its secrets, and when it was so."""

    at: datetime
    item: dict[str, Any]

    @property
    def telemetry(self) -> list[Mapping[str, Any]]:
        """What AWS says of each tunnel."""
        listed = self.item.get("VgwTelemetry")
        return [each for each in listed if isinstance(each, dict)] if listed else []


def command_for(target: Target, connection: str) -> str:
    """Give the command that reads the connection."""
    return command("ec2", _OPERATION, target.region, {"VpnConnectionIds": [connection]})


def surveyed(connection: VpnConnection) -> Reading:
    """Give what was read of a connection before in AWS's form, but for its options and routes."""
    transit = (connection.gateway_id or "").startswith("tgw-")
    static = {Routing.STATIC: True, Routing.BGP: False}.get(connection.routing)
    item = {
        "VpnConnectionId": connection.id,
        "State": connection.state,
        "CustomerGatewayId": connection.customer_gateway_id,
        "TransitGatewayId" if transit else "VpnGatewayId": connection.gateway_id,
        "GatewayAssociationState": connection.association,
        "Options": {"StaticRoutesOnly": static},
        "Tags": [{"Key": name, "Value": value} for name, value in connection.tags.items()],
        "VgwTelemetry": [_told(each) for each in connection.tunnels if each.reported_status],
    }
    return Reading(at=connection.observed_at, item=item)


def _told(tunnel: Tunnel) -> dict[str, Any]:
    return {
        "OutsideIpAddress": tunnel.outside_ip,
        "Status": tunnel.reported_status,
        "StatusMessage": tunnel.status_message,
        "LastStatusChange": tunnel.last_status_change,
        "AcceptedRouteCount": tunnel.accepted_routes,
    }


async def read(call: Call, connection: str) -> Reading:
    """Read one connection; raises AwsError, or Absent where it is gone."""
    for item in await described(call, "vpn-connection-id", [connection]):
        return Reading(at=datetime.now(UTC), item=item)
    raise Absent(f"{connection} is not there any more")


async def described(call: Call, name: str, values: list[str]) -> list[dict[str, Any]]:
    """Describe the connections that a filter of that name chooses; raises AwsError."""
    answer = await call("ec2", _OPERATION, {"Filters": [{"Name": name, "Values": values}]})
    return [dict(each) for each in listed(answer, "VpnConnections")]


async def again(call: Call, first: Reading, interval: float) -> Document:
    """Read once more after so many seconds, and tell what has changed meanwhile.

    The newer reading becomes the bundle's connection. Without an interval, or an answer, that is
    the first one.
    """
    readings = [first]
    if interval > 0:
        await asyncio.sleep(interval)
        with contextlib.suppress(AwsError, Absent):
            readings.append(await read(call, str(first.item["VpnConnectionId"])))
    return {
        "connection": readings[-1].item,
        "telemetry": [{"at": each.at, "VgwTelemetry": each.telemetry} for each in readings],
        "notes": [note for new in readings[1:] for note in _flaps(first, new)],
    }


def _flaps(old: Reading, new: Reading) -> Iterator[str]:
    before = {each.get("OutsideIpAddress"): each for each in old.telemetry}
    seconds = round((new.at - old.at).total_seconds())
    for now in new.telemetry:
        then = before.get(now.get("OutsideIpAddress"))
        if not then or not now.get("OutsideIpAddress"):
            continue
        if then.get("Status") != now.get("Status"):
            change = f"{then.get('Status')}, and {seconds} s later {now.get('Status')}"
        elif then.get("LastStatusChange") != now.get("LastStatusChange"):
            change = f"{now.get('Status')}, and it has changed within the last {seconds} s"
        else:
            continue
        yield f"{now['OutsideIpAddress']} is changing right now: {change}; look again in a while"
