"""Messages of PAN-OS on VPNs, BGP and the firewall, in small letters.

The system log and ikemgr.log tell the same things, the latter partly in capitals. Failures that
have a reason of their own come before the general words on a negotiation's end.
"""

from typing import Unpack

from bothup.model.event import Details, Direction, EventKind, Phase
from bothup.read.logs._messages import Message

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
RECEIVED = Direction.RECEIVED
_IP = r"[0-9A-Fa-f.:]*[0-9A-Fa-f]"
_SA = rf"(?:.*\bSA: (?P<local>{_IP})\[\d+\]-(?P<peer>{_IP})\[\d+\])?"
_SPI = rf"{_SA}(?:.*\bSPI: ?(?P<spi>0x[0-9a-f]+))?"
_NOTIFIED = r"\bnotif\w+\b.*\b{}\b"


def _notified(name: str, kind: EventKind, phase: Phase | None) -> Message:
    return Message("notif", _NOTIFIED.format(name.replace("_", "[-_ ]")), kind, phase, RECEIVED)


REFUSALS = (
    Message(
        "couldn't find configuration",
        rf"(?:.*\bpeer IP (?P<peer>{_IP}))?",
        K.UNKNOWN_PEER,
        IKE,
    ),
    Message(
        "no ikev2 configuration",
        rf"(?:.*\bpeer (?:IP )?(?P<peer>{_IP}))?",
        K.UNKNOWN_PEER,
        IKE,
        ike_version=2,
    ),
    Message("unable to process peer's sa payload", "", K.PROPOSAL_REFUSED, IKE, ike_version=1),
    Message(
        "no suitable proposal",
        r"phase-2\b.*no suitable proposal",
        K.PROPOSAL_REFUSED,
        IPSEC,
        ike_version=1,
    ),
    Message("no suitable proposal", "", K.PROPOSAL_REFUSED, IKE),
    Message(
        "was not presented in the ike proposal",
        r"Configured (?P<reason>[\w /-]+?) '?(?P<configured>[^'\s]+)'? was not presented",
        K.PROPOSAL_REFUSED,
        IKE,
    ),
    Message(
        "pfs group mismatched",
        r"my: ?(?P<configured>\d+) ?peer: ?(?P<received>\d+)",
        K.PROPOSAL_REFUSED,
        IPSEC,
        reason="pfs-group",
    ),
    Message("message lacks ke payload", "", K.PROPOSAL_REFUSED, IPSEC, reason="pfs-group"),
    Message("received ke type", "", K.WRONG_DH_GUESS, IKE, RECEIVED),
    Message("pre-shared key mismatch", "", K.PSK_MISMATCH, IKE),
    Message("mismatch of preshared secrets", "", K.UNDECRYPTABLE, IKE, RECEIVED, ike_version=1),
    Message(
        "does not match peers id",
        r"received ID_\w \(type [^\[\]]*\[(?P<got>[^\]]+)\]\)",
        K.IDENTITY_MISMATCH,
        IKE,
    ),
    Message("does not match peers id", "", K.IDENTITY_MISMATCH, IKE),
    Message("peer-id must be type", r"Received type (?P<got>\w+)", K.IDENTITY_MISMATCH, IKE),
    Message(
        "certificate", r"certificate\b.*\bexpired", K.CERTIFICATE_INVALID, IKE, reason="expired"
    ),
    Message(
        "certificate", r"certificate\b.*\brevoked", K.CERTIFICATE_INVALID, IKE, reason="revoked"
    ),
    Message("certificate", r"certificate\b.*\b(?:invalid|fail)", K.CERTIFICATE_INVALID, IKE),
    Message(
        "proxy id",
        r"received local id: (?P<local_selectors>\S+).*?received remote id: "
        r"(?P<remote_selectors>\S+)",
        K.SELECTORS_REFUSED,
        IPSEC,
    ),
    Message("proxy id", r"(?:cannot find|no) matching", K.SELECTORS_REFUSED, IPSEC),
    _notified("NO_PROPOSAL_CHOSEN", K.NO_PROPOSAL_CHOSEN, None),
    _notified("AUTHENTICATION_FAILED", K.AUTHENTICATION_FAILED, IKE),
    _notified("TS_UNACCEPTABLE", K.SELECTORS_REFUSED, IPSEC),
    Message("traffic selector", r"(?:cannot find|no) matching", K.SELECTORS_REFUSED, IPSEC),
    _notified("INVALID_ID_INFORMATION", K.SELECTORS_REFUSED, IPSEC),
    _notified("INVALID_KE_PAYLOAD", K.WRONG_DH_GUESS, IKE),
    _notified("PAYLOAD_MALFORMED", K.UNDECRYPTABLE, IKE),
    _notified("INITIAL_CONTACT", K.INITIAL_CONTACT, IKE),
    Message("no proposal chosen", "", K.PROPOSAL_REFUSED),
)

ENDS = (
    Message("determined by dpd", "", K.DPD_TIMEOUT, IKE),
    Message("phase-1 sa is expired", _SA, K.SA_EXPIRED, IKE),
    Message("phase-1 sa is deleted", _SA, K.SA_CLOSED, IKE),
    Message("ipsec key installed", _SPI, K.STATUS, IPSEC, phase2_state="established"),
    Message("ipsec key deleted", _SPI, K.SA_CLOSED, IPSEC),
    Message("ipsec key lifetime expired", _SPI, K.SA_EXPIRED, IPSEC),
    Message(
        "ipsec sa delete message",
        r"delete message (?P<way>sent to|received from) peer(?:.*\bSPI: ?(?P<spi>0x[0-9a-f]+))?",
        K.DELETE,
        IPSEC,
    ),
    Message(
        "sa delete message", r"delete message (?P<way>sent to|received from) peer", K.DELETE, IKE
    ),
    Message(
        "nat detected: ", r"NAT detected: +(?:ME PEER|PEER ME)", K.NAT_DETECTED, IKE, nat="both"
    ),
    Message("nat detected: ", r"NAT detected: +ME", K.NAT_DETECTED, IKE, nat="local"),
    Message("nat detected: ", r"NAT detected: +PEER", K.NAT_DETECTED, IKE, nat="remote"),
    Message("tunnel", r"\bTunnel (?P<connection>\S+) is up\b", K.TUNNEL_UP),
    Message("tunnel", r"\bTunnel (?P<connection>\S+) is down\b", K.TUNNEL_DOWN),
)


def _negotiation(
    how: str, kind: EventKind, phase: Phase, words: str = "", **more: Unpack[Details]
) -> Message:
    what = "(?:phase-1|IKE SA)" if phase is IKE else "(?:phase-2|child SA)"
    start = rf"{what} negotiation (?:is )?{how} as (?P<role>initiator|responder)"
    return Message(f"{how} as ", start + words, kind, phase, **more)


_REKEY, _TIMEOUT = r", rekey\b", r"(?<={}).*\bdue to (?:negotiation )?timeout"
NEGOTIATIONS = (
    _negotiation("started", K.REKEY_STARTED, IKE, _REKEY),
    _negotiation("started", K.REKEY_STARTED, IPSEC, _REKEY),
    _negotiation("started", K.NEGOTIATION_STARTED, IKE),
    _negotiation("started", K.NEGOTIATION_STARTED, IPSEC),
    _negotiation("succeeded", K.REKEY_DONE, IKE, _REKEY),
    _negotiation("succeeded", K.REKEY_DONE, IPSEC, _REKEY),
    _negotiation("succeeded", K.SA_ESTABLISHED, IKE),
    _negotiation("succeeded", K.SA_ESTABLISHED, IPSEC, r"(?:.*\bSPI: ?(?P<spi>0x[0-9a-f]+))?"),
    _negotiation("failed", K.HALF_OPEN_TIMEOUT, IKE, _TIMEOUT.format("responder")),
    _negotiation("failed", K.GAVE_UP, IKE, r".*\[4500\].*\bdue to .*timeout", encrypted=True),
    _negotiation("failed", K.GAVE_UP, IKE, _TIMEOUT.format("initiator")),
    _negotiation("failed", K.GAVE_UP, IPSEC, r".*\bdue to .*timeout", encrypted=True),
    _negotiation("failed", K.REKEY_FAILED, IKE, _REKEY),
    _negotiation("failed", K.REKEY_FAILED, IPSEC, _REKEY),
    _negotiation("failed", K.STATUS, IKE),
    _negotiation("failed", K.CHILD_FAILED, IPSEC),
)

_PEER = rf"peer IP:? ?(?P<neighbor>{_IP})"
FIREWALL = (
    Message(
        "bgp peer session",
        rf"enter\w* established\b.*\b{_PEER}",
        K.BGP_STATE,
        Phase.BGP,
        state_to="established",
    ),
    Message(
        "bgp peer session",
        rf"left established\b.*\b{_PEER}",
        K.BGP_STATE,
        Phase.BGP,
        state_from="established",
        state_to="idle",
    ),
    Message("port ", r"\bPort (?P<connection>[\w/.]+): Up\b", K.LINK_CHANGED, state_to="up"),
    Message("port ", r"\bPort (?P<connection>[\w/.]+): Down\b", K.LINK_CHANGED, state_to="down"),
    Message("system is starting up", "", K.DAEMON_STARTED, reason="device-restarted"),
    Message("system is shutting down", "", K.DAEMON_STOPPED),
    Message("commit job succeeded", "", K.OPERATOR_ACTION, reason="configured"),
)

MESSAGES = (*REFUSALS, *NEGOTIATIONS, *ENDS, *FIREWALL)
