"""Findings and coverage of an earlier scan, as they were written.

Findings pass through as they were judged, with one exception: a record that contradicts itself is
not believed when it says that all is well.
"""

import re
from datetime import datetime
from typing import Any

import msgspec

from bothup.model.connection import Malformed, TunnelStatus
from bothup.model.finding import Finding, Reason, Redundancy, Status
from bothup.model.target import Coverage, CoverageStatus
from bothup.read.describe import malformed
from bothup.read.fields import Record, writable
from bothup.read.items import Origin
from bothup.read.labels import labelled
from bothup.read.wanted import Undecodable, everything

_FINDING = msgspec.json.Decoder(Finding)
_COVERAGE = msgspec.json.Decoder(Coverage)
_MISSING = re.compile(r"missing required field `\w+`")
_PATH = re.compile(r"at `([^`]*)`$")
_BOTH_TUNNELS_UP = "EC2.20"


def read_finding(raw: msgspec.Raw, origin: Origin) -> Finding | Malformed:
    """Decode one finding; what does not decode is Malformed, named as its resource."""
    try:
        finding = _FINDING.decode(raw)
    except msgspec.ValidationError as error:
        return _malformed(raw, origin, _problem(str(error)))
    except (ValueError, RecursionError):
        return _malformed(raw, origin, "a finding that cannot be decoded")
    if any(_has_no_offset(tunnel.last_status_change) for tunnel in finding.tunnels or ()):
        return _malformed(raw, origin, "a finding with a time without its offset at $.tunnels")
    return _believed(finding)


def read_coverage(raw: msgspec.Raw) -> Coverage:
    """Decode one entry of the coverage; what does not decode is a Target that was not read."""
    try:
        return _COVERAGE.decode(raw)
    except (ValueError, RecursionError):
        found = _readable(raw)
        return Coverage(
            account=_told(found, "account"),
            region=_told(found, "region"),
            status=CoverageStatus.FAILED,
            message="this entry of the input's coverage does not decode",
        )


def cut_off() -> Coverage:
    """Give the coverage that stands for what is missing of JSON Lines without their last line."""
    message = "the input was cut off: its last line, the summary, is missing"
    return Coverage(status=CoverageStatus.FAILED, message=message)


def _believed(finding: Finding) -> Finding:
    if finding.control != _BOTH_TUNNELS_UP or finding.status is not Status.PASSED:
        return finding
    tunnels = finding.tunnels or ()
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


def _has_no_offset(time: datetime | None) -> bool:
    return time is not None and time.utcoffset() is None


def _problem(message: str) -> str:
    """Keep of msgspec's message what quotes no value."""
    if missing := _MISSING.search(message):
        return f"a finding with a {missing[0]}"
    path = _PATH.search(message)
    return f"a finding with an unexpected value at {path[1] if path else '$'}"


def _malformed(raw: msgspec.Raw, origin: Origin, problem: str) -> Malformed:
    finding = _readable(raw)
    resource = finding.get("resource")
    name = resource.get("id") if isinstance(resource, dict) else None
    account, region = _told(finding, "account"), _told(finding, "region")
    target = labelled(account, region, origin.target)
    return malformed({"VpnConnectionId": name, "finding": finding}, target, origin.now, problem)


def _readable(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        found = everything(raw)
    except Undecodable:
        return {}
    return found if isinstance(found, dict) else {}


def _told(record: Record, key: str) -> str | None:
    value = record.get(key)
    return writable(value) if isinstance(value, str) else None
