"""IKEv1 as `debug crypto isakmp` and `debug crypto ipsec` of IOS tell it.

What was offered is listed attribute by attribute before it is refused; the peer is named when a
packet goes or comes, and later lines have the SA's number only.
"""

import re
from collections.abc import Iterator

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._device import Device
from bothup.read.logs._messages import Message, find
from bothup.read.logs._parser import Line

K = EventKind
IKE, IPSEC = Phase.IKE, Phase.IPSEC
SENT, RECEIVED = Direction.SENT, Direction.RECEIVED

# Main mode goes encrypted from its fifth message on, and quick mode always does.
_LATE = r"(?:MM_KEY_EXCH|QM_IDLE)"
_DELETING = r'deleting SA reason "[^"]*{}[^"]*"'
_PEER = r"(?:.*\(peer (?P<peer>[\w.:]+)\))?"

_MESSAGES = (
    Message(
        "beginning Main Mode exchange",
        "",
        K.NEGOTIATION_STARTED,
        IKE,
        SENT,
        exchange="MAIN_MODE",
        ike_version=1,
    ),
    Message(
        "beginning Aggressive Mode exchange",
        "",
        K.NEGOTIATION_STARTED,
        IKE,
        SENT,
        exchange="AGGRESSIVE",
        ike_version=1,
    ),
    Message(
        "beginning Quick Mode exchange",
        "",
        K.NEGOTIATION_STARTED,
        IPSEC,
        SENT,
        exchange="QUICK_MODE",
        ike_version=1,
    ),
    Message("NEW SA", "", K.NEGOTIATION_STARTED, IKE, RECEIVED, ike_version=1),
    Message(
        "retransmitting phase",
        rf"retransmitting phase (?P<n>[12]) {_LATE}\.\.\.",
        K.RETRANSMIT,
        encrypted=True,
        ike_version=1,
    ),
    Message(
        "retransmitting phase",
        r"retransmitting phase (?P<n>[12]) \w+\.\.\.",
        K.RETRANSMIT,
        encrypted=False,
        ike_version=1,
    ),
    Message("is a duplicate of a previous packet", "", K.PEER_RETRANSMIT, IKE, RECEIVED),
    Message(
        "deleting SA reason",
        _DELETING.format("retrans") + rf" state \((?P<role>[IR])\) {_LATE}{_PEER}",
        K.GAVE_UP,
        IKE,
        encrypted=True,
        ike_version=1,
    ),
    Message(
        "deleting SA reason",
        _DELETING.format("retrans") + rf" state \((?P<role>[IR])\) \w+{_PEER}",
        K.GAVE_UP,
        IKE,
        encrypted=False,
        ike_version=1,
    ),
    Message(
        "deleting SA reason",
        _DELETING.format("Lifetime Exceeded") + _PEER,
        K.SA_CLOSED,
        IKE,
        reason="lifetime",
    ),
    Message(
        "deleting SA reason",
        _DELETING.format("user command") + _PEER,
        K.OPERATOR_ACTION,
        IKE,
        reason="terminate",
    ),
    Message("deleting SA reason", _DELETING.format("") + _PEER, K.SA_CLOSED, IKE),
    Message(
        "phase 1 SA policy not acceptable",
        r"not acceptable! \(local \S+ remote (?P<peer>[\w.:]+)\)",
        K.PROPOSAL_REFUSED,
        IKE,
        ike_version=1,
    ),
    Message(
        "IPSec policy invalidated proposal with error 256",
        "",
        K.PROPOSAL_REFUSED,
        IPSEC,
        ike_version=1,
    ),
    Message(
        "phase 2 SA policy not acceptable",
        r"not acceptable! \(local \S+ remote (?P<peer>[\w.:]+)\)",
        K.CHILD_FAILED,
        IPSEC,
    ),
    Message(
        "transform proposal not supported for identity",
        r"for identity:\s*(?:\{(?P<received>[^}]*)\})?",
        K.PROPOSAL_REFUSED,
        IPSEC,
        ike_version=1,
    ),
    Message("proxy identities not supported", "", K.SELECTORS_REFUSED, IPSEC, ike_version=1),
    Message(
        "NOTIFY PROPOSAL_NOT_CHOSEN",
        r"processing NOTIFY PROPOSAL_NOT_CHOSEN protocol [23]",
        K.NO_PROPOSAL_CHOSEN,
        IPSEC,
        RECEIVED,
    ),
    Message(
        "NOTIFY PROPOSAL_NOT_CHOSEN",
        r"processing NOTIFY PROPOSAL_NOT_CHOSEN protocol [01]",
        K.NO_PROPOSAL_CHOSEN,
        IKE,
        RECEIVED,
    ),
    Message("processing NOTIFY INITIAL_CONTACT", "", K.INITIAL_CONTACT, IKE, RECEIVED),
    Message("processing DELETE payload", "", K.DELETE, None, RECEIVED),
    Message(
        "pre-shared key with", r"No pre-shared key with (?P<peer>[\w.:]+)!", K.PSK_MISSING, IKE
    ),
    Message("No cert, and no keys", r"with remote peer (?P<peer>[\w.:]+)", K.PSK_MISSING, IKE),
    Message("reserved not zero on", "", K.UNDECRYPTABLE, IKE, RECEIVED, ike_version=1),
    Message(
        "authenticated with",
        r"SA has been authenticated with (?P<peer>[\w.:]+)",
        K.AUTHENTICATED,
        IKE,
    ),
    Message(
        "IKE_P1_COMPLETE",
        r"Old State = IKE_(?P<role>[IR])_\w+\s+New State = IKE_P1_COMPLETE",
        K.SA_ESTABLISHED,
        IKE,
        ike_version=1,
    ),
    Message(
        "IKE_QM_PHASE2_COMPLETE",
        r"Old State = IKE_QM_(?!PHASE2_COMPLETE)\w+\s+New State = IKE_QM_PHASE2_COMPLETE",
        K.SA_ESTABLISHED,
        IPSEC,
        ike_version=1,
    ),
    Message("error TRUE reason", r'error TRUE reason "QM rejected"', K.CHILD_FAILED, IPSEC),
    Message("DPD/R_U_THERE received", "", K.DPD_RECEIVED, IKE, RECEIVED),
    Message("NOTIFY DPD/R_U_THERE", r"sending NOTIFY DPD/R_U_THERE ", K.DPD_SENT, IKE, SENT),
    Message("not responding!", r"peer (?P<peer>[\w.:]+) not responding!", K.DPD_TIMEOUT, IKE),
    Message("NAT found", r"NAT found, .*both", K.NAT_DETECTED, IKE, nat="both"),
    Message("NAT found", r"NAT found, .*\binside NAT", K.NAT_DETECTED, IKE, nat="local"),
    Message("NAT found", r"NAT found, .*\boutside NAT", K.NAT_DETECTED, IKE, nat="remote"),
)
_PACKET = re.compile(r"(?:received packet from|sending packet to) (?P<peer>[0-9A-Fa-f.:]+) ")
_OFFERING = re.compile(r"Checking (?:ISAKMP transform|IPSec proposal) \d")
_ATTRIBUTE = re.compile(
    r"^\s*(?:(?P<plain>encryption|hash|auth|authenticator is|transform \d+,)|"
    r"(?P<told>keylength of|key length is|default group|group is))\s+(?P<value>[\w-]+)"
)
_DIFFERS = re.compile(
    r"(?P<what>[\w-]+(?: length| algorithm| group)?) (?:offered |)does(?: not|n't)"
    r" match policy"
)
_UNNUMBERED = ("0", "0:0")
_MOST_TALKS = 500


class _Talk:
    """What the log has said of one SA."""

    __slots__ = ("differs", "offer", "peer")

    def __init__(self) -> None:
        self.peer: str | None = None
        self.offer: list[str] = []
        self.differs = ""


class IsakmpDebug:
    """Reads the debug lines of one log."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._talks: dict[str, _Talk] = {}
        self._talk = _Talk()
        self._key = ""

    def read(self, line: Line, key: str, text: str) -> Iterator[Event]:
        """Yield the events of one line; `key` is the SA's number, 0 before it has one."""
        self._turn_to(key)
        talk = self._talk
        if found := _PACKET.search(text):
            talk.peer = self._device.peer_of(found["peer"]) or talk.peer
        if _OFFERING.search(text):
            talk.offer, talk.differs = [], ""
        elif found := _ATTRIBUTE.match(text):
            word = {"keylength of": "", "key length is": ""}.get(found["told"] or "", "group ")
            talk.offer.append(f"{word}{found['value']}" if found["told"] else found["value"])
            del talk.offer[20:]
        elif found := _DIFFERS.search(text):
            talk.differs = found["what"].split()[0].lower()
        elif told := find(_MESSAGES, text):
            details = self._refused(talk) if told[0].kind is K.PROPOSAL_REFUSED else None
            yield self._device.event(line, told, peer=talk.peer, details=details)

    def _refused(self, talk: _Talk) -> Details:
        details: Details = {}
        if talk.offer:
            details["received"] = " ".join(talk.offer)
        if talk.differs:
            details["reason"] = talk.differs
        return details

    def _turn_to(self, key: str) -> None:
        if not key:
            return
        if key not in self._talks:
            if len(self._talks) >= _MOST_TALKS:
                self._talks.clear()
            fresh = self._talks[key] = _Talk()
            if self._key in _UNNUMBERED:
                # An SA gets its number in the middle of main mode, with the same peer.
                fresh.peer = self._talk.peer
        self._key, self._talk = key, self._talks[key]
