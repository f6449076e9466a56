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
        self._expected: dict[str, datetime | None] = {}
        self._ignored: dict[str, float] = {}

    def expect_change(self, outside_ip: str, last: datetime | None) -> None:
        """Expect a tunnel to go down: it is changed, and `last` was its LastStatusChange before.

        AWS does not say how old its telemetry may be. Until it tells of the interruption, what it
        tells of this tunnel is from before it, and must not count as having come back.
        """
        self._since.pop(outside_ip, None)
        self._expected[outside_ip] = last

    def ignore(self, outside_ip: str, until: float) -> None:
        """Take nothing for UP that is told of a tunnel up to then: it may be from before a change.

        A tunnel that came up by itself just before it was changed, which AWS tells of afterwards,
        looks like one that has come back.
        """
        self._since.pop(outside_ip, None)
        self._ignored[outside_ip] = until

    def expects_change(self, outside_ip: str) -> bool:
        """Say whether AWS has still to tell of an interruption."""
        return outside_ip in self._expected

    def expect_no_change(self, outside_ip: str) -> None:
        """Stop waiting for it: AWS has not interrupted the tunnel after all."""
        self._expected.pop(outside_ip, None)

    def observe(self, connection: VpnConnection, at: float) -> Observed:
        """Take a fresh look into account."""
        up_for: dict[str, float] = {}
        for tunnel in connection.tunnels:
            known = self._since.pop(tunnel.outside_ip, None)
            old = self._is_old_news(tunnel) or at < self._ignored.get(tunnel.outside_ip, at)
            if old or tunnel.status is not TunnelStatus.UP:
                continue
            if known is None or known[1] != tunnel.last_status_change:
                known = at, tunnel.last_status_change
            self._since[tunnel.outside_ip] = known
            up_for[tunnel.outside_ip] = at - known[0]
        return Observed(connection=connection, at=at, up_for=up_for)

    def _is_old_news(self, tunnel: Tunnel) -> bool:
        if tunnel.outside_ip not in self._expected:
            return False
        moved = tunnel.last_status_change != self._expected[tunnel.outside_ip]
        if tunnel.status is TunnelStatus.DOWN or (tunnel.status is TunnelStatus.UP and moved):
            del self._expected[tunnel.outside_ip]
            return False
        return True
