"""Calls: a record of who called what, when, and what became of it."""

import threading
from collections import Counter, deque
from datetime import datetime
from fnmatch import fnmatchcase

import msgspec


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call at `time` (real time, UTC); `outcome` is "ok" or AWS's error code or a fault's kind.

    `account` is "" where nobody could be told from the request; `operation` is an IAM action.
    """

    time: datetime
    account: str
    region: str
    operation: str
    outcome: str


class Calls:
    """The last calls (up to 100,000) and how often each was made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: deque[Call] = deque(maxlen=100_000)
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, call: Call) -> None:
        """Record one call."""
        with self._lock:
            self._last.append(call)
            self._counts[call.account, call.region, call.operation] += 1

    def count(self, operation: str = "*", account: str = "*", region: str = "*") -> int:
        """How many calls there were; `*` and `?` are wildcards."""
        wanted = account, region, operation
        with self._lock:
            return sum(
                count for key, count in self._counts.items() if all(map(fnmatchcase, key, wanted))
            )

    def counts(self) -> dict[tuple[str, str, str], int]:
        """How many calls there were, by account, Region and operation."""
        with self._lock:
            return dict(self._counts)

    def all(self, operation: str = "*") -> tuple[Call, ...]:
        """The recorded calls of `operation`, in order."""
        with self._lock:
            return tuple(call for call in self._last if fnmatchcase(call.operation, operation))

    def clear(self) -> None:
        """Forget every call."""
        with self._lock:
            self._last.clear()
            self._counts.clear()
