"""SimServer: a simulated AWS that listens on a port of this machine."""

import importlib.util
import os
from types import TracebackType
from typing import Self

from bothup.errors import UsageError
from bothup.sim.caller import KeyRing
from bothup.sim.calls import Calls
from bothup.sim.clock import Clock
from bothup.sim.control import control
from bothup.sim.faults import Faults
from bothup.sim.front import Front
from bothup.sim.intended import Intended, intended
from bothup.sim.listener import Listener
from bothup.sim.machine import Listener as ChangeListener
from bothup.sim.request import Answer, Request
from bothup.sim.scenario import Scenario
from bothup.sim.world import World


class SimServer:
    """The simulated AWS of one scenario, at `url` from the start to `stop()`.

    Use it as a context manager, or call `start()` and `stop()`. It prints nothing. Raises
    UsageError where it cannot listen.
    """

    def __init__(self, scenario: Scenario, host: str = "127.0.0.1", port: int = 0) -> None:
        self.scenario, self._host = scenario, host
        self.clock = Clock()
        self.world = World(scenario, self.clock)
        self.keys = KeyRing(scenario)
        self._front = Front(self.world, self.keys)
        try:
            self._listener = Listener(self._respond, host, port)
        except OSError as error:
            raise UsageError(f"cannot listen on {host}, port {port}: {error}") from error

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Begin to answer; raises UsageError where moto is not installed."""
        if importlib.util.find_spec("moto") is None:
            raise UsageError("the simulated AWS needs moto: pip install 'bothup[sim]'")
        self._listener.start()
        return self

    def wait(self) -> None:
        """Block until `stop()`; a signal such as Ctrl-C interrupts it."""
        self._listener.wait()

    def stop(self) -> None:
        """End every connection and stop answering."""
        self._listener.stop()
        self._front.moto.reset()

    @property
    def url(self) -> str:
        """The endpoint, for AWS_ENDPOINT_URL."""
        return f"http://{self._host}:{self._listener.port}"

    @property
    def faults(self) -> Faults:
        """The faults in force; `faults.add(Fault(...))` adds one."""
        return self._front.faults

    @property
    def calls(self) -> Calls:
        """What was called, by whom and when."""
        return self._front.calls

    @property
    def overruns(self) -> int:
        """How often a token bucket was found empty."""
        return self._front.buckets.overruns

    def env(self, account: str | None = None, region: str | None = None) -> dict[str, str]:
        """The environment in which the SDK talks to this server as a user of `account`.

        Both default: to the management account, and to its first Region.
        """
        owner = self.world.accounts[account] if account else self.scenario.management
        key = self.keys.user(owner.id)
        region = region or self.world.enabled(owner)[0]
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_SESSION_TOKEN": "",
            "AWS_EC2_METADATA_DISABLED": "true",
            "no_proxy": ",".join(filter(None, (self._host, os.environ.get("no_proxy")))),
        }

    def set_tunnel(
        self,
        account: str,
        region: str,
        vpn_id: str,
        outside_ip: str,
        *,
        up: bool,
        message: str | None = None,
    ) -> None:
        """Put a tunnel up or down, whatever its two sides would make of it.

        Raises Refusal for a connection or tunnel that is not there.
        """
        with self.world.lock:
            self.world.settle()
            vpn = self.world.connection(account, region, vpn_id)
            self.world.force(vpn, outside_ip, up=up, message=message)

    def on_change(self, listener: ChangeListener) -> None:
        """Have `listener` called with each change of a tunnel's condition, at its time."""
        self.world.machine.on_change(listener)

    def intended(self) -> tuple[Intended, ...]:
        """What a diagnosis ought to find, where the scenario says; no call tells it."""
        return tuple(intended(self.world.connections()))

    def _respond(self, request: Request) -> Answer:
        if request.path.startswith("/bothup-sim/"):
            return control(self, request)
        return self._front.answer(request)
