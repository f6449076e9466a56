"""AWS's side: a tunnel endpoint that is a strongSwan and a BIRD, set up by the tunnel's options.

AWS's rules: it begins a negotiation by itself only with IKEv2 and StartupAction `start`, and then
again and again; a changed option means another endpoint, which knows nothing of the former SAs.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bothup.lab.algorithms import proposals, suite
from bothup.lab.bgp_messages import BgpReader
from bothup.lab.bird import Bird, Neighbor
from bothup.lab.certificates import AwsCertificate
from bothup.lab.charon import Charon, children
from bothup.lab.ike_messages import ActivityReader
from bothup.lab.network import Network, Node
from bothup.lab.tail import Tail
from bothup.lab.watch import Watch
from bothup.sim.evidence.activity import Line
from bothup.sim.evidence.bgp import BgpLine
from bothup.sim.evidence.scene import Scene
from bothup.sim.negotiate import aws_initiates
from bothup.sim.options import (
    DEFAULT_PHASE1_LIFETIME,
    DEFAULT_PHASE2_LIFETIME,
    DEFAULT_REKEY_MARGIN,
)
from bothup.sim.vpn import IPSEC_DOWN, Condition

# AWS's timers, made short: it looks for a dead peer every 10 s, and gives it 30 s by default.
_DPD_DELAY, _SHORTER = "1s", 10
_RETRY = 3.0
# Prefixes that a gateway on AWS's side takes from a device ("Site-to-Site VPN quotas").
_MOST_ROUTES = {"vgw": 100, "tgw": 1000}
_NAME = "tunnel"


class AwsEndpoint:
    """The endpoint of one tunnel; `certificate` is its own, where devices have them, too.

    `life` is after how many seconds a phase 2 SA is renewed and when it ends, where AWS's least
    (900 s) is too long to wait for.
    """

    def __init__(
        self,
        network: Network,
        node: Node,
        folder: Path,
        scene: Scene,
        *,
        certificate: AwsCertificate | None = None,
        life: tuple[float, float] | None = None,
    ) -> None:
        self.scene, self.life = scene, life
        self.charon = Charon(network, node, folder)
        self.bird = Bird(network, node, folder)
        self.watch = Watch(self.charon.socket)
        self._certificate = certificate
        self._reader = ActivityReader(scene.customer.ip)
        self._bgp = BgpReader(self._neighbor())
        self._tails = Tail(self.charon.log), Tail(self.bird.log)
        self._lines: list[Line] = []
        self._bgp_lines: list[BgpLine] = []
        self._tried = 0.0
        self._lock = threading.RLock()
        self.in_service, self.service = False, 0

    @property
    def starts(self) -> bool:
        """Whether AWS begins a negotiation by itself, by the options of now."""
        return aws_initiates(self.scene.tunnel.options)

    def enter(self) -> None:
        """Start the daemons with the tunnel's options of now; raises CommandFailed."""
        with self._lock:
            self.charon.start()
            self.charon.address(f"{self.scene.inside[0]}/30")
            # Before the daemon knows its connection, no event can slip past the watch.
            self.watch.start()
            self._load()
            if self.scene.connection.bgp:
                self._bgp.neighbor = self._neighbor()
                self.bird.configure(self.scene.tunnel.outside_ip, {_NAME: self._bgp.neighbor})
            self._tried, self.in_service = 0.0, True
            self.service += 1

    def leave(self) -> None:
        """End the daemons at once: an endpoint that is replaced takes no leave."""
        with self._lock:
            self.end()
            self.pulse()
            self._reader.fell()
            self._bgp.fell()

    def end(self) -> None:
        """End the daemons and the watch."""
        self.in_service = False
        self.bird.kill()
        self.charon.kill()
        self.watch.stop()

    @property
    def logs(self) -> Iterator[Path]:
        """The daemons' logs."""
        yield self.charon.log
        if self.bird.log.exists():
            yield self.bird.log

    def pulse(self, *, begins: bool = True) -> None:
        """Read what the daemons have logged; begin to negotiate where AWS would, if it `begins`."""
        with self._lock:
            self._lines += self._reader.read(self._tails[0].lines())
            self._bgp_lines += self._bgp.read(self._tails[1].lines())
            due = time.monotonic() - self._tried > _RETRY
            if begins and self.in_service and due and not self.watch.up and self.starts:
                self._tried = time.monotonic()
                if not self.charon.sas():
                    self.charon.initiate(_NAME)

    def condition(self) -> Condition:
        """How the tunnel is, by its real SAs and its BGP session."""
        with self._lock:
            found = list(children(self.charon.sas())) if self.watch.up and self.in_service else []
            if not found:
                return IPSEC_DOWN
            _, ike, child = found[0]
            agreed = suite(ike, child, by_aws=ike.get("initiator") == b"yes")
            if not self.scene.connection.bgp:
                return Condition(status="UP", message="IPSEC IS UP", suite=agreed)
            if not self._bgp.established:
                return Condition(status="DOWN", message="IPSEC IS UP", suite=agreed)
            routes = self.bird.accepted(_NAME)
            message = f"{routes} BGP ROUTES"
            return Condition(status="UP", message=message, routes=routes, suite=agreed)

    def activity(self, start: datetime, end: datetime) -> Iterator[Line]:
        """The daemon's log in AWS's words."""
        with self._lock:
            self.pulse()
            told = list(self._lines)
        return (line for line in told if start <= line.time < end)

    def bgp(self, start: datetime, end: datetime) -> Iterator[BgpLine]:
        """BIRD's log in AWS's words."""
        with self._lock:
            self.pulse()
            told = list(self._bgp_lines)
        return (line for line in told if start <= line.time < end)

    def _load(self) -> None:
        """Give the daemon its connection and its key."""
        tunnel, customer = self.scene.tunnel, self.scene.customer
        if self._certificate:
            self._certificate.load(self.charon)
        else:
            self.charon.ask("load-shared", {
                "type": "IKE",
                "data": tunnel.options["PreSharedKey"],
                "owners": [tunnel.outside_ip, customer.ip],
            })  # fmt: skip
        self.charon.ask("load-conn", {_NAME: self._connection()})

    def _connection(self) -> dict[str, Any]:
        """The connection in VICI's words."""
        options, customer = self.scene.tunnel.options, self.scene.customer
        seconds = int(options.get("DpdTimeoutSeconds", 30)) / _SHORTER
        action = options.get("DpdTimeoutAction", "clear")
        versions = {each["Value"] for each in options.get("IkeVersions", ())}
        version = {frozenset({"ikev1"}): "1", frozenset({"ikev2"}): "2"}
        first, second = _lifetimes(options)
        if self.life:
            rekey, most = self.life
            second = {"rekey_time": f"{rekey}s", "life_time": f"{most}s", "rand_time": "0s"}
        remote: dict[str, Any] = {"auth": "psk", "id": customer.ip}
        local: dict[str, Any] = {"auth": "psk", "id": self.scene.tunnel.outside_ip}
        if self._certificate:
            local, remote = self._certificate.sides(self.scene.tunnel.outside_ip)
        return {
            "version": version.get(frozenset(versions), "0"),
            "local_addrs": [self.scene.tunnel.outside_ip],
            "remote_addrs": [customer.ip],
            "proposals": proposals(options, "Phase1"),
            **first,
            "dpd_delay": "0s" if action == "none" else _DPD_DELAY,
            "dpd_timeout": f"{max(seconds, 3):g}s",
            "mobike": "no",
            "local": local,
            "remote": remote,
            "children": {
                _NAME: {
                    "local_ts": [self.scene.connection.remote_cidr],
                    "remote_ts": [self.scene.connection.local_cidr],
                    "esp_proposals": proposals(options, "Phase2"),
                    "dpd_action": "restart" if action == "restart" else "clear",
                    **second,
                }
            },
        }

    def _neighbor(self) -> Neighbor:
        scene = self.scene
        kind = (scene.connection.gateway_id or "tgw").partition("-")[0]
        return Neighbor(
            own=scene.inside[0],
            address=scene.inside[1],
            own_asn=scene.aws_asn,
            asn=scene.customer.asn,
            hold=6,
            announces=("10.20.0.0/24",),
            limit=_MOST_ROUTES[kind],
            judges=True,
        )


def _lifetimes(options: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Both phases' lifetimes in VICI's words: renewed the margin and its fuzz before the end."""
    margin = int(options.get("RekeyMarginTimeSeconds", DEFAULT_REKEY_MARGIN))
    fuzz = margin * int(options.get("RekeyFuzzPercentage", 100)) // 100
    first = int(options.get("Phase1LifetimeSeconds", DEFAULT_PHASE1_LIFETIME))
    second = int(options.get("Phase2LifetimeSeconds", DEFAULT_PHASE2_LIFETIME))
    return (
        {
            "rekey_time": f"{first - margin}s",
            "over_time": f"{margin}s",
            "rand_time": f"{fuzz}s",
        },
        {
            "rekey_time": f"{second - margin}s",
            "life_time": f"{second}s",
            "rand_time": f"{fuzz}s",
        },
    )
