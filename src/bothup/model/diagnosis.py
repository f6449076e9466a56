"""Diagnosis: every cause that the evidence speaks for or against (`bothup.diagnosis/1`)."""

import enum
from datetime import datetime
from typing import Literal

import msgspec

from bothup.model.comparison import Compared
from bothup.model.connection import TunnelStatus

SCHEMA: Literal["bothup.diagnosis/1"] = "bothup.diagnosis/1"


class Certainty(enum.StrEnum):
    """How sure a diagnosis is of one cause."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    RULED_OUT = "ruled_out"


class EvidenceKind(enum.StrEnum):
    """The kinds of evidence that a diagnosis reads, or misses."""

    TELEMETRY = "telemetry"
    TUNNEL_OPTIONS = "tunnel_options"
    CUSTOMER_GATEWAY = "customer_gateway"
    SAME_GATEWAY = "same_gateway"
    ACTIVE_STATUS = "active_status"
    REPLACEMENT_STATUS = "replacement_status"
    ACTIVITY_LOG = "activity_log"
    BGP_LOG = "bgp_log"
    DEVICE_LOG = "device_log"
    DEVICE_CONFIG = "device_config"
    METRICS = "metrics"
    CHANGES = "changes"
    HEALTH = "health"
    CAPTURE = "packet_capture"
    CERTIFICATE = "certificate"


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a piece of evidence stands: which field, log line, metric window or config line."""

    kind: EvidenceKind
    pointer: str
    time: datetime | None = None


class Clue(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence for (weight above 0) or against (below 0) a cause.

    A weight of 1 would prove the cause alone, one of -1 would rule it out alone.
    """

    text: str
    weight: float
    evidence: Pointer


class MissingEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that would tell, why it is not there, and the command that would get it."""

    kind: EvidenceKind
    why: str
    how_to_get: str


class CauseVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One cause with its verdict; `score` is 0 to 1 and `clues` come strongest first."""

    id: str
    title: str
    verdict: Certainty
    score: float
    clues: tuple[Clue, ...] = ()
    do_on_aws: tuple[str, ...] = ()
    do_on_device: tuple[str, ...] = ()


class TunnelDiagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """One tunnel's causes, best first; the first is `unknown` where nothing speaks for any.

    `settings` are both sides' where the device's configuration was given, the worst first.
    """

    outside_ip: str
    status: TunnelStatus
    status_message: str | None = None
    last_status_change: datetime | None = None
    causes: tuple[CauseVerdict, ...] = ()
    missing_evidence: tuple[MissingEvidence, ...] = ()
    settings: tuple[Compared, ...] = ()


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """A connection's diagnosis.

    `connection_causes` are those that concern the whole connection, or hold for every tunnel.
    `missing_evidence` is all that is missing, each once; a tunnel has what concerns it alone.
    `notices` say what of the evidence could not be read.
    """

    schema: Literal["bothup.diagnosis/1"] = SCHEMA
    connection: str
    account: str | None = None
    region: str | None = None
    diagnosed_at: datetime | None = None
    tunnels: tuple[TunnelDiagnosis, ...] = ()
    connection_causes: tuple[CauseVerdict, ...] = ()
    missing_evidence: tuple[MissingEvidence, ...] = ()
    notices: tuple[str, ...] = ()
