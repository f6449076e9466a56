"""Buckets: EC2's request rate limits, in real time.

Source: "Request throttling for the Amazon EC2 API" in its API reference: one bucket per account and
Region for reading calls, one for changing ones.
"""

import threading
import time

import msgspec

from bothup.sim.refusal import Refusal


class Limit(msgspec.Struct, frozen=True):
    """A bucket's size, and the tokens per second that flow into it."""

    burst: float
    rate: float


READS = Limit(burst=100, rate=20)
CHANGES = Limit(burst=50, rate=5)


class Buckets:
    """A bucket for each account, Region and sort of call; `overruns` counts what found it empty."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._levels: dict[tuple[str, str, Limit], tuple[float, float]] = {}
        self.overruns = 0

    def take(self, account: str, region: str, operation: str) -> None:
        """Take the token for one call, or refuse it with RequestLimitExceeded."""
        limit = READS if operation.startswith(("Describe", "Get")) else CHANGES
        key = account, region, limit
        with self._lock:
            now = time.monotonic()
            level, since = self._levels.get(key, (limit.burst, now))
            level = min(limit.burst, level + (now - since) * limit.rate)
            if level < 1:
                self.overruns += 1
                self._levels[key] = level, now
                raise Refusal("RequestLimitExceeded", "Request limit exceeded.", 503)
            self._levels[key] = level - 1, now
