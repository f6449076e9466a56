"""Why a negotiation failed, in the words of Junos's kmd and iked.

One list of errors serves the syslog messages and the traces of both daemons; the phase, the role
and the port stand around the error.
"""

import re
from collections.abc import Iterator

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs._device import Device
from bothup.read.logs._messages import Message, find
from bothup.read.logs._parser import Line

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
_IP = r"[0-9A-Fa-f.:]*[0-9A-Fa-f]"

_FAILED = re.compile(
    r"(?P<which>IKE|IPSec) negotiation failed with error: (?P<error>.+?)\.? "
    r"IKE Version: (?P<version>[12]), VPN: (?P<vpn>\S+) Gateway: (?P<gateway>[^\s,]+), "
    rf"Local: (?P<local>{_IP})/\d+, Remote: (?P<peer>{_IP})/(?P<port>\d+)"
    r"(?:.*\bRole: (?P<role>Initiator|Responder))?"
    r"|(?P<which2>Phase-[12]) (?:\[(?P<role2>initiator|responder)\] )?failed with error\("
    rf"(?P<error2>[^)]+)\)(?:.*\bremote=\w+\([^)]*=(?P<peer2>{_IP})\))?"
    rf"|IKE negotiation fail for local:(?P<local3>{_IP}), remote:(?P<peer3>{_IP}) "
    r"IKEv(?P<version3>[12]) with status: (?P<error3>[^,]+)"
)
_ERRORS = (
    Message("no proposal chosen", "", K.NO_PROPOSAL_CHOSEN),
    Message("timed out", "", K.GAVE_UP),
    Message("payload", r"invalid payload|payload malformed", K.UNDECRYPTABLE, IKE),
    Message("invalid syntax", "", K.UNDECRYPTABLE, IKE),
    Message("authentication failed", "", K.AUTHENTICATION_FAILED, IKE),
    Message("id", r"\bid\b.*\b(?:mismatch|validation failed)", K.IDENTITY_MISMATCH, IKE),
    Message("lookup failed", "", K.UNKNOWN_PEER, IKE),
    Message("ts unacceptable", "", K.SELECTORS_REFUSED, IPSEC),
    Message("invalid id", "", K.SELECTORS_REFUSED, IPSEC),
    Message("certificate", "expired", K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Message("certificate", "revoked", K.CERTIFICATE_INVALID, IKE, reason="revoked"),
    Message("certificate", "", K.CERTIFICATE_INVALID, IKE),
)


def failures(device: Device, line: Line) -> Iterator[Event]:
    """Yield the event of a negotiation's failure, if the line is one."""
    found = _FAILED.search(line[1])
    if found is None:
        return
    told = {
        name.rstrip("23"): value
        for name, value in found.groupdict().items()
        if value and value != "Not-Available"
    }
    peer = device.peer_of(told.get("peer"), told.get("local"))
    device.meet(told.get("vpn", ""), peer)
    device.meet(told.get("gateway", ""), peer)
    phase = IPSEC if told.get("which") in ("IPSec", "Phase-2") else IKE
    role = {"i": Role.INITIATOR, "r": Role.RESPONDER}.get(told.get("role", " ")[0].lower())
    details: Details = {}
    if "version" in told:
        details["ike_version"] = int(told["version"])
    if "vpn" in told:
        details["connection"] = told["vpn"]
    error = find(_ERRORS, told["error"].lower())
    if error is None:
        kind = K.STATUS if phase is IKE else K.CHILD_FAILED
        details["reason"] = told["error"].lower()
        yield device.tell(line, kind, phase, None, role, tunnel=peer, details=details)
        return
    phase = error[0].phase or phase
    details |= error[0].more
    if error[0].kind is K.GAVE_UP and (phase is IPSEC or told.get("port") == "4500"):
        details["encrypted"] = True
    kind, direction = _seen_from(error[0].kind, phase, role)
    yield device.tell(line, kind, phase, direction, role, tunnel=peer, details=details)


def _seen_from(
    kind: EventKind, phase: Phase, role: Role | None
) -> tuple[EventKind, Direction | None]:
    """Say whose failure it is: the initiator is told, the responder is the one who tells."""
    if kind is K.NO_PROPOSAL_CHOSEN and role is Role.INITIATOR:
        return kind, Direction.RECEIVED
    if role is Role.RESPONDER and kind is K.NO_PROPOSAL_CHOSEN:
        return K.PROPOSAL_REFUSED, None
    if role is Role.RESPONDER and kind is K.GAVE_UP and phase is IKE:
        return K.HALF_OPEN_TIMEOUT, None
    return kind, None
