"""Event: one thing that happened to a tunnel, as a log line of either side tells it.

Every log parser yields these, whatever the vendor, so that a cause reads IKE, IPsec and BGP and
never a vendor's wording. The terms are those of RFC 7296 (IKEv2), RFC 2409 (IKEv1) and RFC 4271
(BGP): phase 1 is the IKE SA, phase 2 the CHILD SA.
"""

import enum
from datetime import datetime
from typing import TypedDict

import msgspec


class Side(enum.StrEnum):
    """Who wrote the line: AWS's tunnel endpoint or the customer gateway device."""

    AWS = "aws"
    DEVICE = "device"


class Phase(enum.StrEnum):
    """Which of the three negotiations an event belongs to."""

    IKE = "ike"
    IPSEC = "ipsec"
    BGP = "bgp"


class Direction(enum.StrEnum):
    """Which way the message went, seen from the side that wrote the line."""

    SENT = "sent"
    RECEIVED = "received"


class Role(enum.StrEnum):
    """The writing side's role in the exchange that the event belongs to."""

    INITIATOR = "initiator"
    RESPONDER = "responder"


class EventKind(enum.StrEnum):
    """What happened. `details` names the members of Details that usually come with it."""

    # Exchanges
    NEGOTIATION_STARTED = "negotiation-started"  # direction; exchange, ike_version
    EXCHANGE = "exchange"  # a message of an exchange; direction; exchange, message_id, payloads
    IKE_VERSION_SEEN = "ike-version-seen"  # of the peer; ike_version
    RETRANSMIT = "retransmit"  # own request again; message_id, exchange, count
    PEER_RETRANSMIT = "peer-retransmit"  # the peer's request again: our answer did not arrive
    GAVE_UP = "gave-up"  # no answer after all retransmits; message_id, exchange, count
    HALF_OPEN_TIMEOUT = "half-open-timeout"  # the peer began a negotiation and did not go on
    NETWORK_ERROR = "network-error"  # the own stack refused the packet; reason
    ICMP_REJECT = "icmp-reject"  # a router or the peer answered with ICMP; reason
    PACKET_TOO_LONG = "packet-too-long"  # ICMP "fragmentation needed" or EMSGSIZE
    NAT_DETECTED = "nat-detected"  # nat: local, remote or both
    NAT_MAPPING_CHANGED = "nat-mapping-changed"  # the peer's address or port moved
    # Refusals
    PROPOSAL_REFUSED = "proposal-refused"  # by the writer; received, configured
    NO_PROPOSAL_CHOSEN = "no-proposal-chosen"  # the notify; direction
    WRONG_DH_GUESS = "wrong-dh-guess"  # INVALID_KE_PAYLOAD: asked again with another group
    PSK_MISMATCH = "psk-mismatch"  # the writer computed that the keys differ
    UNDECRYPTABLE = "undecryptable"  # encrypted payloads made no sense: IKEv1 with wrong keys
    PSK_MISSING = "psk-missing"  # the writer has no key for this pair of identities
    AUTHENTICATING = "authenticating"  # the writer proves who it is: got (own identity), method
    AUTHENTICATED = "authenticated"  # the writer believes the peer: got, method
    AUTHENTICATION_FAILED = "authentication-failed"  # the notify, or the reason without it
    IDENTITY_MISMATCH = "identity-mismatch"  # wanted, got
    PEER_LOOKUP = "peer-lookup"  # the writer looks for who is asking: wanted (own), got (peer's)
    AUTH_METHOD_MISMATCH = "auth-method-mismatch"  # key against certificate; wanted, got
    CERTIFICATE_INVALID = "certificate-invalid"  # reason
    UNKNOWN_PEER = "unknown-peer"  # no configuration for the peer's address, version or identity
    MODE_REFUSED = "mode-refused"  # aggressive mode, XAuth and the like
    SELECTORS_REFUSED = "selectors-refused"  # TS_UNACCEPTABLE, INVALID_ID_INFORMATION
    SELECTORS_NARROWED = "selectors-narrowed"  # wanted, got
    CHILD_FAILED = "child-failed"  # phase 2 failed while the IKE SA stays
    # Security associations
    SA_ESTABLISHED = "sa-established"  # phase; role; spi, selectors, rekey
    SA_EXPIRED = "sa-expired"  # hard lifetime reached without a successor
    SA_CLOSED = "sa-closed"  # by the writer; reason
    DELETE = "delete"  # the DELETE payload; phase; direction; spi, reason
    IDLE_CLOSED = "idle-closed"  # seconds
    REKEY_STARTED = "rekey-started"  # phase; direction
    REKEY_DONE = "rekey-done"
    REKEY_FAILED = "rekey-failed"
    REKEY_COLLISION = "rekey-collision"
    REAUTHENTICATION = "reauthentication"
    REDUNDANT_SA = "redundant-sa"
    INITIAL_CONTACT = "initial-contact"  # the peer has forgotten all SAs: it restarted
    UNKNOWN_SA = "unknown-sa"  # a message for an SA that the writer no longer has
    # Liveness
    DPD_SENT = "dpd-sent"
    DPD_RECEIVED = "dpd-received"
    DPD_TIMEOUT = "dpd-timeout"  # count
    TRAFFIC_COUNTERS = "traffic-counters"  # bytes_in, bytes_out
    # The daemon and the tunnel as a whole
    DAEMON_STARTED = "daemon-started"
    DAEMON_STOPPED = "daemon-stopped"
    CONFIG_ERROR = "config-error"  # the device refused its own configuration
    OPERATOR_ACTION = "operator-action"  # reason: initiate, terminate, disable, …
    ROUTE_CHANGED = "route-changed"
    LINK_CHANGED = "link-changed"
    TUNNEL_UP = "tunnel-up"
    TUNNEL_DOWN = "tunnel-down"  # reason
    # BGP
    BGP_STATE = "bgp-state"  # state_from, state_to
    BGP_CONNECTING = "bgp-connecting"
    BGP_CONNECT_FAILED = "bgp-connect-failed"  # reason
    BGP_OPEN = "bgp-open"  # direction; asn, hold_time
    BGP_BAD_PEER_AS = "bgp-bad-peer-as"  # direction; asn, asn_wanted
    BGP_NOTIFICATION = "bgp-notification"  # direction; code, subcode
    BGP_HOLD_TIMER_EXPIRED = "bgp-hold-timer-expired"  # direction of the notification, if any
    BGP_PREFIX_LIMIT = "bgp-prefix-limit"  # prefixes, limit
    BGP_PREFIX_WARNING = "bgp-prefix-warning"  # prefixes, limit
    BGP_ROUTE = "bgp-route"  # prefix, as_path; status advertised, updated or withdrawn
    BGP_ROUTE_DENIED = "bgp-route-denied"  # prefix, reason
    BGP_END_OF_RIB = "bgp-end-of-rib"
    # Anything else worth showing
    STATUS = "status"


class Details(TypedDict, total=False):
    """What an event carries beside its kind; every member may be absent.

    `received` and `configured` are proposals, `wanted` and `got` identities, selectors or
    methods, each in the vendor's own notation. `connection` is the device's own name of the
    tunnel, `sa` the vendor's number of the SA. `exchange` is IKE_SA_INIT, IKE_AUTH,
    CREATE_CHILD_SA, INFORMATIONAL, MAIN_MODE, AGGRESSIVE or QUICK_MODE; `encrypted` says that the
    message at issue was one of those that go encrypted, on UDP 4500 behind NAT: IKE_AUTH, main
    mode 5 and later. `encapsulated` says whether an SA's ESP goes in UDP. `method` is "psk" or
    "certificate". `reason` is a short stable word ("expired", "not-yet-valid", "unknown-issuer",
    "no-route-to-host", "operator", …).
    """

    connection: str
    sa: str
    spi: str
    exchange: str
    message_id: int
    encrypted: bool
    encapsulated: bool
    method: str
    payloads: str
    ike_version: int
    count: int
    seconds: float
    reason: str
    nat: str
    received: str
    configured: str
    wanted: str
    got: str
    local_selectors: str
    remote_selectors: str
    rekey: bool
    peer: str
    bytes_in: int
    bytes_out: int
    phase1_state: str
    phase2_state: str
    nat_t: bool
    dpd: bool
    state_from: str
    state_to: str
    neighbor: str
    asn: int
    asn_wanted: int
    hold_time: int
    code: int
    subcode: int
    prefixes: int
    limit: int
    prefix: str
    as_path: str
    status: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one tunnel.

    `time` is None where the line tells none. `tunnel` is the outside IP of the AWS endpoint where
    the line, or what the log said before, tells it. `source` and `line` (from 1) point at the
    line, whose `text` is kept with every secret masked.
    """

    kind: EventKind
    side: Side
    time: datetime | None = None
    phase: Phase | None = None
    direction: Direction | None = None
    role: Role | None = None
    tunnel: str | None = None
    details: Details = {}
    source: str = ""
    line: int = 0
    text: str = ""
