"""AWS tunnel activity log: JSON, text or bare messages.

The messages are those of the Site-to-Site VPN user guide ("Contents of Site-to-Site VPN logs");
their variable parts differ from endpoint to endpoint, so each is matched on a stable part, without
regard to case. The fields beside the message tell the state of both phases and whether NAT was
detected.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller, details_of

VENDOR = "aws"

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
_FIELDS = re.compile(r"ike_phase1_state|TunnelIKEPhase1State|dpd_enabled|VpnLogDetail")
_STREAM = re.compile(r"vpn-[0-9a-f]+[_-]TunnelOutsideIP[_=:-](?P<ip>[0-9a-fA-F.:]+)")
_LARGEST_SECONDS = 10**11


class _Message:
    def __init__(
        self,
        pattern: str,
        kind: EventKind,
        phase: Phase | None,
        direction: Direction | None = None,
        *,
        more: Details | None = None,
    ) -> None:
        self.search = re.compile(pattern, re.IGNORECASE).search
        self.kind, self.phase, self.direction = kind, phase, direction
        self.more: Details = more or {}


_MESSAGES = (
    _Message(r"peer is not responsive.*declaring peer dead", K.DPD_TIMEOUT, IKE,
             more={"ike_version": 1}),
    _Message(r"DPD timed out(?: after (?P<count>\d+) retransmits)?", K.DPD_TIMEOUT, IKE),
    _Message(r"invalid pre-?shared[ -]key", K.PSK_MISMATCH, IKE, more={"ike_version": 1}),
    _Message(r"pre-?shared[ -]key mismatch(?: with cgw: (?P<peer>[0-9a-fA-F.:]+))?",
             K.PSK_MISMATCH, IKE),
    _Message(r"sending AUTHENTICATION_FAILED", K.AUTHENTICATION_FAILED, IKE, Direction.SENT),
    _Message(r"no proposal match found.*no[ _]proposal[ _]chosen", K.NO_PROPOSAL_CHOSEN, None,
             Direction.SENT),
    _Message(r"no proposal match found", K.PROPOSAL_REFUSED, None),
    _Message(r"phase 2 was unable to establish", K.CHILD_FAILED, IPSEC),
    _Message(r"TS_UNACCEPTABLE", K.SELECTORS_REFUSED, IPSEC, Direction.RECEIVED),
    _Message(r"deleting un-?established phase 1 IKE_SA(?: with cgw: (?P<peer>[0-9a-fA-F.:]+))?",
             K.HALF_OPEN_TIMEOUT, IKE),
    _Message(r"received DELETE for IKE_SA", K.DELETE, IKE, Direction.RECEIVED),
    _Message(r"received DELETE for phase 2 SA(?: with SPI: (?P<spi>\w+))?", K.DELETE, IPSEC,
             Direction.RECEIVED),
    _Message(r"redundant SA is being deleted", K.REDUNDANT_SA, IPSEC),
    _Message(r"(?P<reason>CHILD_REKEY\)? collision as \w+)", K.REKEY_COLLISION, IPSEC),
    _Message(r"collision", K.REKEY_COLLISION, IPSEC),
    _Message(r"processed request \(id=(?P<message_id>\d+|\w+)\) for CREATE_CHILD_SA",
             K.REKEY_STARTED, IPSEC, Direction.RECEIVED),
    _Message(r"sending request \(id=(?P<message_id>\d+|\w+)\) for CREATE_CHILD_SA",
             K.REKEY_STARTED, IPSEC, Direction.SENT),
    _Message(r"(?:processed|sending) response \(id=(?P<message_id>\d+|\w+)\) for CREATE_CHILD_SA",
             K.REKEY_DONE, IPSEC),
)  # fmt: skip
_WORDS = re.compile(
    r"declaring peer dead|AWS tunnel|No Proposal Match Found|AWS: Traffic Selector|"
    r"phase 2 was unable to establish|un-?established phase 1|for CREATE_CHILD_SA|TS_UNACCEPTABLE",
    re.IGNORECASE,
)


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines has this log's fields or words."""
    if not lines:
        return 0.0
    return sum(bool(_FIELDS.search(line) or _WORDS.search(line)) for line in lines) / len(lines)


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events; a line that tells phase 2 established where it was not yields that, too."""
    teller = Teller(context)
    was_up = False
    for line in lines:
        record = fields_of(line[1])
        details, is_up = _state(record)
        time = time_in(record)
        tunnel = _tunnel(record, line[1])
        if is_up and not was_up:
            told = teller.tell(line, K.SA_ESTABLISHED, phase=IPSEC, tunnel=tunnel, details=details)
            yield _at(told, time)
        was_up = is_up or (was_up and not record)
        if event := _read(teller, line, record, details, tunnel):
            yield _at(event, time)


def _read(
    teller: Teller, line: Line, record: dict[str, Any], state: Details, tunnel: str | None
) -> Event | None:
    text = str(record.get("details", line[1])) if record else line[1]
    for message in _MESSAGES:
        if found := message.search(text):
            details: Details = {**state, **message.more, **_numbered(found)}
            return teller.tell(
                line,
                message.kind,
                phase=message.phase or _phase(message.kind, state),
                direction=message.direction,
                tunnel=tunnel,
                details=details,
            )
    return None


def _numbered(found: re.Match[str]) -> Details:
    """Give the details of a message; the guide's placeholders ("id=xxx") are no numbers."""
    told = found.groupdict()
    if not str(told.get("message_id") or "0").isdigit():
        return {}
    return details_of(found)


def _phase(kind: EventKind, state: Details) -> Phase | None:
    """Say which proposals were refused: phase 2's where phase 1 is already established."""
    if kind not in (K.NO_PROPOSAL_CHOSEN, K.PROPOSAL_REFUSED) or "phase1_state" not in state:
        return None
    return IPSEC if state["phase1_state"] in ("established", "rekeying") else IKE


def fields_of(text: str) -> dict[str, Any]:
    """Give the fields of a JSON line, by the names that the JSON form has; {} for any other."""
    begin = text.find("{")
    if begin < 0 or '"' not in text:
        return {}
    try:
        record = msgspec.json.decode(text[begin:].strip().encode())
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return {}
    if not isinstance(record, dict):
        return {}
    if isinstance(record.get("message"), str) and "ike_phase1_state" in record["message"]:
        return fields_of(record["message"])
    return {_NAMES.get(str(name), str(name)): value for name, value in record.items()}


_NAMES = {
    "VpnLogCreationTimestamp": "event_timestamp",
    "VpnLogCreationTimestampReadable": "timestamp",
    "TunnelDPDEnabled": "dpd_enabled",
    "TunnelCGWNATTDetectionStatus": "nat_t_detected",
    "TunnelIKEPhase1State": "ike_phase1_state",
    "TunnelIKEPhase2State": "ike_phase2_state",
    "VpnLogDetail": "details",
}


def _state(record: dict[str, Any]) -> tuple[Details, bool]:
    details: Details = {}
    for name, field in (("phase1_state", "ike_phase1_state"), ("phase2_state", "ike_phase2_state")):
        value = record.get(field)
        if isinstance(value, str):
            details[name] = value.strip().lower()  # type: ignore[literal-required]
    for name, field in (("nat_t", "nat_t_detected"), ("dpd", "dpd_enabled")):
        value = record.get(field)
        if value is not None:
            details[name] = value in (True, "True", "true")  # type: ignore[literal-required]
    return details, details.get("phase2_state") in ("established", "rekeying")


def time_in(record: dict[str, Any]) -> datetime | None:
    """Give the time of a JSON line: the epoch in seconds or milliseconds."""
    value = record.get("event_timestamp")
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        seconds = value / 1000 if abs(value) >= _LARGEST_SECONDS else value
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _tunnel(record: dict[str, Any], text: str) -> str | None:
    address = record.get("TunnelOutsideIPAddress") or record.get("tunnel_outside_ip_address")
    if isinstance(address, str) and address:
        return address
    found = _STREAM.search(text)
    return found["ip"] if found else None


def _at(event: Event, time: datetime | None) -> Event:
    return event if time is None else msgspec.structs.replace(event, time=time)
