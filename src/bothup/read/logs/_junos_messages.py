"""Messages of Junos: kmd and iked on VPNs, rpd on BGP, and the device itself.

Text and structured syslog have the same names of messages; a structured line may have no text.
"""

from bothup.model.event import Direction, EventKind, Phase
from bothup.read.logs._messages import Message

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
RECEIVED = Direction.RECEIVED
_IP = r"[0-9A-Fa-f.:]*[0-9A-Fa-f]"
_FROM = rf"VPN (?P<connection>\S+) from (?P<peer>{_IP}) is {{}}"
_REASON = r"\bReason: [^,]{{0,160}}?{}"

VPN = (
    Message("VPN_UP_ALARM_USER", _FROM.format("up"), K.TUNNEL_UP),
    Message(
        "VPN_DOWN_ALARM_USER",
        _FROM.format("down") + r"(?:.*\bReason: (?P<reason>\w[^,.]*))?",
        K.TUNNEL_DOWN,
    ),
    Message(
        "VPN_UP_ALARM_USER",
        rf'^(?=.*\bvpn-name="(?P<connection>[^"]+)")?(?=.*\bremote-address="(?P<peer>{_IP})")',
        K.TUNNEL_UP,
    ),
    Message(
        "VPN_DOWN_ALARM_USER",
        rf'^(?=.*\bvpn-name="(?P<connection>[^"]+)")?(?=.*\bremote-address="(?P<peer>{_IP})")',
        K.TUNNEL_DOWN,
    ),
    Message(
        "PM_SA_ESTABLISHED",
        rf"Local gateway: (?P<local>{_IP}), Remote gateway: (?P<peer>{_IP}), Local ID: "
        r"(?P<local_selectors>.*?), Remote ID: (?P<remote_selectors>.*?), Direction: inbound, "
        r"SPI: (?P<spi>\w+)",
        K.SA_ESTABLISHED,
        IPSEC,
    ),
    Message(
        "PM_SA_ESTABLISHED",
        rf'local-address="(?P<local>{_IP})" remote-address="(?P<peer>{_IP})".*'
        r'argument1="inbound" index1="(?P<spi>\w+)"',
        K.SA_ESTABLISHED,
        IPSEC,
    ),
    Message(
        "IKE negotiation successfully completed",
        rf"IKE Version: (?P<ike_version>[12]), VPN: (?P<connection>\S+) Gateway: [^\s,]+, Local: "
        rf"(?P<local>{_IP})/\d+, Remote: (?P<peer>{_IP})/\d+(?:.*\bRole: (?P<role>\w+))?",
        K.SA_ESTABLISHED,
        IKE,
    ),
    Message(" dead", rf"DPD detected peer (?P<peer>{_IP}) (?:is|as) dead", K.DPD_TIMEOUT, IKE),
    Message(
        "IKE Phase-",
        rf"IKE Phase-(?P<n>[12]) Failure:.*no proposal chosen(?:.*\bdst_ip=(?P<peer>{_IP}))?",
        K.NO_PROPOSAL_CHOSEN,
    ),
    Message(
        "VPN_TS_MISMATCH",
        r"(?:.*\bvpn name: (?P<connection>[^\s,]+))?(?:.*\btraffic-selector local-ip: "
        r"(?P<remote_selectors>.+?), .*\btraffic-selector remote-ip: (?P<local_selectors>\S+))?",
        K.SELECTORS_REFUSED,
        IPSEC,
    ),
    Message(
        "Failed to match the peer proxy",
        r"(?:.*p2_remote_proxy_id=(?P<remote_selectors>\S+), ?p2_local_proxy_id="
        rf"(?P<local_selectors>\S+)\])?(?:.*remote peer ip: ?(?P<peer>{_IP}))?",
        K.SELECTORS_REFUSED,
        IPSEC,
    ),
    Message(
        "Phase-2: Negotiations failed",
        rf"(?:.*Remote gateway: (?P<peer>{_IP}))?",
        K.CHILD_FAILED,
        IPSEC,
    ),
    Message(
        "VPN_PV_PHASE",
        rf"PV_PHASE(?P<n>[12])\b.* src_ip=(?P<local>{_IP}), dst_ip=(?P<peer>{_IP})",
        K.STATUS,
    ),
    Message(
        "Policy lookup failed",
        rf"Phase-1\b.*Policy lookup failed(?:.*\bremote\w*[=: ]+(?P<peer>{_IP}))?",
        K.UNKNOWN_PEER,
        IKE,
    ),
    Message(
        "Phase-1 [",
        rf"Phase-1 \[(?P<role>\w+)\] done for .*remote=\w+\([^)]*=(?P<peer>{_IP})\)",
        K.SA_ESTABLISHED,
        IKE,
    ),
    Message(
        "Phase-2 [",
        rf"Phase-2 \[(?P<role>\w+)\] done for .*p1_remote=\w+\([^)]*=(?P<peer>{_IP})\)",
        K.STATUS,
        IPSEC,
        phase2_state="established",
    ),
)

# Why a tunnel is said to be down: a second event of the same line.
REASONS = (
    Message("Reason: ", _REASON.format(r"\bDPD\b"), K.DPD_TIMEOUT, IKE),
    Message("Reason: ", _REASON.format("Delete payload received"), K.DELETE, None, RECEIVED),
    Message("Reason: ", _REASON.format("lifetime"), K.SA_EXPIRED),
    Message("Reason: ", _REASON.format(r"\bidle"), K.IDLE_CLOSED),
    Message("Reason: ", _REASON.format("No response from peer"), K.GAVE_UP, IKE),
    Message(
        "Reason: ",
        _REASON.format("configuration is (?:deleted|changed)"),
        K.OPERATOR_ACTION,
        reason="configured",
    ),
    Message(
        "Reason: ", _REASON.format("(?:user|cli|clear)"), K.OPERATOR_ACTION, reason="terminate"
    ),
)

_PEER = rf"(?P<neighbor>{_IP})(?:\+\d+)? \((?:Ex|In)ternal AS \d+\)"
_NOTIFICATION = rf"NOTIFICATION (?P<way>sent to|received from) {_PEER}: code "
_CONFIGURED = rf"{_PEER}: Configured maximum prefix-limit"
_COUNT = r"\((?P<limit>\d{1,9})\) exceeded for .*nlri: (?P<prefixes>\d{1,9})"
BGP = (
    Message(
        "changed state from",
        rf"BGP peer {_PEER} changed state from (?P<state_from>\w+) to (?P<state_to>\w+)"
        r"(?: \(event (?P<reason>\w+)\))?",
        K.BGP_STATE,
        Phase.BGP,
    ),
    Message(
        "claims ",
        _NOTIFICATION
        + r"(?P<code>2)\b.*subcode (?P<subcode>2)\b.*\bclaims "
        + r"(?P<asn>\d{1,10}), (?P<asn_wanted>\d{1,10}) configured",
        K.BGP_BAD_PEER_AS,
        Phase.BGP,
    ),
    Message(
        "NOTIFICATION ",
        _NOTIFICATION + r"(?P<code>2)\b.*subcode (?P<subcode>2)\b",
        K.BGP_BAD_PEER_AS,
        Phase.BGP,
    ),
    Message(
        "NOTIFICATION ",
        _NOTIFICATION + r"(?P<code>4)\b",
        K.BGP_HOLD_TIMER_EXPIRED,
        Phase.BGP,
    ),
    Message(
        "NOTIFICATION ",
        _NOTIFICATION + r"(?P<code>\d)\b(?:.*?subcode (?P<subcode>\d{1,3})\b)?",
        K.BGP_NOTIFICATION,
        Phase.BGP,
    ),
    Message(
        "prefix-limit threshold",
        _CONFIGURED + " threshold" + _COUNT,
        K.BGP_PREFIX_WARNING,
        Phase.BGP,
    ),
    Message(
        "prefix-limit(",
        _CONFIGURED + _COUNT,
        K.BGP_PREFIX_LIMIT,
        Phase.BGP,
    ),
)

_LINK = r'(?:ifName |interface-name=")(?P<connection>{})(?:"|\s*$)'
_TUNNEL, _ANY = _LINK.format(r"st0\.\d+"), _LINK.format(r"[\w./-]+")
DEVICE = (
    Message("SNMP_TRAP_LINK_UP", _TUNNEL, K.TUNNEL_UP),
    Message("SNMP_TRAP_LINK_DOWN", _TUNNEL, K.TUNNEL_DOWN),
    Message("SNMP_TRAP_LINK_UP", _ANY, K.LINK_CHANGED, state_to="up"),
    Message("SNMP_TRAP_LINK_DOWN", _ANY, K.LINK_CHANGED, state_to="down"),
    Message("SYSTEM_OPERATIONAL", "", K.DAEMON_STARTED, reason="device-restarted"),
    Message("ipsec-key-management (PID", r"\) started\b", K.DAEMON_STARTED),
    Message("ipsec-key-management (PID", r"\) (?:terminat|exited)", K.DAEMON_STOPPED),
    Message("UI_COMMIT_COMPLETED", "", K.OPERATOR_ACTION, reason="configured"),
    Message(
        "UI_CMDLINE_READ_LINE",
        r"command '(?:clear security (?:ike|ipsec)|request system reboot|restart ipsec)",
        K.OPERATOR_ACTION,
        reason="terminate",
    ),
    Message("configuration check-out failed", "", K.CONFIG_ERROR),
    Message("Missing mandatory statement", "", K.CONFIG_ERROR, reason="missing-statement"),
)

MESSAGES = (*VPN, *BGP, *DEVICE)
