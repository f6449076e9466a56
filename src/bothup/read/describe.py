"""One item of DescribeVpnConnections becomes a VpnConnection, or says why it cannot.

The item is a plain dict in the casing of the SDK and the CLI. CustomerGatewayConfiguration and
PreSharedKey, which are secret, are never looked at.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bothup.model.connection import Malformed, Routing, Tunnel, VpnConnection
from bothup.model.target import Target
from bothup.read.fields import Record, WrongField, each, flag, kind, part, text, writable
from bothup.read.fingerprint import fingerprint
from bothup.read.tunnels import join_tunnels, read_configured, read_telemetry

_BGP_MESSAGE = re.compile(r"\s*\d+ BGP ROUTES\s*", re.IGNORECASE)
_GATEWAYS = ("VpnGatewayId", "TransitGatewayId", "CoreNetworkArn", "VpnConcentratorId")


class _Options(NamedTuple):
    static_only: bool | None = None
    accelerated: bool = False
    bandwidth: str | None = None
    local_cidr: str | None = None
    remote_cidr: str | None = None
    outside_address_type: str | None = None
    tunnels: Sequence[Tunnel] = ()


_NO_OPTIONS = _Options()


def read_connection(
    record: object, target: Target, observed_at: datetime
) -> VpnConnection | Malformed:
    """Read one record that was true at `observed_at`; never raises, whatever the record is.

    Absent and null fields are absent. A field of the wrong type makes the record Malformed.
    """
    if not isinstance(record, dict):
        problem = f"expected an object, got {kind(record)}"
        return malformed(record, target, observed_at, problem)
    try:
        return _connection(record, target, observed_at)
    except WrongField as wrong:
        return malformed(record, target, observed_at, str(wrong))


def malformed(record: object, target: Target, observed_at: datetime, problem: str) -> Malformed:
    """Name a record that cannot be read: by its own id, else by a hash of its content."""
    name = record.get("VpnConnectionId") if isinstance(record, dict) else None
    readable = isinstance(name, str) and name.strip() != ""
    return Malformed(
        id=writable(str(name)) if readable else f"malformed-{fingerprint(record)}",
        target=target,
        problem=problem,
        observed_at=observed_at,
    )


def _connection(record: Record, target: Target, observed_at: datetime) -> VpnConnection:
    name = _id(record)
    telemetry = each(record, "VgwTelemetry", read_telemetry)
    options = part(record, "Options", _options, _NO_OPTIONS)
    return VpnConnection(
        id=name,
        target=target,
        state=(text(record, "State") or "").strip().lower(),
        category=text(record, "Category") or None,
        customer_gateway_id=text(record, "CustomerGatewayId") or None,
        gateway_id=_first(record, *_GATEWAYS),
        association=text(record, "GatewayAssociationState") or None,
        routing=_routing(options.static_only, telemetry),
        accelerated=options.accelerated,
        bandwidth=options.bandwidth,
        concentrator=bool(text(record, "VpnConcentratorId")),
        local_cidr=options.local_cidr,
        remote_cidr=options.remote_cidr,
        outside_address_type=options.outside_address_type,
        tags=_tags(record.get("Tags")),
        tunnels=join_tunnels(telemetry, options.tunnels),
        observed_at=observed_at,
    )


def _id(record: Record) -> str:
    name = text(record, "VpnConnectionId")
    if name is None or not name.strip():
        got = "nothing" if name is None else "an empty string"
        raise WrongField("VpnConnectionId", "a connection id", got)
    return name


def _options(options: Record) -> _Options:
    return _Options(
        static_only=flag(options, "StaticRoutesOnly"),
        accelerated=flag(options, "EnableAcceleration") or False,
        bandwidth=text(options, "TunnelBandwidth") or None,
        local_cidr=_first(options, "LocalIpv4NetworkCidr", "LocalIpv6NetworkCidr"),
        remote_cidr=_first(options, "RemoteIpv4NetworkCidr", "RemoteIpv6NetworkCidr"),
        outside_address_type=text(options, "OutsideIpAddressType") or None,
        tunnels=each(options, "TunnelOptions", read_configured),
    )


def _first(record: Record, *keys: str) -> str | None:
    """Give the first that is set; the others are looked at as well, for their type."""
    values = [text(record, key) for key in keys if key in record]
    return next(filter(None, values), None)


def _routing(static_only: bool | None, telemetry: Sequence[Tunnel]) -> Routing:
    if static_only is not None:
        return Routing.STATIC if static_only else Routing.BGP
    if any(_BGP_MESSAGE.fullmatch(tunnel.status_message or "") for tunnel in telemetry):
        return Routing.BGP
    return Routing.UNKNOWN


def _tags(tags: object) -> dict[str, str]:
    """Read what is readable of the tags: they never decide whether a record is good."""
    entries = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    pairs = [(tag.get("Key"), tag.get("Value")) for tag in entries]
    return {
        writable(key): writable(value) if isinstance(value, str) else ""
        for key, value in pairs
        if isinstance(key, str)
    }
