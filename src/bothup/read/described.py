"""Described connections as JSON text, read without ever building their secrets."""

import re
from collections.abc import Iterator

import msgspec

from bothup.model.connection import Malformed, VpnConnection
from bothup.read.describe import malformed, read_connection
from bothup.read.fields import WrongField
from bothup.read.fingerprint import fingerprint_of_text
from bothup.read.items import Form, Item, Members, Origin, placed
from bothup.read.labels import target_of
from bothup.read.parts import around, entries, members, next_page
from bothup.read.wanted import Undecodable, everything, wanted

_ID = re.compile(rb'"VpnConnectionId"\s*:\s*"(vpn-[0-9a-f]{1,40})"')


def read_described(raw: msgspec.Raw, origin: Origin) -> VpnConnection | Malformed:
    """Read one record; gives what read_connection gives for the same record as a dict."""
    try:
        read = read_record(wanted(raw), origin)
        # A Malformed is named after the whole record.
        return read if isinstance(read, VpnConnection) else read_record(everything(raw), origin)
    except Undecodable as error:
        return unreadable(bytes(raw), origin, str(error))


def refused(raw: msgspec.Raw, origin: Origin, problem: str) -> Malformed:
    """Make a Malformed of a record that is none, among records that are."""
    try:
        return malformed(everything(raw), origin.target, origin.now, problem)
    except Undecodable:
        return unreadable(bytes(raw), origin, problem)


def unreadable(text: bytes, origin: Origin, problem: str) -> Malformed:
    """Make a Malformed of a text that no value can be made of."""
    named = _ID.search(text)
    name = named[1].decode() if named else f"malformed-{fingerprint_of_text(text)}"
    return Malformed(id=name, target=origin.target, problem=problem, observed_at=origin.now)


def read_record(record: object, origin: Origin) -> VpnConnection | Malformed:
    """Read one record that may be labelled with its account and Region."""
    try:
        target = target_of(record, origin.target) if isinstance(record, dict) else origin.target
    except WrongField as wrong:
        return malformed(record, origin.target, origin.now, str(wrong))
    return read_connection(record, target, origin.now)


def _answer(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    """Read the answer of DescribeVpnConnections, which may have labels beside the list."""
    origin = around(parts, origin)
    for index, entry in enumerate(entries(parts["VpnConnections"], "$.VpnConnections")):
        yield from placed([read_described(entry, origin)], f"$.VpnConnections[{index}]")
    yield from next_page(parts)


def _changed(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    """Read the answer of a call that makes or changes one connection."""
    members(parts["VpnConnection"], "$.VpnConnection")
    yield read_described(parts["VpnConnection"], around(parts, origin))


def _bare(raw: msgspec.Raw, _: Members, origin: Origin) -> Iterator[Item]:
    yield read_described(raw, origin)


DESCRIBED_FORMS: dict[str, Form] = {
    "VpnConnectionId": _bare,
    "VpnConnections": _answer,
    "VpnConnection": _changed,
    "VgwTelemetry": _bare,
}
