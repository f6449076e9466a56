"""bothup's own `bothup.scan/1`, as one document or as JSON Lines: findings and coverage.

Findings pass through as they were judged, with one exception: a record that contradicts itself is
not believed when it says that all is well.
"""

import contextlib
import re
from collections.abc import Iterator

import msgspec

from bothup.model.connection import Malformed, TunnelStatus
from bothup.model.finding import Finding, Reason, Redundancy, Status
from bothup.model.target import Coverage, CoverageStatus
from bothup.read.describe import malformed
from bothup.read.described import read_described
from bothup.read.fields import WrongField, moment, text
from bothup.read.items import Aside, Form, Item, Members, NotOurs, Origin
from bothup.read.labels import labelled
from bothup.read.parts import around, entries, value
from bothup.read.wanted import Undecodable, everything

_FINDING = msgspec.json.Decoder(Finding)
_COVERAGE = msgspec.json.Decoder(Coverage)
_MISSING = re.compile(r"missing required field `\w+`")
_PATH = re.compile(r"at `([^`]*)`$")
_NULL, _NOTHING = msgspec.Raw(b"null"), msgspec.Raw(b"[]")
_BOTH_TUNNELS_UP = "EC2.20"


def _schema(raw: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    match value(parts["schema"], "$.schema"):
        case "bothup.scan/1":
            return _scan(raw, parts, origin)
        case "bothup.evidence/1":
            return _evidence(raw, parts, origin)
        case _:
            raise NotOurs("$.schema", "another schema", "bothup.scan/1 or bothup.evidence/1")


def _scan(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
    if "findings" not in parts:
        raise NotOurs("$", "a scan without findings", "findings")
    for entry in entries(parts.get("coverage", _NOTHING), "$.coverage"):
        yield read_coverage(entry)
    for entry in entries(parts["findings"], "$.findings"):
        yield read_finding(entry, origin)


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
            yield Aside.SCAN_BEGINS
        case "coverage":
            yield read_coverage(raw)
        case "finding":
            yield read_finding(raw, origin)
        case "summary":
            yield Aside.SCAN_ENDS
        case _:
            raise NotOurs("$.kind", "another kind", "scan, coverage, finding or summary")


def read_finding(raw: msgspec.Raw, origin: Origin) -> Finding | Malformed:
    """Decode one finding; what does not decode is Malformed, named as its resource."""
    try:
        return _believed(_FINDING.decode(raw))
    except msgspec.ValidationError as error:
        return _malformed(raw, origin, _problem(str(error)))
    except (ValueError, RecursionError):
        return _malformed(raw, origin, "a finding that cannot be decoded")


def read_coverage(raw: msgspec.Raw) -> Coverage:
    """Decode one entry of the coverage; what does not decode is a Target that was not read."""
    try:
        return _COVERAGE.decode(raw)
    except (ValueError, RecursionError):
        message = "this entry of the input's coverage does not decode"
        return Coverage(status=CoverageStatus.FAILED, message=message)


def cut_off() -> Coverage:
    """Give the coverage that stands for what is missing of JSON Lines without their last line."""
    message = "the input was cut off: its last line, the summary, is missing"
    return Coverage(status=CoverageStatus.FAILED, message=message)


def _believed(finding: Finding) -> Finding:
    if finding.control != _BOTH_TUNNELS_UP or finding.status is not Status.PASSED:
        return finding
    tunnels = () if finding.tunnels is msgspec.UNSET else finding.tunnels
    up = [tunnel.outside_ip for tunnel in tunnels if tunnel.status is TunnelStatus.UP]
    if len(tunnels) == len(up) == 2 and (up[0] != up[1] or not up[0]):
        return finding
    told = "the record says PASSED, but its tunnels are not exactly two that are UP"
    return msgspec.structs.replace(
        finding,
        status=Status.NOT_AVAILABLE,
        redundancy=Redundancy.UNKNOWN,
        reasons=(Reason(code="inconsistent-record", text=told),),
    )


def _problem(message: str) -> str:
    """Keep of msgspec's message what quotes no value."""
    if missing := _MISSING.search(message):
        return f"a finding with a {missing[0]}"
    path = _PATH.search(message)
    return f"a finding with an unexpected value at {path[1] if path else '$'}"


def _malformed(raw: msgspec.Raw, origin: Origin, problem: str) -> Malformed:
    try:
        finding = everything(raw)
    except Undecodable:
        finding = None
    resource = finding.get("resource") if isinstance(finding, dict) else None
    name = resource.get("id") if isinstance(resource, dict) else None
    target = origin.target
    if isinstance(finding, dict):
        with contextlib.suppress(WrongField):
            target = labelled(text(finding, "account"), text(finding, "region"), target)
    return malformed({"VpnConnectionId": name, "finding": finding}, target, origin.now, problem)


OWN_FORMS: dict[str, Form] = {"kind": _line, "schema": _schema}
