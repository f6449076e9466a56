"""Scenario: what a simulated organisation looks like, as a TOML file says it.

Everything but the accounts has a default. A connection's condition is said by one word, its `kind`
(`bothup.sim.kinds`); what is written beside it wins over the kind.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from bothup.sim.evidence.past import Drop, Traffic
from bothup.sim.faults import Fault
from bothup.sim.negotiate import BgpFault, Flaw, PathState

AccountId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$")]
Duration = Annotated[str, msgspec.Meta(pattern=r"^([0-9]+[smhdw] ?)+$")]
IkeVersion = Literal["ikev1", "ikev2"]


class Peer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the customer's device can do on one tunnel; what is not said comes from site and kind.

    `path`: what lets IKE through between it and AWS; `nat`: it is behind NAT. `initiates`: it
    starts IKE by itself. `key`: whether it has the tunnel's pre-shared key; `flaw`: what else AWS
    refuses of it. `bgp`: its BGP session comes up, `bgp_fault`: why it does not; `routes`: how many
    prefixes AWS accepts from it.
    """

    configured: bool | UnsetType = UNSET
    path: PathState | UnsetType = UNSET
    nat: bool | UnsetType = UNSET
    flaw: Flaw | UnsetType = UNSET
    initiates: bool | UnsetType = UNSET
    key: Literal["right", "wrong"] | UnsetType = UNSET
    ike: tuple[IkeVersion, ...] | UnsetType = UNSET
    encryption: tuple[str, ...] | UnsetType = UNSET
    integrity: tuple[str, ...] | UnsetType = UNSET
    dh_groups: tuple[int, ...] | UnsetType = UNSET
    bgp: bool | UnsetType = UNSET
    bgp_fault: BgpFault | UnsetType = UNSET
    routes: int | UnsetType = UNSET


class Recurrence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A drop that comes again and again: about `every` so often, for `lasts`, `since` so long."""

    drop: Drop
    every: Duration
    lasts: Duration = "3m"
    since: Duration = "2d"


class Tunnel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of a connection's two tunnels, where it differs from what the kind says.

    `status` and `message` are told to callers as they stand here until the tunnel next changes.
    `since` is how long ago its status last changed. `options` are ModifyVpnTunnelOptions'.
    `maintenance` of its endpoint is pending, or was applied when the status last changed. `drop` is
    how the tunnel went down, `recurs` a drop that comes again; `traffic` is what it carries while
    it is up.
    """

    outside_ip: Address | UnsetType = UNSET
    status: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    since: Duration | UnsetType = UNSET
    options: dict[str, Any] = {}
    peer: Peer = Peer()
    maintenance: Literal["none", "pending", "applied"] = "none"
    certificate_arn: str | None = None
    drop: Drop | UnsetType = UNSET
    recurs: Recurrence | None = None
    traffic: Traffic | UnsetType = UNSET


class Connection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One Site-to-Site VPN connection; `name` becomes its Name tag and the root of its ids.

    `target` is what it ends on at AWS: `tgw`, `vgw` or `none`. Connections of one account and
    Region with the same `gateway` share that transit or virtual private gateway; it is attached, or
    not. `logs` sends the logs of both tunnels to a group in CloudWatch that is named for the
    connection: its activity and, `bgp_logs`, its BGP events, in `log_format`, and since the
    connection was created or `logs_since`. Somebody may have deleted the `log_group`. With a
    `certificate_arn` the device authenticates with a certificate. `cause` is what a diagnosis ought
    to find; no API tells it.
    """

    name: str
    region: str
    kind: str = "healthy"
    site: str | None = None
    routing: Literal["bgp", "static"] = "bgp"
    target: Literal["tgw", "vgw", "none"] = "tgw"
    gateway: str = "main"
    category: str = "VPN"
    state: str | UnsetType = UNSET
    association: str | UnsetType = UNSET
    accelerated: bool = False
    attached: bool | UnsetType = UNSET
    logs: bool | UnsetType = UNSET
    bgp_logs: bool = True
    logs_since: Duration | UnsetType = UNSET
    log_format: Literal["json", "text"] = "json"
    log_group: Literal["there", "gone"] = "there"
    certificate_arn: str | None = None
    local_cidr: str = "0.0.0.0/0"
    remote_cidr: str = "0.0.0.0/0"
    cause: str | None = None
    static_routes: tuple[str, ...] = ()
    created: Duration = "400d"
    tags: dict[str, str] = {}
    options: dict[str, Any] = {}
    peer: Peer = Peer()
    tunnels: Annotated[tuple[Tunnel, ...], msgspec.Meta(max_length=2)] = ()


class Role(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role that can be assumed; `trusts` are accounts, by default the management account.

    `policy` is the list of allowed actions (`ec2:Describe*`); absent, everything is allowed.
    """

    name: str
    trusts: tuple[AccountId, ...] = ()
    external_id: str | None = None
    policy: tuple[str, ...] | None = None
    max_session: int = 3600


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account; `regions` it has enabled, `policy` bounds whatever is done in it.

    `ou` is a path of organisational units ("Network/Production"), "" the organisation's root.
    `support` is its support plan: AWS Health's API is for business and enterprise plans.
    """

    id: AccountId
    name: str
    management: bool = False
    email: str | None = None
    status: Literal["ACTIVE", "SUSPENDED", "PENDING_CLOSURE"] = "ACTIVE"
    support: Literal["basic", "business", "enterprise"] = "business"
    ou: str = ""
    tags: dict[str, str] = {}
    regions: tuple[str, ...] | None = None
    policy: tuple[str, ...] | None = None
    roles: tuple[Role, ...] = ()
    connections: tuple[Connection, ...] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer's device: one outside address and one ASN, however many connections end on it."""

    name: str
    ip: Address | None = None
    asn: int = 65000
    device: str | None = None
    peer: Peer = Peer()


class Timing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long things take, in simulated seconds."""

    provision: float = 300
    modify: float = 240
    initiate: float = 20
    delete: float = 300
    vanish: float = 3600


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated organisation; `regions` are those that every account has enabled.

    `throttle` turns EC2's token buckets on. `tunnel_metrics` have the dimension TunnelIpAddress
    `alone` or `with-vpn`, that is, together with VpnId: AWS's documents show both. They have
    a value every so many `metric_minutes`. `alarm_quota` is how many alarms an account may have in
    a Region. `account_states` says by which members Organizations tells of an account: AWS
    retires Status for State.
    """

    name: str = "unnamed"
    title: str = ""
    regions: tuple[str, ...] | None = None
    throttle: bool = False
    tunnel_metrics: Literal["alone", "with-vpn"] = "alone"
    metric_minutes: Literal[1, 5] = 1
    alarm_quota: int = 5000
    account_states: Literal["both", "state", "status"] = "both"
    timing: Timing = Timing()
    sites: tuple[Site, ...] = ()
    accounts: Annotated[tuple[Account, ...], msgspec.Meta(min_length=1)]
    faults: tuple[Fault, ...] = ()

    @property
    def management(self) -> Account:
        """The organisation's management account: the one marked so, else the first."""
        return next((account for account in self.accounts if account.management), self.accounts[0])
