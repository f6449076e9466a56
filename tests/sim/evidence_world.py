"""Connections of the scenario `causes` by name, and their logs as events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sim_sdk import sdk_client

from bothup.model.bundle import Log, LogSource
from bothup.read.logs._read import read_log
from bothup.sim import SimServer
from bothup.sim.vpn import SimConnection, SimTunnel

NETWORK, BRANCHES = "111122223333", "444455556666"


def named(sim: SimServer, name: str) -> SimConnection:
    """The connection of that name."""
    return next(one for one in sim.world.connections() if one.name == name)


def millis(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def group(one: SimConnection) -> str:
    return f"/aws/vendedlogs/vpn/{one.name}"


def stream(one: SimConnection, tunnel: SimTunnel, *, bgp: bool = False) -> str:
    return f"{one.id}{'_' if bgp else '-'}{tunnel.outside_ip}"


def events_around(
    sim: SimServer, name: str, tunnel: SimTunnel, *, bgp: bool = False, hours: float = 2
) -> list[dict[str, Any]]:
    """What FilterLogEvents gives of a tunnel's stream around its last status change."""
    one, changed = named(sim, name), tunnel.past.changed
    answer = sdk_client(sim, "logs", one.region, one.account).filter_log_events(
        logGroupName=group(one),
        logStreamNames=[stream(one, tunnel, bgp=bgp)],
        startTime=millis(changed - timedelta(hours=hours)),
        endTime=millis(changed + timedelta(hours=hours)),
    )
    return list(answer["events"])


def log_of(lines: Sequence[str], tunnel: SimTunnel, *, bgp: bool = False) -> Log:
    """The lines as a diagnosis reads them."""
    source = LogSource.AWS_BGP if bgp else LogSource.AWS
    return read_log(list(lines), source, tunnel=tunnel.outside_ip)


def kinds_since(log: Log, changed: datetime) -> set[str]:
    """The kinds of events from a change on."""
    second = timedelta(seconds=1)
    return {str(event.kind) for event in log.events if event.time and event.time > changed - second}
