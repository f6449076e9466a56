"""--at and --since: which time is asked about."""

import re
from datetime import UTC, datetime, timedelta

from bothup.aws.collect.incident import Incident
from bothup.errors import UsageError

# AWS has had VPN connections since 2009; no call has evidence that is older.
_FIRST = datetime(2009, 1, 1, tzinfo=UTC)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def incident(at: str | None, since: str | None, now: datetime) -> Incident:
    """Read both flags, of which one may be given; a time without a zone is UTC.

    Raises UsageError for what is no time, or lies ahead.
    """
    if at and since:
        raise UsageError("--at and --since: say one of them")
    return Incident(
        now=now,
        at=_past("--at", _moment("--at", at), now) if at else None,
        since=since_time(since, now) if since else None,
    )


def since_time(text: str, now: datetime) -> datetime:
    """Read --since alone; raises UsageError as `incident` does."""
    return _past("--since", _since(text, now), now)


def _since(text: str, now: datetime) -> datetime:
    found = re.fullmatch(r"0*([1-9]\d{0,4})([mhdw])", text)
    if found:
        return max(_FIRST, now - timedelta(**{_UNITS[found[2]]: int(found[1])}))
    return _moment("--since", text)


def _moment(flag: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        expected = "a time as 2026-11-24T05:30Z" + (" or 90m, 6h, 2d" if flag == "--since" else "")
        raise UsageError(f"{flag} {text!r}: expected {expected}") from None
    return moment


def _past(flag: str, moment: datetime, now: datetime) -> datetime:
    if moment > now:
        raise UsageError(f"{flag}: {moment:%Y-%m-%d %H:%M} UTC is yet to come")
    if moment < _FIRST:
        raise UsageError(f"{flag}: AWS has no evidence from before {_FIRST:%Y}")
    return moment
