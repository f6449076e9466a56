"""FRR and Quagga: bgpd's log.

The neighbour is an inside address; a notification comes with its code and subcode.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._bgp import denied
from bothup.read.logs._device import LONGEST
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller, details_of

VENDOR = "frr"
ALIASES = ("bgpd", "quagga", "frrouting")

K = EventKind
_SURE = re.compile(r"\bbgpd(?:\[\d+\])?: |\bBGP: |%ADJCHANGE|%NOTIFICATION|%MAXPFX")
_IP = r"(?<![0-9a-fA-F.:])(?P<neighbor>[0-9a-fA-F.:]+)"
_NOTIFICATION = re.compile(
    r"%NOTIFICATION(?:\([^)]*\))?: (?P<way>sent to|received from) neighbor "
    rf"{_IP}\S* (?P<code>\d+)/(?P<subcode>\d+)"
)
_ADJACENCY = re.compile(
    rf"%ADJCHANGE: neighbor {_IP}\S*(?: in vrf \S+)? (?P<state>Up|Down)\s*(?P<why>.*)"
)
_PREFIXES = re.compile(
    rf"%MAXPFX(?P<exceed>EXCEED)?: No\. of .*? prefix received from {_IP}\S*,? "
    r"(?:reaches )?(?P<prefixes>\d+)(?: exceed, limit|, max) (?P<limit>\d+)"
)
_BAD_AS = re.compile(rf"{_IP}\S* bad OPEN, remote AS is (?P<asn>\d+), expected (?P<asn_wanted>\d+)")
_WENT = re.compile(rf"{_IP}\S*(?: fd \d+)? went from (?P<state_from>\w+) to (?P<state_to>\w+)")
_HOLD = re.compile(rf"{_IP}\S* \[FSM\] (?:Hold timer expire|Timer \(holdtime timer expire)")
_OPEN = re.compile(
    rf"{_IP}\S* (?P<way>rcv|sending) OPEN.*?(?:remote-as \(in open\)|my as) (?P<asn>\d+), "
    r"holdtime (?P<hold_time>\d+)"
)
_FAILED = re.compile(rf"{_IP}\S* \[Event\] Connect failed.*?\((?P<why>[^)]*)\)")
# One of these stands in every line that tells something; looking for them is cheap.
_MARKS = re.compile(
    r"%NOTIFICATION|%ADJCHANGE|%MAXPFX|bad OPEN|went from|\[FSM\]|OPEN|\[Event\]|DENIED"
)
_DENIED = re.compile(rf"{_IP}\S*.*?UPDATE about (?P<prefix>\S+).*(?P<denied>DENIED due to: .*)")


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is bgpd's."""
    return sum(bool(_SURE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield BGP events."""
    teller = Teller(context)
    for line in lines:
        if event := _read(teller, line):
            yield event


def _read(teller: Teller, line: Line) -> Event | None:
    text = line[1][:LONGEST]
    if not _MARKS.search(text):
        return None

    def tell(kind: EventKind, found: re.Match[str], direction: Direction | None = None) -> Event:
        details = details_of(found)
        for name in ("state_from", "state_to"):
            if name in details:
                details[name] = details[name].lower()
        return teller.tell(line, kind, phase=Phase.BGP, direction=direction, details=details)

    if found := _NOTIFICATION.search(text):
        way = Direction.SENT if found["way"].startswith("sent") else Direction.RECEIVED
        return tell(_notified(found), found, way)
    if found := _ADJACENCY.search(text):
        return _adjacency(teller, line, found)
    if found := _PREFIXES.search(text):
        return tell(K.BGP_PREFIX_LIMIT if found["exceed"] else K.BGP_PREFIX_WARNING, found)
    if found := _BAD_AS.search(text):
        return tell(K.BGP_BAD_PEER_AS, found, Direction.SENT)
    if found := _WENT.search(text):
        return tell(K.BGP_STATE, found)
    if found := _HOLD.search(text):
        return tell(K.BGP_HOLD_TIMER_EXPIRED, found)
    if found := _OPEN.search(text):
        return tell(
            K.BGP_OPEN, found, Direction.RECEIVED if found["way"] == "rcv" else Direction.SENT
        )
    if found := _FAILED.search(text):
        return tell(K.BGP_CONNECT_FAILED, found)
    if found := _DENIED.search(text):
        details: Details = {"prefix": found["prefix"], "reason": denied(found["denied"])}
        return teller.tell(line, K.BGP_ROUTE_DENIED, phase=Phase.BGP, details=details)
    return None


def _notified(found: re.Match[str]) -> EventKind:
    code, subcode = int(found["code"]), int(found["subcode"])
    if (code, subcode) == (2, 2):
        return K.BGP_BAD_PEER_AS
    return K.BGP_HOLD_TIMER_EXPIRED if code == 4 else K.BGP_NOTIFICATION


def _adjacency(teller: Teller, line: Line, found: re.Match[str]) -> Event:
    details: Details = {"neighbor": found["neighbor"]}
    if found["state"] == "Up":
        details["state_to"] = "established"
    else:
        details |= {"state_from": "established", "state_to": "idle"}
        if found["why"].strip():
            details["reason"] = found["why"].strip().lower()
    return teller.tell(line, K.BGP_STATE, phase=Phase.BGP, details=details)
