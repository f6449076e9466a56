"""Junos: SRX, vSRX and J Series, as syslog and as the traces of kmd and iked."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from bothup.model.event import Details, Event, EventKind
from bothup.read.logs._device import LONGEST, Device
from bothup.read.logs._junos_ike import failures
from bothup.read.logs._junos_messages import MESSAGES, REASONS
from bothup.read.logs._messages import find
from bothup.read.logs._parser import Context, Line

VENDOR = "juniper"
ALIASES = ("junos", "srx", "vsrx", "j-series")

_MINE = re.compile(
    r"\b(?:kmd|iked|rpd|mib2d|mgd|pkid|jsrpd|chassisd|dcd)(?:\[\d+\])?: "
    r"|\[junos@|\bjunos@2636\.|\b(?:KMD|IKED|IKE_VPN|RPD|SNMP_TRAP|UI|PKID|RT)_[A-Z_]{3,}\b"
    r"|^\s*\[edit [a-z]|configuration check-out failed"
    r"|\bPhase-[12] \[(?:initiator|responder)\] "
    r"|\bIKE negotiation (?:failed with|fail for|successfully completed)"
)


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is of Junos."""
    return sum(bool(_MINE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of syslog messages and traces."""
    device = Device(context)
    for number, whole in lines:
        text = whole[:LONGEST]
        line = (number, text)
        if "fail" in text:
            yield from failures(device, line)
        yield from _told(device, line)


def _told(device: Device, line: Line) -> Iterator[Event]:
    found = find(MESSAGES, line[1])
    if found is None:
        return
    told = found[1].groupdict()
    name = told.get("connection") or ""
    device.meet(name, told.get("peer"), told.get("local"))
    if found[0].kind is EventKind.BGP_STATE:
        yield device.event(line, found, details=_states(told))
        return
    event = device.event(line, found, name=name)
    yield event
    if event.kind is EventKind.TUNNEL_DOWN and (why := find(REASONS, line[1])):
        details: Details = {"connection": name}
        yield replace(device.event(line, why, details=details), tunnel=event.tunnel)


def _states(told: dict[str, str | None]) -> Details:
    """Give the states and the event between them in lower case."""
    states: Details = {}
    if told["state_from"] and told["state_to"]:
        states["state_from"] = told["state_from"].lower()
        states["state_to"] = told["state_to"].lower()
    if told["reason"]:
        states["reason"] = told["reason"].lower()
    return states
