"""Time limits for many calls at once, with one timer of the event loop for all of them.

`asyncio.timeout` sets a timer for each call and takes it back a moment later, which costs more
than a fifth of what sending and receiving cost.
"""

import asyncio
import functools
from types import TracebackType


class Deadlines:
    """Gives out limits; they are for one event loop."""

    def __init__(self) -> None:
        self._limits: set[Limit] = set()
        self._timer: asyncio.TimerHandle | None = None

    @functools.cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop. Asking asyncio for it costs a system call, so that is done once."""
        return asyncio.get_running_loop()

    def within(self, seconds: float) -> "Limit":
        """Return a context manager that ends its block with TimeoutError after so many seconds."""
        return Limit(self, seconds)

    def close(self) -> None:
        """Let go of the timer; to be called when no limit is in use."""
        if self._timer is not None:
            self._timer.cancel()

    def begin(self, limit: "Limit") -> None:
        """Watch over a limit."""
        self._limits.add(limit)
        if self._timer is None or limit.ends < self._timer.when():
            self._wait_until(limit.ends)

    def end(self, limit: "Limit") -> None:
        """Watch over it no longer."""
        self._limits.discard(limit)

    def _wait_until(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(when, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self.loop.time()
        for limit in [limit for limit in self._limits if limit.ends <= now]:
            self._limits.remove(limit)
            limit.expire()
        if self._limits:
            self._wait_until(min(limit.ends for limit in self._limits))


class Limit:
    """One block's time limit, to be entered once, in a task."""

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines, self._seconds = deadlines, seconds
        self._expired = False

    def __enter__(self) -> None:
        loop = self._deadlines.loop
        task = asyncio.current_task(loop)
        assert task
        self._task, self._cancelling = task, task.cancelling()
        self.ends = loop.time() + self._seconds
        self._deadlines.begin(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._deadlines.end(self)
        # A task that somebody else has cancelled as well stays cancelled.
        alone = self._expired and self._task.uncancel() <= self._cancelling
        if alone and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """End the block."""
        self._expired = True
        self._task.cancel()
