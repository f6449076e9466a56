"""Bundle: all the evidence on one connection, read (`bothup.evidence/1`).

Whatever is absent is empty or None here; `missing` says why where the collector knew. Log lines
have become events and device texts have become settings: no secret survives the reading.
"""

import enum
from datetime import datetime

import msgspec

from bothup.model.connection import Malformed, VpnConnection
from bothup.model.device import DeviceConfig
from bothup.model.diagnosis import MissingEvidence
from bothup.model.event import Event, Side
from bothup.model.target import Target

SCHEMA = "bothup.evidence/1"


class LogSource(enum.StrEnum):
    """Where a log comes from: AWS's activity log, AWS's BGP log, or the device."""

    AWS = "aws"
    AWS_BGP = "aws-bgp"
    DEVICE = "device"

    @property
    def side(self) -> Side:
        """The side that wrote it."""
        return Side.DEVICE if self is LogSource.DEVICE else Side.AWS


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """One log, as events.

    `tunnel` is the outside IP that the whole log is about, where that is known. `lines` counts the
    lines read, blank ones left out: none means that the log was looked at and is silent. `start`
    and `end` are the first and last times in it. `notices` say what could not be made of it.
    """

    source: LogSource
    vendor: str | None = None
    tunnel: str | None = None
    name: str = ""
    events: tuple[Event, ...] = ()
    lines: int = 0
    start: datetime | None = None
    end: datetime | None = None
    notices: tuple[str, ...] = ()


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Data points of one CloudWatch metric, oldest first; `period` is seconds.

    `tunnel` is None where the metric is the connection's.
    """

    name: str
    tunnel: str | None = None
    statistic: str = ""
    period: int = 300
    points: tuple[tuple[datetime, float], ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One call that changed the connection, its gateway or a tunnel (CloudTrail).

    `settings` names the tunnel options that the call carried; their values may be secret and are
    not kept. `tunnel` is the outside IP that the call names. `error` is set where it failed.
    """

    name: str
    time: datetime | None = None
    tunnel: str | None = None
    actor: str | None = None
    settings: tuple[str, ...] = ()
    error: str | None = None
    index: int = 0


class HealthEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One AWS Health event; `code` is its event type ("AWS_VPN_REDUNDANCY_LOSS")."""

    code: str
    start: datetime | None = None
    end: datetime | None = None
    text: str = ""
    index: int = 0


class CustomerGateway(msgspec.Struct, frozen=True, kw_only=True):
    """The customer gateway resource: what AWS believes of the device."""

    id: str = ""
    ip_address: str | None = None
    bgp_asn: int | None = None
    state: str | None = None
    certificate_arn: str | None = None


class ActiveStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a tunnel has really negotiated (GetActiveVpnTunnelStatus)."""

    phase1_encryption: str | None = None
    phase1_integrity: str | None = None
    phase1_dh_group: int | None = None
    phase2_encryption: str | None = None
    phase2_integrity: str | None = None
    phase2_dh_group: int | None = None
    ike_version: str | None = None
    provisioning_status: str | None = None
    provisioning_reason: str | None = None


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """Maintenance of a tunnel endpoint (GetVpnTunnelReplacementStatus)."""

    pending: bool = False
    applied_after: datetime | None = None
    last_applied: datetime | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """What the connection's gateway on AWS's side is attached to.

    Of a virtual private gateway `state` is that of its VPC, "detached" where it has none; of a
    transit gateway that of the connection's attachment, and `associated` says whether a route
    table is associated with it (None: not told).
    """

    gateway: str
    state: str
    associated: bool | None = None
    index: int = 0


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence on one connection.

    `active` and `replacements` are by outside IP. `same_gateway` are the other connections on the
    same customer gateway device, in any Region or account. `has` names the members that the
    document held, even empty ones: an empty list of changes is evidence, an absent one is not.
    `problems` say which members could not be read and why.
    """

    collected_at: datetime | None = None
    target: Target = Target()
    connection: VpnConnection | Malformed | None = None
    created_at: datetime | None = None
    customer_gateway: CustomerGateway | None = None
    active: dict[str, ActiveStatus] = {}
    replacements: dict[str, Replacement] = {}
    logs: tuple[Log, ...] = ()
    metrics: tuple[Series, ...] = ()
    changes: tuple[Change, ...] = ()
    health: tuple[HealthEvent, ...] = ()
    device_config: tuple[DeviceConfig, ...] = ()
    same_gateway: tuple[VpnConnection, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    has: frozenset[str] = frozenset()
    missing: tuple[MissingEvidence, ...] = ()
    problems: tuple[str, ...] = ()
