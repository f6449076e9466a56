"""IKEv2 as Cisco's routers and firewalls tell it: one library, the same words in both.

In a syslog message an error stands alone; in a debug log the packets before it tell which exchange
it ended. The peer's and the own proposals are listed after "Received Policies" and "Expected
Policies".
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

REFUSED = Message("Failed to find a matching policy", "", K.PROPOSAL_REFUSED)

# Errors that stand alone: a syslog message's "aborted due to ERROR:", or a debug line.
ERRORS = (
    Message("eceived no proposal chosen", "", K.NO_PROPOSAL_CHOSEN, None, RECEIVED),
    REFUSED,
    Message("TS", r"(?P<way>received|sending) TS[_ ]unacceptable", K.SELECTORS_REFUSED, IPSEC),
    Message("no IPSEC policy found for received TS", "", K.SELECTORS_REFUSED, IPSEC),
    Message("Failed to authenticate the IKE SA", "", K.AUTHENTICATION_FAILED, IKE),
    Message("ending authentication failure notify", "", K.AUTHENTICATION_FAILED, IKE, SENT),
    Message("notify", r"received auth\w* fail\w* notify", K.AUTHENTICATION_FAILED, IKE, RECEIVED),
    Message("authentication method configured is mismatching", "", K.AUTH_METHOD_MISMATCH, IKE),
    Message(
        "Failed to receive the AUTH msg",
        "",
        K.HALF_OPEN_TIMEOUT,
        IKE,
        exchange="IKE_AUTH",
        encrypted=True,
    ),
    Message("Maximum number of retransmissions", "", K.GAVE_UP, IKE),
    Message("Failed to locate an item in the database", "", K.UNKNOWN_PEER, IKE),
    Message("rofile", r"profile (?:not|could not be) found", K.UNKNOWN_PEER, IKE),
    Message("Peer ID check failed", "", K.IDENTITY_MISMATCH, IKE),
    Message("contained the wrong DH group", "", K.WRONG_DH_GUESS, IKE, RECEIVED),
    Message("ert", r"certificate\b.*\bexpired", K.CERTIFICATE_INVALID, IKE, reason="expired"),
    Message("ert", r"certificate\b.*\brevoked", K.CERTIFICATE_INVALID, IKE, reason="revoked"),
    Message("nsupported cert encoding", "", K.CERTIFICATE_INVALID, IKE, reason="encoding"),
    Message("Auth exchange failed", "", K.STATUS, IKE, exchange="IKE_AUTH"),
    Message("nitial exchange failed", "", K.STATUS, IKE, exchange="IKE_SA_INIT"),
)
_TALK = (
    Message("Retransmitting packet", "", K.RETRANSMIT, IKE),
    Message("SA created; inserting SA", "", K.SA_ESTABLISHED, IKE, ike_version=2),
    Message(
        "DELETE INFO message for I",
        r"(?P<way>Sending|Process\w*|Received) DELETE INFO message for IPsec SA"
        r"(?: \[SPI: (?P<spi>\w+)\])?",
        K.DELETE,
        IPSEC,
    ),
    Message(
        "DELETE INFO message for I",
        r"(?P<way>Sending|Process\w*|Received) DELETE INFO message for IKEv2 SA",
        K.DELETE,
        IKE,
    ),
    Message("DPD/liveness query", r"Sending DPD/liveness query", K.DPD_SENT, IKE, SENT),
    Message("DPD/liveness query", r"Received DPD/liveness query", K.DPD_RECEIVED, IKE, RECEIVED),
    Message("NAT INSIDE found", "", K.NAT_DETECTED, IKE, nat="local"),
    Message("NAT OUTSIDE found", "", K.NAT_DETECTED, IKE, nat="remote"),
    Message("peer's identity", r"based on peer's identity '(?P<got>[^']+)'", K.PEER_LOOKUP, IKE),
)
_NOTIFIES = {
    "NO_PROPOSAL_CHOSEN": K.NO_PROPOSAL_CHOSEN,
    "AUTHENTICATION_FAILED": K.AUTHENTICATION_FAILED,
    "TS_UNACCEPTABLE": K.SELECTORS_REFUSED,
    "INVALID_KE_PAYLOAD": K.WRONG_DH_GUESS,
    "INITIAL_CONTACT": K.INITIAL_CONTACT,
}
_PACKET = re.compile(
    r"(?P<way>Sending|Received) Packet \[(?:To|From) (?P<peer>[0-9A-Fa-f.:]+?):\d+/"
)
_NUMBER = re.compile(r"Message id: (?P<number>\d{1,9})\b")
_EXCHANGE = re.compile(
    r"(?P<exchange>IKE_SA_INIT|IKE_AUTH|CREATE_CHILD_SA|INFORMATIONAL) Exchange "
    r"(?P<kind>REQUEST|RESPONSE)"
)
_NOTIFY = re.compile(r"\bNOTIFY\((?P<notify>\w+)\)")
_METHOD = re.compile(r"Peer's authentication method is '(?P<method>\w+)'")
_DIFFERS = re.compile(r"authentication value for peer differs|peer's auth\w+ data FAILED")
_WHOSE = re.compile(r"(?P<whose>Received|Expected) Policies")
_OFFER = re.compile(
    r"(?P<esp>ESP: )?Proposal \d{1,3}:\s*(?P<offer>\S.*?)\s*(?=(?:ESP: )?Proposal \d{1,3}:|$)"
)
_MOST_OFFERS = 12
_MOST_TALKS = 500


class _Talk:
    """What the log has said of one SA."""

    __slots__ = ("exchange", "looked", "method", "number", "peer", "request", "resent", "way")

    def __init__(self) -> None:
        self.peer: str | None = None
        self.way: Direction | None = None
        self.exchange = self.method = self.looked = ""
        self.number: int | None = None
        self.request: Details = {}
        self.resent = False


class _Refusal:
    """A refusal while its proposals are listed."""

    def __init__(self, line: Line, talk: _Talk) -> None:
        self.line, self.talk = line, talk
        self.offers: dict[str, list[str]] = {"Received": [], "Expected": []}
        self.whose = "Received"
        self.phase: Phase | None = None


class Ikev2Debug:
    """Reads the debug lines of one log."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._talks: dict[str, _Talk] = {}
        self._talk = _Talk()
        self._refusal: _Refusal | None = None

    def read(self, line: Line, key: str, text: str) -> Iterator[Event]:
        """Yield the events of one line; `key` is the SA's number, if the line has one."""
        self._turn_to(key)
        if self._is_listing(line, text):
            return
        yield from self.finish()
        talk = self._talk
        if found := _PACKET.search(text):
            talk.way = SENT if found["way"] == "Sending" else RECEIVED
            talk.peer = self._device.peer_of(found["peer"]) or talk.peer
        elif found := _EXCHANGE.search(text):
            yield from self._exchanged(line, found)
        elif found := _NUMBER.search(text):
            talk.number = int(found["number"])
        elif found := _METHOD.search(text):
            talk.method = found["method"]
        elif _NOTIFY.search(text):
            yield from self._notified(line, text)
        else:
            yield from self._said(line, text)

    def finish(self) -> Iterator[Event]:
        """Yield the refusal whose proposals have been listed, if there is one."""
        refusal, self._refusal = self._refusal, None
        if refusal is None:
            return
        received, expected = (
            "; ".join(refusal.offers[whose]) for whose in ("Received", "Expected")
        )
        details: Details = {"ike_version": 2}
        if received:
            details["received"] = received
        if expected:
            details["configured"] = expected
        talk = refusal.talk
        phase = refusal.phase or (IKE if received or expected else _phase(talk))
        yield self._device.tell(
            refusal.line, K.PROPOSAL_REFUSED, phase, tunnel=talk.peer, details=details
        )

    def _turn_to(self, key: str) -> None:
        if not key:
            return
        if key not in self._talks and len(self._talks) >= _MOST_TALKS:
            self._talks.clear()
        self._talk = self._talks.setdefault(key, _Talk())

    def _is_listing(self, line: Line, text: str) -> bool:
        """Collect proposals; say whether the line is part of such a list."""
        whose = _WHOSE.search(text)
        if whose or REFUSED.mark in text:
            self._refusal = self._refusal or _Refusal(line, self._talk)
        refusal = self._refusal
        if refusal is None:
            return False
        if whose:
            refusal.whose = whose["whose"]
        listed = refusal.offers[refusal.whose]
        offers = list(_OFFER.finditer(text))
        for offer in offers[: _MOST_OFFERS - len(listed)]:
            refusal.phase = IPSEC if offer["esp"] else refusal.phase or IKE
            listed.append(" ".join(offer["offer"].split())[:300])
        return bool(whose or offers or REFUSED.mark in text or not text.strip())

    def _exchanged(self, line: Line, found: re.Match[str]) -> Iterator[Event]:
        talk = self._talk
        talk.exchange = found["exchange"]
        opening = talk.exchange == "IKE_SA_INIT" and found["kind"] == "REQUEST"
        again, talk.resent = talk.resent, False
        if talk.way is SENT and found["kind"] == "REQUEST":
            talk.request = {"exchange": talk.exchange, "encrypted": not opening}
            if talk.number is not None:
                talk.request["message_id"] = talk.number
        if opening and talk.way and not again:
            role = Role.INITIATOR if talk.way is SENT else Role.RESPONDER
            yield self._device.tell(
                line,
                K.NEGOTIATION_STARTED,
                IKE,
                talk.way,
                role,
                tunnel=talk.peer,
                details={"exchange": talk.exchange, "ike_version": 2},
            )

    def _notified(self, line: Line, text: str) -> Iterator[Event]:
        talk = self._talk
        for found in _NOTIFY.finditer(text):
            kind = _NOTIFIES.get(found["notify"])
            if kind is None:
                continue
            phase = _phase(talk) if kind is K.NO_PROPOSAL_CHOSEN else IKE
            if kind is K.SELECTORS_REFUSED:
                phase = IPSEC
            way = talk.way or RECEIVED
            yield self._device.tell(
                line, kind, phase, way, tunnel=talk.peer, details={"ike_version": 2}
            )

    def _said(self, line: Line, text: str) -> Iterator[Event]:
        talk = self._talk
        if _DIFFERS.search(text):
            kind = K.PSK_MISMATCH if talk.method == "PSK" else K.AUTHENTICATION_FAILED
            yield self._device.tell(line, kind, IKE, tunnel=talk.peer, details={"ike_version": 2})
            return
        found = find(ERRORS, text) or find(_TALK, text)
        if found is None:
            return
        kind = found[0].kind
        details: Details = {"ike_version": 2}
        if kind in (K.RETRANSMIT, K.GAVE_UP):
            details |= talk.request
            talk.resent = kind is K.RETRANSMIT
        if kind is K.UNKNOWN_PEER and talk.looked:
            # What was looked up in vain is the identity, not the address.
            details["got"] = talk.looked
        event = self._device.event(line, found, peer=talk.peer, details=details)
        talk.looked = event.details.get("got", "") if kind is K.PEER_LOOKUP else ""
        yield replace(event, phase=_phase(talk)) if kind is K.NO_PROPOSAL_CHOSEN else event


def _phase(talk: _Talk) -> Phase | None:
    """Say which phase a refusal ends, by the exchange that it answers."""
    if not talk.exchange:
        return None
    return IKE if talk.exchange == "IKE_SA_INIT" else IPSEC
