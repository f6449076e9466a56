"""bothup's own documents: a scan, as one document or as JSON Lines, and an evidence bundle."""

from collections.abc import Iterator

import msgspec

from bothup.read.described import read_described
from bothup.read.fields import WrongField, moment
from bothup.read.findings import read_coverage, read_finding
from bothup.read.items import Aside, Form, Item, LookedFor, Members, NotOurs, Origin, placed
from bothup.read.parts import around, entries, value

_SCAN, _EVIDENCE = "bothup.scan/1", "bothup.evidence/1"
_NULL, _NOTHING = msgspec.Raw(b"null"), msgspec.Raw(b"[]")


def _schema(raw: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    schema = value(parts["schema"], "$.schema")
    if schema == _SCAN:
        return _scan(raw, parts, origin)
    if schema == _EVIDENCE:
        return _evidence(raw, parts, origin)
    raise NotOurs("$.schema", "another schema", f"{_SCAN} or {_EVIDENCE}")


def _scan(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    if "findings" not in parts:
        raise NotOurs("$", "a scan without findings", "findings")
    yield from _scope(parts)
    for entry in entries(parts.get("coverage", _NOTHING), "$.coverage"):
        yield read_coverage(entry)
    for index, entry in enumerate(entries(parts["findings"], "$.findings")):
        yield from placed([read_finding(entry, origin)], f"$.findings[{index}]")


def _scope(parts: Members) -> Iterator[LookedFor]:
    """Read what a scan looked for, nothing where it does not say."""
    try:
        yield msgspec.json.decode(parts.get("scope", _NULL), type=LookedFor)
    except msgspec.DecodeError:
        yield LookedFor()


def _evidence(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    """Read the connection of an evidence bundle, as it was when the bundle was collected."""
    if "connection" not in parts or value(parts["connection"], "$.connection") is None:
        yield Aside.NO_CONNECTION
        return
    collected = {"collected_at": value(parts.get("collected_at", _NULL), "$.collected_at")}
    try:
        now = moment(collected, "collected_at") or origin.now
    except WrongField as wrong:
        raise NotOurs("$.collected_at", wrong.got, wrong.expected) from None
    yield read_described(parts["connection"], Origin(around(parts, origin).target, now))


def _line(raw: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    """Read one of the JSON Lines that a scan is written as."""
    match value(parts["kind"], "$.kind"):
        case "scan":
            if value(parts.get("schema", _NULL), "$.schema") != _SCAN:
                raise NotOurs("$.schema", "another schema", _SCAN)
            yield Aside.SCAN_BEGINS
            yield from _scope(parts)
        case "coverage":
            yield read_coverage(raw)
        case "finding":
            yield read_finding(raw, origin)
        case "summary":
            yield Aside.SCAN_ENDS
        case _:
            raise NotOurs("$.kind", "another kind", "scan, coverage, finding or summary")


OWN_FORMS: dict[str, Form] = {"kind": _line, "schema": _schema}
