"""pfSense and OPNsense: racoon's messages of old releases, and what the system says of tunnels.

Newer releases run strongSwan, whose lines are read as strongSwan's beside this.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Event, EventKind, Phase
from bothup.read.logs._device import LONGEST, Device
from bothup.read.logs._messages import Message, find
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._racoon import RACOON

VENDOR = "pfsense"
ALIASES = ("opnsense", "racoon", "netgate", "freebsd")

K = EventKind
_RACOON = re.compile(
    r"\bracoon(?:\[\d+\])?: |"
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: (?:ERROR|WARNING|NOTIFY|INFO|DEBUG\d?): "
)
_ITS_PEER = re.compile(r"\bracoon(?:\[\d+\])?: (?:\[[^\]]*\]: ?)?\[(?P<peer>[0-9A-Fa-f.:]+)\]")
# racoon's own lines, the names that pfSense gives to connections, and its other daemons'.
_MINE = re.compile(
    r"<con\d{1,9}(?:_\d+)?\||pfsense|opnsense|"
    r"\bipsec\d+: link state changed|\b(?:filterlog|dpinger|check_reload_status)\b",
    re.IGNORECASE,
)
_CHARON = re.compile(r"\bcharon(?:\[\d+\])?: |\bcharon \d+ - ")
_SYSTEM = (
    Message(
        "link state changed", r"\b(?P<connection>ipsec\d+): link state changed to UP", K.TUNNEL_UP
    ),
    Message(
        "link state changed",
        r"\b(?P<connection>ipsec\d+): link state changed to DOWN",
        K.TUNNEL_DOWN,
    ),
    Message("kernel boot file is", "", K.DAEMON_STARTED, reason="device-restarted"),
    Message(
        "rebooted by", r"\breboot(?:\[\d+\])?: rebooted by", K.DAEMON_STOPPED, reason="operator"
    ),
    Message("Configuration Change: ", "ipsec", K.OPERATOR_ACTION, reason="configured"),
)


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is racoon's or, if any is pfSense's, of its IKE daemon."""
    if not lines:
        return 0.0
    racoon = [bool(_RACOON.search(line)) for line in lines]
    own = [bool(_MINE.search(line)) for line in lines]
    if not any(own):
        return sum(racoon) / len(lines)
    charon = [bool(_CHARON.search(line)) for line in lines]
    return sum(map(any, zip(racoon, own, charon, strict=True))) / len(lines)


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of racoon's messages and of the system's about tunnels."""
    device = Device(context)
    racoon = _Racoon(device)
    for number, whole in lines:
        line = (number, whole[:LONGEST])
        if _RACOON.search(line[1]):
            yield from racoon.read(line)
        elif found := find(_SYSTEM, line[1]):
            yield device.event(line, found)


class _Racoon:
    """racoon's lines of one log: some are understood by what earlier ones told."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._rejected: Details = {}
        self._own: deque[str] = deque(maxlen=20)

    def read(self, line: Line) -> Iterator[Event]:
        """Yield the event of one line."""
        found = find(RACOON, line[1])
        if found is None or self._is_outbound(found[1]):
            return
        kind = found[0].kind
        details: Details = {}
        if kind is K.PROPOSAL_REFUSED and found[0].phase is Phase.IKE:
            details, self._rejected = self._rejected, {}
        told = _ITS_PEER.search(line[1])
        event = self._device.event(
            line, found, peer=told["peer"] if told else None, details=details
        )
        if kind is K.STATUS and "received" in event.details:
            self._rejected = event.details
        yield event

    def _is_outbound(self, found: re.Match[str]) -> bool:
        """Say whether it is the second half of a pair of IPsec SAs, from the device to AWS."""
        told = found.groupdict()
        if "spi" in told:
            source, target = told["peer"], told["local"]
            return source in self._own or self._device.peer_of(source, target) == target
        if told.get("local"):
            self._own.append(told["local"])
        return False
