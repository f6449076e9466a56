"""Control: turn the simulation's clock, tunnels and faults from another process, in JSON.

GET    /bothup-sim/calls     how often each operation was called, and how it ended
DELETE /bothup-sim/calls     forget them
GET    /bothup-sim/clock     the simulated time
POST   /bothup-sim/clock     {"advance": seconds}
GET    /bothup-sim/faults    the faults in force
POST   /bothup-sim/faults    a fault, as a scenario says it
DELETE /bothup-sim/faults    end them all
POST   /bothup-sim/tunnel    {"account", "region", "connection", "outside_ip", "up", "message"}
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bothup.sim.faults import Fault
from bothup.sim.refusal import Refusal
from bothup.sim.request import Answer, Request

if TYPE_CHECKING:
    from bothup.sim.server import SimServer


class _Advance(msgspec.Struct, forbid_unknown_fields=True):
    advance: float


class _SetTunnel(msgspec.Struct, forbid_unknown_fields=True):
    account: str
    region: str
    connection: str
    outside_ip: str
    up: bool
    message: str | None = None


def control(server: "SimServer", request: Request) -> Answer:
    """The answer to a request under /bothup-sim/."""
    serve = _ROUTES.get((request.method, request.path.removeprefix("/bothup-sim/")))
    if serve is None:
        return _answer(404, {"error": f"there is no {request.method} {request.path}"})
    try:
        return _answer(200, serve(server, request.body))
    except (msgspec.DecodeError, ValueError) as error:
        return _answer(400, {"error": str(error)})
    except Refusal as refusal:
        return _answer(404, {"error": refusal.message})


def _calls(server: "SimServer", _: bytes) -> Any:
    counts = [
        {"account": account, "region": region, "operation": operation, "count": count}
        for (account, region, operation), count in sorted(server.calls.counts().items())
    ]
    return {"calls": counts, "overruns": server.overruns}


def _forget_calls(server: "SimServer", _: bytes) -> Any:
    server.calls.clear()
    return {}


def _clock(server: "SimServer", _: bytes) -> Any:
    return {"now": server.clock.now()}


def _advance(server: "SimServer", body: bytes) -> Any:
    by = msgspec.json.decode(body, type=_Advance).advance
    return {"now": server.clock.advance(timedelta(seconds=by))}


def _faults(server: "SimServer", _: bytes) -> Any:
    return {"faults": server.faults.in_force()}


def _add_fault(server: "SimServer", body: bytes) -> Any:
    server.faults.add(msgspec.json.decode(body, type=Fault))
    return _faults(server, body)


def _clear_faults(server: "SimServer", body: bytes) -> Any:
    server.faults.clear()
    return _faults(server, body)


def _set_tunnel(server: "SimServer", body: bytes) -> Any:
    one = msgspec.json.decode(body, type=_SetTunnel)
    server.set_tunnel(
        one.account, one.region, one.connection, one.outside_ip, up=one.up, message=one.message
    )
    return {}


def _answer(status: int, value: Any) -> Answer:
    headers = (("Content-Type", "application/json"),)
    return Answer(status=status, headers=headers, body=msgspec.json.encode(value))


_ROUTES: dict[tuple[str, str], Callable[["SimServer", bytes], Any]] = {
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "tunnel"): _set_tunnel,
}
