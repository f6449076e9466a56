"""Tunnels of one connection: VgwTelemetry and Options.TunnelOptions joined by outside IP.

The two lists come in orders of their own, so position means nothing. While AWS provisions a
tunnel its address is empty: such an entry stands by itself and is joined with nothing.
"""

from collections.abc import Sequence

import msgspec

from bothup.model.connection import Tunnel, TunnelStatus
from bothup.read.fields import Record, count, moment, text
from bothup.read.options import read_options

_STATUS = {"UP": TunnelStatus.UP, "DOWN": TunnelStatus.DOWN}
_WORST_FIRST = (TunnelStatus.DOWN, TunnelStatus.UNKNOWN, TunnelStatus.UP)
# AWS gives every connection two tunnels.
_PER_CONNECTION = 2


def read_telemetry(entry: Record) -> Tunnel:
    """Read one entry of VgwTelemetry, as a tunnel without its options; raises WrongField."""
    reported = text(entry, "Status")
    return Tunnel(
        outside_ip=_address(entry),
        status=_STATUS.get((reported or "").strip().upper(), TunnelStatus.UNKNOWN),
        reported_status=reported,
        status_message=text(entry, "StatusMessage"),
        last_status_change=moment(entry, "LastStatusChange"),
        accepted_routes=count(entry, "AcceptedRouteCount"),
        certificate_arn=text(entry, "CertificateArn") or None,
    )


def read_configured(entry: Record) -> Tunnel:
    """Read one entry of TunnelOptions, as a tunnel without telemetry; raises WrongField."""
    return Tunnel(
        outside_ip=_address(entry), status=TunnelStatus.UNKNOWN, options=read_options(entry)
    )


def join_tunnels(telemetry: Sequence[Tunnel], configured: Sequence[Tunnel]) -> tuple[Tunnel, ...]:
    """Join what is reported with what is configured, in the order of the outside IPs.

    Nameless options make tunnels of their own only where fewer than two would be there, and only
    as many as exceed the nameless telemetry, which must belong to some of them.
    """
    options = {tunnel.outside_ip: tunnel for tunnel in configured}
    addresses = {tunnel.outside_ip for tunnel in telemetry}
    if len(telemetry) == len(configured) == len(addresses) and addresses == options.keys() - {""}:
        # As AWS nearly always says it: each tunnel once in both lists.
        usual = [_joined(tunnel, options[tunnel.outside_ip]) for tunnel in telemetry]
        return tuple(sorted(usual, key=_place))
    reported, nameless = _by_address(telemetry)
    known, spare = _by_address(configured)
    settled = {address: _least(same) for address, same in known.items()}
    tunnels = [_joined(_merged(same), settled.pop(at, None)) for at, same in reported.items()]
    tunnels += nameless
    tunnels += settled.values()
    missing = min(_PER_CONNECTION - len(tunnels), len(spare) - len(nameless))
    tunnels += sorted(spare, key=_content)[: max(0, missing)]
    return tuple(sorted(tunnels, key=_place))


def _address(entry: Record) -> str:
    return (text(entry, "OutsideIpAddress") or "").strip()


def _by_address(tunnels: Sequence[Tunnel]) -> tuple[dict[str, list[Tunnel]], list[Tunnel]]:
    named: dict[str, list[Tunnel]] = {}
    for tunnel in tunnels:
        named.setdefault(tunnel.outside_ip, []).append(tunnel)
    return named, named.pop("", [])


def _merged(same: list[Tunnel]) -> Tunnel:
    """Make one tunnel of all telemetry with one address: the worst status, the latest change."""
    if len(same) == 1:
        return same[0]
    worst = min(same, key=lambda entry: (_WORST_FIRST.index(entry.status), _content(entry)))
    changes = [entry.last_status_change for entry in same if entry.last_status_change]
    return msgspec.structs.replace(worst, last_status_change=max(changes, default=None))


def _least(same: list[Tunnel]) -> Tunnel:
    """Choose one of those with one address, whatever their order is."""
    return same[0] if len(same) == 1 else min(same, key=_content)


def _joined(tunnel: Tunnel, configured: Tunnel | None) -> Tunnel:
    if configured is None:
        return tunnel
    return msgspec.structs.replace(tunnel, options=configured.options)


def _place(tunnel: Tunnel) -> tuple[int, bytes, str]:
    """IPv4 by its numbers, then everything else by its text, the nameless last."""
    if not tunnel.outside_ip:
        return 2, b"", _content(tunnel)
    try:
        return 0, bytes(map(int, tunnel.outside_ip.split("."))), tunnel.outside_ip
    except ValueError:
        return 1, b"", tunnel.outside_ip


def _content(tunnel: Tunnel) -> str:
    return msgspec.json.encode(tunnel).decode()
