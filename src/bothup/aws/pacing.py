"""Pacing by AWS's own token buckets, one for each account, Region and API.

EC2 refills a bucket of 100 by 20 a second for `Describe*` and `Get*`, and one of 50 by 5 a second
for what changes something (EC2 API Reference, "Request throttling"). Others may be drinking from
the same bucket, so the rate gives way when AWS throttles all the same: it is cut by the factor 0.7,
at most every half second, and grows by one a second with every second that passes without a cut.
"""

import asyncio
import time
from collections.abc import Callable

_CUT, _CUT_EVERY, _GROWTH, _SLOWEST = 0.7, 0.5, 1.0, 0.5


class Bucket:
    """A token bucket whose rate (tokens a second) adapts to what AWS lets through."""

    def __init__(
        self, burst: float, rate: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Start full."""
        self._burst, self._full_rate, self._now = burst, rate, now
        self._rate, self._tokens, self._at = rate, burst, now()
        self._cut_at = float("-inf")

    async def take(self) -> None:
        """Wait for a token; tokens go to the callers in the order in which they asked."""
        wait = self.reserve()
        if wait > 0:
            await asyncio.sleep(wait)

    def reserve(self) -> float:
        """Take a token now, on credit if need be; return the seconds to wait before using it."""
        self._refill()
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    def throttled(self) -> None:
        """AWS throttled a call all the same: somebody else drinks here, so slow down."""
        self._refill()
        if self._at - self._cut_at < _CUT_EVERY:
            return
        self._rate = max(_SLOWEST, self._rate * _CUT)
        self._tokens = min(self._tokens, 0.0)
        self._cut_at = self._at

    def _refill(self) -> None:
        now = self._now()
        passed, self._at = now - self._at, now
        self._tokens = min(self._burst, self._tokens + passed * self._rate)
        if now - self._cut_at > _CUT_EVERY:
            self._rate = min(self._full_rate, self._rate + passed * _GROWTH)


class Pacer:
    """The buckets of every account, Region and API that was called."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Start with no bucket; each comes with the first call."""
        self._now = now
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def bucket(self, account: str, region: str, operation: str) -> Bucket:
        """Return the bucket that the operation drinks from, full at the first call.

        A full bucket that nobody uses costs memory in a fleet of thousands of Targets:
        `forget` gives it back.
        """
        key = (account, region, operation)
        found = self._buckets.get(key)
        if found is None:
            reads = operation.startswith(("Describe", "Get", "List", "Assume"))
            found = Bucket(*((100, 20) if reads else (50, 5)), now=self._now)
            self._buckets[key] = found
        return found

    def forget(self, account: str, region: str) -> None:
        """Drop the buckets of a Target that is done."""
        for key in [key for key in self._buckets if key[:2] == (account, region)]:
            del self._buckets[key]
