"""Finding: a Control's verdict on one resource, with every reason for it (`bothup.scan/1`)."""

import enum
from datetime import date, datetime

import msgspec

from bothup.model.connection import Routing, TunnelStatus
from bothup.model.diagnosis import Certainty


class Severity(enum.StrEnum):
    """Security Hub's severity labels."""

    INFORMATIONAL = "INFORMATIONAL"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """0 for INFORMATIONAL up to 4 for CRITICAL."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Status(enum.StrEnum):
    """A verdict; NOT_AVAILABLE could not be judged, which is never as good as PASSED."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Redundancy(enum.StrEnum):
    """How many of a connection's two tunnels carry it."""

    REDUNDANT = "REDUNDANT"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    UNKNOWN = "UNKNOWN"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for a verdict, or one notice beside it.

    `code` is stable, `text` is for people, `tunnel` is an outside IP where it concerns one tunnel.
    """

    code: str
    text: str
    tunnel: str | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """The resource a Finding is about; `type` is AWS Config's name for it."""

    type: str
    id: str
    arn: str | None = None
    name: str | None = None
    tags: dict[str, str] = {}


class TunnelSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a Finding shows of a tunnel."""

    outside_ip: str
    status: TunnelStatus
    status_message: str | None = None
    last_status_change: datetime | None = None
    accepted_routes: int | None = None


class ConnectionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a Finding shows of the connection around the tunnels.

    `charged_as` is what AWS charges it as: standard, accelerated, large (tunnel bandwidth) or
    concentrator; None where that is not known.
    """

    state: str
    routing: Routing
    customer_gateway: str | None = None
    gateway: str | None = None
    charged_as: str | None = None


class IdleKind(enum.StrEnum):
    """Why a connection counts as unused."""

    DOWN = "down"
    NO_TRAFFIC = "no-traffic"


class Idle(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that is charged for and not used.

    `monthly` is US dollars, None where the price is not known; `exact` where it is the Region's own
    price, and not AWS's general one.
    """

    kind: IdleKind
    since: datetime
    monthly: float | None = None
    exact: bool = False


class FoundCause(msgspec.Struct, frozen=True, kw_only=True):
    """What a diagnosis says of one tunnel of a Finding, or of the connection (`tunnel` is None)."""

    tunnel: str | None
    id: str
    title: str
    verdict: Certainty
    score: float
    do_on_aws: tuple[str, ...] = ()
    do_on_device: tuple[str, ...] = ()


class Mute(msgspec.Struct, frozen=True, kw_only=True):
    """Why a Finding is muted, and the day on which the mute ends."""

    reason: str
    expires: date


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a Control says of one resource: the status, all reasons for it, notices beside it."""

    status: Status
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Reason, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A Control's Verdict on one resource in one Target.

    `id` is the same in every run for the same control, account, Region and resource.
    `redundancy`, `tunnels` and `connection` are for VPN connections only; `causes` are there where
    a diagnosis was at hand, and `idle` where the cost was asked for.
    """

    id: str
    control: str
    title: str
    severity: Severity
    status: Status
    account: str | None
    region: str | None
    resource: Resource
    redundancy: Redundancy | msgspec.UnsetType = msgspec.UNSET
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Reason, ...] = ()
    tunnels: tuple[TunnelSummary, ...] | msgspec.UnsetType = msgspec.UNSET
    connection: ConnectionSummary | msgspec.UnsetType = msgspec.UNSET
    muted: Mute | None = None
    causes: tuple[FoundCause, ...] | msgspec.UnsetType = msgspec.UNSET
    idle: Idle | msgspec.UnsetType = msgspec.UNSET
