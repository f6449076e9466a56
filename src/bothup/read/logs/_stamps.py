"""The time of a device's log line, wherever in its head the device has put it.

A syslog server, a sequence number, an unset clock's star or a CSV's first fields may stand before
the time. FortiGate writes `date=`, `time=` and `tz=`, or the epoch as `eventtime=`. A zone's name
after the time is believed where the name means one offset only ("CET", not "IST").
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from bothup.read.logs._times import time_of

_HEAD = 240
_START = re.compile(r"(?<![A-Za-z0-9])(?:\d{4}[-/]\d\d[-/]|[A-Z][a-z]{2}\s{1,2}\d{1,2},? )")
_NAME = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})? (?P<name>[A-Z]{3,4})\b")
_EPOCH = re.compile(r"(?:<\d{1,3}>)?\[?(?P<seconds>\d{10})(?P<fraction>\.\d{1,9})?\]?[\s:,]")
_FIELD = re.compile(r'\b(?P<name>date|time|tz|eventtime)="?(?P<value>[^"\s]+)')
_SENSIBLE = range(946_684_800, 4_102_444_800)
_OFFSETS = {
    "WET": 0,
    "WEST": 60,
    "CET": 60,
    "CEST": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "EST": -300,
    "EDT": -240,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "JST": 540,
    "KST": 540,
    "HKT": 480,
    "SAST": 120,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
}


def stamp_of(text: str, near: datetime, zone: tzinfo) -> datetime | None:
    """Read the time of a line, in UTC; None where it tells none.

    `near` gives the year that a line leaves out, `zone` is that of times which name none.
    """
    head = text[:_HEAD]
    if "date=" in head or "eventtime=" in head:
        return _of_fields(head, near, zone)
    named = _NAME.search(head)
    offset = _OFFSETS.get(named["name"]) if named else None
    written = zone if offset is None else timezone(timedelta(minutes=offset))
    for found in _START.finditer(head):
        if time := time_of(head[found.start() :], near, written):
            return time
    return _of_epoch(head)


def _of_fields(head: str, near: datetime, zone: tzinfo) -> datetime | None:
    """Read FortiGate's fields; `eventtime` counts seconds, or parts of them, since 1970."""
    told = {found["name"]: found["value"] for found in _FIELD.finditer(head)}
    epoch = told.get("eventtime", "")
    if "tz" not in told and epoch.isascii() and epoch.isdigit() and len(epoch) >= 10:
        return _moment(int(epoch[:10]), float(f"0.{epoch[10:16] or 0}"))
    written = f"{told.get('date', '')} {told.get('time', '')} {told.get('tz', '')}"
    return time_of(written.rstrip(), near, zone)


def _of_epoch(head: str) -> datetime | None:
    found = _EPOCH.match(head)
    return _moment(int(found["seconds"]), float(found["fraction"] or 0)) if found else None


def _moment(seconds: int, fraction: float) -> datetime | None:
    if seconds not in _SENSIBLE:
        return None
    return datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=fraction)
