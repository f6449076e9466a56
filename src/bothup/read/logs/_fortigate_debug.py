"""FortiGate's `diagnose debug application ike`: a line has the tunnel's name and the SA's number.

A packet that comes names the peer before anybody knows whose it is: the next number belongs to it.
Proposals are listed attribute by attribute before they are refused.
"""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs._device import Device
from bothup.read.logs._messages import Message, find
from bothup.read.logs._parser import Line

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED
_IP = r"[0-9A-Fa-f.:]*[0-9A-Fa-f]"
_NOTIFY = r"(?:processing|received) notify type {}\b|notify msg received: {}\b"


def _notify(name: str, kind: EventKind, phase: Phase | None = IKE) -> Message:
    pattern = _NOTIFY.format(name, name.replace("_", "-"))
    return Message("notify", pattern, kind, phase, RECEIVED)


_MESSAGES = (
    Message("o SA proposal chosen", "", K.PROPOSAL_REFUSED),
    Message("no matching phase2 found", "", K.CHILD_FAILED, IPSEC),
    Message("failed to get responder proposal", "", K.CHILD_FAILED, IPSEC),
    Message("o proposal chosen", "", K.PROPOSAL_REFUSED),
    _notify("NO_PROPOSAL_CHOSEN", K.NO_PROPOSAL_CHOSEN, None),
    _notify("AUTHENTICATION_FAILED", K.AUTHENTICATION_FAILED),
    _notify("TS_UNACCEPTABLE", K.SELECTORS_REFUSED, IPSEC),
    _notify("INVALID_ID_INFORMATION", K.SELECTORS_REFUSED, IPSEC),
    _notify("INVALID_KE_PAYLOAD", K.WRONG_DH_GUESS),
    _notify("INITIAL_CONTACT", K.INITIAL_CONTACT),
    _notify("PAYLOAD_MALFORMED", K.UNDECRYPTABLE),
    Message("PSK auth", r"PSK auth\w* failed", K.PSK_MISMATCH, IKE),
    Message("mismatch", r"pre-?shared (?:secret|key) mismatch", K.PSK_MISMATCH, IKE),
    Message("validation failed", r"\b(?:gw|gateway) validation failed", K.IDENTITY_MISMATCH, IKE),
    Message(
        "signature", r"signature verif\w+ failed", K.CERTIFICATE_INVALID, IKE, reason="signature"
    ),
    Message(
        "certificate", r"certificate\b.*\bexpired", K.CERTIFICATE_INVALID, IKE, reason="expired"
    ),
    Message("certificate valid", r"certificate validation failed", K.CERTIFICATE_INVALID, IKE),
    Message("failed to match peer selectors", "", K.SELECTORS_REFUSED, IPSEC),
    Message("selectors mismatch", "", K.SELECTORS_REFUSED, IPSEC),
    Message("matched by intersection", "", K.SELECTORS_NARROWED, IPSEC),
    Message("no policy configured", "", K.CONFIG_ERROR, reason="no-policy"),
    Message(
        "Network is unreachable",
        rf"(?:.*->(?P<peer>{_IP}):\d+)?",
        K.NETWORK_ERROR,
        IKE,
        SENT,
        reason="no-route",
    ),
    Message(
        "NAT detected: ", "NAT detected: +(?:ME PEER|PEER ME|BOTH)", K.NAT_DETECTED, IKE, nat="both"
    ),
    Message("NAT detected: ", "NAT detected: +ME", K.NAT_DETECTED, IKE, nat="local"),
    Message("NAT detected: ", "NAT detected: +PEER", K.NAT_DETECTED, IKE, nat="remote"),
    Message("established IKE SA", "", K.SA_ESTABLISHED, IKE),
    Message("added IPsec SA", r"SPIs=(?P<spi>[0-9a-f]+)/", K.SA_ESTABLISHED, IPSEC),
    Message("IPsec SA delete", r"\b(?P<way>recv|send) IPsec SA delete", K.DELETE, IPSEC),
    Message("SA delete", r"\b(?P<way>recv|send) (?:ISAKMP|IKE) SA delete", K.DELETE, IKE),
    Message("link fail", rf"link fail .*->(?P<peer>{_IP}):\d+ .*\bdpd=[12]", K.DPD_TIMEOUT, IKE),
    Message("rekey in progress", "", K.REKEY_STARTED, IPSEC),
    Message("retransmission, re-send last message", "", K.PEER_RETRANSMIT, IKE),
    Message(
        "invalid ESP",
        rf"\(unknown SPI\) spi (?P<spi>[0-9a-f]+)\b.* (?P<peer>{_IP})->(?P<local>{_IP})",
        K.UNKNOWN_SA,
        IPSEC,
        RECEIVED,
    ),
    Message("invalid ESP", r"\(replay", K.STATUS, IPSEC, RECEIVED, reason="replay"),
    Message("SNMP tunnel", r"SNMP tunnel UP trap", K.TUNNEL_UP),
    Message("SNMP tunnel", r"SNMP tunnel DOWN trap", K.TUNNEL_DOWN),
    Message(
        "due to retry timeout", "negotiation of IPsec SA failed", K.GAVE_UP, IPSEC, encrypted=True
    ),
    Message("negotiation timeout", "", K.GAVE_UP, IKE),
)
# What is sent, by FortiGate's names: whether it opens or repeats, in which exchange, and encrypted.
_SENDS = {
    "SA_INIT": (K.NEGOTIATION_STARTED, IKE, "IKE_SA_INIT", 2, False),
    "ident_i1send": (K.NEGOTIATION_STARTED, IKE, "MAIN_MODE", 1, False),
    "agg_i1send": (K.NEGOTIATION_STARTED, IKE, "AGGRESSIVE", 1, False),
    "quick_i1send": (K.NEGOTIATION_STARTED, IPSEC, "QUICK_MODE", 1, True),
    "ident_i2send": (None, IKE, "MAIN_MODE", 1, False),
    "ident_i3send": (None, IKE, "MAIN_MODE", 1, True),
    "AUTH": (None, IKE, "IKE_AUTH", 2, True),
    "CREATE_CHILD": (None, IPSEC, "CREATE_CHILD_SA", 2, True),
    "RETRANSMIT_SA_INIT": (K.RETRANSMIT, IKE, "IKE_SA_INIT", 2, False),
    "RETRANSMIT_AUTH": (K.RETRANSMIT, IKE, "IKE_AUTH", 2, True),
    "RETRANSMIT_CREATE_CHILD": (K.RETRANSMIT, IPSEC, "CREATE_CHILD_SA", 2, True),
    "P1_RETRANSMIT": (K.RETRANSMIT, IKE, "", 1, None),
    "P2_RETRANSMIT": (K.RETRANSMIT, IPSEC, "QUICK_MODE", 1, True),
    "R-U-THERE": (K.DPD_SENT, IKE, "", 1, None),
}
_ZERO = "0000000000000000"
_EXCHANGES = {"SA_INIT": ("IKE_SA_INIT", 2), "Id": ("MAIN_MODE", 1), "Ag": ("AGGRESSIVE", 1)}
_COMES = re.compile(rf"^comes (?P<peer>{_IP}):\d+->(?P<local>{_IP}):\d+")
_OPENS = re.compile(rf"IKEv[12] exchange=(?P<name>SA_INIT|Id|Ag)[\w ]* id=[0-9a-f]{{16}}/{_ZERO}\b")
_SENT = re.compile(rf"sent IKE msg \((?P<what>[\w-]+)\): (?P<local>{_IP}):\d+->(?P<peer>{_IP}):\d+")
_WHOSE = re.compile(r"\b(?P<whose>incoming|my) proposal\b")
_OFFERED = re.compile(
    r"^\s*(?:type ?= ?\w+, ?val ?= ?|trans_id ?= ?)(?P<value>[\w-]+)\.?"
    r"(?:[ ,(]*key[-_]len ?= ?(?P<bits>\d{1,4}))?"
)
_PROTOCOL = re.compile(r"^\s*protocol = (?P<name>[\w-]+)")
_RANGE = r"\d{1,3}:[0-9A-Fa-f.:]+-[0-9A-Fa-f.:]+:\d{1,5}"
_TOLD = re.compile(
    rf"\bpeer identifier \w+ (?P<got>\S+)|\bTSi_0 (?P<remote>{_RANGE})|\bTSr_0 (?P<local>{_RANGE})"
    rf"|\bpeer proposal is: peer:(?P<remote1>{_RANGE}), me:(?P<local1>{_RANGE})"
)
_MOST_TALKS = 500
_MOST_OFFERS = 40


class _Talk:
    """What the log has said of one SA."""

    __slots__ = ("got", "offers", "offers_phase", "peer", "role", "selectors", "sent", "whose")

    def __init__(self) -> None:
        self.peer: str | None = None
        self.role: Role | None = None
        self.sent: Details = {}
        self.got = ""
        self.selectors: Details = {}
        self.offers: dict[str, list[str]] = {}
        self.offers_phase: Phase | None = None
        self.whose = ""


class Debug:
    """Reads the debug lines of one log."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._talks: dict[str, _Talk] = {}
        # Who sent the packet that is about to be read, and whether it opens a negotiation.
        self._coming: str | None = None
        self._opening = False

    def read(self, line: Line, names: str, text: str) -> Iterator[Event]:
        """Yield the events of one line; `names` are the tunnel's, the SA's and the child's."""
        if found := _COMES.match(text):
            self._coming = self._device.peer_of(found["peer"], found["local"])
            self._opening = False
            return
        if found := _OPENS.search(text):
            yield self._opened(line, found["name"])
            return
        name, key, child = _keys(names)
        talk = self._talk_of(name, key)
        if found := _SENT.search(text):
            talk.peer = self._device.peer_of(found["peer"], found["local"])
            self._device.meet(name, talk.peer)
            yield from self._sends(line, talk, found["what"])
        elif not self._lists(talk, text):
            yield from self._said(line, talk, name, child, text)

    def _opened(self, line: Line, name: str) -> Event:
        self._opening = True
        exchange, version = _EXCHANGES[name]
        return self._device.tell(
            line,
            K.NEGOTIATION_STARTED,
            IKE,
            RECEIVED,
            Role.RESPONDER,
            tunnel=self._coming,
            details={"exchange": exchange, "ike_version": version},
        )

    def _talk_of(self, name: str, key: str) -> _Talk:
        if len(self._talks) >= _MOST_TALKS and key not in self._talks:
            self._talks.clear()
        talk = self._talks.setdefault(key, _Talk())
        if self._coming and key:
            talk.peer, self._coming = self._coming, None
            if self._opening:
                talk.role, self._opening = Role.RESPONDER, False
            self._device.meet(name, talk.peer)
        return talk

    def _sends(self, line: Line, talk: _Talk, what: str) -> Iterator[Event]:
        if what not in _SENDS:
            return
        kind, phase, exchange, version, encrypted = _SENDS[what]
        if exchange:
            talk.sent = {"exchange": exchange, "ike_version": version}
            if encrypted is not None:
                talk.sent["encrypted"] = encrypted
        opens = kind is K.NEGOTIATION_STARTED
        if opens and phase is IKE:
            talk.role = Role.INITIATOR
        if kind is not None:
            details: Details = {} if kind is K.DPD_SENT else {**talk.sent}
            if opens:
                details.pop("encrypted", None)
            way = None if kind is K.RETRANSMIT else SENT
            role = Role.INITIATOR if opens else None
            yield self._device.tell(line, kind, phase, way, role, tunnel=talk.peer, details=details)

    def _lists(self, talk: _Talk, text: str) -> bool:
        """Collect what is listed before it is refused; say whether the line is of a list."""
        if found := _WHOSE.search(text):
            talk.whose = found["whose"]
            talk.offers[talk.whose] = []
        elif found := _PROTOCOL.match(text):
            talk.offers_phase = IPSEC if "ESP" in found["name"] else IKE
        elif found := _OFFERED.match(text):
            listed = talk.offers.setdefault(talk.whose, [])
            if len(listed) < _MOST_OFFERS:
                listed.append(" ".join(part for part in found.groups() if part))
        elif found := _TOLD.search(text):
            talk.got = found["got"] or talk.got
            remote, local = found["remote"] or found["remote1"], found["local"] or found["local1"]
            if remote:
                talk.selectors["remote_selectors"] = remote
            if local:
                talk.selectors["local_selectors"] = local
        else:
            return False
        return True

    def _said(self, line: Line, talk: _Talk, name: str, child: str, text: str) -> Iterator[Event]:
        found = find(_MESSAGES, text)
        if found is None:
            return
        kind = found[0].kind
        named = name if child.isdigit() else child or name
        details: Details = {"connection": named} if named else {}
        phase = found[0].phase
        if kind is K.PROPOSAL_REFUSED:
            details |= _offers(talk)
            phase = talk.offers_phase or _blamed(line[1]) or (IPSEC if child else None)
        elif kind is K.NO_PROPOSAL_CHOSEN:
            phase = _ended(talk)
        elif kind is K.GAVE_UP and phase is IKE:
            details |= talk.sent
            kind = K.HALF_OPEN_TIMEOUT if talk.role is Role.RESPONDER else kind
        elif kind is K.IDENTITY_MISMATCH and talk.got:
            details["got"] = talk.got
        elif kind in (K.SELECTORS_REFUSED, K.SELECTORS_NARROWED):
            details |= talk.selectors
        event = self._device.event(line, found, name=name, peer=talk.peer, details=details)
        role = talk.role if kind in (K.GAVE_UP, K.HALF_OPEN_TIMEOUT) else event.role
        yield replace(event, kind=kind, phase=phase, role=role)


def _keys(names: str) -> tuple[str, str, str]:
    """Take apart ":tunnel:number:child:number"; a line of no tunnel has an empty name."""
    parts = names.split(":")[1:]
    name = parts[0] if parts else ""
    numbered = len(parts) > 1 and parts[1].isdigit()
    child = parts[2] if len(parts) > 2 and numbered else ""
    return name, parts[1] if numbered else name, child


def _offers(talk: _Talk) -> Details:
    details: Details = {}
    if received := talk.offers.get("incoming"):
        details["received"] = " ".join(received)
    if configured := talk.offers.get("my"):
        details["configured"] = " ".join(configured)
    return details


def _ended(talk: _Talk) -> Phase | None:
    exchange = talk.sent.get("exchange")
    if exchange is None:
        return None
    return IKE if exchange in ("IKE_SA_INIT", "MAIN_MODE", "AGGRESSIVE") else IPSEC


def _blamed(whole: str) -> Phase | None:
    """Say which phase a line blames before it comes to the daemon's own words."""
    if "Negotiate ISAKMP SA Error" in whole:
        return IKE
    return IPSEC if "Negotiate IPsec SA Error" in whole else None
