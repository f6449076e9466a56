"""The messages of charon that mean something only with what came before them.

Whom an IKE SA talks to, which request is on its way, whether the SA was up: a "giving up" is a
peer that never answered, a DPD time-out or a failed rekey, and only the last request tells which.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs import _strongswan_rules as rules
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller, details_of
from bothup.read.logs._times import time_of

K = EventKind
_EXCHANGES = {"ID_PROT": "MAIN_MODE", "INFORMATIONAL_V1": "INFORMATIONAL"}
_VERSION_1 = frozenset({"ID_PROT", "AGGRESSIVE", "QUICK_MODE", "INFORMATIONAL_V1", "TRANSACTION"})
_OPENING = frozenset({"IKE_SA_INIT", "MAIN_MODE", "AGGRESSIVE"})
_DATE = "%b %d %H:%M:%S %Y"


class _Talk:
    """What the log has said of one IKE SA, or of all where it names none."""

    __slots__ = (
        "certificate",
        "configured",
        "encrypted",
        "exchange",
        "gave_up",
        "looked",
        "name",
        "parsed",
        "peer",
        "received",
        "rekeying",
        "requests",
        "up",
        "version",
    )

    def __init__(self) -> None:
        self.name = ""
        self.peer: str | None = None
        self.up = self.rekeying = self.gave_up = self.encrypted = False
        self.version: int | None = None
        self.requests: dict[int, tuple[str, bool]] = {}
        self.exchange = self.parsed = ""
        self.received = self.configured = ""
        self.looked: Details = {}
        self.certificate = ""


class Reader:
    """Reads one log, message by message."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._teller = Teller(context)
        self._talks: dict[str, _Talk] = {}
        self._peers: dict[str, str] = {}
        self._sender = _Talk()

    def message(self, line: Line, text: str, tag: str | None) -> Iterator[Event]:
        """Yield the events of one message, which most messages are not."""
        word = text.split(" ", 1)[0]
        special = _SPECIAL.get(word)
        plain = rules.RULES.get(word)
        if special is None and plain is None:
            if " is initiating " in text:
                yield from self._answers(line, text, self._talk(tag))
            return
        talk = self._talk(tag)
        for read in special or ():
            if events := read(self, line, text, talk):
                yield from events
                return
        for rule in plain or ():
            if found := rule.match(text):
                details: Details = {**rule.more, **details_of(found)}
                yield self._event(line, talk, rule.kind, rule.phase, rule.direction, details)
                self._after(rule.kind, rule.phase, talk)
                return

    def _after(self, kind: EventKind, phase: Phase | None, talk: _Talk) -> None:
        """Keep what a plain message changes for those that follow."""
        if kind is K.DAEMON_STARTED:
            self._talks.clear()
        elif kind is K.REKEY_DONE:
            talk.rekeying = False
        elif kind is K.SA_CLOSED and phase is Phase.IKE:
            talk.up = False
        elif kind is K.DPD_SENT:
            # Only what is established is checked, also where the log begins after that.
            talk.up = True

    def _talk(self, tag: str | None) -> _Talk:
        """Find the talk of a message by the SA's number; messages without one share one talk."""
        name, _, number = (tag or "").rpartition("|")
        talk = self._talks.get(number)
        if talk is None:
            talk = self._talks[number] = _Talk()
        if name:
            talk.name = name
            talk.peer = talk.peer or self._peers.get(name)
        return talk

    def _event(
        self,
        line: Line,
        talk: _Talk,
        kind: EventKind,
        phase: Phase | None,
        direction: Direction | None = None,
        details: Details | None = None,
        role: Role | None = None,
    ) -> Event:
        known: Details = details or {}
        if talk.name and "connection" not in known:
            known["connection"] = talk.name
        if talk.version and "ike_version" not in known:
            known["ike_version"] = talk.version
        return self._teller.tell(
            line,
            kind,
            phase=phase,
            direction=direction,
            role=role,
            tunnel=talk.peer,
            details=known,
        )

    # Who talks to whom

    def _packet(self, line: Line, text: str, talk: _Talk) -> list[Event]:  # noqa: ARG002
        if text.startswith("sending packet: "):
            self._sender = talk
        if talk.peer is None and (found := rules.PACKET.match(text)):
            sending = text.startswith("sending")
            self._met(talk, found["target"] if sending else found["source"])
        return []

    def _met(self, talk: _Talk, peer: str) -> None:
        talk.peer = peer
        if talk.name:
            self._peers[talk.name] = peer

    def _starts(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.STARTS.match(text)
        if found is None:
            return []
        if talk.name or not self._talks:
            talk = self._talks.setdefault(found["sa"], _Talk())
        talk.name = found["connection"]
        self._met(talk, found["peer"])
        return [self._started(line, talk, found, Role.INITIATOR)]

    def _answers(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.ANSWERS.search(text)
        if found is None:
            return []
        self._met(talk, found["peer"])
        return [self._started(line, talk, found, Role.RESPONDER)]

    def _started(self, line: Line, talk: _Talk, found: re.Match[str], role: Role) -> Event:
        mode = found["mode"]
        exchange = {"Main": "MAIN_MODE", "Aggressive": "AGGRESSIVE"}.get(mode or "", "IKE_SA_INIT")
        talk.version = 1 if mode else 2
        talk.gave_up = False
        direction = Direction.SENT if role is Role.INITIATOR else Direction.RECEIVED
        details: Details = {"exchange": exchange, "peer": found["peer"]}
        return self._event(line, talk, K.NEGOTIATION_STARTED, Phase.IKE, direction, details, role)

    # Messages on the wire

    def _wire(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.MESSAGE.match(text)
        if found is None:
            return []
        exchange = _EXCHANGES.get(found["exchange"], found["exchange"])
        payloads = found["payloads"] or ""
        talk.version = 1 if found["exchange"] in _VERSION_1 else 2
        encrypted = exchange not in _OPENING or payloads.startswith("ID HASH")
        if found["way"] == "generating":
            return self._generated(line, talk, found, exchange, payloads, encrypted=encrypted)
        talk.parsed, talk.encrypted = exchange, encrypted and not payloads.startswith("N(")
        if "N(REKEY_SA)" in payloads and found["kind"] == "request":
            talk.rekeying = True
            return [self._event(line, talk, K.REKEY_STARTED, Phase.IPSEC, Direction.RECEIVED)]
        if exchange == "INFORMATIONAL" and "N(AUTH_FAILED)" in payloads and talk.version == 2:
            return [self._event(line, talk, K.AUTHENTICATION_FAILED, Phase.IKE, Direction.RECEIVED)]
        return []

    def _generated(
        self,
        line: Line,
        talk: _Talk,
        found: re.Match[str],
        exchange: str,
        payloads: str,
        *,
        encrypted: bool,
    ) -> list[Event]:
        talk.exchange = exchange
        if found["kind"] == "request":
            talk.requests = {int(found["message_id"]): (exchange, encrypted)}
        if exchange == "CREATE_CHILD_SA" and found["kind"] == "request":
            talk.rekeying = True
            phase = Phase.IPSEC if "TSi" in payloads else Phase.IKE
            return [self._event(line, talk, K.REKEY_STARTED, phase, Direction.SENT)]
        if "N(AUTH_FAILED)" in payloads:
            return [self._event(line, talk, K.AUTHENTICATION_FAILED, Phase.IKE, Direction.SENT)]
        if "N(NO_PROP)" in payloads:
            refused = _phase(talk.parsed, encrypted=talk.encrypted)
            return [self._event(line, talk, K.NO_PROPOSAL_CHOSEN, refused, Direction.SENT)]
        return []

    def _retransmit(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.RETRANSMIT.match(text)
        if found is None:
            return []
        details = self._unanswered(talk, int(found["message_id"]))
        details["count"] = int(found["count"])
        if found["sequence"] and "exchange" not in details:
            details["encrypted"] = int(found["sequence"]) > 2
        return [self._event(line, talk, K.RETRANSMIT, Phase.IKE, Direction.SENT, details)]

    def _unanswered(self, talk: _Talk, message_id: int) -> Details:
        """Say what is known of the request that finds no answer."""
        details: Details = {"message_id": message_id}
        if message_id in talk.requests:
            details["exchange"], details["encrypted"] = talk.requests[message_id]
        elif talk.version == 2:
            details["encrypted"] = message_id > 0 or talk.up
            if message_id < 2 and not talk.up:
                details["exchange"] = "IKE_AUTH" if message_id else "IKE_SA_INIT"
        if message_id not in talk.requests and talk.version != 1:
            likely = "INFORMATIONAL" if talk.up or message_id > 1 else ""
            exchange = details.get("exchange", likely)
            talk.requests = {message_id: (exchange, details.get("encrypted", False))}
        return details

    def _gives_up(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.GIVE_UP.match(text)
        if found is None:
            return []
        unknown = ("INFORMATIONAL", True) if talk.up else ("", False)
        message_id, (exchange, encrypted) = next(iter(talk.requests.items()), (0, unknown))
        details: Details = {"count": int(found["count"]), "message_id": message_id}
        if exchange:
            details["exchange"], details["encrypted"] = exchange, encrypted
        talk.gave_up, talk.requests = True, {}
        if exchange == "CREATE_CHILD_SA":
            details["reason"] = "no-answer"
            phase = Phase.IPSEC if talk.rekeying else Phase.IKE
            return [self._event(line, talk, K.REKEY_FAILED, phase, None, details)]
        kind = K.DPD_TIMEOUT if exchange == "INFORMATIONAL" else K.GAVE_UP
        talk.up = False
        return [self._event(line, talk, kind, Phase.IKE, None, details)]

    def _not_responding(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        if "peer not responding" not in text or talk.gave_up:
            return []
        return [self._event(line, talk, K.GAVE_UP, Phase.IKE)]

    def _socket(self, line: Line, text: str, talk: _Talk) -> list[Event]:  # noqa: ARG002
        found = rules.SOCKET.match(text)
        if found is None:
            return []
        details: Details = {"reason": found["why"].strip().lower().replace(" ", "-")}
        if details["reason"] == "message-too-long":
            return [self._event(line, self._sender, K.PACKET_TOO_LONG, None, None, details)]
        return [self._event(line, self._sender, K.NETWORK_ERROR, None, None, details)]

    # Proposals

    def _proposals(self, line: Line, text: str, talk: _Talk) -> list[Event]:  # noqa: ARG002
        if found := rules.PROPOSALS.match(text):
            if found["whose"] == "received":
                talk.received = found["list"].strip()
            else:
                talk.configured = found["list"].strip()
        return []

    def _refuses(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        if not rules.REFUSED.match(text):
            return []
        details: Details = {}
        if talk.received:
            details["received"] = talk.received
        if talk.configured:
            details["configured"] = talk.configured
        listed = (talk.received or talk.configured)[:4]
        phase = (
            Phase.IPSEC if listed in ("ESP:", "AH:")
            else Phase.IKE if listed == "IKE:"
            else _phase(talk.parsed, encrypted=talk.encrypted)
        )  # fmt: skip
        talk.received = talk.configured = ""
        return [self._event(line, talk, K.PROPOSAL_REFUSED, phase, None, details)]

    def _refused(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.NO_PROPOSAL.match(text)
        if found is None:
            return []
        phase = Phase.IPSEC if found["child"] else _phase(talk.parsed, encrypted=talk.encrypted)
        details: Details = {"exchange": talk.parsed} if talk.parsed else {}
        return [self._event(line, talk, K.NO_PROPOSAL_CHOSEN, phase, Direction.RECEIVED, details)]

    # Who is who

    def _looks(self, line: Line, text: str, talk: _Talk) -> list[Event]:  # noqa: ARG002
        if found := rules.LOOKS.match(text):
            talk.looked = {"got": found["got"]}
            if found["wanted"]:
                talk.looked["wanted"] = found["wanted"]
            self._met(talk, found["peer"])
        return []

    def _unknown(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        if not rules.UNKNOWN.match(text):
            return []
        return [self._event(line, talk, K.IDENTITY_MISMATCH, Phase.IKE, None, {**talk.looked})]

    def _authenticates(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found, kind = rules.PROVES.match(text), K.AUTHENTICATING
        if found is None:
            found, kind = rules.BELIEVES.match(text), K.AUTHENTICATED
        if found is None:
            return []
        method = "psk" if found["method"].startswith("pre-shared key") else "certificate"
        details: Details = {"got": found["got"], "method": method}
        return [self._event(line, talk, kind, Phase.IKE, None, details)]

    def _validity(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.VALIDITY.match(text)
        if found is None:
            return []
        details: Details = {"reason": self._fault(line[1], found["begin"], found["end"])}
        return [self._event(line, talk, K.CERTIFICATE_INVALID, Phase.IKE, None, details)]

    def _fault(self, text: str, begin: str, end: str) -> str:
        now = time_of(text, self._context.near, self._context.zone) or self._context.near
        try:
            zone = self._context.zone
            first = datetime.strptime(begin, _DATE).replace(tzinfo=zone)
            last = datetime.strptime(end, _DATE).replace(tzinfo=zone)
        except ValueError:
            return "validity"
        return "not-yet-valid" if now < first else "expired" if now > last else "validity"

    # SAs

    def _up(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.UP_IKE.match(text)
        if found is None:
            return []
        talk.name, talk.up = found["connection"], True
        self._met(talk, found["peer"])
        details: Details = {"got": found["wanted"], "sa": found["sa"]}
        return [self._event(line, talk, K.SA_ESTABLISHED, Phase.IKE, None, details)]

    def _child_up(self, line: Line, text: str, talk: _Talk) -> list[Event]:
        found = rules.UP_CHILD.match(text)
        if found is None or found["half"] == "outbound ":
            return []
        details = details_of(found)
        details["rekey"] = talk.rekeying
        talk.rekeying, talk.up = False, True
        return [self._event(line, talk, K.SA_ESTABLISHED, Phase.IPSEC, None, details)]


def _phase(exchange: str, *, encrypted: bool) -> Phase | None:
    """Say which negotiation a refusal without a text belongs to, by the message it came in."""
    if exchange in _OPENING:
        return Phase.IKE
    if exchange in ("IKE_AUTH", "CREATE_CHILD_SA", "QUICK_MODE"):
        return Phase.IPSEC
    if exchange == "INFORMATIONAL":
        return Phase.IPSEC if encrypted else Phase.IKE
    return None


_Read = Callable[[Reader, Line, str, _Talk], list[Event]]
_SPECIAL: dict[str, tuple[_Read, ...]] = {
    "initiating": (Reader._starts,),
    "generating": (Reader._wire,),
    "parsed": (Reader._wire,),
    "sending": (Reader._packet, Reader._retransmit),
    "retransmit": (Reader._retransmit,),
    "giving": (Reader._gives_up,),
    "establishing": (Reader._not_responding,),
    "error": (Reader._socket,),
    "received": (Reader._packet, Reader._proposals, Reader._refused, Reader._refuses),
    "configured": (Reader._proposals,),
    "no": (Reader._refuses, Reader._unknown),
    "looking": (Reader._looks,),
    "authentication": (Reader._authenticates,),
    "subject": (Reader._validity,),
    "issuer": (Reader._validity,),
    "peer": (Reader._validity,),
    "IKE_SA": (Reader._up,),
    "CHILD_SA": (Reader._child_up,),
    "inbound": (Reader._child_up,),
}
