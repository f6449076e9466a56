"""The messages of charon that mean something only with what came before them.

Whom an IKE SA talks to, which proposals were weighed and whose identity was looked for; what is on
its way between the two is read by `_strongswan_wire`.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs import _strongswan_rules as rules
from bothup.read.logs import _strongswan_wire as wire
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._strongswan_wire import Talk, refused_in
from bothup.read.logs._tell import Teller, details_of
from bothup.read.logs._times import time_of

K = EventKind
_DATE = "%b %d %H:%M:%S %Y"


class Reader:
    """Reads one log, message by message."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._teller = Teller(context)
        self._talks: dict[str, Talk] = {}
        self._peers: dict[str, str] = {}
        self._sender = Talk()

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
                yield self.event(line, talk, rule.kind, rule.phase, rule.direction, details)
                self._after(rule.kind, rule.phase, talk)
                return

    def _after(self, kind: EventKind, phase: Phase | None, talk: Talk) -> None:
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

    def _talk(self, tag: str | None) -> Talk:
        """Find the talk of a message by the SA's number; messages without one share one talk."""
        name, _, number = (tag or "").rpartition("|")
        talk = self._talks.get(number)
        if talk is None:
            talk = self._talks[number] = Talk()
        if name:
            talk.name = name
            talk.peer = talk.peer or self._peers.get(name)
        return talk

    def event(
        self,
        line: Line,
        talk: Talk,
        kind: EventKind,
        phase: Phase | None,
        direction: Direction | None = None,
        details: Details | None = None,
        role: Role | None = None,
    ) -> Event:
        """Make an event of what a line tells of an SA."""
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

    def _packet(self, line: Line, text: str, talk: Talk) -> list[Event]:  # noqa: ARG002
        if text.startswith("sending packet: "):
            self._sender = talk
        if talk.peer is None and (found := rules.PACKET.match(text)):
            sending = text.startswith("sending")
            self._met(talk, found["target"] if sending else found["source"])
        return []

    def _met(self, talk: Talk, peer: str) -> None:
        talk.peer = peer
        if talk.name:
            self._peers[talk.name] = peer

    def _starts(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found = rules.STARTS.match(text)
        if found is None:
            return []
        if talk.name or not self._talks:
            talk = self._talks.setdefault(found["sa"], Talk())
        talk.name = found["connection"]
        self._met(talk, found["peer"])
        return [self._started(line, talk, found, Role.INITIATOR)]

    def _answers(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found = rules.ANSWERS.search(text)
        if found is None:
            return []
        self._met(talk, found["peer"])
        return [self._started(line, talk, found, Role.RESPONDER)]

    def _started(self, line: Line, talk: Talk, found: re.Match[str], role: Role) -> Event:
        mode = found["mode"]
        exchange = {"Main": "MAIN_MODE", "Aggressive": "AGGRESSIVE"}.get(mode or "", "IKE_SA_INIT")
        talk.version = 1 if mode else 2
        talk.gave_up = False
        direction = Direction.SENT if role is Role.INITIATOR else Direction.RECEIVED
        details: Details = {"exchange": exchange, "peer": found["peer"]}
        return self.event(line, talk, K.NEGOTIATION_STARTED, Phase.IKE, direction, details, role)

    def _socket(self, line: Line, text: str, talk: Talk) -> list[Event]:  # noqa: ARG002
        found = rules.SOCKET.match(text)
        if found is None:
            return []
        details: Details = {"reason": found["why"].strip().lower().replace(" ", "-")}
        if details["reason"] == "message-too-long":
            return [self.event(line, self._sender, K.PACKET_TOO_LONG, None, None, details)]
        return [self.event(line, self._sender, K.NETWORK_ERROR, None, None, details)]

    # Proposals

    def _proposals(self, line: Line, text: str, talk: Talk) -> list[Event]:  # noqa: ARG002
        if found := rules.PROPOSALS.match(text):
            if found["whose"] == "received":
                talk.received = found["list"].strip()
            else:
                talk.configured = found["list"].strip()
        return []

    def _refuses(self, line: Line, text: str, talk: Talk) -> list[Event]:
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
            else refused_in(talk)
        )  # fmt: skip
        talk.received = talk.configured = ""
        return [self.event(line, talk, K.PROPOSAL_REFUSED, phase, None, details)]

    def _refused(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found = rules.NO_PROPOSAL.match(text)
        if found is None:
            return []
        phase = Phase.IPSEC if found["child"] else refused_in(talk)
        details: Details = {"exchange": talk.parsed} if talk.parsed else {}
        return [self.event(line, talk, K.NO_PROPOSAL_CHOSEN, phase, Direction.RECEIVED, details)]

    # Who is who

    def _looks(self, line: Line, text: str, talk: Talk) -> list[Event]:  # noqa: ARG002
        if found := rules.LOOKS.match(text):
            talk.looked = {"got": found["got"]}
            if found["wanted"]:
                talk.looked["wanted"] = found["wanted"]
            self._met(talk, found["peer"])
        return []

    def _unknown(self, line: Line, text: str, talk: Talk) -> list[Event]:
        if not rules.UNKNOWN.match(text):
            return []
        return [self.event(line, talk, K.IDENTITY_MISMATCH, Phase.IKE, None, {**talk.looked})]

    def _authenticates(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found, kind = rules.PROVES.match(text), K.AUTHENTICATING
        if found is None:
            found, kind = rules.BELIEVES.match(text), K.AUTHENTICATED
        if found is None:
            return []
        method = "psk" if found["method"].startswith("pre-shared key") else "certificate"
        details: Details = {"got": found["got"], "method": method}
        return [self.event(line, talk, kind, Phase.IKE, None, details)]

    def _validity(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found = rules.VALIDITY.match(text)
        if found is None:
            return []
        details: Details = {"reason": self._fault(line[1], found["begin"], found["end"])}
        return [self.event(line, talk, K.CERTIFICATE_INVALID, Phase.IKE, None, details)]

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

    def _up(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found = rules.UP_IKE.match(text)
        if found is None:
            return []
        talk.name, talk.up = found["connection"], True
        self._met(talk, found["peer"])
        details: Details = {"got": found["wanted"], "sa": found["sa"]}
        return [self.event(line, talk, K.SA_ESTABLISHED, Phase.IKE, None, details)]

    def _child_up(self, line: Line, text: str, talk: Talk) -> list[Event]:
        found = rules.UP_CHILD.match(text)
        if found is None or found["half"] == "outbound ":
            return []
        details = details_of(found)
        details["rekey"] = talk.rekeying
        talk.rekeying, talk.up = False, True
        return [self.event(line, talk, K.SA_ESTABLISHED, Phase.IPSEC, None, details)]


def _on_wire(read: Callable[[str, Talk], wire.Told | None]) -> "_Read":
    """Make an event of what a message on the wire tells."""

    def events(reader: Reader, line: Line, text: str, talk: Talk) -> list[Event]:
        told = read(text, talk)
        return [reader.event(line, talk, *told)] if told else []

    return events


_Read = Callable[[Reader, Line, str, Talk], list[Event]]
_SPECIAL: dict[str, tuple[_Read, ...]] = {
    "initiating": (Reader._starts,),
    "generating": (_on_wire(wire.message),),
    "parsed": (_on_wire(wire.message),),
    "sending": (Reader._packet, _on_wire(wire.retransmit)),
    "retransmit": (_on_wire(wire.retransmit),),
    "giving": (_on_wire(wire.gives_up),),
    "establishing": (_on_wire(wire.not_responding),),
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
