"""Syslog messages of the ASA on IKEv2, ESP, certificates, BGP and the appliance itself.

The texts are those of Cisco's book of ASA messages, the errors of IKEv2 apart.
"""

from bothup.model.event import Direction, EventKind, Phase, Role
from bothup.read.logs._ios_bgp import BGP
from bothup.read.logs._messages import Message

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
_IP = r"[0-9A-Fa-f.:]*[0-9A-Fa-f]"
_SPI = r"SPI ?= ?(?P<spi>0x[0-9A-Fa-f]+)"
_DOWN = r"SA DOWN\. Reason: .*?{}"
# Of the two addresses either may be the peer's; a session between sites has it as its user.
_BETWEEN = rf"{_SPI}\) between (?P<local>{_IP}) and {_IP} \(user= ?(?P<peer>[^)]*)\).*"
_ESP = rf"Received an \w+ packet \({_SPI},.*?\) from (?P<peer>{_IP})\b.*"

IKEV2 = (
    Message(
        "Received request to establish",
        "",
        K.NEGOTIATION_STARTED,
        IKE,
        role=Role.INITIATOR,
        ike_version=2,
    ),
    Message(
        "Received request to rekey",
        "",
        K.REKEY_STARTED,
        IPSEC,
        role=Role.INITIATOR,
        ike_version=2,
    ),
    Message(
        "Received a IKE_INIT_SA request",
        "",
        K.NEGOTIATION_STARTED,
        IKE,
        role=Role.RESPONDER,
        exchange="IKE_SA_INIT",
        ike_version=2,
    ),
    Message(
        "SA UP. Reason", "SA UP. Reason: .*rekey", K.REKEY_DONE, IKE, rekey=True, ike_version=2
    ),
    Message("SA UP. Reason", "", K.SA_ESTABLISHED, IKE, ike_version=2),
    Message("SA DOWN. Reason", _DOWN.format("peer lost"), K.DPD_TIMEOUT, IKE),
    Message(
        "SA DOWN. Reason",
        _DOWN.format("(?P<reason>peer (?:request|terminate))"),
        K.DELETE,
        IKE,
        RECEIVED,
    ),
    Message("SA DOWN. Reason", _DOWN.format("(?P<reason>idle)"), K.IDLE_CLOSED),
    Message("SA DOWN. Reason", _DOWN.format("admin"), K.OPERATOR_ACTION, IKE, reason="terminate"),
    Message("SA DOWN. Reason", _DOWN.format(r"(?P<reason>\w[\w /-]*)"), K.SA_CLOSED, IKE),
    Message("rekey collision detected", "", K.REKEY_COLLISION, IPSEC, ike_version=2),
    Message("not strong enough", "750011", K.PROPOSAL_REFUSED, IPSEC, reason="weaker-ike"),
    Message("Initial Contact received", "", K.INITIAL_CONTACT, IKE, RECEIVED),
    Message(
        "invalid SPI notification received",
        r"for SPI (?P<spi>0x[0-9A-Fa-f]+)",
        K.UNKNOWN_SA,
        IPSEC,
        RECEIVED,
    ),
    Message("751002", "No preshared key", K.PSK_MISSING, IKE, ike_version=2),
    Message("Need to send a DPD message", "", K.DPD_SENT, IKE, SENT),
    Message("751004", "No remote auth", K.PSK_MISSING, IKE, ike_version=2),
    Message("IKEv2 not enabled in group", "", K.UNKNOWN_PEER, IKE, ike_version=2),
    Message("Unable to find tunnel group", "", K.UNKNOWN_PEER, IKE, ike_version=2),
    Message("751010", "", K.UNKNOWN_PEER, IKE, ike_version=2),
    Message("751017", "", K.CONFIG_ERROR),
    Message(
        "751022",
        r"remote traffic selector (?P<remote_selectors>\S+) +"
        r"local traffic selector (?P<local_selectors>[^\s!]+)",
        K.SELECTORS_REFUSED,
        IPSEC,
        ike_version=2,
    ),
    Message(
        "INVALID_SELECTORS",
        r"\(SPI=(?P<spi>\w+)\)",
        K.SELECTORS_REFUSED,
        IPSEC,
        RECEIVED,
        ike_version=2,
    ),
    Message("IKEv2 Doesn't have a proposal", "", K.CONFIG_ERROR, IPSEC, reason="no-proposal"),
    Message("IKEv1 Doesn't have a transform", "", K.CONFIG_ERROR, IPSEC, reason="no-proposal"),
    Message("752015", "", K.STATUS),
    Message(
        "Unexpected IKEv2 packet",
        r"packet received from (?P<peer>[0-9A-Fa-f.:]+):\d+",
        K.IKE_VERSION_SEEN,
        IKE,
        RECEIVED,
        ike_version=2,
    ),
)

ESP = (
    Message("602303", rf"An inbound .*{_BETWEEN}created", K.SA_ESTABLISHED, IPSEC),
    Message("602304", rf"An inbound .*{_BETWEEN}deleted", K.SA_CLOSED, IPSEC),
    Message("402114", _ESP + "invalid SPI", K.UNKNOWN_SA, IPSEC, RECEIVED),
    Message("402116", _ESP + "match", K.STATUS, IPSEC, reason="outside-selectors"),
    Message("402119", _ESP + "anti-replay", K.STATUS, IPSEC, reason="replay"),
    Message("402120", _ESP + "authentication", K.STATUS, IPSEC, reason="hmac"),
    Message("602101", "greater than effective mtu", K.PACKET_TOO_LONG),
    Message("602103", r"with peer (?P<peer>[\d.]*\d)", K.PACKET_TOO_LONG, IPSEC),
)

_FAILED = r"(?:Certificate validation failed|Certificate chain failed validation|751006).*"
CERTIFICATES = (
    Message("ertificate", _FAILED + "expired", K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Message(
        "ertificate",
        _FAILED + "not yet valid",
        K.CERTIFICATE_INVALID,
        IKE,
        reason="not-yet-valid",
    ),
    Message("ertificate", _FAILED + "revoked", K.CERTIFICATE_INVALID, IKE, reason="revoked"),
    Message(
        "ertificate",
        _FAILED + r"(?:no (?:suitable|certificate to validate)|issuer)",
        K.CERTIFICATE_INVALID,
        IKE,
        reason="unknown-issuer",
    ),
    Message("ertificate", _FAILED, K.CERTIFICATE_INVALID, IKE),
)

_CHANGED = (
    r"executed (?:the )?'(?!show )(?:[^']* )?"
    r"(?:crypto|tunnel-group|vpn-sessiondb|route|reload|isakmp|ikev[12]|ipsec)\b"
)
APPLIANCE = (
    Message("411001", r"Interface (?P<connection>\S+?), changed", K.LINK_CHANGED, state_to="up"),
    Message("411002", r"Interface (?P<connection>\S+?), changed", K.LINK_CHANGED, state_to="down"),
    Message("104001", "Switching to ACTIVE", K.STATUS, reason="failover"),
    Message("104002", "Switching to STANDBY", K.STATUS, reason="failover"),
    Message("199001", "", K.DAEMON_STOPPED, reason="operator"),
    Message("199002", "", K.DAEMON_STARTED, reason="device-restarted"),
    Message("111008", _CHANGED, K.OPERATOR_ACTION, reason="configured"),
    Message("111010", _CHANGED, K.OPERATOR_ACTION, reason="configured"),
)

_NEIGHBOR = r"(?P<way>sent to|received from) neighbor (?P<neighbor>[0-9A-Fa-f.:]*[0-9A-Fa-f])\b.*?"
NEIGHBORS = (
    Message("418019", _NEIGHBOR + "hold time", K.BGP_HOLD_TIMER_EXPIRED, Phase.BGP),
    Message("418019", _NEIGHBOR + "wrong AS", K.BGP_BAD_PEER_AS, Phase.BGP),
    Message("418019", _NEIGHBOR, K.BGP_NOTIFICATION, Phase.BGP),
    *BGP,
)

SYSLOG = (*IKEV2, *ESP, *CERTIFICATES, *APPLIANCE)
