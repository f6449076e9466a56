"""Recur: a drop that came again and again before the simulation began goes on doing so."""

from datetime import datetime

from bothup.sim.evidence.past import Recurring
from bothup.sim.machine import Machine
from bothup.sim.vpn import IPSEC_DOWN, Condition, SimConnection, SimTunnel, condition


class Recurrences:
    """Takes one tunnel down and lets it up again, until it is put into some other condition."""

    def __init__(
        self, machine: Machine, connection: SimConnection, tunnel: SimTunnel, recurring: Recurring
    ) -> None:
        self._machine, self._connection, self._tunnel = machine, connection, tunnel
        self._recurring = recurring
        self._drops = 0
        self._down = tunnel.now

    def start(self) -> None:
        """Begin with whatever comes next for the tunnel as it is."""
        if self._tunnel.now.up:
            self._drop_after(self._tunnel.changed)
        else:
            self._machine.at(self._tunnel.changed + self._recurring.lasts, self._recover)

    def _drop_after(self, up_since: datetime) -> None:
        self._drops += 1
        gap = self._recurring.gap(self._tunnel.past.seed, self._drops)
        self._machine.at(up_since + gap, self._drop)

    def _drop(self, when: datetime) -> None:
        if self._tunnel.now.up and self._connection.state == "available":
            suite = self._tunnel.now.suite
            drop = self._recurring.drop
            self._down = (
                Condition(status="DOWN", message="IPSEC IS UP", suite=suite)
                if drop in ("bgp", "hold-timer")
                else IPSEC_DOWN
            )
            self._change(self._down, drop, when)
        self._machine.at(when + self._recurring.lasts, self._recover)

    def _recover(self, when: datetime) -> None:
        if self._tunnel.now is self._down and not self._tunnel.busy:
            to = condition(self._tunnel.options, self._tunnel.device, bgp=self._connection.bgp)
            self._change(to, "recovered", when)
        self._drop_after(when)

    def _change(self, to: Condition, why: str, when: datetime) -> None:
        self._machine.change(self._connection, self._tunnel, to, why, when)
