"""Libreswan and Openswan: pluto's log, through syslog or as a file, whack's and status output.

A state number (`#7`) names an SA, or a negotiation that is to become one; the quoted name before
it is the connection's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs import _libreswan_rules as rules
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller, details_of

VENDOR = "libreswan"
ALIASES = ("openswan", "pluto", "freeswan")

K = EventKind
# What stands after the quoted name of a connection, and before it in a row of the status.
_AFTER = re.compile(
    r"(?:\[\d+\])?(?::\d+)?(?: (?:\.\.\.)?(?P<peer>[0-9a-fA-F.:]*[0-9a-fA-F]))?"
    r"(?: #(?P<sa>\d+))?:? "
)
_ROW = re.compile(r"#(?P<row>\d+): $")
_LONGEST_NAME = 120
_SPACES = ("", " ", "\t", "|")
_PACKET = re.compile(r"packet from (?P<peer>[0-9a-fA-F.:]+):\d+: ")
_ADDRESS = re.compile(
    r"(?:request|reply|response|message) (?:to|from) (?P<peer>[0-9a-fA-F.:]+):|"
    r"Peer ID is ID_IPV[46]_ADDR: '(?P<id>[0-9a-fA-F.:]+)'"
)
_SURE = re.compile(
    r"\bpluto(?:\[\d+\])?: |STATE_(?:MAIN|QUICK|AGGR|PARENT|V2|CHILDSA|IKESA)_?\w*"
    r'|"[^"]+"(?:\[\d+\] \S+)? #\d+: |\bISAKMP SA\b|NAT-Traversal: Result'
    r"|initial (?:parent SA|Main Mode|Aggressive Mode) message|sent IKE_SA_INIT (?:request|reply)"
    r"|processing decrypted IKE_AUTH|find_host_(?:pair|connection)|^\d{3} #\d+: "
    r"|peer authentication requires policy|(?:^|: )packet from [0-9a-fA-F.:]+:\d+: "
)
_ENCAPSULATION = re.compile(r"\{ESP(?P<udp>inUDP|inTCP|/NAT)?[^=]*=>")
# Another program's line in the same syslog.
_OTHERS = re.compile(r"[A-Z][a-z]{2} [ \d]\d [\d:.]+ \S+ (?!pluto|ipsec)[\w./-]+(?:\[\d+\])?: ")
_NEEDLES = tuple({rule.needle for rule in rules.RULES})
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_BEGINNING = frozenset(
    {"PARENT_I1", "V2_PARENT_I1", "IKE_SA_INIT_I", "MAIN_I1", "MAIN_I2", "AGGR_I1"}
)
_AUTHENTICATING = frozenset({"PARENT_I2", "V2_PARENT_I2", "IKE_AUTH_I", "MAIN_I3", "AGGR_I2"})
_EXCHANGES = {
    "PARENT_I1": "IKE_SA_INIT",
    "V2_PARENT_I1": "IKE_SA_INIT",
    "IKE_SA_INIT_I": "IKE_SA_INIT",
    "PARENT_I2": "IKE_AUTH",
    "V2_PARENT_I2": "IKE_AUTH",
    "IKE_AUTH_I": "IKE_AUTH",
    "QUICK_I1": "QUICK_MODE",
}
_IKE_UP = re.compile(
    r"(?:V2_)?ESTABLISHED_IKE_SA|PARENT_[IR]3|PARENT_R2|established IKE SA", re.IGNORECASE
)
_CHILD_UP = re.compile(
    r"(?:V2_)?ESTABLISHED_CHILD_SA|V2_IPSEC_[IR]|established Child SA", re.IGNORECASE
)
_UP_1 = re.compile(r"MAIN_I4|MAIN_R3|QUICK_[IR]2|AGGR_I2|AGGR_R2")


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is pluto's."""
    return sum(bool(_SURE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of pluto's messages."""
    reader = _Reader(context)
    for line in lines:
        yield from reader.read(line)


class _Reader:
    def __init__(self, context: Context) -> None:
        self._teller = Teller(context)
        self._peers: dict[str, str] = {}
        self._dead: set[str] = set()
        self._replacing: set[str] = set()
        self._trusted: set[str] = set()

    def read(self, line: Line) -> Iterator[Event]:
        text = line[1]
        if _OTHERS.match(text):
            return
        connection, sa, peer = _prefix(text)
        if not connection and (packet := _PACKET.search(text)):
            peer = packet["peer"]
        elif (" to " in text or "Peer ID" in text) and (address := _ADDRESS.search(text)):
            peer = peer or address["peer"] or address["id"]
        if connection and peer:
            self._peers[connection.split("/")[0]] = peer
        known: Details = {"connection": connection} if connection else {}
        if sa:
            known["sa"] = sa
        tunnel = peer or self._peers.get(connection.split("/")[0])
        yield from self._events(line, text, known, tunnel)

    def _events(self, line: Line, text: str, known: Details, tunnel: str | None) -> Iterator[Event]:
        if "in=" in text and (found := rules.COUNTERS.search(text)):
            known["bytes_in"], known["bytes_out"] = _bytes(found, "in"), _bytes(found, "out")
            kind, phase = K.TRAFFIC_COUNTERS, Phase.IPSEC
            yield self._teller.tell(line, kind, phase=phase, tunnel=tunnel, details=known)
            return
        if "etrans" in text or "RETRANSMIT" in text:
            unanswered = list(self._unanswered(line, text, known, tunnel))
            if unanswered:
                yield from unanswered
                return
        if not [needle for needle in _NEEDLES if needle in text] and "sending not" not in text:
            return
        for rule in rules.RULES:
            if rule.needle in text and (found := rule.search(text)):
                if rule.kind is not K.STATUS:
                    yield self._plain(
                        line, rule, {**known, **rule.more, **details_of(found)}, tunnel
                    )
                return
        if "sending notification" in text and (found := rules.DELETING.search(text)):
            yield from self._deleting(line, found, known, tunnel)

    def _plain(self, line: Line, rule: rules.Rule, details: Details, tunnel: str | None) -> Event:
        sa = details.get("sa", "")
        if rule.kind is K.REKEY_STARTED and rule.phase is Phase.IPSEC:
            self._replacing.add(details.get("connection", ""))
        elif rule.kind is K.SA_ESTABLISHED and rule.phase is Phase.IPSEC:
            rekey = details.get("connection", "") in self._replacing
            details["rekey"] = details.get("rekey", False) or rekey
            self._replacing.discard(details.get("connection", ""))
            if wrapped := _ENCAPSULATION.search(line[1]):
                details["encapsulated"] = bool(wrapped["udp"])
        elif rule.kind is K.SA_ESTABLISHED:
            self._trusted.add(_base(details))
        elif rule.kind is K.NEGOTIATION_STARTED:
            self._trusted.discard(_base(details))
        elif rule.kind is K.DPD_TIMEOUT:
            self._dead.add(sa)
        elif rule.kind is K.ICMP_REJECT or rule.kind is K.NETWORK_ERROR:
            details["reason"] = details.get("reason", "").strip().lower().replace(" ", "-")
        kind, phase = self._meant(rule, details)
        return self._teller.tell(
            line,
            kind,
            phase=phase,
            direction=rule.direction,
            role=rule.role,
            tunnel=tunnel or details.get("peer"),
            details=details,
        )

    def _meant(self, rule: rules.Rule, details: Details) -> tuple[EventKind, Phase | None]:
        """Tell what a notification of IKEv1 is about: of phase 2 once phase 1 is up."""
        if rule.phase is not None or rule.kind not in (K.NO_PROPOSAL_CHOSEN, K.SELECTORS_REFUSED):
            return rule.kind, rule.phase
        if _base(details) in self._trusted:
            return rule.kind, Phase.IPSEC
        identity = rule.kind is K.SELECTORS_REFUSED
        return K.IDENTITY_MISMATCH if identity else rule.kind, Phase.IKE

    def _unanswered(
        self, line: Line, text: str, known: Details, tunnel: str | None
    ) -> Iterator[Event]:
        given_up = "exceeded" in text or "reached" in text
        if given_up and (found := rules.TIMED_OUT.search(text)):
            state = found["state"] or found["at"] or ""
            details: Details = {**known, **_asked(state, found["rest"] or "")}
            details["count"] = int(found["count"] or found["max"])
            kind, phase = _outcome(state)
            if kind is K.DPD_TIMEOUT:
                self._dead.add(known.get("sa", ""))
            if kind is K.REKEY_FAILED:
                details["reason"] = "no-answer"
            yield self._teller.tell(line, kind, phase=phase, tunnel=tunnel, details=details)
        elif found := rules.RETRANSMIT.search(text):
            yield self._teller.tell(
                line,
                K.RETRANSMIT,
                phase=Phase.IKE,
                direction=Direction.SENT,
                tunnel=tunnel,
                details={**known, **_asked(found["state"], "")},
            )

    def _deleting(
        self, line: Line, found: re.Match[str], known: Details, tunnel: str | None
    ) -> Iterator[Event]:
        """An established SA goes: with a notification by our own will, without by the peer's."""
        state = str(found["state"])
        child = bool(_CHILD_UP.search(state) or "QUICK" in state)
        quiet = bool(found["quiet"])
        if not (_IKE_UP.search(state) or child or (_UP_1.search(state) and not quiet)):
            return
        sa = str(found["sa"] or known.get("sa", ""))
        if quiet and (sa in self._dead or "QUICK" in state):
            return
        yield self._teller.tell(
            line,
            K.DELETE,
            phase=Phase.IPSEC if child else Phase.IKE,
            direction=Direction.RECEIVED if quiet else Direction.SENT,
            tunnel=tunnel,
            details={**known, "sa": sa},
        )


def _base(details: Details) -> str:
    """Give a connection's name without the number of its subnets ("vpn/0x1")."""
    return details.get("connection", "").split("/")[0]


def _prefix(text: str) -> tuple[str, str, str | None]:
    """Give the connection, the state number and the peer's address, as far as they stand there."""
    begin = text.find('"')
    end = text.find('"', begin + 1)
    if begin < 0 or not 1 < end - begin <= _LONGEST_NAME or text[begin - 1 : begin] not in _SPACES:
        return "", "", None
    found = _AFTER.match(text, end + 1)
    if found is None:
        return "", "", None
    row = _ROW.search(text[max(0, begin - 12) : begin])
    return text[begin + 1 : end], found["sa"] or (row["row"] if row else ""), found["peer"]


def _outcome(state: str) -> tuple[EventKind, Phase]:
    if _IKE_UP.search(state):
        return K.DPD_TIMEOUT, Phase.IKE
    if "CREATE" in state or "REKEY" in state or "NEW_CHILD" in state:
        return K.REKEY_FAILED, Phase.IKE if "REKEY_IKE" in state else Phase.IPSEC
    return K.GAVE_UP, Phase.IPSEC if "QUICK" in state else Phase.IKE


def _asked(state: str, rest: str) -> Details:
    """Say which request finds no answer, by pluto's state and its own guess."""
    details: Details = {}
    if state.startswith(("MAIN", "AGGR", "QUICK")):
        details["ike_version"] = 1
    if state in _EXCHANGES:
        details["exchange"] = _EXCHANGES[state]
    elif state.startswith(("MAIN", "AGGR")):
        details["exchange"] = "MAIN_MODE" if state.startswith("MAIN") else "AGGRESSIVE"
    if state in _AUTHENTICATING or "first encrypted message" in rest:
        details["encrypted"] = True
    elif state in _BEGINNING or "our first IKE" in rest:
        details["encrypted"] = False
    if details.get("exchange") in ("IKE_SA_INIT", "IKE_AUTH"):
        details["message_id"] = 0 if details["exchange"] == "IKE_SA_INIT" else 1
    return details


def _bytes(found: re.Match[str], way: str) -> int:
    return int(found[way]) * _UNITS[found[f"{way}_unit"]]
