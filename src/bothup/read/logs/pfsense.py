"""pfSense and OPNsense: racoon's messages of old releases, and what the system says of tunnels.

Newer releases run strongSwan, whose lines are read as strongSwan's beside this.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Event, EventKind
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
    rejected: Details = {}
    for number, whole in lines:
        text = whole[:LONGEST]
        line = (number, text)
        if not _RACOON.search(text):
            if found := find(_SYSTEM, text):
                yield device.event(line, found)
            continue
        found = find(RACOON, text)
        if found is None or _is_outbound(device, found[1]):
            continue
        told = _ITS_PEER.search(text)
        details, kind = None, found[0].kind
        if kind is K.PROPOSAL_REFUSED and rejected:
            details, rejected = rejected, {}
        event = device.event(line, found, peer=told["peer"] if told else None, details=details)
        if kind is K.STATUS and "received" in event.details:
            rejected = event.details
        yield event


def _is_outbound(device: Device, found: re.Match[str]) -> bool:
    """Say whether it is the second half of a pair of IPsec SAs, from the device to AWS."""
    told = found.groupdict()
    if "spi" not in told:
        return False
    return device.peer_of(told["peer"], told["local"]) == told["local"]
