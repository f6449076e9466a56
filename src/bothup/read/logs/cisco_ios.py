"""Cisco IOS and IOS XE: syslog messages, and `debug crypto isakmp`, `ipsec` and `ikev2`.

A syslog message is known by its mnemonic (`%CRYPTO-4-IKMP_NO_SA`), a debug line by the name of the
part that wrote it. Debug output of IKEv2 goes on in lines without any name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.event import Event
from bothup.read.logs._cisco_ikev2 import ERRORS, Ikev2Debug
from bothup.read.logs._cisco_isakmp import IsakmpDebug
from bothup.read.logs._device import LONGEST, Device
from bothup.read.logs._ios_bgp import BGP, bgp_reason
from bothup.read.logs._ios_syslog import SYSLOG
from bothup.read.logs._messages import find
from bothup.read.logs._parser import Context, Line

VENDOR = "cisco-ios"
ALIASES = ("ios", "ios-xe", "iosxe", "csr", "csr1000v", "cisco", "cisco-csr", "isr")

_SYSLOG = re.compile(
    r"(?<![\w%])%(?P<name>(?:CRYPTO|IKEV2|IPSEC|PKI|BGP|BGP_SESSION|LINEPROTO|LINK|TUN|SYS|"
    r"CRYPTO_ENGINE)-(?:SP-|SW\d-|STDBY-)?[0-7]-[A-Z][A-Z0-9_]+): ?"
)
_ANY_SYSLOG = re.compile(r"(?<![\w%])%[A-Z][A-Z0-9_]*-(?:SP-|SW\d-|STDBY-)?[0-7]-[A-Z][A-Z0-9_]+: ")
_ISAKMP = re.compile(
    r"(?:^|[^\w\[])(?:ISAKMP(?:-PAK|-ERROR|-AGGRESSIVE)?:?\s?(?:\((?P<key>[\d:]+)\))?|"
    r"IPSEC\([\w ]+\)):"
)
_IKEV2 = re.compile(
    r"(?:^|[^\w\[])IKEv2(?:-ERROR|-PAK|-INTERNAL)?:(?:\((?P<key>[^)]{0,80})\):{0,2})?\s*(?:% ?)?"
)
# Debug output of IKEv2 that goes on without a name.
_GOES_ON = ("Message id: ", "IKEv2 ", "NOTIFY(", "Proposal ")
_OTHERS = ("%ASA-", "%FTD-", "%PIX-", "logid=", "log_id=")


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is of IOS."""
    return sum(map(_is_mine, lines)) / len(lines) if lines else 0.0


def _is_mine(text: str) -> bool:
    if any(mark in text for mark in _OTHERS):
        return False
    return any(pattern.search(text) for pattern in (_ANY_SYSLOG, _ISAKMP, _IKEV2))


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield the events of syslog messages and debug lines."""
    device = Device(context)
    isakmp, ikev2 = IsakmpDebug(device), Ikev2Debug(device)
    in_ikev2 = False
    for number, whole in lines:
        text = whole[:LONGEST]
        line = (number, text)
        if "IKEv2" in text and (found := _IKEV2.search(text)):
            in_ikev2 = True
            yield from ikev2.read(line, found["key"] or "", text[found.end() :])
        elif ("ISAKMP" in text or "IPSEC(" in text) and (found := _ISAKMP.search(text)):
            yield from isakmp.read(line, found["key"] or "", text[found.end() :])
        elif "%" in text:
            yield from _syslog(device, line)
        elif in_ikev2 and any(mark in text for mark in _GOES_ON):
            yield from ikev2.read(line, "", text)
    yield from ikev2.finish()


def _syslog(device: Device, line: Line) -> Iterator[Event]:
    text = line[1]
    named = _SYSLOG.search(text)
    if named is None or any(mark in text for mark in _OTHERS):
        return
    said = text[named.start() :]
    if named["name"].startswith("BGP"):
        if found := find(BGP, said):
            yield device.event(line, found, details=bgp_reason(found))
    elif named["name"].endswith("NEG_ABORT"):
        if found := find(ERRORS, said):
            yield device.event(line, found, details={"ike_version": 2})
    elif found := find(SYSLOG, said):
        yield device.event(line, found)
