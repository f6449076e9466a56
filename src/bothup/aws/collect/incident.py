"""Incident: what time the evidence is to be about, for each tunnel."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

# Around a change: long enough before it for a rekey or an idle time, and some time after it for
# what hinders the tunnel from coming back.
BEFORE = timedelta(hours=3)
AFTER = timedelta(hours=1)
# What a tunnel that has been down for long does now.
RECENT = timedelta(hours=1)
# How far the metrics go back before it: a rhythm shows in days.
HISTORY = timedelta(days=2)
LONG = timedelta(days=14)


class Span(msgspec.Struct, frozen=True, order=True):
    """A time from `start` to `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about: now, or the time `at`, or all since `since`."""

    now: datetime
    at: datetime | None = None
    since: datetime | None = None

    def spans(self, changed: datetime | None) -> tuple[Span, ...]:
        """Give the times to look at for a tunnel whose status changed last at `changed`."""
        if self.since is not None:
            return (Span(self.since, self.now),)
        if self.at is not None:
            return (self._around(self.at),)
        change = self._around(self.now if changed is None else min(changed, self.now))
        return _joined([change, Span(self.now - RECENT, self.now)])

    def history(self, changed: datetime | None, *, up: bool) -> Span:
        """Give the time whose metrics tell what went before the change, and what is now.

        Of a tunnel that has been as it is for long, that would be more than anybody can use: of one
        that is UP what matters is now, of one that is DOWN when it went down.
        """
        first, *_ = self.spans(changed)
        if self.since is not None:
            return first
        span = Span(first.start - HISTORY, first.end if self.at else self.now)
        if span.length <= LONG:
            return span
        return Span(self.now - HISTORY, self.now) if up else Span(span.start, first.end)

    def whole(self, changes: Iterable[datetime | None]) -> Span:
        """Give the time from the first to the last that is looked at for any tunnel."""
        spans = [span for changed in changes for span in self.spans(changed)]
        spans = spans or list(self.spans(None))
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def _around(self, moment: datetime) -> Span:
        return Span(moment - BEFORE, min(moment + AFTER, self.now))


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Join spans that overlap; they come in their order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return tuple(joined)
