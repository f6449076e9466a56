"""Clock: the time that changes are made by, so that tests can turn it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from bothup.apply.stops import Interrupted


class Clock(Protocol):
    """`now` is for people and the journal; every wait is measured by `monotonic` (seconds)."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC; it may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that have passed since some moment; it never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; raises Interrupted where somebody asked to stop, and then at once."""
        ...


class SystemClock:
    """This machine's clock. `stop` ends every wait: it is set when somebody presses Ctrl-C."""

    def __init__(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set."""
        self._stop = stop

    def now(self) -> datetime:
        """The time of day."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that have passed."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait, or raise Interrupted."""
        try:
            await asyncio.wait_for(self._stop.wait(), max(seconds, 0.001))
        except TimeoutError:
            return
        raise Interrupted
