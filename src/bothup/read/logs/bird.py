"""BIRD: the routing daemon's BGP messages, with or without its trace.

A session is known by the name of its protocol; the neighbour's address is learned from "Connecting
to". What BIRD was told to do itself ("Disabling protocol", "Shutdown requested") is an operator's
action, not a fault. "Restarting protocol" is a changed configuration: the "Shutdown requested" that
follows it is none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller

VENDOR = "bird"
ALIASES = ("bird2", "bird6")

K = EventKind
_SURE = re.compile(
    r"<(?:TRACE|RMT|INFO|WARN|ERR|FATAL|AUTH|BUG|DBG)> |\bbird6?(?:\[\d+\])?: |"
    r"BGP session (?:est|cl)"
)
_LINE = re.compile(
    r"(?:<(?P<level>TRACE|RMT|INFO|WARN|ERR|AUTH|DBG)> |\bbird6?(?:\[\d+\])?: )?"
    r"(?P<name>[\w.-]+): (?P<text>(?:Connecting|Connected|Connect|Connection|BGP session|Received|"
    r"Error|BGP Error|Socket|Hold timer|Got |Sending|Shutdown requested|Route limit|"
    r"Automatic shutdown|Neighbor).*)"
)
_DISABLING = re.compile(r"Disabling protocol (?P<name>\S+)")
_RESTARTING = re.compile(r"Restarting protocol (?P<name>\S+)")
_STARTING = re.compile(r"<INFO> Started$|bird6?(?:\[\d+\])?: Started$")
_TO = re.compile(r"Connecting to (?P<neighbor>[0-9a-fA-F.:]+)")
_BAD_AS = re.compile(r"(?P<way>Received|Error): Bad peer AS: (?P<asn>\d+)")
_NOTICE = re.compile(
    r"(?P<way>Received|Error|BGP Error|Socket|Automatic shutdown): (?P<what>[^:]+)"
)
_OPEN = re.compile(
    r"(?P<way>Got|Sending) OPEN\((?:ver=\d+,)?as=(?P<asn>\d+),hold=(?P<hold_time>\d+)"
)
# RFC 4271 and RFC 4486, as BIRD words them.
_CODES: dict[str, tuple[int, int]] = {
    "unacceptable hold time": (2, 6),
    "bad bgp identifier": (2, 3),
    "unsupported version number": (2, 1),
    "required capability missing": (2, 7),
    "hold timer expired": (4, 0),
    "finite state machine error": (5, 0),
    "cease": (6, 0),
    "maximum number of prefixes reached": (6, 1),
    "administrative shutdown": (6, 2),
    "peer de-configured": (6, 3),
    "administrative reset": (6, 4),
    "connection rejected": (6, 5),
    "other configuration change": (6, 6),
    "connection collision resolution": (6, 7),
    "out of resources": (6, 8),
    "hard reset": (6, 9),
}


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is BIRD's."""
    return sum(bool(_SURE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield BGP events."""
    log = _Log(context)
    for line in lines:
        text = line[1]
        if found := _LINE.search(text):
            yield from log.message(line, found["name"], found["text"])
        elif found := _DISABLING.search(text):
            yield log.tell(line, found["name"], K.OPERATOR_ACTION, None, {"reason": "disable"})
        elif found := _RESTARTING.search(text):
            log.restarts(found["name"])
        elif _STARTING.search(text):
            yield log.tell(line, "", K.DAEMON_STARTED)


class _Log:
    def __init__(self, context: Context) -> None:
        self._teller = Teller(context)
        self._neighbors: dict[str, str] = {}
        self._restarting: set[str] = set()

    def restarts(self, name: str) -> None:
        """Know that a session is about to begin anew by itself."""
        self._restarting.add(name)

    def tell(
        self,
        line: Line,
        name: str,
        kind: EventKind,
        direction: Direction | None = None,
        details: Details | None = None,
    ) -> Event:
        known: Details = {"connection": name} if name else {}
        if name in self._neighbors:
            known["neighbor"] = self._neighbors[name]
        return self._teller.tell(
            line, kind, phase=Phase.BGP, direction=direction, details={**known, **(details or {})}
        )

    def message(self, line: Line, name: str, text: str) -> Iterator[Event]:
        if found := _TO.match(text):
            self._neighbors[name] = found["neighbor"]
            yield self.tell(line, name, K.BGP_CONNECTING)
        elif text.startswith("BGP session established"):
            yield self.tell(line, name, K.BGP_STATE, None, {"state_to": "established"})
        elif text.startswith("BGP session closed"):
            yield self.tell(
                line, name, K.BGP_STATE, None, {"state_from": "established", "state_to": "idle"}
            )
        elif text.startswith("Connected"):
            yield self.tell(line, name, K.BGP_STATE, None, {"state_to": "opensent"})
        elif text.startswith(("Connection lost", "Connection refused", "Connection timed out")):
            yield self.tell(line, name, K.BGP_CONNECT_FAILED, None, {"reason": _word(text)})
        elif text.startswith("Shutdown requested") and name in self._restarting:
            self._restarting.discard(name)
        elif text.startswith("Shutdown requested"):
            yield self.tell(line, name, K.DAEMON_STOPPED, None, {"reason": "shutdown"})
        elif text.startswith("Hold timer expired"):
            yield self.tell(line, name, K.BGP_HOLD_TIMER_EXPIRED)
        elif found := _OPEN.match(text):
            direction = Direction.RECEIVED if found["way"] == "Got" else Direction.SENT
            details: Details = {"asn": int(found["asn"]), "hold_time": int(found["hold_time"])}
            yield self.tell(line, name, K.BGP_OPEN, direction, details)
        elif found := _BAD_AS.match(text):
            yield self.tell(line, name, K.BGP_BAD_PEER_AS, _way(found), {"asn": int(found["asn"])})
        elif found := _NOTICE.match(text):
            yield from self._notice(line, name, found)

    def _notice(self, line: Line, name: str, found: re.Match[str]) -> Iterator[Event]:
        what = found["what"].strip().lower()
        if found["way"] == "Socket":
            yield self.tell(line, name, K.BGP_CONNECT_FAILED, None, {"reason": _word(what)})
        elif what in _CODES:
            code, subcode = _CODES[what]
            details: Details = {"code": code, "subcode": subcode}
            kind = K.BGP_HOLD_TIMER_EXPIRED if code == 4 else K.BGP_NOTIFICATION
            yield self.tell(line, name, kind, _way(found), details)


def _way(found: re.Match[str]) -> Direction:
    return Direction.RECEIVED if found["way"] == "Received" else Direction.SENT


def _word(text: str) -> str:
    return re.sub(r"[^a-z]+", "-", text.lower()).strip("-")
