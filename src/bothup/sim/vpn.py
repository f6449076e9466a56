"""The simulated connections and tunnels, as they are at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from bothup.sim.endpoint import Endpoint
from bothup.sim.evidence.past import Past
from bothup.sim.kind import Telemetry
from bothup.sim.negotiate import Device, Suite, negotiate


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a tunnel reports; `status` and `message` are AWS's words."""

    status: str
    message: str | None
    routes: int = 0
    suite: Suite | None = None

    @property
    def up(self) -> bool:
        """Whether the tunnel carries traffic."""
        return self.status.upper() == "UP"


PROVISIONING = Condition(status="DOWN", message="")
IPSEC_DOWN = Condition(status="DOWN", message="IPSEC IS DOWN")


def condition(options: Mapping[str, Any], device: Device, *, bgp: bool) -> Condition:
    """What a tunnel reports once its two sides have met.

    UP means an IPsec SA on a static connection, an established session on one with BGP.
    """
    suite = negotiate(options, device)
    if not isinstance(suite, Suite):
        return IPSEC_DOWN
    if not bgp:
        return Condition(status="UP", message="IPSEC IS UP", suite=suite)
    if not device.bgp:
        return Condition(status="DOWN", message="IPSEC IS UP", suite=suite)
    message = f"{device.routes} BGP ROUTES"
    return Condition(status="UP", message=message, routes=device.routes, suite=suite)


@dataclass(slots=True, kw_only=True)
class SimTunnel:
    """One tunnel; `options` are as DescribeVpnConnections shows them, address and key among them.

    `busy` while AWS provisions or replaces its endpoint. `past` is its life before the simulation.
    With an `endpoint` the tunnel's condition and logs are those of something real.
    """

    outside_ip: str
    options: dict[str, Any]
    device: Device
    now: Condition
    changed: datetime
    past: Past
    busy: bool = False
    maintenance_pending: bool = False
    maintenance_applied: datetime | None = None
    certificate_arn: str | None = None
    endpoint: Endpoint | None = None


@dataclass(slots=True, kw_only=True)
class SimConnection:
    """One connection; `gateway_id` is its transit or virtual private gateway, None if it has none.

    `shown` says how much telemetry AWS gives of it, `log_group` whether the group that it logs to
    is there. `cause` is what a diagnosis ought to find, and no call tells it.
    """

    id: str
    account: str
    region: str
    name: str
    state: str
    category: str
    association: str
    customer_gateway_id: str
    gateway_id: str | None
    bgp: bool
    accelerated: bool
    static_routes: tuple[str, ...]
    tags: dict[str, str]
    shown: Telemetry
    created: datetime
    local_cidr: str = "0.0.0.0/0"
    remote_cidr: str = "0.0.0.0/0"
    log_group: bool = True
    cause: str | None = None
    tunnels: tuple[SimTunnel, SimTunnel]

    def tunnel(self, outside_ip: str) -> SimTunnel | None:
        """The tunnel with that outside IP."""
        return next((one for one in self.tunnels if one.outside_ip == outside_ip), None)


def forced(tunnel: "SimTunnel", *, up: bool, bgp: bool) -> Condition:
    """What `tunnel` reports when it is put up or down against what its sides would make of it."""
    if not up:
        return IPSEC_DOWN
    suite = negotiate(tunnel.options, Device(key=tunnel.options["PreSharedKey"]))
    agreed = suite if isinstance(suite, Suite) else None
    if not bgp:
        return Condition(status="UP", message="IPSEC IS UP", suite=agreed)
    routes = tunnel.device.routes
    return Condition(status="UP", message=f"{routes} BGP ROUTES", routes=routes, suite=agreed)


class CustomerGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A customer gateway: what AWS knows of the device at the other end."""

    id: str
    ip: str
    asn: int
    name: str
    device: str | None = None
    certificate_arn: str | None = None


class CloudGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A transit gateway (`tgw-…`) or a virtual private gateway (`vgw-…`), attached or not."""

    id: str
    name: str
    asn: int = 64512
    attached: bool = True


@dataclass(slots=True)
class Place:
    """What one account has in one Region, by id."""

    connections: dict[str, SimConnection] = field(default_factory=dict)
    customer_gateways: dict[str, CustomerGateway] = field(default_factory=dict)
    cloud_gateways: dict[str, CloudGateway] = field(default_factory=dict)
    client_vpn: dict[str, dict[str, Any]] = field(default_factory=dict)
