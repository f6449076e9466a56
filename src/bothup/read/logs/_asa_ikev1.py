"""IKEv1 as the ASA tells it, in syslog messages 713xxx and in `debug crypto ikev1`.

The texts are the same in both; those of syslog are in Cisco's book of ASA messages.
"""

from bothup.model.event import Direction, EventKind, Phase, Role
from bothup.read.logs._messages import Message

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
_PEER = r"(?P<peer>[0-9A-Fa-f.:]*[0-9A-Fa-f])"
_NOTIFY = r"non-routine Notify message: "
_BARE = r"un-encrypted {} notify message"
_ENDED = r"(?:Connection terminated|torn down|Session disconnected)\b.*Reason: .*?{}"
_PROXIES = (
    r"no matching crypto map entry for remote proxy (?P<remote_selectors>\S+) "
    r"local proxy (?P<local_selectors>\S+)"
)

STARTS = (
    Message(
        "IKE Initiator: New Phase",
        r"New Phase (?P<n>[12])\b.*\bIKE Peer " + _PEER,
        K.NEGOTIATION_STARTED,
        role=Role.INITIATOR,
        ike_version=1,
    ),
    Message(
        "IKE Initiator: Rekeying Phase",
        r"Rekeying Phase (?P<n>[12])\b.*\bIKE Peer " + _PEER,
        K.REKEY_STARTED,
        role=Role.INITIATOR,
        ike_version=1,
    ),
    Message("PHASE 1 COMPLETED", "", K.SA_ESTABLISHED, IKE, ike_version=1),
    Message(
        "Security negotiation complete for",
        r"\) +(?P<role>Initiator|Responder), Inbound SPI = (?P<spi>0x[0-9a-f]+)",
        K.SA_ESTABLISHED,
        IPSEC,
        ike_version=1,
    ),
    Message("PHASE 2 COMPLETED", "", K.STATUS, IPSEC, phase2_state="established"),
)

REFUSALS = (
    Message(
        "proposals found unacceptable",
        r"All IPSec SA proposals found unacceptable",
        K.PROPOSAL_REFUSED,
        IPSEC,
        ike_version=1,
    ),
    Message(
        "proposals found unacceptable",
        r"All (?:IKE )?SA proposals found unacceptable",
        K.PROPOSAL_REFUSED,
        IKE,
        ike_version=1,
    ),
    Message(
        "failure: ",
        r"Phase (?P<n>[12]) failure: +Mismatched attribute types for class (?P<reason>[^:]+):"
        r" +Rcv'd: +(?P<received>.+?) +Cfg'd: +(?P<configured>.+?)\s*$",
        K.STATUS,
    ),
    Message(
        "Notify message: ",
        _NOTIFY + r"No proposal chosen",
        K.NO_PROPOSAL_CHOSEN,
        IPSEC,
        RECEIVED,
    ),
    Message("Notify message: ", _NOTIFY + r"Invalid ID info", K.SELECTORS_REFUSED, IPSEC, RECEIVED),
    Message(
        "Notify message: ",
        _NOTIFY + r"(?:Authentication failed|Invalid hash info)",
        K.AUTHENTICATION_FAILED,
        IKE,
        RECEIVED,
    ),
    Message(
        "Notify message: ",
        _NOTIFY + r"Payload malformed",
        K.UNDECRYPTABLE,
        IKE,
        RECEIVED,
        ike_version=1,
    ),
    Message(
        "notify message, drop",
        _BARE.format("NO_PROPOSAL_CHOSEN"),
        K.NO_PROPOSAL_CHOSEN,
        IKE,
        RECEIVED,
    ),
    Message("notify message, drop", _BARE.format("INVALID_COOKIE"), K.UNKNOWN_SA, IKE, RECEIVED),
    Message(
        "notify message, drop",
        _BARE.format("PAYLOAD_MALFORMED"),
        K.UNDECRYPTABLE,
        IKE,
        RECEIVED,
        ike_version=1,
    ),
    Message("ejecting IPSec tunnel", _PROXIES, K.SELECTORS_REFUSED, IPSEC),
    Message(
        "Crypto Map Policy not found",
        r"not found for Src: ?(?P<remote_selectors>[^,]+), Dst: ?(?P<local_selectors>[^!]+)",
        K.SELECTORS_REFUSED,
        IPSEC,
    ),
    Message("QM FSM error", "", K.CHILD_FAILED, IPSEC, ike_version=1),
    Message(
        "packet with invalid payloads",
        r"encrypted Oakley \w+ Mode packet with invalid payloads",
        K.UNDECRYPTABLE,
        IKE,
        RECEIVED,
        ike_version=1,
    ),
    Message("had problems decrypting packet", "", K.UNDECRYPTABLE, IKE, RECEIVED, ike_version=1),
    Message("Auth mode differs", "", K.AUTH_METHOD_MISMATCH, IKE, ike_version=1),
    Message(
        "no trust-point defined",
        rf"with peer {_PEER}, no trust-point defined",
        K.CONFIG_ERROR,
        IKE,
        reason="no-trustpoint",
    ),
    Message("Tunnel Rejected: Conflicting protocols", "", K.CONFIG_ERROR, reason="protocols"),
)

STRANGERS = (
    Message("BASE GROUP default preshared key not configured", "", K.UNKNOWN_PEER, IKE),
    Message("Can't find a valid tunnel group", "", K.UNKNOWN_PEER, IKE),
    Message(
        "IKE peer does not match remote peer",
        rf"(?:.*IKE peer address: ?{_PEER})?",
        K.UNKNOWN_PEER,
        IKE,
    ),
    Message("No Group found matching", rf"(?:.*Pre-shared key peer {_PEER})?", K.UNKNOWN_PEER, IKE),
    Message("with unknown tunnel group name", "", K.UNKNOWN_PEER, IKE),
    Message("No crypto map bound to interface", "", K.UNKNOWN_PEER, IKE),
    Message("no matching SA, dropping", "", K.UNKNOWN_SA, IKE, RECEIVED),
    Message(
        "Received Invalid SPI notify",
        r"\(SPI (?:0x)?(?P<spi>[0-9A-Fa-f]+)\)",
        K.UNKNOWN_SA,
        IPSEC,
        RECEIVED,
    ),
)

# Main mode's messages 2, 4 and 6 are awaited by the initiator; 5 and 6 go encrypted.
SILENCE = (
    Message(
        "EV_TIMEOUT",
        r"IKE MM Initiator FSM error history\b.*MM_WAIT_MSG6, EV_TIMEOUT",
        K.GAVE_UP,
        IKE,
        role=Role.INITIATOR,
        encrypted=True,
        ike_version=1,
    ),
    Message(
        "EV_TIMEOUT",
        r"IKE [MA]M Initiator FSM error history\b.*EV_TIMEOUT",
        K.GAVE_UP,
        IKE,
        role=Role.INITIATOR,
        encrypted=False,
        ike_version=1,
    ),
    Message(
        "EV_TIMEOUT",
        r"IKE MM Responder FSM error history\b.*MM_WAIT_MSG5, EV_TIMEOUT",
        K.HALF_OPEN_TIMEOUT,
        IKE,
        role=Role.RESPONDER,
        encrypted=True,
        ike_version=1,
    ),
    Message(
        "EV_TIMEOUT",
        r"IKE [MA]M Responder FSM error history\b.*EV_TIMEOUT",
        K.HALF_OPEN_TIMEOUT,
        IKE,
        role=Role.RESPONDER,
        encrypted=False,
        ike_version=1,
    ),
    Message(
        "session establishment timed out",
        r"timed out \[\w*WAIT_MSG[135]",
        K.HALF_OPEN_TIMEOUT,
        IKE,
        role=Role.RESPONDER,
        ike_version=1,
    ),
    Message("session establishment timed out", r"timed out \[\w+\]", K.GAVE_UP, IKE, ike_version=1),
    Message("Duplicate", r"Duplicate Phase (?P<n>[12]) packet detected", K.PEER_RETRANSMIT),
    Message("Duplicate first packet detected", "", K.PEER_RETRANSMIT, IKE),
    Message(
        "IKE_DECODE RESENDING",
        r"RESENDING Message .*\b(?:ID \(5\)|HASH \(8\))",
        K.RETRANSMIT,
        encrypted=True,
        ike_version=1,
    ),
    Message(
        "IKE_DECODE RESENDING",
        "RESENDING Message",
        K.RETRANSMIT,
        IKE,
        encrypted=False,
        ike_version=1,
    ),
    Message("lost contact with remote peer", "", K.DPD_TIMEOUT, IKE),
)

ENDS = (
    Message("Reason: ", _ENDED.format(r"(?P<reason>Idle Timeout)"), K.IDLE_CLOSED, IPSEC),
    Message("Reason: ", _ENDED.format("crypto map policy not found"), K.SELECTORS_REFUSED, IPSEC),
    Message("Reason: ", _ENDED.format(r"Phase 2 (?:Mismatch|Error)"), K.CHILD_FAILED, IPSEC),
    Message(
        "Reason: ",
        _ENDED.format(r"(?P<reason>Peer Terminate|User Requested)"),
        K.DELETE,
        IKE,
        RECEIVED,
    ),
    Message("Reason: ", _ENDED.format("Administrator"), K.OPERATOR_ACTION, IKE, reason="terminate"),
    Message("Reason: ", _ENDED.format("(?:Max time|SA Expired)"), K.SA_EXPIRED),
    Message("Reason: ", _ENDED.format(r"(?P<reason>\w[\w /-]*)"), K.SA_CLOSED),
    Message(
        "Delete With Reason message",
        r"Sending IKE Delete With Reason message: (?P<reason>\w[\w /-]*)",
        K.DELETE,
        IKE,
        SENT,
    ),
    Message(
        "Delete With Reason message",
        r"Sending IPSec Delete With Reason message: (?P<reason>\w[\w /-]*)",
        K.DELETE,
        IPSEC,
        SENT,
    ),
    Message(
        "DELETE (12)",
        r"IKE_DECODE (?P<way>SENDING|RECEIVED) Message",
        K.DELETE,
        ike_version=1,
    ),
    Message("due to collision", r"phase 1 rekeying attempt", K.REKEY_COLLISION, IKE),
)

NAT = (
    Message(
        "NAT Detection Status",
        r"Remote\s+end\s+is\s+behind a NAT device.*This\s+end\s+is\s+behind",
        K.NAT_DETECTED,
        IKE,
        nat="both",
    ),
    Message(
        "NAT Detection Status",
        r"Remote\s+end\s+is\s+behind a NAT device",
        K.NAT_DETECTED,
        IKE,
        nat="remote",
    ),
    Message(
        "NAT Detection Status",
        r"This\s+end\s+is\s+behind a NAT device",
        K.NAT_DETECTED,
        IKE,
        nat="local",
    ),
)

IKEV1 = (*STARTS, *REFUSALS, *STRANGERS, *SILENCE, *ENDS, *NAT)
