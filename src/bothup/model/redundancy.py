"""How many of a connection's two tunnels carry it."""

from collections.abc import Sequence

from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.finding import Redundancy


def redundancy(tunnels: Sequence[Tunnel]) -> Redundancy:
    """Say how many of the two tunnels carry the connection."""
    statuses = [tunnel.status for tunnel in tunnels]
    up, down = statuses.count(TunnelStatus.UP), statuses.count(TunnelStatus.DOWN)
    if up == 2 and not down:
        return Redundancy.REDUNDANT
    if up == 1 and down == 1:
        return Redundancy.DEGRADED
    if not up and down:
        return Redundancy.DOWN
    return Redundancy.UNKNOWN
