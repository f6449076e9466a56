"""Every setting of a device's text beside AWS's, with both pointers and what follows from them.

This is the report for people and plans: all tunnels of a connection, all settings, what does not
fit and what does not fit for long. AWS's unset options mean AWS's defaults.
"""

import ipaddress
from collections.abc import Iterator

from bothup.engine.differences import _inside, _keeping, _peers, _phases
from bothup.engine.differences._row import Difference, Severity, Sides, device_pointer
from bothup.model.bundle import CustomerGateway
from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.model.diagnosis import EvidenceKind, Pointer

__all__ = ["Difference", "Severity", "configured", "differences", "missing_tunnels"]

_ORDER = tuple(Severity)


def differences(
    connection: VpnConnection, customer_gateway: CustomerGateway | None, config: DeviceConfig
) -> tuple[Difference, ...]:
    """Compare a connection with a device's text: tunnel by tunnel, the worst first.

    A tunnel that the text does not have is one row by itself: a conflict where the text has the
    other one, unknown where it has none of the connection's.
    """
    pairs = configured(connection, config)
    return tuple(
        row
        for tunnel in connection.tunnels
        if tunnel.outside_ip
        for row in _rows(connection, customer_gateway, config, tunnel, pairs)
    )


def missing_tunnels(connection: VpnConnection, config: DeviceConfig) -> tuple[str, ...]:
    """Name the outside IPs of the connection's tunnels that the text does not configure."""
    there = configured(connection, config)
    return tuple(
        tunnel.outside_ip
        for tunnel in connection.tunnels
        if tunnel.outside_ip and tunnel.outside_ip not in there
    )


def configured(connection: VpnConnection, config: DeviceConfig) -> dict[str, DeviceTunnel]:
    """Find the device's tunnel for each of AWS's, by its outside IP.

    The peer's address joins them; what goes elsewhere is still the tunnel whose inside network it
    has an address in, and then its peer's address is wrong.
    """
    ours = [tunnel for tunnel in connection.tunnels if tunnel.outside_ip]
    pairs: dict[str, DeviceTunnel] = {}
    for device in config.tunnels:
        known = pairs.get(device.peer_address or "")
        if any(device.peer_address == tunnel.outside_ip for tunnel in ours) and (
            known is None or known.enabled is False
        ):
            pairs[device.peer_address or ""] = device
    for tunnel in ours:
        if tunnel.outside_ip not in pairs:
            left = (each for each in config.tunnels if each not in pairs.values())
            found = next((each for each in left if _is_inside(each, tunnel)), None)
            if found is not None:
                pairs[tunnel.outside_ip] = found
    return pairs


def _is_inside(device: DeviceTunnel, tunnel: Tunnel) -> bool:
    if device.peer_identity == tunnel.outside_ip:
        return True
    cidr = tunnel.options.inside_cidr if tunnel.options else None
    own = (device.inside_address or device.bgp_neighbor or "").partition("/")[0]
    try:
        return bool(cidr and own) and ipaddress.ip_address(own) in ipaddress.ip_network(
            cidr or "", strict=False
        )
    except ValueError:
        return False


def _rows(
    connection: VpnConnection,
    gateway: CustomerGateway | None,
    config: DeviceConfig,
    tunnel: Tunnel,
    pairs: dict[str, DeviceTunnel],
) -> Iterator[Difference]:
    device = pairs.get(tunnel.outside_ip)
    if device is None:
        yield _missing(config, tunnel, some=bool(pairs))
        return
    sides = Sides(
        connection=connection,
        gateway=gateway,
        tunnel=tunnel,
        device=device,
        vendor=config.vendor,
        source=config.source,
    )
    found = [row for part in (_peers, _phases, _keeping, _inside) for row in part.rows(sides)]
    yield from sorted(found, key=lambda row: _ORDER.index(row.severity))


def _missing(config: DeviceConfig, tunnel: Tunnel, *, some: bool) -> Difference:
    return Difference(
        tunnel=tunnel.outside_ip,
        name="",
        setting="tunnel",
        severity=Severity.CONFLICT if some else Severity.UNKNOWN,
        aws="there",
        device="none" if some else "",
        why="the device's text has only the other tunnel"
        if some
        else "the device's text has no tunnel of this connection",
        aws_field=Pointer(
            kind=EvidenceKind.TUNNEL_OPTIONS,
            pointer=f"Options.TunnelOptions[{tunnel.outside_ip}]",
        ),
        config_line=device_pointer(config.source, 0, "tunnel"),
    )
