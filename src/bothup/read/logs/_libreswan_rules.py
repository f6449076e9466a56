"""What pluto's messages mean; texts of Openswan 2.6 and Libreswan 3 to 5, on what they share.

A rule has a needle, which the message must hold, because that is found far faster than a pattern.
"""

import re

from bothup.model.event import Details, Direction, EventKind, Phase, Role

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
_NOTIFY = (
    r"(?:ignoring (?:\w+ )?informational payload,?(?: type)?"
    r"|received and ignored notification payload:) "
)


class Rule:
    """One message: named groups of the pattern become Details, beside `more`."""

    def __init__(
        self,
        needle: str,
        pattern: str | None,
        kind: EventKind,
        phase: Phase | None = None,
        direction: Direction | None = None,
        role: Role | None = None,
        **more: object,
    ) -> None:
        self.needle, self.kind, self.phase = needle, kind, phase
        self.direction, self.role = direction, role
        self.search = re.compile(pattern or re.escape(needle)).search
        self.more: Details = more  # type: ignore[assignment]


RULES = (
    # SAs come up
    Rule("IPsec SA established", None, K.SA_ESTABLISHED, IPSEC),
    Rule("established Child SA", None, K.SA_ESTABLISHED, IPSEC),
    Rule("rekeyed Child SA", None, K.SA_ESTABLISHED, IPSEC, rekey=True),
    Rule("rejected Child SA response", None, K.CHILD_FAILED, IPSEC),
    Rule("rekeyed IKE SA", None, K.REKEY_DONE, IKE),
    Rule(
        "established IKE SA",
        r"established IKE SA; authenticated peer.*?(?:ID_\w+ |certificate )'(?P<got>[^']*)'",
        K.SA_ESTABLISHED,
        IKE,
    ),
    Rule("established IKE SA", r"(?:initiat|respond)or established IKE SA", K.SA_ESTABLISHED, IKE),
    Rule("ISAKMP SA established", None, K.SA_ESTABLISHED, IKE),
    Rule("IKE SA established", r"IKE SA established \{", K.SA_ESTABLISHED, IKE),
    Rule("PARENT SA established", None, K.SA_ESTABLISHED, IKE),
    # Negotiations and rekeys begin
    Rule(
        "initiating Quick Mode",
        r"initiating Quick Mode .*to replace #(?P<sa>\d+)",
        K.REKEY_STARTED,
        IPSEC,
        SENT,
        ike_version=1,
    ),
    Rule("initiating rekey to replace", r"replace (?:Child|CHILD)", K.REKEY_STARTED, IPSEC, SENT),
    Rule("initiating rekey to replace", None, K.REKEY_STARTED, IKE, SENT),
    Rule("initiate reauthentication of IKE SA", None, K.REAUTHENTICATION, IKE),
    Rule(
        "initiating",
        r"initiating (?:IKEv1 )?Main Mode",
        K.NEGOTIATION_STARTED,
        IKE,
        SENT,
        Role.INITIATOR,
        exchange="MAIN_MODE",
        ike_version=1,
    ),
    Rule(
        "initiating",
        r"initiating (?:IKEv1 )?Aggressive Mode",
        K.NEGOTIATION_STARTED,
        IKE,
        SENT,
        Role.INITIATOR,
        exchange="AGGRESSIVE",
        ike_version=1,
    ),
    Rule(
        "initiating",
        r"initiating (?:IKEv2 connection|IKEv2 IKE SA|v2 parent SA)",
        K.NEGOTIATION_STARTED,
        IKE,
        SENT,
        Role.INITIATOR,
        exchange="IKE_SA_INIT",
        ike_version=2,
    ),
    Rule(
        "responding to Main Mode",
        None,
        K.NEGOTIATION_STARTED,
        IKE,
        RECEIVED,
        Role.RESPONDER,
        exchange="MAIN_MODE",
        ike_version=1,
    ),
    Rule(
        "sent IKE_SA_INIT",
        r"sent IKE_SA_INIT (?:reply|response)",
        K.NEGOTIATION_STARTED,
        IKE,
        RECEIVED,
        Role.RESPONDER,
        exchange="IKE_SA_INIT",
        ike_version=2,
    ),
    # Keys and identities
    Rule("computed hash does not match", None, K.PSK_MISMATCH, IKE),
    Rule("AUTH mismatch", None, K.PSK_MISMATCH, IKE),
    Rule("mismatch of preshared secrets", None, K.UNDECRYPTABLE, IKE, RECEIVED, ike_version=1),
    Rule(
        "of ISAKMP",
        r"ISAKMP (?:Identification|Hash) Payload (?:has an unknown value|must be zero)",
        K.UNDECRYPTABLE,
        IKE,
        RECEIVED,
        ike_version=1,
    ),
    Rule("preshared key", r"no preshared key found for (?P<got>.+)", K.PSK_MISSING, IKE),
    Rule("PreShared Key", r"(?:[Ff]ailed to find|no) (?:our )?PreShared Key", K.PSK_MISSING, IKE),
    Rule("rejected", r"authentication request rejected(?: by peer)?: AUTHENTICATION_FAILED",
         K.AUTHENTICATION_FAILED, IKE, RECEIVED),
    Rule("AUTHENTICATION_FAILED", _NOTIFY + "AUTHENTICATION_FAILED", K.AUTHENTICATION_FAILED, IKE,
         RECEIVED),
    Rule("AUTHENTICATION_FAILED", r"(?:sending|responding .*with).*AUTHENTICATION_FAILED",
         K.AUTHENTICATION_FAILED, IKE, SENT),
    Rule("Hash Payload does not match", None, K.UNDECRYPTABLE, IKE, RECEIVED, ike_version=1),
    Rule("PAYLOAD_MALFORMED", _NOTIFY + "PAYLOAD_MALFORMED", K.UNDECRYPTABLE, IKE, RECEIVED,
         ike_version=1),
    Rule(
        "peer to have ID",
        r"peer to have ID '(?P<wanted>[^']*)',? but peer declares '(?P<got>[^']*)'",
        K.IDENTITY_MISMATCH,
        IKE,
    ),
    Rule("ismatched on", r"(?:peer|Peer) ID (?:\w+ )?'(?P<got>[^']*)' mismatched on",
         K.IDENTITY_MISMATCH, IKE),
    Rule("no suitable connection for peer", r"for peer '(?P<got>[^']*)'", K.IDENTITY_MISMATCH, IKE),
    Rule("does not match", r"'(?P<got>[^']*)' does not match expected '(?P<wanted>[^']*)'",
         K.IDENTITY_MISMATCH, IKE),
    Rule("does not match", r"subject[aA]lt[nN]ame .*does not match (?:\w+ )?'?(?P<wanted>[^']*)",
         K.IDENTITY_MISMATCH, IKE),
    Rule("does not match", r"does not match (?:connection ID|peer ID)", K.IDENTITY_MISMATCH, IKE),
    Rule("subjectAltName", r"contains no subjectAltName extension to match .*'(?P<wanted>[^']*)'",
         K.IDENTITY_MISMATCH, IKE),
    Rule("authentication requires policy", r"requires policy (?P<wanted>\w+)",
         K.AUTH_METHOD_MISMATCH, IKE),
    Rule("authentication but we want",
         r"attempted (?P<got>.+?) authentication but we want (?P<wanted>\w+)",
         K.AUTH_METHOD_MISMATCH, IKE),
    Rule("RSA-SHA1 is not allowed", None, K.AUTH_METHOD_MISMATCH, IKE, wanted="RSA-SHA1"),
    # Certificates
    Rule("ertificate has expired", None, K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Rule("EXPIRED_CERTIFICATE", None, K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Rule("REVOKED_CERTIFICATE", None, K.CERTIFICATE_INVALID, IKE, reason="revoked"),
    Rule("UNKNOWN_ISSUER", None, K.CERTIFICATE_INVALID, IKE, reason="unknown-issuer"),
    Rule("issuer is not recognized", None, K.CERTIFICATE_INVALID, IKE, reason="unknown-issuer"),
    Rule("locate my private key", None, K.CERTIFICATE_INVALID, IKE, reason="no-private-key"),
    Rule("failed verification", None, K.CERTIFICATE_INVALID, IKE),
    Rule("rejected for this connection", r"[Cc]ertificate (?:payload )?rejected",
         K.CERTIFICATE_INVALID, IKE),
    Rule("public key known for", r"no \w+ public key known for", K.CERTIFICATE_INVALID, IKE,
         reason="untrusted"),
    Rule("end certificate invalid", None, K.CERTIFICATE_INVALID, IKE),
    # Proposals
    Rule("NO_PROPOSAL_CHOSEN", r"rejected Child SA with NO_PROPOSAL_CHOSEN", K.NO_PROPOSAL_CHOSEN,
         IPSEC, RECEIVED, exchange="IKE_AUTH"),
    Rule("NO_PROPOSAL_CHOSEN", r"AUTH response contained the error notification NO_PROPOSAL_CHOSEN",
         K.NO_PROPOSAL_CHOSEN, IPSEC, RECEIVED, exchange="IKE_AUTH"),
    Rule("NO_PROPOSAL_CHOSEN", r"CREATE_CHILD_SA failed.*NO_PROPOSAL_CHOSEN", K.NO_PROPOSAL_CHOSEN,
         IPSEC, RECEIVED, exchange="CREATE_CHILD_SA"),
    Rule("NO_PROPOSAL_CHOSEN", r"(?:containing|unauthenticated) (?:v2N_)?NO_PROPOSAL_CHOSEN",
         K.NO_PROPOSAL_CHOSEN, IKE, RECEIVED, exchange="IKE_SA_INIT"),
    Rule("NO_PROPOSAL_CHOSEN", r"STATE_(?:V2_)?PARENT_I1: v2N_NO_PROPOSAL_CHOSEN",
         K.NO_PROPOSAL_CHOSEN, IKE, RECEIVED, exchange="IKE_SA_INIT"),
    Rule("NO_PROPOSAL_CHOSEN", r"with unencrypted notification (?:v2N_)?NO_PROPOSAL_CHOSEN",
         K.NO_PROPOSAL_CHOSEN, IKE, SENT, exchange="IKE_SA_INIT"),
    Rule("NO_PROPOSAL_CHOSEN", r"sending encrypted notification NO_PROPOSAL_CHOSEN",
         K.NO_PROPOSAL_CHOSEN, IPSEC, SENT),
    Rule("NO_PROPOSAL_CHOSEN", r"sending notification NO_PROPOSAL_CHOSEN", K.NO_PROPOSAL_CHOSEN,
         IKE, SENT),
    Rule("NO_PROPOSAL_CHOSEN", _NOTIFY + "NO_PROPOSAL_CHOSEN", K.NO_PROPOSAL_CHOSEN, None, RECEIVED,
         ike_version=1),
    Rule("no local proposal matches", r"matches remote proposals (?P<received>\d*:?IKE\b.+)",
         K.PROPOSAL_REFUSED, IKE),
    Rule("no local proposal matches", r"matches remote proposals (?P<received>.+)",
         K.PROPOSAL_REFUSED, IPSEC),
    Rule("no acceptable Oakley Transform", None, K.PROPOSAL_REFUSED, IKE),
    Rule("Oakley Transform", r"Oakley Transform \[(?P<received>[^\]]*)\] refused",
         K.PROPOSAL_REFUSED, IKE),
    Rule("no acceptable Proposal in IPsec SA", None, K.PROPOSAL_REFUSED, IPSEC),
    Rule("we require PFS but", None, K.PROPOSAL_REFUSED, IPSEC, reason="pfs"),
    Rule("Transform refused", r"(?:ESP|IPsec) IPsec Transform refused", K.PROPOSAL_REFUSED, IPSEC),
    Rule(
        "INVALID_KE_PAYLOAD response to DH",
        r"response to DH (?P<configured>\w+); resending with suggested DH (?P<wanted>\w+)",
        K.WRONG_DH_GUESS,
        IKE,
        RECEIVED,
    ),
    Rule("guessed wrong keying material group", None, K.WRONG_DH_GUESS, IKE, SENT),
    # Selectors
    Rule("TS_UNACCEPTABLE", r"(?:with|notification) TS_UNACCEPTABLE", K.SELECTORS_REFUSED, IPSEC,
         RECEIVED),
    Rule("INVALID_ID_INFORMATION", _NOTIFY + "INVALID_ID_INFORMATION", K.SELECTORS_REFUSED, None,
         RECEIVED, ike_version=1),
    Rule("INVALID_ID_INFORMATION", r"sending encrypted notification INVALID_ID_INFORMATION",
         K.SELECTORS_REFUSED, IPSEC, SENT),
    Rule("no connection is known for", r"no connection is known for (?P<got>.+)",
         K.SELECTORS_REFUSED, IPSEC, SENT),
    Rule("compatible Traffic Selectors", None, K.SELECTORS_REFUSED, IPSEC, SENT),
    Rule("subnet returned doesn't match", r"us: ?(?P<wanted>\S+) vs them: ?(?P<got>\S+)",
         K.SELECTORS_REFUSED, IPSEC),
    # Nobody configured
    Rule("no connection has been", r"no (?:\(wildcard\) )?connection has been (?:auth|conf)",
         K.UNKNOWN_PEER, IKE),
    Rule("no suitable connection found with", None, K.UNKNOWN_PEER, IKE),
    Rule("no matching connection has been authorized", None, K.UNKNOWN_PEER, IKE),
    Rule("cannot identify ourselves", None, K.CONFIG_ERROR),
    Rule("failed to add connection", None, K.CONFIG_ERROR),
    # The end of SAs
    Rule(
        "Delete SA",
        r"received Delete SA(?:\((?P<spi>0x\w+)\))? payload: (?:deleting|delete|replace) "
        r"(?:IPSEC|IPsec|CHILD SA) ?(?:State )?#(?P<sa>\d+)",
        K.DELETE,
        IPSEC,
        RECEIVED,
    ),
    Rule(
        "Delete SA",
        r"received Delete SA payload: (?:self-)?delet(?:ing|e) (?:ISAKMP|IKE) (?:State|SA) "
        r"#(?P<sa>\d+)",
        K.DELETE,
        IKE,
        RECEIVED,
    ),
    Rule("_DEL)", r"\(STATE_CHILDSA_DEL\)", K.DELETE, IPSEC, RECEIVED),
    Rule("_DEL)", r"\(STATE_IKESA_DEL\)", K.DELETE, IKE, RECEIVED),
    Rule("SA expired", r"SA expired \(superseded", K.STATUS),
    Rule("SA expired", r"(?:ISAKMP|IKE) SA expired \((?:--)?(?P<reason>[\w-]+)", K.SA_EXPIRED, IKE),
    Rule("SA expired", r"SA expired \((?:--)?(?P<reason>[\w-]+)", K.SA_EXPIRED, IPSEC),
    Rule("unknown (expired?) SA", None, K.UNKNOWN_SA, IKE, RECEIVED),
    Rule("for a non-existent", r"is for a non-existent", K.UNKNOWN_SA, IKE, RECEIVED),
    Rule("has no corresponding IKE SA", None, K.UNKNOWN_SA, IKE, RECEIVED),
    Rule("crashed; replacing", None, K.INITIAL_CONTACT, IKE, RECEIVED),
    Rule("terminating SAs using this connection", None, K.OPERATOR_ACTION, reason="terminate"),
    # Liveness
    Rule("eclaring peer dead", None, K.DPD_TIMEOUT, IKE),
    Rule("liveness", r"has not responded in (?P<seconds>\d+) seconds", K.DPD_TIMEOUT, IKE),
    Rule("liveness", r"liveness(?::)? action", K.DPD_TIMEOUT, IKE),
    Rule("duplicate", r"retransmitting (?:in )?response", K.PEER_RETRANSMIT, IKE, RECEIVED),
    # NAT and network
    Rule("NAT-Traversal: Result", r"(?:[iI] am|local end is|we are) (?:behind NAT|NATed)",
         K.NAT_DETECTED, IKE, nat="local"),
    Rule("NAT-Traversal: Result", r"peer (?:is )?(?:behind NAT|NATed)", K.NAT_DETECTED, IKE,
         nat="remote"),
    Rule("NAT-Traversal: Result", r"both are NATed", K.NAT_DETECTED, IKE, nat="both"),
    Rule("asynchronous network error", r"message to (?P<peer>\S+) .*(?:type 3 code 4|errno 90)",
         K.PACKET_TOO_LONG),
    Rule("asynchronous network error",
         r"message to (?P<peer>\S+) .*complainant \S+: (?P<reason>[\w ]+)", K.ICMP_REJECT),
    Rule("sendto on", r"failed in .*?[:.] ?(?:Errno \d+: )?(?P<reason>[A-Z][\w ]+)",
         K.NETWORK_ERROR),
    # The daemon
    Rule("Starting Pluto", None, K.DAEMON_STARTED),
    Rule("shutting down", r"^(?:\S+ )?shutting down|Pluto is shutting down", K.DAEMON_STOPPED),
)  # fmt: skip

TIMED_OUT = re.compile(
    r"(?:(?:STATE_)?(?P<state>[A-Z][A-Z0-9_]+): )?(?:\d+ second timeout exceeded after "
    r"(?P<count>\d+) retransmits|max number of retransmissions \((?P<max>\d+)\) reached"
    r"(?: (?:STATE_)?(?P<at>[A-Z]\w+))?)"
    r"(?P<rest>.*)"
)
RETRANSMIT = re.compile(
    r"(?:STATE_)?(?P<state>[A-Z][A-Z0-9_]+)(?:: (?:retransmission; will|suppressing retransmit)"
    r"| \(.*?\); EVENT_(?:v[12]_)?RETRANSMIT)"
)
DELETING = re.compile(
    r"deleting (?:other )?(?:state|IKE SA|Child SA|IPsec SA)(?: #(?P<sa>\d+))?.*?"
    r"\((?:STATE_)?(?P<state>[A-Za-z0-9_ ]+)\).*?(?P<quiet>NOT )?sending notification"
)
COUNTERS = re.compile(
    r"(?:ESP(?:inUDP)? traffic information: )?\b(?:ESP|AH)?in=(?P<in>\d+)(?P<in_unit>[KMG]?)B "
    r"(?:ESP|AH)?out=(?P<out>\d+)(?P<out_unit>[KMG]?)B"
)
