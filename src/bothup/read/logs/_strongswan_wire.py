"""One IKE SA of charon's as its log has told of it, and its messages on the wire.

Which request is on its way and whether the SA was up decide what a "giving up" means: a peer that
never answered, a DPD time-out or a failed rekey.
"""

import re
from typing import NamedTuple

from bothup.model.event import Details, Direction, EventKind, Phase
from bothup.read.logs import _strongswan_rules as rules

K = EventKind
_EXCHANGES = {"ID_PROT": "MAIN_MODE", "INFORMATIONAL_V1": "INFORMATIONAL"}
_VERSION_1 = frozenset({"ID_PROT", "AGGRESSIVE", "QUICK_MODE", "INFORMATIONAL_V1", "TRANSACTION"})
_OPENING = frozenset({"IKE_SA_INIT", "MAIN_MODE", "AGGRESSIVE"})


class Talk:
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


class Told(NamedTuple):
    """What a message tells, without where and of which SA."""

    kind: EventKind
    phase: Phase | None
    direction: Direction | None = None
    details: Details | None = None


def message(text: str, talk: Talk) -> Told | None:
    """Read a message that was parsed or generated."""
    found = rules.MESSAGE.match(text)
    if found is None:
        return None
    exchange = _EXCHANGES.get(found["exchange"], found["exchange"])
    payloads = found["payloads"] or ""
    talk.version = 1 if found["exchange"] in _VERSION_1 else 2
    encrypted = exchange not in _OPENING or payloads.startswith("ID HASH")
    if found["way"] == "generating":
        return _generated(talk, found, exchange, payloads, encrypted=encrypted)
    talk.parsed, talk.encrypted = exchange, encrypted and not payloads.startswith("N(")
    if "N(REKEY_SA)" in payloads and found["kind"] == "request":
        talk.rekeying = True
        return Told(K.REKEY_STARTED, Phase.IPSEC, Direction.RECEIVED)
    if exchange == "INFORMATIONAL" and "N(AUTH_FAILED)" in payloads and talk.version == 2:
        return Told(K.AUTHENTICATION_FAILED, Phase.IKE, Direction.RECEIVED)
    return None


def _generated(
    talk: Talk, found: re.Match[str], exchange: str, payloads: str, *, encrypted: bool
) -> Told | None:
    talk.exchange = exchange
    if found["kind"] == "request":
        talk.requests = {int(found["message_id"]): (exchange, encrypted)}
    if exchange == "CREATE_CHILD_SA" and found["kind"] == "request":
        talk.rekeying = True
        phase = Phase.IPSEC if "TSi" in payloads else Phase.IKE
        return Told(K.REKEY_STARTED, phase, Direction.SENT)
    if "N(AUTH_FAILED)" in payloads:
        return Told(K.AUTHENTICATION_FAILED, Phase.IKE, Direction.SENT)
    if "N(NO_PROP)" in payloads:
        return Told(K.NO_PROPOSAL_CHOSEN, refused_in(talk), Direction.SENT)
    return None


def retransmit(text: str, talk: Talk) -> Told | None:
    """Read that a request is sent again."""
    found = rules.RETRANSMIT.match(text)
    if found is None:
        return None
    details = _unanswered(talk, int(found["message_id"]))
    details["count"] = int(found["count"])
    if found["sequence"] and "exchange" not in details:
        details["encrypted"] = int(found["sequence"]) > 2
    return Told(K.RETRANSMIT, Phase.IKE, Direction.SENT, details)


def _unanswered(talk: Talk, message_id: int) -> Details:
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


def gives_up(text: str, talk: Talk) -> Told | None:
    """Read that a request is not sent again."""
    found = rules.GIVE_UP.match(text)
    if found is None:
        return None
    unknown = ("INFORMATIONAL", True) if talk.up else ("", False)
    message_id, (exchange, encrypted) = next(iter(talk.requests.items()), (0, unknown))
    details: Details = {"count": int(found["count"]), "message_id": message_id}
    if exchange:
        details["exchange"], details["encrypted"] = exchange, encrypted
    talk.gave_up, talk.requests = True, {}
    if exchange == "CREATE_CHILD_SA":
        details["reason"] = "no-answer"
        phase = Phase.IPSEC if talk.rekeying else Phase.IKE
        return Told(K.REKEY_FAILED, phase, None, details)
    kind = K.DPD_TIMEOUT if exchange == "INFORMATIONAL" else K.GAVE_UP
    talk.up = False
    return Told(kind, Phase.IKE, None, details)


def not_responding(text: str, talk: Talk) -> Told | None:
    """Read that a peer does not respond, where that was not said of its last request already."""
    if "peer not responding" not in text or talk.gave_up:
        return None
    return Told(K.GAVE_UP, Phase.IKE)


def refused_in(talk: Talk) -> Phase | None:
    """Say which negotiation a refusal without a text belongs to, by the message it came in."""
    if talk.parsed in _OPENING:
        return Phase.IKE
    if talk.parsed in ("IKE_AUTH", "CREATE_CHILD_SA", "QUICK_MODE"):
        return Phase.IPSEC
    if talk.parsed == "INFORMATIONAL":
        return Phase.IPSEC if talk.encrypted else Phase.IKE
    return None
