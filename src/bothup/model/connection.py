"""Connection and Tunnel as AWS describes them, joined by outside IP, without their secrets.

Absent options mean AWS's defaults: no IKE versions listed means both are allowed, no startup
action means `add` (the customer gateway initiates), no log options means logging is off
(EC2 API Reference, TunnelOption and ModifyVpnTunnelOptionsSpecification).
"""

import enum
from datetime import datetime

import msgspec

from bothup.model.resource_type import VPN_CONNECTION
from bothup.model.target import Target

# States in which a connection carries nothing, and nothing is expected of it.
GONE = frozenset({"pending", "deleting", "deleted"})


class TunnelStatus(enum.StrEnum):
    """Telemetry status of a tunnel: static UP is an IPsec SA, BGP UP is an established session."""

    UP = "UP"
    DOWN = "DOWN"
    UNKNOWN = "UNKNOWN"


class Routing(enum.StrEnum):
    """How routes reach AWS over the connection."""

    BGP = "bgp"
    STATIC = "static"
    UNKNOWN = "unknown"


class LogOptions(msgspec.Struct, frozen=True, kw_only=True):
    """CloudWatch Logs settings of one tunnel; activity and BGP logs are switched separately."""

    activity_enabled: bool = False
    activity_group_arn: str | None = None
    activity_format: str | None = None
    bgp_enabled: bool = False
    bgp_group_arn: str | None = None
    bgp_format: str | None = None


class TunnelOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of one tunnel; None or () is "not set", which means AWS's default.

    Lifetimes, margins and time-outs are seconds.
    """

    inside_cidr: str | None = None
    inside_ipv6_cidr: str | None = None
    ike_versions: tuple[str, ...] = ()
    startup_action: str | None = None
    dpd_timeout: int | None = None
    dpd_action: str | None = None
    phase1_lifetime: int | None = None
    phase2_lifetime: int | None = None
    rekey_margin: int | None = None
    rekey_fuzz: int | None = None
    replay_window: int | None = None
    phase1_encryption: tuple[str, ...] = ()
    phase2_encryption: tuple[str, ...] = ()
    phase1_integrity: tuple[str, ...] = ()
    phase2_integrity: tuple[str, ...] = ()
    phase1_dh_groups: tuple[int, ...] = ()
    phase2_dh_groups: tuple[int, ...] = ()
    lifecycle_control: bool = False
    logs: LogOptions = LogOptions()


class Tunnel(msgspec.Struct, frozen=True, kw_only=True):
    """One tunnel, known by its outside IP.

    `outside_ip` is "" while AWS provisions the tunnel: such a tunnel stands by itself.
    `reported_status` is AWS's own word, None where AWS says nothing of this tunnel.
    `status_message` is AWS's text verbatim ("IPSEC IS DOWN", "3 BGP ROUTES", ""), None if absent.
    """

    outside_ip: str
    status: TunnelStatus
    reported_status: str | None = None
    status_message: str | None = None
    last_status_change: datetime | None = None
    accepted_routes: int | None = None
    certificate_arn: str | None = None
    options: TunnelOptions | None = None


class VpnConnection(msgspec.Struct, frozen=True, kw_only=True):
    """One Site-to-Site VPN connection.

    `state` is AWS's word in lower case ("available", "modifying", …), "" if absent. `gateway_id` is
    the virtual private gateway, transit gateway, core network or concentrator on the AWS side.
    `association` is AWS's GatewayAssociationState. `observed_at` is when the record was true.
    `bandwidth` is AWS's TunnelBandwidth, None for its default (standard).
    `tunnels` are in the order of their outside IPs, the nameless last.
    """

    id: str
    target: Target
    state: str = ""
    category: str | None = None
    customer_gateway_id: str | None = None
    gateway_id: str | None = None
    association: str | None = None
    routing: Routing = Routing.UNKNOWN
    accelerated: bool = False
    bandwidth: str | None = None
    concentrator: bool = False
    local_cidr: str | None = None
    remote_cidr: str | None = None
    outside_address_type: str | None = None
    tags: dict[str, str] = {}
    tunnels: tuple[Tunnel, ...] = ()
    observed_at: datetime


class Malformed(msgspec.Struct, frozen=True, kw_only=True):
    """A record that should be a connection, or another resource, and cannot be read as one.

    `id` is the resource's id where that much can be read, else a name made of the record's
    content; `problem` says what is wrong and where, without quoting a secret. `resource` is the
    type of what it should be.
    """

    id: str
    target: Target
    problem: str
    observed_at: datetime
    resource: str = VPN_CONNECTION
