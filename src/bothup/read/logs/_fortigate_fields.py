"""FortiGate's event log: `key=value` fields, of which a few decide what a line is.

Numbers and wordings of messages differ between releases of FortiOS; `action`, `status` and
`reason` hardly do.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs._device import Device
from bothup.read.logs._ios_bgp import BGP, bgp_reason
from bothup.read.logs._messages import Message, find
from bothup.read.logs._parser import Line
from bothup.read.mask import MASK

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
RECEIVED = Direction.RECEIVED

_FIELD = re.compile(r'(?<![\w"])(?P<name>[a-z_]{2,24})=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s,"]+))')
# What was set, its old and its new value: a key may be among them.
_ATTRIBUTES = re.compile(r'\bcfgattr="[^"]*"?')
_COUNT = re.compile(r"[0-9]{1,18}")
_OLD_NAMES = {"rem_ip": "remip", "loc_ip": "locip", "vpn_tunnel": "vpntunnel"}
_EXCHANGES = {
    "SA_INIT": "IKE_SA_INIT",
    "AUTH": "IKE_AUTH",
    "CREATE_CHILD": "CREATE_CHILD_SA",
    "INFORMATIONAL": "INFORMATIONAL",
    "main": "MAIN_MODE",
    "aggressive": "AGGRESSIVE",
    "quick": "QUICK_MODE",
}
_FAILED = ("negotiate_error", "failure", "fail", "error")

# Why a negotiation failed: `reason`, and what the peer has notified.
_REASONS = (
    Message("mismatch", r"pre-?shared (?:key|secret) mismatch", K.PSK_MISMATCH, IKE),
    Message("proposal", r"proposal not match|no (?:SA )?proposal chosen", K.PROPOSAL_REFUSED),
    Message("gateway validation failed", "", K.IDENTITY_MISMATCH, IKE),
    Message("peer id", "", K.IDENTITY_MISMATCH, IKE),
    Message("certificate", r"expired", K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Message("certificate", r"", K.CERTIFICATE_INVALID, IKE),
    Message("signature", r"", K.CERTIFICATE_INVALID, IKE, reason="signature"),
    Message("authentication fail", r"", K.AUTHENTICATION_FAILED, IKE),
    Message("selector", r"", K.SELECTORS_REFUSED, IPSEC),
)
_NOTIFIED = {
    "NO-PROPOSAL-CHOSEN": K.NO_PROPOSAL_CHOSEN,
    "AUTHENTICATION-FAILED": K.AUTHENTICATION_FAILED,
    "TS-UNACCEPTABLE": K.SELECTORS_REFUSED,
    "INVALID-ID-INFORMATION": K.SELECTORS_REFUSED,
    "INVALID-KE-PAYLOAD": K.WRONG_DH_GUESS,
    "PAYLOAD-MALFORMED": K.UNDECRYPTABLE,
    "INVALID-COOKIE": K.UNKNOWN_SA,
    "INVALID-SPI": K.UNKNOWN_SA,
}
_HAPPENED = {
    "install_sa": (K.SA_ESTABLISHED, IPSEC),
    "delete_phase1_sa": (K.SA_CLOSED, IKE),
    "delete_ipsec_sa": (K.SA_CLOSED, IPSEC),
    "dpd": (K.DPD_TIMEOUT, IKE),
    "phase2-up": (K.STATUS, IPSEC),
    "phase2-down": (K.SA_CLOSED, IPSEC),
    "tunnel-up": (K.TUNNEL_UP, None),
    "tunnel-down": (K.TUNNEL_DOWN, None),
    "tunnel-stats": (K.TRAFFIC_COUNTERS, None),
}
_SYSTEM = (
    Message(
        "interface-stat-change",
        r"Interface (?P<connection>\S+) was turned (?P<state_to>up|down)",
        K.LINK_CHANGED,
    ),
    Message("ate started", "FortiGate started", K.DAEMON_STARTED, reason="device-restarted"),
    Message(
        "reboot",
        r'\b(?:action="?reboot\b|rebooted the device)',
        K.DAEMON_STOPPED,
        reason="operator",
    ),
    Message(
        "cfgpath",
        r'cfgpath="?(?:vpn\.ipsec|router\.(?:static|bgp))\b',
        K.OPERATOR_ACTION,
        reason="configured",
    ),
)


def of_fields(device: Device, line: Line) -> Iterator[Event]:
    """Yield the event of a line of the event log, if it is one of the VPN, BGP or the device."""
    text = line[1]
    told = _fields(text)
    subtype = told.get("subtype", "")
    if subtype in ("vpn", "ipsec"):
        yield from _vpn(device, line, told)
    elif subtype == "router":
        if found := find(BGP, told.get("msg", "")):
            yield device.event(line, found, details=bgp_reason(found))
    elif found := find(_SYSTEM, text):
        shown = _ATTRIBUTES.sub(f"cfgattr={MASK}", text)
        yield device.event((line[0], shown), found, details=_named(told.get("cfgobj")))


def _fields(text: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for found in _FIELD.finditer(text):
        name = _OLD_NAMES.get(found["name"], found["name"])
        told.setdefault(name, (found["quoted"] or found["bare"] or "").strip())
    return told


def _named(name: str | None) -> Details:
    return {"connection": name} if name and name != "N/A" else {}


def _vpn(device: Device, line: Line, told: Mapping[str, str]) -> Iterator[Event]:
    if told.get("action") == "negotiate":
        said = _negotiated(told)
    elif told.get("status") == "esp_error":
        said = _esp(told)
    else:
        said = _happened(told)
    if said is None:
        return
    details: Details = {**_named(told.get("vpntunnel")), **said.details}
    spi = told.get("in_spi") or told.get("spi")
    if spi and said.phase is IPSEC:
        details["spi"] = spi
    yield device.tell(
        line,
        said.kind,
        said.phase,
        said.direction,
        said.role,
        tunnel=device.peer_of(told.get("remip"), told.get("locip")),
        details=details,
    )


class _Said(msgspec.Struct, frozen=True):
    """What a line says, before it is known whose it is."""

    kind: EventKind
    phase: Phase | None = None
    direction: Direction | None = None
    role: Role | None = None
    details: Details = {}


def _happened(told: Mapping[str, str]) -> _Said | None:
    """Say what became of a tunnel; those of people over TLS are none."""
    action = told.get("action", "")
    of_tls = any("ssl" in told.get(name, "").lower() for name in ("tunneltype", "logdesc", "msg"))
    if of_tls or action not in _HAPPENED:
        return None
    kind, phase = _HAPPENED[action]
    details: Details = {}
    if kind is K.TRAFFIC_COUNTERS:
        sent, received = told.get("sentbyte", ""), told.get("rcvdbyte", "")
        if _COUNT.fullmatch(sent) and _COUNT.fullmatch(received):
            details = {"bytes_out": int(sent), "bytes_in": int(received)}
    return _Said(kind, phase, None, _role(told) if kind is K.SA_ESTABLISHED else None, details)


def _esp(told: Mapping[str, str]) -> _Said:
    problem = told.get("error_num", "").lower()
    if "unknown spi" in problem:
        return _Said(K.UNKNOWN_SA, IPSEC, RECEIVED)
    return _Said(K.STATUS, IPSEC, RECEIVED, None, {"reason": problem})


def _negotiated(told: Mapping[str, str]) -> _Said | None:
    """Say how far a negotiation has come: begun, done or failed."""
    role, details = _role(told), _exchange(told)
    said = f"{told.get('logdesc', '')} {told.get('msg', '')}".lower()
    late = details.get("exchange") in ("QUICK_MODE", "CREATE_CHILD_SA")
    phase = IPSEC if late or "phase 2" in said else IKE
    if told.get("status") in _FAILED or " error" in said or told.get("result") == "ERROR":
        return _failed(told, phase, role, details)
    if told.get("result") == "DONE":
        if phase is IPSEC:
            return _Said(K.STATUS, IPSEC, None, role, {**details, "phase2_state": "established"})
        return _Said(K.SA_ESTABLISHED, IKE, None, role, details)
    opening = {"outbound": Role.INITIATOR, "inbound": Role.RESPONDER}.get(told.get("dir", ""))
    first = told.get("stage") == "1" or details.get("exchange") == "IKE_SA_INIT"
    if role is None or role is not opening or not first:
        return None
    way = Direction.SENT if role is Role.INITIATOR else RECEIVED
    return _Said(K.NEGOTIATION_STARTED, phase, way, role, details)


def _failed(told: Mapping[str, str], phase: Phase, role: Role | None, details: Details) -> _Said:
    notified = told.get("peer_notif", "").upper().replace("_", "-")
    if notified in _NOTIFIED:
        kind = _NOTIFIED[notified]
        return _Said(kind, IPSEC if kind is K.SELECTORS_REFUSED else phase, RECEIVED, role, details)
    reason = f"{told.get('reason', '')} {told.get('error_reason', '')}".lower()
    if "timeout" in reason:
        kind = K.HALF_OPEN_TIMEOUT if role is Role.RESPONDER else K.GAVE_UP
        return _Said(kind, phase, None, role, {**details, **_encrypted(told, details)})
    if found := find(_REASONS, reason):
        message = found[0]
        return _Said(message.kind, message.phase or phase, None, role, {**details, **message.more})
    return _Said(K.STATUS if phase is IKE else K.CHILD_FAILED, phase, None, role, details)


def _role(told: Mapping[str, str]) -> Role | None:
    return {"initiator": Role.INITIATOR, "responder": Role.RESPONDER}.get(told.get("role", ""))


def _exchange(told: Mapping[str, str]) -> Details:
    details: Details = {}
    exchange = _EXCHANGES.get(told.get("exch", "")) or _EXCHANGES.get(told.get("mode", ""))
    if exchange:
        details["exchange"] = exchange
        details["ike_version"] = 1 if "MODE" in exchange or exchange == "AGGRESSIVE" else 2
    return details


def _encrypted(told: Mapping[str, str], details: Details) -> Details:
    """Say whether the message at issue went encrypted, where the exchange is told."""
    exchange = details.get("exchange")
    if exchange is None:
        return {}
    if exchange == "MAIN_MODE":
        return {"encrypted": told.get("stage") in ("3", "4")}
    return {"encrypted": exchange not in ("IKE_SA_INIT", "AGGRESSIVE")}
