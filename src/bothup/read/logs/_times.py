"""The time at the beginning of a log line, in whatever form its writer has chosen.

Understood: ISO 8601 with or without a zone, syslog without a year, syslog with one, RFC 5424,
slashes for dashes, any number of fractional digits. A time without a zone is in the zone that the
context names; one without a year is put into the year that brings it nearest before `near`.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
_ZONE = r"(?:\s?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?"
_DATE = r"(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)"
_STAMP = re.compile(
    rf"(?:<\d{{1,3}}>)?(?:1 )?\[?(?:\w{{3}},? )?{_DATE}[T_ ]\s?{_CLOCK}{_ZONE}", re.ASCII
)
_SYSLOG = re.compile(
    rf"(?:<\d{{1,3}}>)?\[?(?:\w{{3}} )?(?P<name>[A-Z][a-z]{{2}})\s{{1,2}}(?P<day>\d{{1,2}}),?\s"
    rf"(?:(?P<year>\d{{4}})\s)?{_CLOCK}{_ZONE}(?:\s(?P<last_year>(?:19|20)\d\d)\b)?",
    re.ASCII,
)
# A line may be stamped a little after the moment that the log is known to be about.
_AHEAD = timedelta(days=2)


def time_of(text: str, near: datetime, zone: tzinfo) -> datetime | None:
    """Read the time at the beginning of a line, in UTC; None where there is none."""
    found = _STAMP.match(text) or _SYSLOG.match(text)
    if found is None:
        return None
    try:
        return _moment(found, near, zone)
    except (KeyError, ValueError, OverflowError):
        return None


def end_of_time(text: str) -> int:
    """Say where the rest of the line begins, after its time."""
    found = _STAMP.match(text) or _SYSLOG.match(text)
    return found.end() if found else 0


def _moment(found: re.Match[str], near: datetime, zone: tzinfo) -> datetime:
    part = found.groupdict()
    month = int(part["month"]) if part.get("month") else _MONTHS[(part["name"] or "").lower()]
    year = part.get("year") or part.get("last_year")
    fraction = (part["fraction"] or "")[:6].ljust(6, "0")
    written = _zone(part["zone"]) or zone

    def on(year: int) -> datetime:
        clock = (int(part["hour"]), int(part["minute"]), min(int(part["second"]), 59))
        return datetime(
            year, month, int(part["day"]), *clock, int(fraction), tzinfo=written
        ).astimezone(UTC)

    if year:
        return on(int(year))
    return _latest_before(on, near + _AHEAD)


def _latest_before(on: Callable[[int], datetime], limit: datetime) -> datetime:
    """Find the year without which the line would lie in the future; 29 February takes a leap."""
    for year in range(limit.year, limit.year - 9, -1):
        try:
            moment = on(year)
        except ValueError:
            continue
        if moment <= limit:
            return moment
    raise ValueError


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
