"""What charon's messages mean, by their first word, as far as one message tells it alone.

The texts are those of strongSwan 5 and 6 at log level 1 (libcharon); a message that needs what
came before it is in `strongswan.py`.
"""

import re

from bothup.model.event import Direction, EventKind, Phase
from bothup.read.logs._rules import Rule, by_first_word

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED

RULES = by_first_word(
    # Liveness
    Rule("sending", r"sending DPD request", K.DPD_SENT, IKE, SENT),
    Rule("DPD", r"DPD check timed out, enforcing DPD action", K.DPD_TIMEOUT, IKE),
    Rule(
        "received",
        r"received retransmit of (?:DPD )?request(?: with ID (?P<message_id>\d+))?, retransmitting",
        K.PEER_RETRANSMIT,
        IKE,
        RECEIVED,
    ),
    # Half-open, NAT, network
    Rule(
        "deleting",
        r"deleting half open IKE_SA (?:\S+ )?with (?P<peer>\S+) after timeout",
        K.HALF_OPEN_TIMEOUT,
        IKE,
    ),
    Rule("local", r"local host is behind NAT", K.NAT_DETECTED, IKE, more={"nat": "local"}),
    Rule("remote", r"remote host is behind NAT", K.NAT_DETECTED, IKE, more={"nat": "remote"}),
    Rule("detected", r"detected changes in NAT mappings", K.NAT_MAPPING_CHANGED, IKE),
    Rule("NAT", r"NAT mappings of CHILD_SA .*changed", K.NAT_MAPPING_CHANGED, IPSEC),
    Rule("no", r"no route found to reach", K.NETWORK_ERROR, more={"reason": "no-route"}),
    # Authentication
    Rule("tried", r"tried (?P<count>\d+) shared keys? for .*MAC mismatched", K.PSK_MISMATCH, IKE),
    Rule("no", r"no shared key found for (?P<got>.+)", K.PSK_MISSING, IKE),
    Rule(
        "invalid",
        r"invalid (?P<payloads>\w+) payload length, decryption failed",
        K.UNDECRYPTABLE,
        IKE,
        RECEIVED,
    ),
    Rule("could", r"could not decrypt payloads", K.UNDECRYPTABLE, IKE, RECEIVED),
    Rule(
        "received",
        r"received AUTHENTICATION_FAILED (?:notify|error notify|notify error)",
        K.AUTHENTICATION_FAILED,
        IKE,
        RECEIVED,
    ),
    Rule(
        "IDir",
        r"IDir '(?P<got>[^']*)' does not match to '(?P<wanted>[^']*)'",
        K.IDENTITY_MISMATCH,
        IKE,
    ),
    Rule(
        "received",
        r"received IDr '?(?P<got>[^',]*)'?, but require '?(?P<wanted>[^']*)",
        K.IDENTITY_MISMATCH,
        IKE,
    ),
    Rule(
        "constraint",
        r"constraint check failed: \w*\s?identity '(?P<wanted>[^']*)'.* required"
        r"(?:, not matched by '(?P<got>[^']*)')?",
        K.IDENTITY_MISMATCH,
        IKE,
    ),
    Rule(
        "constraint",
        r"constraint check failed: certificate does not confirm identity '(?P<wanted>[^']*)'",
        K.IDENTITY_MISMATCH,
        IKE,
    ),
    Rule(
        "constraint",
        r"constraint check failed: peer not authenticated (?:by CA|with peer cert)",
        K.CERTIFICATE_INVALID,
        IKE,
        more={"reason": "unknown-issuer"},
    ),
    Rule(
        "constraint",
        r"constraint requires (?P<wanted>.+?) authentication, but (?P<got>.+?) was used",
        K.AUTH_METHOD_MISMATCH,
        IKE,
    ),
    # Certificates
    Rule(
        "no",
        r"no issuer certificate found for",
        K.CERTIFICATE_INVALID,
        IKE,
        more={"reason": "unknown-issuer"},
    ),
    Rule(
        "self-signed",
        r"self-signed certificate .* is not trusted",
        K.CERTIFICATE_INVALID,
        IKE,
        more={"reason": "unknown-issuer"},
    ),
    Rule(
        "no",
        r"no trusted \S+ public key found for (?P<got>.+)",
        K.CERTIFICATE_INVALID,
        IKE,
        more={"reason": "untrusted"},
    ),
    Rule(
        "certificate",
        r"certificate was revoked",
        K.CERTIFICATE_INVALID,
        IKE,
        more={"reason": "revoked"},
    ),
    Rule(
        "no",
        r"no private key found for",
        K.CERTIFICATE_INVALID,
        IKE,
        more={"reason": "no-private-key"},
    ),
    Rule("peer", r"peer certificate verification failed", K.CERTIFICATE_INVALID, IKE),
    # Refusals
    Rule(
        "no",
        r"no IKE config found for \S+?\.\.\.(?P<peer>[0-9a-fA-F.:]+?), sending",
        K.UNKNOWN_PEER,
        IKE,
    ),
    Rule(
        "received",
        r"received unsupported IKE version (?P<ike_version>\d)\.\d from (?P<peer>\S+?),",
        K.UNKNOWN_PEER,
        IKE,
    ),
    Rule(
        "received",
        r"received (?:TS_UNACCEPTABLE|INVALID_ID_INFORMATION) (?:error )?notify",
        K.SELECTORS_REFUSED,
        IPSEC,
        RECEIVED,
    ),
    Rule(
        "traffic",
        r"traffic selectors (?P<got>.+?) unacceptable",
        K.SELECTORS_REFUSED,
        IPSEC,
        SENT,
    ),
    Rule(
        "no",
        r"no matching CHILD_SA config found(?: for (?P<got>.+))?",
        K.SELECTORS_REFUSED,
        IPSEC,
        SENT,
    ),
    Rule("no", r"no acceptable traffic selectors found", K.SELECTORS_REFUSED, IPSEC),
    Rule("failed", r"failed to establish CHILD_SA, keeping IKE_SA", K.CHILD_FAILED, IPSEC),
    Rule(
        "unable",
        r"unable to install .*IPsec SA",
        K.CHILD_FAILED,
        IPSEC,
        more={"reason": "kernel"},
    ),
    Rule(
        "peer",
        r"peer didn't accept (?:DH group|key exchange method) (?P<configured>\w+), "
        r"it requested (?P<wanted>\w+)",
        K.WRONG_DH_GUESS,
        IKE,
        RECEIVED,
    ),
    Rule(
        "DH",
        r"DH group (?P<received>\w+) unacceptable, requesting (?P<wanted>\w+)",
        K.WRONG_DH_GUESS,
        IKE,
        SENT,
    ),
    Rule(
        "key",
        r"key exchange method (?P<received>\w+) unacceptable, requesting (?P<wanted>\w+)",
        K.WRONG_DH_GUESS,
        IKE,
        SENT,
    ),
    Rule("Aggressive", r"Aggressive Mode PSK disabled", K.MODE_REFUSED, IKE, SENT),
    Rule("found", r"found \d+ matching configs?, but none allows", K.MODE_REFUSED, IKE, SENT),
    # The end of SAs
    Rule("received", r"received DELETE for IKE_SA", K.DELETE, IKE, RECEIVED),
    Rule(
        "received",
        r"received DELETE for (?:ESP|AH) CHILD_SA with SPI (?P<spi>\w+)",
        K.DELETE,
        IPSEC,
        RECEIVED,
    ),
    Rule("sending", r"sending DELETE for IKE_SA", K.DELETE, IKE, SENT),
    Rule(
        "sending",
        r"sending DELETE for (?:ESP|AH) CHILD_SA with SPI (?P<spi>\w+)",
        K.DELETE,
        IPSEC,
        SENT,
    ),
    Rule(
        "deleting",
        r"deleting IKE_SA after (?P<seconds>\d+) seconds of CHILD_SA inactivity",
        K.IDLE_CLOSED,
        IKE,
    ),
    Rule(
        "deleting",
        r"deleting CHILD_SA after (?P<seconds>\d+) seconds of inactivity",
        K.IDLE_CLOSED,
        IPSEC,
    ),
    Rule(
        "closing",
        r"closing expired CHILD_SA .*?with SPIs (?P<spi>\w+)_i(?: \((?P<bytes_in>\d+) bytes\))? "
        r"\w+_o(?: \((?P<bytes_out>\d+) bytes\))?",
        K.SA_EXPIRED,
        IPSEC,
    ),
    Rule(
        "closing",
        r"closing CHILD_SA .*?with SPIs (?P<spi>\w+)_i(?: \((?P<bytes_in>\d+) bytes\))? "
        r"\w+_o(?: \((?P<bytes_out>\d+) bytes\))?",
        K.SA_CLOSED,
        IPSEC,
    ),
    Rule("deleting", r"deleting IKE_SA \S+ between", K.SA_CLOSED, IKE),
    Rule(
        "destroying",
        r"destroying duplicate IKE_SA for peer .*received INITIAL_CONTACT",
        K.INITIAL_CONTACT,
        IKE,
        RECEIVED,
    ),
    Rule("deleting", r"deleting duplicate IKE_SA for peer", K.REDUNDANT_SA, IKE),
    # Rekeying
    Rule("IKE_SA", r"IKE_SA \S+ rekeyed between", K.REKEY_DONE, IKE),
    Rule("IKE_SA", r"IKE_SA rekeying failed, trying again", K.REKEY_FAILED, IKE),
    Rule("CHILD_SA", r"CHILD_SA rekeying failed, trying again", K.REKEY_FAILED, IPSEC),
    Rule(
        "rekeying",
        r"rekeying IKE_SA failed, peer not responding",
        K.REKEY_FAILED,
        IKE,
        more={"reason": "no-answer"},
    ),
    Rule(
        "received",
        r"received TEMPORARY_FAILURE notify",
        K.REKEY_FAILED,
        IPSEC,
        RECEIVED,
        more={"reason": "temporary-failure"},
    ),
    Rule("reauthenticating", r"reauthenticating IKE_SA", K.REAUTHENTICATION, IKE),
    Rule("detected", r"detected (?P<reason>\w+ collision with \w+)", K.REKEY_COLLISION, IPSEC),
    Rule("detected", r"detected rekey collision", K.REKEY_COLLISION, IPSEC),
    Rule("CHILD_SA", r"CHILD_SA rekey collision (?:won|lost)", K.REKEY_COLLISION, IPSEC),
    Rule("IKE_SA", r"IKE_SA rekey collision (?:won|lost)", K.REKEY_COLLISION, IKE),
    Rule("IKE_SA", r"IKE_SA expired without replacement", K.SA_EXPIRED, IKE),
    # Operator and daemon
    Rule("spawning", r"spawning \d+ worker threads", K.DAEMON_STARTED),
    Rule("SIGTERM", r"SIGTERM received, shutting down", K.DAEMON_STOPPED),
    Rule("SIGINT", r"SIGINT received, shutting down", K.DAEMON_STOPPED),
    Rule("vici", r"vici (?P<reason>initiate|terminate)", K.OPERATOR_ACTION),
    Rule("received", r"received stroke: (?P<reason>initiate|terminate)", K.OPERATOR_ACTION),
)

STARTS = re.compile(
    r"initiating (?:(?P<mode>Main|Aggressive) Mode )?IKE_SA (?P<connection>.+?)\[(?P<sa>\d+)\] "
    r"to (?P<peer>[0-9a-fA-F.:]+)"
)
ANSWERS = re.compile(
    r"(?P<peer>[0-9a-fA-F.:]+) is initiating (?:an? )?(?:(?P<mode>Main|Aggressive) Mode )?IKE_SA"
)
MESSAGE = re.compile(
    r"(?P<way>generating|parsed) (?P<exchange>[A-Z_0-9]+) (?P<kind>request|response) "
    r"(?P<message_id>\d+)(?: \[ ?(?P<payloads>.*?) ?\])?"
)
PACKET = re.compile(
    r"(?:sending|received) packet: from (?P<source>[0-9a-fA-F.:]+)\[(?P<sport>\d+)\] "
    r"to (?P<target>[0-9a-fA-F.:]+)\[(?P<port>\d+)\]"
)
RETRANSMIT = re.compile(
    r"(?:sending )?retransmit (?P<count>\d+) of request (?:with )?message ID (?P<message_id>\d+)"
    r"(?:, seq (?P<sequence>\d+))?"
)
GIVE_UP = re.compile(r"giving up after (?P<count>\d+) retransmits")
UP_IKE = re.compile(
    r"IKE_SA (?P<connection>.+?)\[(?P<sa>\d+)\] established between "
    r"(?P<local>[^\[]+)\[(?P<got>.*?)\]\.\.\.(?P<peer>[^\[]+)\[(?P<wanted>.*)\]"
)
UP_CHILD = re.compile(
    r"(?P<half>inbound |outbound )?CHILD_SA (?P<connection>.+?)\{(?P<sa>\d+)\} established "
    r"with SPIs (?P<spi>\w+)_i \w+_o and TS (?P<local_selectors>.*?) === (?P<remote_selectors>.*)"
)
PROPOSALS = re.compile(r"(?P<whose>received|configured) proposals: (?P<list>.+)")
NO_PROPOSAL = re.compile(
    r"received NO_PROPOSAL_CHOSEN (?:error notify|notify error|notify)(?P<child>, no CHILD_SA)?"
)
REFUSED = re.compile(
    r"(?:received proposals unacceptable|no (?:matching |acceptable )?proposal found)"
)
LOOKS = re.compile(
    r"looking for (?:.+ )?peer configs matching [^\[.]+(?:\.\d+)*(?:\[(?P<wanted>.*?)\])?"
    r"\.\.\.(?P<peer>[^\[]+)\[(?P<got>.*)\]"
)
UNKNOWN = re.compile(r"no (?:matching )?peer config found")
PROVES = re.compile(r"authentication of '(?P<got>.*?)' \(myself\) with (?P<method>.+)")
BELIEVES = re.compile(r"authentication of '(?P<got>.*?)' with (?P<method>.+?) successful")
SOCKET = re.compile(r"error writing to socket: (?P<why>.+)")
VALIDITY = re.compile(r"\w+ certificate invalid \(valid from (?P<begin>.+?) to (?P<end>.+?)\)")
