"""Which probes keep a connection's traffic going, from a subnet at AWS to a host across it.

A probe sends some packets each minute for as long as it is there (CloudWatch Network Synthetic
Monitor). It keeps the tunnel that AWS sends over: the other one is kept by the device.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bothup import __version__
from bothup.keepalive.cost import cost_line
from bothup.model.connection import VpnConnection
from bothup.model.plan import Action, Plan, Refused, Step
from bothup.model.probing import MONITOR_PREFIX, Monitor, Subnet, monitor_settings
from bothup.model.scan import Tool
from bothup.model.target import Coverage

REMEDY = "keepalive-probe"
GONE = frozenset({"pending", "deleting", "deleted"})
_ON_DEVICE = "send from the device instead: `bothup keepalive plan -o VENDOR` prints how"
_SIZE = 56  # bytes, the least that a probe's packets may have


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for: the host across each connection (under "" for all others), and how it is
    asked; `period` is seconds. `subnets` are those that were named.
    """

    hosts: Mapping[str, str] = {}
    port: int | None = None
    period: int = 60
    subnets: tuple[str, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A connection with where probes could start from, and the monitor that it has already."""

    connection: VpnConnection
    subnets: tuple[Subnet, ...] = ()
    monitor: Monitor | None = None


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A plan, and the connections that it was made for."""

    plan: Plan
    connections: tuple[VpnConnection, ...] = ()


def monitor_name(connection: VpnConnection) -> str:
    """Give the name of the monitor that is a connection's."""
    return MONITOR_PREFIX + connection.id


def plan_probes(
    found: Sequence[Found], wish: Wish, *, coverage: Iterable[Coverage] = (), made_at: datetime
) -> Made:
    """Plan a monitor for each connection that has none."""
    alive = [each for each in found if each.connection.state not in GONE]
    made = [_probe(each, wish) for each in alive]
    steps = tuple(each for each in made if isinstance(each, Step))
    plan = Plan(
        tool=Tool(name="bothup", version=__version__),
        made_at=made_at,
        coverage=tuple(coverage),
        steps=steps,
        refused=tuple(each for each in made if isinstance(each, Refused)),
        notices=(cost_line(steps),) if steps else (),
    )
    return Made(plan=plan, connections=tuple(each.connection for each in alive))


def _probe(found: Found, wish: Wish) -> Step | Refused | None:
    connection = found.connection
    host = wish.hosts.get(connection.id) or wish.hosts.get("")
    if host is None:
        return _refused(connection, "no host across it is known: say one with --host")
    if not found.subnets and wish.subnets:
        why = f"--subnet {' '.join(wish.subnets)}: none of them is behind its gateway"
        return _refused(connection, f"{why}, in a VPC of this account")
    if not found.subnets:
        why = "no subnet of a VPC of this account is behind its gateway"
        return _refused(connection, why)
    family = "IPv6" if ":" in host else "IPv4"
    subnets = [each for each in found.subnets if (each.ipv6 if ":" in host else each.ipv4)]
    if not subnets:
        why = f"no subnet behind its gateway has addresses of {family}"
        return _refused(connection, f"--host {host} is {family}, and {why}")
    wanted = monitor_settings(wish.period, [_settings(subnets[0], host, wish)])
    if found.monitor is not None and found.monitor.settings == wanted:
        return None
    if found.monitor is not None:
        why = f"{found.monitor.name} is there and probes otherwise: delete it, and plan again"
        return _refused(connection, why)
    return _step(connection, subnets[0], host, wanted)


def _settings(subnet: Subnet, host: str, wish: Wish) -> dict[str, Any]:
    probe = {"sourceArn": subnet.arn, "destination": host, "packetSize": _SIZE}
    if wish.port is None:
        return {**probe, "protocol": "ICMP"}
    return {**probe, "protocol": "TCP", "destinationPort": wish.port}


def _step(connection: VpnConnection, subnet: Subnet, host: str, wanted: dict[str, Any]) -> Step:
    name = monitor_name(connection)
    where = connection.target
    return Step(
        id=f"{where.account}/{where.region}/{name}",
        action=Action.CREATE_MONITOR,
        remedy=REMEDY,
        account=where.account or "",
        region=where.region or "",
        resource=name,
        why=f"{connection.id} has traffic all the time, so that no idle SA times out",
        after=wanted,
        preconditions=(f"there is no monitor {name}",),
        assumes=(
            f"routes of {subnet.vpc or subnet.id} lead to {host} over the connection, unfiltered",
            "AWS sends over one tunnel at a time: the other one is kept up from the device",
        ),
        verify=(f"monitor {name} is there",),
    )


def _refused(connection: VpnConnection, reason: str) -> Refused:
    return Refused(
        remedy=REMEDY,
        account=connection.target.account,
        region=connection.target.region,
        resource=connection.id,
        reason=reason,
        do_on_device=(_ON_DEVICE,),
    )


def host_of(said: str) -> tuple[str, str]:
    """Read "IP" or "VPN_ID=IP" into (VPN id or "", IP); raises ValueError for what is neither."""
    connection, equals, host = said.rpartition("=")
    address = ipaddress.ip_address(host)
    if equals and not connection.startswith("vpn-"):
        raise ValueError(f"{connection!r} is no id of a connection")
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        raise ValueError(f"{host} is no host across a tunnel")
    return connection, str(address)
