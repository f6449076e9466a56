"""FortiGate: the event log as `key=value` fields, and the debug output of its IKE daemon."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Event
from bothup.read.logs._device import LONGEST, Device
from bothup.read.logs._fortigate_debug import Debug
from bothup.read.logs._fortigate_fields import of_fields
from bothup.read.logs._parser import Context, Line

VENDOR = "fortigate"
ALIASES = ("fortinet", "fortios")

_EVENT = re.compile(r'\btype="?event"?[ ,]')
_SUBTYPES = re.compile(r'\bsubtype="?(?:vpn|ipsec|router|system)\b')
_LOG = re.compile(r'\b(?:logid|log_id)="?\d{5,10}\b')
_DEBUG = re.compile(
    r"(?:^|[\s\]>])ike (?:V=[^:\s]+:)?\d{1,4}(?P<names>(?::[^:\s]*)*): ?(?P<text>.*)"
)


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is FortiGate's."""
    return sum(map(_is_mine, lines)) / len(lines) if lines else 0.0


def _is_mine(text: str) -> bool:
    return bool(_LOG.search(text) or _DEBUG.search(text))


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of the event log and of debug lines."""
    device = Device(context)
    debug = Debug(device)
    for number, whole in lines:
        text = whole[:LONGEST]
        line = (number, text)
        if "subtype=" in text:
            if _SUBTYPES.search(text) and _EVENT.search(text) and _LOG.search(text):
                yield from of_fields(device, line)
        elif "ike " in text and (found := _DEBUG.search(text)):
            yield from debug.read(line, found["names"], found["text"])
