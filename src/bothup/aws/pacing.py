"""Pacing by AWS's own token buckets, one for each account, Region and API.

EC2 refills a bucket of 100 by 20 a second for `Describe*` and `Get*`, and one of 50 by 5 a second
for what changes something (EC2 API Reference, "Request throttling"). STS lets an account make 600
calls a second in a Region (IAM User Guide, quotas). Others may be drinking from
the same bucket, so the rate gives way when AWS throttles all the same: it is cut by the factor 0.7,
at most every half second, and grows by one a second with every second that passes without a cut.
"""

import time
from collections.abc import Callable

# Calls a second that CloudWatch grants an account in a Region (CloudWatch user guide, "CloudWatch
# service quotas"), less a tenth.
CLOUDWATCH = {
    "DescribeAlarms": 8.1,
    "ListTagsForResource": 8.1,
    **dict.fromkeys(("DeleteAlarms", "DescribeAlarmHistory", "SetAlarmState"), 2.7),
    **dict.fromkeys(("PutCompositeAlarm", "PutMetricAlarm"), 2.7),
}
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
        self._buckets: dict[tuple[str, str, str], dict[str, Bucket]] = {}

    def bucket(self, account: str, region: str, service: str, operation: str) -> Bucket:
        """Return the bucket that the operation drinks from, full at the first call."""
        here = self._buckets.setdefault((account, region, service), {})
        found = here.get(operation)
        if found is None:
            found = here[operation] = Bucket(*_size(service, operation), now=self._now)
        return found

    def forget(self, account: str, region: str) -> None:
        """Drop EC2's buckets of a Target that is done: a fleet has thousands.

        STS is asked on behalf of other accounts, so its buckets go on.
        """
        self._buckets.pop((account, region, "ec2"), None)


def _size(service: str, operation: str) -> tuple[float, float]:
    """Burst and refill a second: nine tenths of what AWS grants.

    Calls do not reach AWS as evenly as they leave here, and one that comes too early is throttled.
    """
    if service == "sts":
        return 540, 540
    if service == "cloudwatch" and operation in CLOUDWATCH:
        return CLOUDWATCH[operation], CLOUDWATCH[operation]
    return (90, 18) if operation.startswith(("Describe", "Get", "List")) else (45, 4.5)
