"""Syslog messages of IOS and IOS XE about VPNs, interfaces, certificates and the router itself.

The mnemonic is the mark. Texts are those of Cisco's guides to system messages.
"""

from bothup.model.event import Direction, EventKind, Phase
from bothup.read.logs._messages import Message

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
_PEER = r"(?P<peer>[0-9A-Fa-f.:]*[0-9A-Fa-f])"
_ENDPOINT = r"(?P<peer>\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f:]+?)(?::\d{1,5})?\b"
_INTERFACE = r"Interface (?P<connection>[\w./-]+)"

IKEV1 = (
    Message("IKMP_NO_SA", rf"message from {_PEER}\s+has no SA", K.UNKNOWN_SA, IKE, RECEIVED),
    Message(
        "IKMP_BAD_MESSAGE",
        rf"message from {_PEER}\s+failed its sanity check",
        K.UNDECRYPTABLE,
        IKE,
        RECEIVED,
        ike_version=1,
    ),
    Message(
        "IKMP_CRYPT_FAILURE", "unable to decrypt", K.UNDECRYPTABLE, IKE, RECEIVED, ike_version=1
    ),
    Message(
        "IKMP_MODE_FAILURE",
        rf"of Quick mode failed with peer at\s+{_PEER}",
        K.CHILD_FAILED,
        IPSEC,
        ike_version=1,
    ),
    Message("IKMP_MODE_FAILURE", rf"mode failed with peer at\s+{_PEER}", K.STATUS, IKE),
    Message("IKMP_NOT_ENCRYPTED", rf"packet from {_PEER} was not encrypted", K.STATUS, IKE),
    Message(
        "IKMP_AUTH_FAIL",
        rf"failed with host {_PEER}",
        K.AUTHENTICATION_FAILED,
        IKE,
        ike_version=1,
    ),
    Message("IKMP_SA_NOT_AUTH", rf"exchange from {_PEER} if SA is not", K.UNKNOWN_SA, IKE),
    Message(
        "IKMP_SA_NOT_OFFERED",
        rf"peer {_PEER} responded with attribute (?P<received>.+?) not offered or changed",
        K.PROPOSAL_REFUSED,
        IKE,
        RECEIVED,
    ),
    Message("IKMP_AG_MODE_DISABLED", "", K.MODE_REFUSED, IKE, reason="aggressive"),
    Message("ISAKMP_ON_OFF", r"ISAKMP is ON\b", K.DAEMON_STARTED),
    Message("ISAKMP_ON_OFF", r"ISAKMP is OFF\b", K.DAEMON_STOPPED),
)

IPSEC_DATA = (
    Message(
        "RECVD_PKT_INV_SPI",
        rf"spi=\s*0x(?P<spi>[0-9A-Fa-f]+).*?srcaddr=\s*{_PEER}",
        K.UNKNOWN_SA,
        IPSEC,
        RECEIVED,
    ),
    Message("RECVD_PKT_NOT_IPSEC", rf"src_addr=\s*{_PEER}", K.STATUS, IPSEC, RECEIVED),
    Message("REPLAY_ERROR", rf"(?:.*src_addr {_PEER})?", K.STATUS, IPSEC, reason="replay"),
    Message("PKT_REPLAY_ERR", "", K.STATUS, IPSEC, reason="replay"),
    Message("HMAC_ERROR", rf"(?:.*src_addr {_PEER})?", K.STATUS, IPSEC, reason="hmac"),
)

SESSIONS = (
    Message("SESSION_STATUS", rf"tunnel (?:v2 )?is UP\s*\.\s+Peer {_ENDPOINT}", K.TUNNEL_UP),
    Message("SESSION_STATUS", rf"tunnel (?:v2 )?is DOWN\s*\.\s+Peer {_ENDPOINT}", K.TUNNEL_DOWN),
    Message("IKEV2-5-SA_UP", "", K.SA_ESTABLISHED, IKE, ike_version=2),
    Message(
        "RECV_CONNECTION_REQUEST",
        rf"(?:.*\bfrom {_PEER})?",
        K.NEGOTIATION_STARTED,
        IKE,
        RECEIVED,
        ike_version=2,
    ),
    Message("OSAL_INITIATE_TUNNEL", "", K.NEGOTIATION_STARTED, IKE, SENT, ike_version=2),
)

CERTIFICATES = (
    Message("CERTIFICATE_INVALID_EXPIRED", "", K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Message(
        "CERTIFICATE_INVALID_NOT_YET_VALID",
        "",
        K.CERTIFICATE_INVALID,
        IKE,
        reason="not-yet-valid",
    ),
    Message("CERTIFICATE_REVOKED", "", K.CERTIFICATE_INVALID, IKE, reason="revoked"),
)

ROUTER = (
    Message(
        "TUN-5-RECURDOWN",
        r":\s*(?P<connection>\S*) temporarily disabled",
        K.TUNNEL_DOWN,
        reason="recursive-routing",
    ),
    Message(
        "LINEPROTO-5-UPDOWN", r"(?P<connection>Tunnel[\d/]+), changed state to up", K.TUNNEL_UP
    ),
    Message(
        "LINEPROTO-5-UPDOWN",
        r"(?P<connection>Tunnel[\d/]+), changed state to down",
        K.TUNNEL_DOWN,
        reason="line-protocol",
    ),
    Message(
        "LINEPROTO-5-UPDOWN",
        rf"{_INTERFACE}, changed state to (?P<state_to>up|down)",
        K.LINK_CHANGED,
    ),
    Message(
        "LINK-",
        rf"{_INTERFACE}, changed state to administratively (?P<state_to>down)",
        K.LINK_CHANGED,
        reason="operator",
    ),
    Message("LINK-", rf"{_INTERFACE}, changed state to (?P<state_to>up|down)", K.LINK_CHANGED),
    Message("SYS-5-RESTART", "", K.DAEMON_STARTED, reason="device-restarted"),
    Message("SYS-5-RELOAD", "", K.DAEMON_STOPPED, reason="operator"),
    Message("SYS-5-CONFIG_I", "", K.OPERATOR_ACTION, reason="configured"),
)

SYSLOG = (*IKEV1, *IPSEC_DATA, *SESSIONS, *CERTIFICATES, *ROUTER)
