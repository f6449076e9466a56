"""`bothup sim`: the simulated AWS, to try every verb on without an AWS account."""

import contextlib
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from bothup.cli import exits
from bothup.cli.lab import allowed
from bothup.cli.stdout import say
from bothup.errors import UsageError

if TYPE_CHECKING:
    from bothup.sim.server import SimServer

sim = App(
    name="sim",
    help="Run the simulated AWS.",
    help_formatter="default",
    result_action="return_value",
)
PORT = 4020


@sim.command
def serve(
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    scenario: str | None = None,
    endpoints: Literal["simulated", "lab"] = "simulated",
    list_: Annotated[bool, Parameter(name="--list", negative=())] = False,
) -> int:
    """Serve a simulated AWS until interrupted; `bothup sim env` prints what to export.

    Parameters
    ----------
    host
        Address to listen on; it knows no secrets worth guarding, but it is meant for this machine.
    port
        Port to listen on, 0 for any free one.
    scenario
        Name of a scenario that comes with bothup, or a scenario file (TOML): demo by default, and
        lab with --endpoints lab.
    endpoints
        What stands behind the tunnels: nothing but the simulation, or a lab of real IKE and BGP
        daemons in network namespaces of this machine (Linux, root).
    list_
        List the scenarios that come with bothup.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"--port {port}; expected a number from 0 to 65535")
    from bothup.sim.load import load_scenario, scenario_names

    if list_:
        say(f"{name}\n" for name in scenario_names())
        return 0
    from bothup.sim.server import SimServer

    if endpoints == "lab" and not allowed("the simulated AWS with real endpoints"):
        return exits.INCOMPLETE
    chosen = load_scenario(scenario or ("lab" if endpoints == "lab" else "demo"))
    try:
        with SimServer(chosen, host=host, port=port) as server, _behind(server, endpoints):
            say([f"{server.scenario.name} at {server.url}; in another shell:\n"])
            say(_exports(server.env()))
            _wait()
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return 0


@sim.command
def env(*, host: str = "127.0.0.1", port: int = PORT, scenario: str = "demo") -> int:
    """Print the variables with which the SDK and bothup talk to `bothup sim serve`.

    Use it as: eval "$(bothup sim env)"

    Parameters
    ----------
    host
        Address that `bothup sim serve` listens on.
    port
        Port that it listens on.
    scenario
        The scenario that it serves.
    """
    from bothup.sim.load import load_scenario
    from bothup.sim.server import SimServer

    with SimServer(load_scenario(scenario)) as server:
        say(_exports(server.env() | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}))
    return 0


@contextlib.contextmanager
def _behind(server: "SimServer", endpoints: str) -> Iterator[None]:
    """Put the tunnels on real daemons where that is asked for."""
    if endpoints != "lab":
        yield
        return
    from bothup.lab.serve import real_endpoints

    with real_endpoints(server.world) as labs:
        for lab in labs:
            gateway = f"{lab.connection.id}: {lab.network.namespace('cgw')} {lab.gateway.config}"
            print(f"gateway of {gateway}", file=sys.stderr)
        yield


def _exports(variables: dict[str, str]) -> list[str]:
    return [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]


def _wait() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
