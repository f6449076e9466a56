"""racoon's messages: the IKEv1 daemon of ipsec-tools, in pfSense before 2.2.

The own address stands first in what racoon writes about a pair of addresses.
"""

from bothup.model.event import Direction, EventKind, Phase, Role
from bothup.read.logs._messages import Message

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
_LOCAL, _PEER = r"(?P<local>[0-9A-Fa-f.:]+)\[\d+\]", r"(?P<peer>[0-9A-Fa-f.:]+)\[\d+\]"
_NOTIFIED = r"notification (?:\d+:)?{} received in {}informational exchange"
_REJECTED = (
    r"rejected (?P<reason>\w+): DB\([^)]*\):Peer\([^)]*\) ?= ?"
    r"(?P<configured>[^:]+):(?P<received>\S+)"
)


def _notified(name: str, kind: EventKind, phase: Phase, how: str = "(?:unencrypted )?") -> Message:
    return Message(f"{name} received", _NOTIFIED.format(name, how), kind, phase, RECEIVED)


_STARTS = (
    Message(
        "initiate new phase",
        rf"initiate new phase (?P<n>[12]) negotiation: {_LOCAL}<=>{_PEER}",
        K.NEGOTIATION_STARTED,
        role=Role.INITIATOR,
        ike_version=1,
    ),
    Message(
        "respond new phase",
        rf"respond new phase (?P<n>[12]) negotiation: {_LOCAL}<=>{_PEER}",
        K.NEGOTIATION_STARTED,
        role=Role.RESPONDER,
        ike_version=1,
    ),
    Message(
        "ISAKMP-SA established",
        rf"{_LOCAL}-{_PEER} spi:(?P<sa>[0-9a-f]{{16}}:[0-9a-f]{{16}})",
        K.SA_ESTABLISHED,
        IKE,
        ike_version=1,
    ),
    Message(
        "IPsec-SA established",
        rf"{_PEER} ?->{_LOCAL} spi=\d+\((?P<spi>0x[0-9a-f]+)\)",
        K.SA_ESTABLISHED,
        IPSEC,
        ike_version=1,
    ),
    Message("NAT detected: ", r"NAT detected: +ME PEER", K.NAT_DETECTED, IKE, nat="both"),
    Message("NAT detected: ", r"NAT detected: +ME", K.NAT_DETECTED, IKE, nat="local"),
    Message("NAT detected: ", r"NAT detected: +PEER", K.NAT_DETECTED, IKE, nat="remote"),
)

_ENDS = (
    Message("ISAKMP-SA expired", rf"{_LOCAL}-{_PEER}", K.SA_CLOSED, IKE, reason="lifetime"),
    Message("ISAKMP-SA deleted", rf"{_LOCAL}-{_PEER}", K.SA_CLOSED, IKE),
    # Told of the soft lifetime as well, at which only a rekey begins.
    Message("IPsec-SA expired", rf"{_PEER} ?->{_LOCAL}", K.STATUS, IPSEC, reason="lifetime"),
    Message("purged IPsec-SA", "", K.SA_CLOSED, IPSEC),
    Message("purged ISAKMP-SA", "", K.SA_CLOSED, IKE),
    Message("seems to be dead", r"DPD: remote .* seems to be dead", K.DPD_TIMEOUT, IKE),
    Message("process", r"racoon (?:process \d+ )?shutdown", K.DAEMON_STOPPED),
    Message("@(#)ipsec-tools", "", K.DAEMON_STARTED),
)

_SILENCE = (
    Message(
        "due to time up", r"phase1 negotiation failed due to time up", K.GAVE_UP, IKE, ike_version=1
    ),
    Message(
        "time up waiting for phase1",
        rf"(?:.* {_PEER}->{_LOCAL})?",
        K.GAVE_UP,
        IKE,
        ike_version=1,
    ),
    Message(
        "due to time up",
        r"phase2 negotiation failed|give up to get IPsec-SA",
        K.GAVE_UP,
        IPSEC,
        exchange="QUICK_MODE",
        encrypted=True,
        ike_version=1,
    ),
    Message("the packet is retransmitted by", rf"by {_PEER}", K.PEER_RETRANSMIT, IKE),
    Message("failed due to send error", "", K.NETWORK_ERROR, IKE, SENT, reason="send-error"),
    Message("sendto (", r"sendto \((?P<reason>[^)]+)\)", K.NETWORK_ERROR, IKE, SENT),
)

_REFUSALS = (
    Message("rejected ", _REJECTED, K.STATUS, IKE),
    Message("no suitable proposal found", "", K.PROPOSAL_REFUSED, IKE, ike_version=1),
    Message(
        "pfs group mismatched",
        r"my: ?(?P<configured>\d+) ?peer: ?(?P<received>\d+)",
        K.PROPOSAL_REFUSED,
        IPSEC,
        ike_version=1,
        reason="pfs-group",
    ),
    Message("no proposal chosen", "", K.PROPOSAL_REFUSED, IPSEC, ike_version=1),
    Message("no suitable policy found", "", K.PROPOSAL_REFUSED, IPSEC, ike_version=1),
    _notified("NO-PROPOSAL-CHOSEN", K.NO_PROPOSAL_CHOSEN, IKE, "unencrypted "),
    _notified("NO-PROPOSAL-CHOSEN", K.NO_PROPOSAL_CHOSEN, IPSEC),
    _notified("INVALID-ID-INFORMATION", K.SELECTORS_REFUSED, IPSEC),
    _notified("AUTHENTICATION-FAILED", K.AUTHENTICATION_FAILED, IKE),
    _notified("INVALID-HASH-INFORMATION", K.AUTHENTICATION_FAILED, IKE),
    _notified("PAYLOAD-MALFORMED", K.UNDECRYPTABLE, IKE),
    _notified("INVALID-COOKIE", K.UNKNOWN_SA, IKE),
    _notified("INVALID-SPI", K.UNKNOWN_SA, IPSEC),
    _notified("INITIAL-CONTACT", K.INITIAL_CONTACT, IKE),
    Message("failed to get sainfo", "", K.SELECTORS_REFUSED, IPSEC, ike_version=1),
    Message("find the pskey", r"pskey for (?P<peer>[0-9A-Fa-f.:]*[0-9A-Fa-f])", K.PSK_MISSING, IKE),
    Message("HASH mismatched", r"HASH mismatched\.?\s*$", K.PSK_MISMATCH, IKE, ike_version=1),
    Message("ID value mismatched", "", K.IDENTITY_MISMATCH, IKE),
    Message("message must be encrypted", "", K.STATUS, IKE),
    Message("there is no ISAKMP-SA", "", K.UNKNOWN_SA, IKE, RECEIVED),
    Message("unknown Informational exchange received", "", K.UNKNOWN_SA, IKE, RECEIVED),
    Message("find configuration", "couldn't find configuration", K.UNKNOWN_PEER, IKE),
    Message(
        "no configuration found for",
        r"for (?P<peer>[0-9A-Fa-f.:]*[0-9A-Fa-f])",
        K.UNKNOWN_PEER,
        IKE,
    ),
    Message("not acceptable ", r"not acceptable (?P<reason>[\w ]+) mode", K.MODE_REFUSED, IKE),
    Message("certificate has expired", "", K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Message("certificate is not yet valid", "", K.CERTIFICATE_INVALID, IKE, reason="not-yet-valid"),
    Message(
        "unable to get ", "issuer certificate", K.CERTIFICATE_INVALID, IKE, reason="unknown-issuer"
    ),
)

RACOON = (*_STARTS, *_ENDS, *_SILENCE, *_REFUSALS)
