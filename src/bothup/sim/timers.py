"""Timers: what is going to happen, in the order of its time."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

Action = Callable[[datetime], None]


class Timers:
    """Actions to be run when their time has come, each with that time and not with a later one.

    One `run` over an hour gives the same result as sixty over a minute each.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()

    def at(self, when: datetime, action: Action) -> None:
        """Have `action(when)` called by the first `run` at or after `when`."""
        heapq.heappush(self._heap, (when, next(self._order), action))

    def run(self, now: datetime) -> None:
        """Call every action that is due, earliest first; they may set new timers."""
        while self._heap and self._heap[0][0] <= now:
            when, _, action = heapq.heappop(self._heap)
            action(when)
