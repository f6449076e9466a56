"""A witness of every call that interrupts a tunnel: whether it had to be, and whether it might."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from bothup.sim.machine import TunnelChange
from bothup.sim.options import described
from bothup.sim.request import Answer, Request
from bothup.sim.vpn import SimConnection, SimTunnel
from bothup.sim.wire import parse_call

if TYPE_CHECKING:
    from tests.apply.stage import Stage

CHANGES = ("ModifyVpnTunnelOptions", "ReplaceVpnTunnel")


@dataclass
class _Told:
    """What AWS last told of a connection: when, and by outside IP whether a tunnel is UP.

    `request` counts requests, `at` is seconds.
    """

    request: int
    at: float
    up: dict[str, bool]


@dataclass
class Witness:
    """Knows the truth at AWS and what AWS told; `violations` are breaches of the promise."""

    stage: "Stage"
    violations: list[str] = field(default_factory=list)
    cuts: int = 0

    def __post_init__(self) -> None:
        self._up_since: dict[str, float] = {}
        self._flipped: dict[str, tuple[int, float]] = {}
        self._told: dict[str, _Told] = {}
        self._before: dict[str, Any] | None = None
        self.outages: set[str] = set()
        self.settle = 0.0
        self.stage.world.machine.on_change(self._changed)
        for connection in self.stage.connections:
            for tunnel in connection.tunnels:
                if tunnel.now.up:
                    self._up_since[tunnel.outside_ip] = float("-inf")

    def flipped(self, tunnel: SimTunnel) -> None:
        """Take note that a tunnel changes by itself, or by somebody else."""
        self._flipped[tunnel.outside_ip] = self.stage.requests, self.stage.elapsed

    def before(self, operation: str, request: Request) -> None:
        """Look at the connection just before a change of it is decided upon by AWS."""
        self._before = None
        if operation not in CHANGES:
            return
        params = parse_call("ec2", operation, request)
        if "PreSharedKey" in request.body.decode():
            self.violations.append("a pre-shared key was sent")
        if params.get("DryRun"):
            return
        connection = self._connection(params["VpnConnectionId"])
        self._before = {
            "params": params,
            "busy": [tunnel.busy for tunnel in connection.tunnels],
            "up": {tunnel.outside_ip: tunnel.now.up for tunnel in connection.tunnels},
            "options": {t.outside_ip: dict(t.options) for t in connection.tunnels},
            "pending": {t.outside_ip: t.maintenance_pending for t in connection.tunnels},
        }

    def after(self, operation: str, request: Request, answer: Answer) -> None:
        """Judge a change that AWS has carried out; remember what a description told."""
        if operation == "DescribeVpnConnections" and answer.status == 200 and answer.body:
            self._remember(answer.body.decode())
        if self._before is not None and answer.status == 200 and answer.body:
            self._judge(operation, **self._before)

    def _judge(
        self,
        operation: str,
        params: dict[str, Any],
        busy: list[bool],
        up: dict[str, bool],
        options: dict[str, dict[str, Any]],
        pending: dict[str, bool],
    ) -> None:
        connection = self._connection(params["VpnConnectionId"])
        outside_ip = params["VpnTunnelOutsideIpAddress"]
        wanted = described(params.get("TunnelOptions", {}))
        named = options[outside_ip]
        if operation == "ReplaceVpnTunnel" and not pending[outside_ip]:
            self._say(connection, "maintenance was applied twice")
        if wanted and all(named.get(name) == value for name, value in wanted.items()):
            self._say(connection, f"{outside_ip} was changed to what it was already")
        for tunnel in connection.tunnels:
            theirs = wanted if tunnel.outside_ip == outside_ip else {}
            if tunnel.options != {**options[tunnel.outside_ip], **theirs}:
                self._say(connection, f"{tunnel.outside_ip}: an option that was not named changed")
        if not self._journaled(connection):
            self._say(connection, f"{outside_ip} was changed and the journal did not know")
        if connection.tunnel(outside_ip).busy and connection.id not in self.outages:  # type: ignore[union-attr]
            self.cuts += 1
            self._judge_interruption(connection, outside_ip, up)

    def _judge_interruption(
        self, connection: SimConnection, outside_ip: str, up: dict[str, bool]
    ) -> None:
        """The sibling must be UP, have been told to be UP just before, and be steady."""
        sibling = next(t.outside_ip for t in connection.tunnels if t.outside_ip != outside_ip)
        told, now = self._told.get(connection.id), self.stage.elapsed
        if told is None or not told.up.get(sibling):
            self._say(connection, f"{outside_ip} was cut though its sibling was not told to be UP")
            return
        if now - told.at > 10:
            self._say(connection, f"{outside_ip} was cut on what was seen {now - told.at:g} s ago")
        request, at = self._flipped.get(sibling, (0, float("-inf")))
        if request > told.request or at > told.at - self.stage.lag:
            return  # nobody could have known
        if not up[sibling]:
            self._say(connection, f"{outside_ip} was cut though its sibling is DOWN")
        carried = connection.tunnel(sibling).now.routes if connection.bgp else 1  # type: ignore[union-attr]
        if not carried:
            self._say(connection, f"{outside_ip} was cut though its sibling has no routes")
        steady = told.at - self._up_since.get(sibling, float("inf"))
        if steady < self.settle - 1:
            self._say(connection, f"{outside_ip} was cut {steady:g} s after its sibling came UP")

    def _journaled(self, connection: SimConnection) -> bool:
        """Whether the journal says that a call is being made, and what to restore after it."""
        with closing(sqlite3.connect(self.stage.journal_path)) as db:
            rows = db.execute(
                "SELECT restore FROM steps WHERE state = 'calling' AND resource LIKE ?",
                (f"%/{connection.id}",),
            ).fetchall()
        return any(restore for (restore,) in rows)

    def _remember(self, body: str) -> None:
        for vpn_id, up in _telemetry(body).items():
            self._told[vpn_id] = _Told(self.stage.requests, self.stage.elapsed, up)

    def _changed(self, change: TunnelChange) -> None:
        ahead = (change.time - self.stage.clock.now()).total_seconds()
        address = change.tunnel.outside_ip
        if change.after.up and not change.before.up:
            self._up_since[address] = self.stage.elapsed + min(ahead, 0)
        elif not change.after.up:
            self._up_since.pop(address, None)

    def _connection(self, vpn_id: str) -> SimConnection:
        return next(each for each in self.stage.connections if each.id == vpn_id)

    def _say(self, connection: SimConnection, text: str) -> None:
        self.violations.append(f"{connection.name}: {text}")


@lru_cache(maxsize=64)
def _telemetry(body: str) -> dict[str, dict[str, bool]]:
    """What an answer tells: by connection, and then by outside IP, whether a tunnel is UP."""
    root = ET.fromstring(body)
    space = root.tag.partition("}")[0] + "}"
    told: dict[str, dict[str, bool]] = {}
    for item in root.iter(f"{space}item"):
        if vpn_id := item.findtext(f"{space}vpnConnectionId"):
            entries = item.find(f"{space}vgwTelemetry")
            told[vpn_id] = {
                entry.findtext(f"{space}outsideIpAddress") or "": (
                    (entry.findtext(f"{space}status") or "").upper() == "UP"
                )
                for entry in (entries if entries is not None else ())
            }
    return told
