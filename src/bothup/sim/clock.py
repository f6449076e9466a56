"""Clock: the simulated time, which is real time and whatever it has been advanced by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """The time that tunnels live by; it never goes back.

    Signatures and session tokens are checked against real time, because the SDK knows no other.
    """

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The simulated time, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> datetime:
        """Move on by `by` and tell every listener; gives the new time."""
        if by < timedelta():
            raise ValueError(f"the simulated clock cannot go back by {-by}")
        self._ahead += by
        for listener in self._listeners:
            listener()
        return self.now()

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after each advance."""
        self._listeners.append(listener)
