"""Observed: one fresh look at a connection, and how long its tunnels have been seen UP."""

from datetime import datetime

import msgspec

from bothup.model.connection import Tunnel, TunnelStatus, VpnConnection

_TUNNELS = 2


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as AWS described it; `at` is the monotonic time at which it was asked.

    `up_for` says by outside IP for how many seconds a tunnel has been seen UP without a break.
    """

    connection: VpnConnection
    at: float
    up_for: dict[str, float]

    def tunnel(self, outside_ip: str | None) -> Tunnel | None:
        """Find a tunnel by its outside IP."""
        found = (each for each in self.connection.tunnels if each.outside_ip == outside_ip)
        return next(found, None)

    def sibling(self, outside_ip: str | None) -> Tunnel | None:
        """Find the other of two tunnels; None where there are not two that can be told apart."""
        named = {each.outside_ip: each for each in self.connection.tunnels if each.outside_ip}
        others = [each for address, each in named.items() if address != outside_ip]
        if len(self.connection.tunnels) != _TUNNELS or len(named) != _TUNNELS or len(others) != 1:
            return None
        return others[0]


class Steadiness:
    """Since when each tunnel of a connection has been seen UP, by observations of our own.

    A tunnel that went down and came up again between two looks is told by its LastStatusChange.
    No clock of AWS or of the day is compared with ours, for either may be wrong.
    """

    def __init__(self) -> None:
        """Know nothing: a tunnel is steady only after it has been watched."""
        self._since: dict[str, tuple[float, datetime | None]] = {}

    def forget(self, outside_ip: str) -> None:
        """Know nothing of a tunnel any more: it is about to be changed.

        What AWS tells of it may be old for a while, and must not count as having come back.
        """
        self._since.pop(outside_ip, None)

    def observe(self, connection: VpnConnection, at: float) -> Observed:
        """Take a fresh look into account."""
        up_for: dict[str, float] = {}
        for tunnel in connection.tunnels:
            known = self._since.pop(tunnel.outside_ip, None)
            if tunnel.status is not TunnelStatus.UP:
                continue
            if known is None or known[1] != tunnel.last_status_change:
                known = at, tunnel.last_status_change
            self._since[tunnel.outside_ip] = known
            up_for[tunnel.outside_ip] = at - known[0]
        return Observed(connection=connection, at=at, up_for=up_for)
