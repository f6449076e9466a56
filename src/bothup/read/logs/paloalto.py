"""Palo Alto PAN-OS: the system log, sent as CSV or shown in columns, and ikemgr.log.

ikemgr.log writes a negotiation's steps as a banner, and the addresses on the line after it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from bothup.model.event import Details, Event, EventKind, Phase
from bothup.read.logs._device import LONGEST, Device
from bothup.read.logs._messages import find
from bothup.read.logs._panos_messages import MESSAGES
from bothup.read.logs._parser import Context, Line

VENDOR = "paloalto"
ALIASES = ("pan", "panos", "pan-os", "palo-alto")

K = EventKind
_IP = r"[0-9A-Fa-f.:]*[0-9A-Fa-f]"
_CSV = re.compile(r",SYSTEM,[a-z-]+,\d*,\d{4}/\d\d/\d\d [\d:]{8},[^,]*,[\w-]*,(?P<name>[^,]*),")
_COLUMNS = re.compile(r"^\d{4}/\d\d/\d\d [\d:]{8} (?:info|low|medium|high|critical)\w* +[a-z]+ ")
_IKEMGR = re.compile(
    r"\[(?:PNTF|PERR|PWRN|INFO|IERR|DEBG|PROTO_[A-Z]+|INTERNAL_[A-Z]+)\]: |^\s*====> "
)
_OTHER_CSV = re.compile(r",(?:TRAFFIC|THREAT|CONFIG|GLOBALPROTECT),[a-z-]+,\d*,\d{4}/\d\d/\d\d ")
_PRECISE = re.compile(r",\"?(?P<time>\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d)\"?\s*$")
_SA = re.compile(rf"\bSA: (?P<local>{_IP})\[\d+\]-(?P<peer>{_IP})\[\d+\]")
_EXCHANGES = {
    ", main mode": "MAIN_MODE",
    ", aggressive mode": "AGGRESSIVE",
    ", quick mode": "QUICK_MODE",
}


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is of PAN-OS."""
    return sum(map(_is_mine, lines)) / len(lines) if lines else 0.0


def _is_mine(text: str) -> bool:
    return any(form.search(text) for form in (_CSV, _COLUMNS, _IKEMGR, _OTHER_CSV))


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of the system log and of ikemgr.log."""
    device = Device(context)
    banner: Line | None = None
    for number, whole in lines:
        text = whole[:LONGEST]
        if banner is not None:
            follows = text.lstrip().startswith("====> ") and _SA.search(text)
            yield from _read(device, banner, f"{banner[1]} {text}" if follows else banner[1])
            banner = None
            if follows:
                continue
        if "====> " in text and not _SA.search(text):
            banner = (number, text)
        else:
            yield from _read(device, (number, text), text)
    if banner is not None:
        yield from _read(device, banner, banner[1])


def _read(device: Device, line: Line, text: str) -> Iterator[Event]:
    """Yield the event of a line; `text` is the line and, after a banner, the next one."""
    csv = _CSV.search(text)
    if csv is None and not _COLUMNS.search(text) and not _IKEMGR.search(text):
        return
    name = csv["name"] if csv else ""
    precise = _PRECISE.search(text) if csv else None
    stamp = precise["time"] if precise else ""
    sa = _SA.search(text)
    peer = device.peer_of(sa["peer"], sa["local"]) if sa else None
    device.meet(name, peer)
    lower = text.lower()
    found = find(MESSAGES, text, lower)
    if found is None:
        return
    details = _exchange(lower)
    if name:
        details["connection"] = name
    event = device.event(line, found, name=name, peer=peer, details=details, stamp=stamp)
    if event.phase is None and event.kind in (K.NO_PROPOSAL_CHOSEN, K.PROPOSAL_REFUSED):
        late = "child sa" in lower or "phase-2" in lower
        event = replace(event, phase=Phase.IPSEC if late else Phase.IKE)
    yield event


def _exchange(lower: str) -> Details:
    """Say which version and exchange of IKE a text names."""
    if "ikev2" in lower:
        return {"ike_version": 2}
    if "phase-" not in lower:
        return {}
    details: Details = {"ike_version": 1}
    for words, exchange in _EXCHANGES.items():
        if words in lower:
            details["exchange"] = exchange
    return details
