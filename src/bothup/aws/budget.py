"""A time budget: what may be spent on one piece of work, waits and retries included."""

import time
from collections.abc import Callable

import msgspec


class Budget(msgspec.Struct, frozen=True):
    """Ends at `ends` on the clock `now` (seconds, monotonic)."""

    ends: float
    now: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, seconds: float, within: "Budget | None" = None) -> "Budget":
        """Start a budget of so many seconds, but no longer than the one it lies within."""
        ends = time.monotonic() + seconds
        return cls(min(ends, within.ends) if within else ends)

    @property
    def left(self) -> float:
        """Seconds left; 0 when it is spent."""
        return max(0.0, self.ends - self.now())
