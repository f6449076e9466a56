"""Cisco ASA, and the same code in Firepower: syslog messages, and debug output of IKEv1 and IKEv2.

A syslog message is known by its number (`%ASA-5-713119`), which rules out almost every line of a
busy appliance.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Details, Event, EventKind
from bothup.read.logs._asa_ikev1 import IKEV1
from bothup.read.logs._asa_syslog import NEIGHBORS, SYSLOG
from bothup.read.logs._cisco_ikev2 import ERRORS, Ikev2Debug
from bothup.read.logs._device import LONGEST, Device
from bothup.read.logs._ios_bgp import bgp_reason
from bothup.read.logs._messages import Found, find
from bothup.read.logs._parser import Context, Line

VENDOR = "cisco-asa"
ALIASES = ("asa", "asav", "ftd", "firepower", "pix")

_SYSLOG = re.compile(r"%(?:ASA|FTD|PIX)-(?:[a-z]+-)?[0-7]-(?P<number>\d{6}): ?")
_NAMES = ("%ASA-", "%FTD-", "%PIX-")
_NUMBERS = re.compile(
    r"10400[12]|1110(?:08|10)|113019|19900[12]|4021(?:14|16|19|20)|41100[12]|41801[89]|"
    r"60210[13]|60230[34]|713\d{3}|715065|7170(?:09|27)|75[0-3]\d{3}"
)
_IKEV1 = re.compile(r"\[IKEv1(?: [A-Z]+)?\](?::|Group|IP)")
_IKEV2 = re.compile(r"IKEv2-(?:PROTO|PLAT)-\d{1,3}: (?:\((?P<key>\d{1,9})\): )?")
_REJECTING = "Rejecting IPSec tunnel: "
_PEER = re.compile(
    r"\bIP = (?P<group>[0-9A-Fa-f.:]*[0-9A-Fa-f])|\bRemote: ?(?P<remote>[0-9A-Fa-f.:]+):\d"
)
_SESSION = re.compile(
    r"Session Type: \S*(?:LAN|IKEv|IPsec)\S*,.* Bytes xmt: (?P<bytes_out>\d{1,18}),"
    r" Bytes rcv: (?P<bytes_in>\d{1,18})(?:, Reason: (?P<reason>\w[\w /-]*))?",
    re.IGNORECASE,
)


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is of ASA."""
    return sum(map(_is_mine, lines)) / len(lines) if lines else 0.0


def _is_mine(text: str) -> bool:
    patterns = (_SYSLOG, _IKEV1, _IKEV2)
    return text.startswith(_REJECTING) or any(each.search(text) for each in patterns)


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of syslog messages and debug lines."""
    reader = _Reader(Device(context))
    for number, whole in lines:
        text = whole[:LONGEST]
        yield from reader.read((number, text))
    yield from reader.ikev2.finish()


class _Reader:
    """One log: what a message leaves out, one before it may have told."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.ikev2 = Ikev2Debug(device)
        # The last attributes that differed, and in whose negotiation of which phase.
        self._mismatch: tuple[object, Details] = (None, {})
        self._spis: deque[str] = deque(maxlen=50)

    def read(self, line: Line) -> Iterator[Event]:
        """Yield the events of one line."""
        text = line[1]
        if "IKEv2-P" in text and (found := _IKEV2.search(text)):
            yield from self.ikev2.read(line, found["key"] or "", text[found.end() :])
        elif "%" in text and any(name in text for name in _NAMES):
            named = _SYSLOG.search(text)
            if named and _NUMBERS.fullmatch(named["number"]):
                yield from self._syslog(line, named["number"], text[named.start() :])
        elif text.startswith(_REJECTING) or ("[IKEv1" in text and _IKEV1.search(text)):
            yield from self._told(line, find(IKEV1, text))

    def _syslog(self, line: Line, number: str, said: str) -> Iterator[Event]:
        if number == "113019":
            yield from self._disconnected(line)
        elif number.startswith("418"):
            if found := find(NEIGHBORS, said):
                yield self._device.event(line, found, details=bgp_reason(found))
        elif number == "750003":
            yield from self._told(line, find(ERRORS, said), {"ike_version": 2})
        else:
            table = IKEV1 if number.startswith(("713", "715")) else SYSLOG
            yield from self._told(line, find(table, said))

    def _told(
        self, line: Line, found: Found | None, details: Details | None = None
    ) -> Iterator[Event]:
        if found is None:
            return
        kind, peer = found[0].kind, _peer(line[1])
        whose, differing = self._mismatch
        if kind is EventKind.PROPOSAL_REFUSED and whose == (peer, found[0].phase):
            details = {**differing, **(details or {})}
        event = self._device.event(line, found, peer=peer, details=details)
        if kind is EventKind.STATUS and "received" in event.details:
            self._mismatch = ((peer, event.phase), event.details)
        if kind is not EventKind.SA_ESTABLISHED or self._is_new(event.details.get("spi")):
            yield event

    def _is_new(self, spi: str | None) -> bool:
        """Say whether an SA is new: two messages tell of one, and a log may have either."""
        if spi is None:
            return True
        known = spi.lower() in self._spis
        self._spis.append(spi.lower())
        return not known

    def _disconnected(self, line: Line) -> Iterator[Event]:
        """Yield the end of a session between sites; those of people are not a tunnel's."""
        found = _SESSION.search(line[1])
        if found is None:
            return
        details: Details = {
            "bytes_out": int(found["bytes_out"]),
            "bytes_in": int(found["bytes_in"]),
        }
        if found["reason"]:
            details["reason"] = found["reason"].strip().lower()
        yield self._device.tell(line, EventKind.TUNNEL_DOWN, tunnel=_peer(line[1]), details=details)


def _peer(text: str) -> str | None:
    found = _PEER.search(text)
    return (found["group"] or found["remote"]) if found else None
