"""Lab: one connection of the simulated AWS on real daemons, with a real gateway opposite."""

import contextlib
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import msgspec

from bothup.lab.aws_side import AwsEndpoint
from bothup.lab.certificates import Authority, AwsCertificate
from bothup.lab.command import CommandFailed
from bothup.lab.device import cuts, gateway_tunnel
from bothup.lab.gateway import Gateway, Tunnel
from bothup.lab.network import AWS, Network, Node
from bothup.lab.owner import ROOT, keeper, sweep, sweep_the_dead, this_process
from bothup.sim.evidence.scene import scene
from bothup.sim.vpn import SimConnection
from bothup.sim.world import World

_PULSE = 0.25
_UP = 30.0


class Lab:
    """The daemons of one connection; use it as a context manager, and nothing is left of it.

    `world` is the simulated AWS that is told of everything. `life` is for `AwsEndpoint`. Call it
    within `kept()`.
    """

    def __init__(
        self, world: World, connection: SimConnection, *, life: tuple[float, float] | None = None
    ) -> None:
        owner, name = this_process(), uuid.uuid4().hex[:6]
        self.world, self.connection = world, connection
        place = world.place(connection.account, connection.region)
        first, second = connection.tunnels
        self.scenes = scene(place, connection, first), scene(place, connection, second)
        customer = self.scenes[0].customer
        addresses: dict[Node, str] = {
            "aws1": first.outside_ip,
            "aws2": second.outside_ip,
            "cgw": customer.ip,
        }
        nat = any(each.device.nat for each in connection.tunnels)
        self.folder = ROOT / f"{owner}-{name}"
        self.network = Network(owner, name, addresses, nat=nat)
        self.gateway = Gateway(self.network, self.folder / "cgw")
        self.authority: Authority | None = None
        if customer.certificate_arn:
            self.authority = Authority(self.folder / "ca", "authority")
        self.endpoints = tuple(self._endpoint(number, life) for number in (0, 1))
        self._stop = threading.Event()
        self._pulse = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything and remove every namespace and file."""
        self._stop.set()
        if self._pulse.is_alive():
            self._pulse.join(10)
        for each in self.endpoints:
            each.end()
        self.gateway.kill()
        self.network.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def up(self) -> tuple[bool, bool]:
        """Whether each tunnel is UP by what AWS tells of it."""
        first, second = self.connection.tunnels
        return first.now.up, second.now.up

    def wait(self, what: Callable[[], bool], seconds: float = _UP) -> bool:
        """Wait until it is so; whether it is within the time."""
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline or self._stop.is_set():
                return False
            time.sleep(0.05)
        return True

    def second_tunnel(self, number: int) -> Tunnel:
        """What the gateway ought to be set to on a tunnel that nobody has configured."""
        at = self.scenes[number]
        device = msgspec.structs.replace(at.tunnel.device, configured=True)
        at.tunnel.device = device
        found = gateway_tunnel(at, number + 1, self.network)
        assert found
        return found

    def observe(self) -> None:
        """Have the simulated AWS do what is due, and tell it how the tunnels are."""
        self.world.settle()
        for endpoint in self.endpoints:
            endpoint.pulse()
            service, found = endpoint.service, endpoint.condition()
            tunnel = endpoint.scene.tunnel
            with self.world.lock:
                if service == endpoint.service and not tunnel.busy and tunnel.now != found:
                    now = self.world.clock.now()
                    self.world.machine.change(self.connection, tunnel, found, "observed", now)

    def _endpoint(self, number: int, life: tuple[float, float] | None) -> AwsEndpoint:
        node, at = AWS[number], self.scenes[number]
        certificate = None
        if self.authority:
            certificate = AwsCertificate(self.authority, at.tunnel.outside_ip)
        return AwsEndpoint(
            self.network, node, self.folder / node, at, certificate=certificate, life=life
        )

    def _start(self) -> None:
        self.network.__enter__()
        self.network.cut(*cuts(self.scenes))
        for each in self.endpoints:
            each.enter()
        self._configure_gateway()
        expected = [(each.tunnel.now.up, each.tunnel.now.routes) for each in self.scenes]
        deadline = time.monotonic() + _UP
        while time.monotonic() < deadline:
            found = [each.condition() for each in self.endpoints]
            if [(each.up, each.routes) for each in found] == expected:
                break
            for number, each in enumerate(self.endpoints, 1):
                # Where both sides began at once, there would be two SAs, and INITIAL_CONTACT would
                # have one of them destroyed a moment later: the device has the first word.
                each.pulse(begins=not self.gateway.starts(f"tunnel{number}"))
            time.sleep(0.05)
        with self.world.lock:
            for endpoint, now in zip(self.endpoints, found, strict=True):
                tunnel = endpoint.scene.tunnel
                tunnel.endpoint = endpoint
                if tunnel.now.up == now.up:
                    tunnel.now = now
            self.world.machine.version += 1
        self._pulse.start()

    def _configure_gateway(self) -> None:
        for number, at in enumerate(self.scenes, 1):
            one = gateway_tunnel(at, number, self.network)
            if one and self.authority:
                path = self.gateway.trust(self.authority, one.local_id)
                one = msgspec.structs.replace(one, auth=path)
            if one:
                self.gateway.tunnels[one.name] = one
            device = at.tunnel.device
            if at.connection.bgp and not device.bgp and device.bgp_fault == "unreachable":
                self.network.mute_bgp(at.inside[0])
        self.gateway.start()

    def _beat(self) -> None:
        while not self._stop.wait(_PULSE):
            with contextlib.suppress(CommandFailed):
                self.observe()


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Within this, laboratories may be built: what is left of dead ones is swept before.

    When this process is killed, another one sweeps up after it.
    """
    sweep_the_dead()
    owner = this_process()
    with keeper(owner):
        try:
            yield
        finally:
            sweep(owner)
