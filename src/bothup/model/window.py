"""Window: when changes may start, in somebody's local time ("Sun 02:00-04:00 Europe/Berlin")."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bothup.errors import UsageError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EXPECTED = 'expected days, times and time zone, as "Sun 02:00-04:00 Europe/Berlin"'
_FORM = re.compile(
    r"(?P<days>[A-Za-z,-]+)\s+(?P<start>\d{2}:\d{2})-(?P<end>\d{2}:\d{2})(?:\s+(?P<zone>\S+))?"
)
# A window opens at least once a week; one day more, for the days on which clocks are changed.
_LOOK_AHEAD_DAYS = 8


class Window(msgspec.Struct, frozen=True):
    """Weekdays (0 is Monday) and local times; one that ends before it starts ends the next day."""

    days: frozenset[int]
    start: time
    end: time
    zone: str
    text: str

    def contains(self, now: datetime) -> bool:
        """Say whether the window is open at that moment."""
        return any(opens <= now < closes for opens, closes in self._openings(now))

    def opens(self, now: datetime) -> datetime:
        """Give the moment from which on it is open, in UTC; `now` if it is."""
        if self.contains(now):
            return now
        return min(opens for opens, _ in self._openings(now) if opens > now).astimezone(UTC)

    def _openings(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the openings from yesterday on, the local days taken one by one."""
        yesterday = now.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        for ahead in range(_LOOK_AHEAD_DAYS + 2):
            day = yesterday + timedelta(days=ahead)
            if day.weekday() in self.days:
                over = timedelta(days=self.end <= self.start)
                yield self._at(day, self.start), self._at(day + over, self.end)

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, ZoneInfo(self.zone)).astimezone(UTC)


def parse_window(text: str) -> Window:
    """Read days ("Sun", "Mon-Fri", "Sat,Sun", "daily"), times and an IANA time zone (UTC if none).

    Raises UsageError for what is no such window.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"window {text!r}: {EXPECTED}")
    try:
        start, end = time.fromisoformat(match["start"]), time.fromisoformat(match["end"])
    except ValueError:
        raise UsageError(f"window {text!r}: no such time; {EXPECTED}") from None
    if start == end:
        raise UsageError(f"window {text!r}: it is never open; {EXPECTED}")
    zone = match["zone"] or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"window {text!r}: no time zone is called {zone!r}") from None
    return Window(frozenset(_days(text, match["days"])), start, end, zone, text.strip())


def _days(text: str, said: str) -> Iterator[int]:
    if said.lower() == "daily":
        yield from range(7)
        return
    names = [day.lower() for day in DAYS]
    for part in said.lower().split(","):
        first, to, last = part.partition("-")
        last = last if to else first
        if first not in names or last not in names:
            raise UsageError(f"window {text!r}: no day is called {part!r}; {EXPECTED}")
        length = (names.index(last) - names.index(first)) % 7
        yield from ((names.index(first) + each) % 7 for each in range(length + 1))
