"""Machine: what happens to connections and tunnels, when, and who is told.

A change replaces a tunnel's endpoint: the tunnel is down until that is done, and comes back only if
AWS or the customer's device starts IKE and the two sides agree. Source: "Tunnel endpoint
replacements" in the AWS Site-to-Site VPN user guide.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bothup.sim.clock import Clock
from bothup.sim.scenario import Timing
from bothup.sim.timers import Timers
from bothup.sim.vpn import IPSEC_DOWN, PROVISIONING, Condition, SimConnection, SimTunnel, condition


class TunnelChange(msgspec.Struct, frozen=True, kw_only=True):
    """One tunnel's condition changed at `time`, in simulated time; `why` says by what."""

    time: datetime
    connection: SimConnection
    tunnel: SimTunnel
    before: Condition
    after: Condition
    why: str


Listener = Callable[[TunnelChange], None]


class Machine:
    """Moves connections from state to state as the clock goes on."""

    def __init__(self, clock: Clock, timing: Timing) -> None:
        self._clock, self._timing, self._timers = clock, timing, Timers()
        self._listeners: list[Listener] = []
        self.version = 0

    def on_change(self, listener: Listener) -> None:
        """Have `listener` called with every change of a tunnel's condition."""
        self._listeners.append(listener)

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self._timers.run(self._clock.now())

    def start(self, connection: SimConnection, gone: Callable[[], None]) -> None:
        """Take over a connection that a scenario left half-way; `gone` removes it from its list."""
        now = self._clock.now()
        if connection.state in ("pending", "modifying"):
            self._finish_later(connection, now, connection.state == "pending")
        elif connection.state == "deleting":
            self._delete_later(connection, now, gone)
        elif connection.state == "deleted":
            self._vanish_later(now, gone)

    def modify(self, connection: SimConnection, tunnel: SimTunnel, new: Mapping[str, Any]) -> None:
        """Give the tunnel `new` options, in DescribeVpnConnections' form, on a new endpoint."""
        tunnel.options = {**tunnel.options, **new}
        self.replace(connection, tunnel, "modified")

    def set_options(self, tunnel: SimTunnel, new: Mapping[str, Any]) -> None:
        """Give the tunnel `new` options that do not ask for a new endpoint."""
        tunnel.options = {**tunnel.options, **new}
        self.version += 1

    def replace(self, connection: SimConnection, tunnel: SimTunnel, why: str = "replaced") -> None:
        """Replace the tunnel's endpoint."""
        now = self._clock.now()
        connection.state, tunnel.busy = "modifying", True
        tunnel.maintenance_applied, tunnel.maintenance_pending = now, False
        if tunnel.endpoint:
            tunnel.endpoint.leave()
        self.change(connection, tunnel, PROVISIONING, why, now)
        self._finish_later(connection, now, first=False)

    def delete(self, connection: SimConnection, gone: Callable[[], None]) -> None:
        """Delete the connection: it stays listed for a while, then `gone` removes it."""
        now = self._clock.now()
        connection.state = "deleting"
        for tunnel in connection.tunnels:
            if tunnel.endpoint:
                tunnel.endpoint.leave()
            self.change(connection, tunnel, IPSEC_DOWN, "deleted", now)
        self._delete_later(connection, now, gone)

    def force(self, connection: SimConnection, tunnel: SimTunnel, to: Condition) -> None:
        """Put the tunnel into the condition `to`, whatever its two sides would make of it."""
        self.change(connection, tunnel, to, "forced", self._clock.now())

    def _finish_later(self, connection: SimConnection, now: datetime, first: bool) -> None:
        def finish(when: datetime) -> None:
            self.version += 1
            if connection.state not in ("pending", "modifying"):
                return
            connection.state, connection.shown = "available", "both" if first else connection.shown
            for tunnel in connection.tunnels:
                if tunnel.busy:
                    self._come_back(connection, tunnel, when)

        seconds = self._timing.provision if first else self._timing.modify
        self._timers.at(self._after(now, seconds), finish)

    def _come_back(self, connection: SimConnection, tunnel: SimTunnel, when: datetime) -> None:
        def meet(later: datetime) -> None:
            if tunnel.busy or connection.state != "available":
                return
            to = condition(tunnel.options, tunnel.device, bgp=connection.bgp)
            by = f"initiated by {to.suite.initiator}" if to.suite else "not established"
            self.change(connection, tunnel, to, by, later)

        tunnel.busy = False
        self.change(connection, tunnel, IPSEC_DOWN, "endpoint ready", when)
        if tunnel.endpoint:
            tunnel.endpoint.enter()
            return
        self._timers.at(self._after(when, self._timing.initiate), meet)

    def _delete_later(
        self, connection: SimConnection, now: datetime, gone: Callable[[], None]
    ) -> None:
        def deleted(when: datetime) -> None:
            connection.state = "deleted"
            self.version += 1
            self._vanish_later(when, gone)

        self._timers.at(self._after(now, self._timing.delete), deleted)

    def _vanish_later(self, now: datetime, gone: Callable[[], None]) -> None:
        def vanish(_: datetime) -> None:
            self.version += 1
            gone()

        self._timers.at(self._after(now, self._timing.vanish), vanish)

    def at(self, when: datetime, action: Callable[[datetime], None]) -> None:
        """Have `action` called when that time has come."""
        self._timers.at(when, action)

    def change(
        self, connection: SimConnection, tunnel: SimTunnel, to: Condition, why: str, when: datetime
    ) -> None:
        """Put a tunnel into another condition at `when` and tell the listeners."""
        self.version += 1
        before, tunnel.now = tunnel.now, to
        if before == to:
            return
        tunnel.changed = when.replace(microsecond=0)
        change = TunnelChange(
            time=when, connection=connection, tunnel=tunnel, before=before, after=to, why=why
        )
        for listener in self._listeners:
            listener(change)

    @staticmethod
    def _after(when: datetime, seconds: float) -> datetime:
        return when + timedelta(seconds=seconds)
