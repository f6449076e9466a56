"""One call to AWS, carried through: paced, retried with full jitter, inside a time budget."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bothup.aws.budget import Budget
from bothup.aws.pacing import Pacer
from bothup.aws.session import Session
from bothup.aws.signer import Signer
from bothup.aws.wire import Expired, Wire, operation
from bothup.errors import AwsError, Throttled, UsageError

_LOG = logging.getLogger(__name__)

# A call that has had no answer for so long is given up and made again, while the budget lasts.
ATTEMPT_SECONDS = 20.0
# Throttling ends by itself, so it is ridden out for as long as the budget allows; other faults
# that a repetition may cure are given this many attempts.
ATTEMPTS = 5
_BASE, _CAP = 0.1, 5.0


class Caller:
    """Makes calls for any account in any Region over one Wire."""

    def __init__(self, wire: Wire, session: Session, pacer: Pacer) -> None:
        """Share the wire's connections and the pacer's buckets with every call."""
        self._wire, self._session, self._pacer = wire, session, pacer

    def now(self) -> datetime:
        """Tell the time by AWS's clock, as far as an answer showed that the one here is wrong."""
        return self._wire.now()

    async def open(self, services: Iterable[tuple[str, str]], each: int) -> None:
        """Open up to so many connections to each service in a Region ahead of the calls.

        Finding out who calls takes as long as the handshakes do. What goes wrong is for the calls
        to find out.
        """
        with contextlib.suppress(AwsError, UsageError):
            endpoints = [self._session.endpoint(*service) for service in services]
            await self._wire.open(endpoints * each)

    async def call(
        self,
        service: str,
        name: str,
        params: Mapping[str, Any],
        *,
        signer: Signer,
        account: str,
        region: str,
        budget: Budget,
    ) -> dict[str, Any]:
        """Call an operation and return its answer as plain values, secrets gone.

        Raises AwsError or one of its kinds when AWS refuses, or the budget is spent.
        """
        what, endpoint = operation(service, name), self._session.endpoint(service, region)
        bucket = self._pacer.bucket(account, region, service, name)
        credentials, renewed = await signer.credentials(), False
        faults = throttles = 0
        _LOG.debug("%s %s %s:%s", account or "own account", region, service, name)
        while True:
            if wait := bucket.reserve():
                if wait >= budget.left:
                    raise Throttled(f"{name}: no time left to wait for a free call")
                await asyncio.sleep(wait)
            try:
                return await self._wire.call(
                    what,
                    params,
                    endpoint=endpoint,
                    credentials=credentials,
                    timeout=min(ATTEMPT_SECONDS, budget.left),
                )
            except Expired as error:
                if renewed:
                    raise
                credentials, renewed, pause = await signer.renewed(credentials), True, 0.0
                last: AwsError = error
            except Throttled as error:
                bucket.throttled()
                throttles += 1
                pause, last = _jitter(throttles), error
            except AwsError as error:
                faults += 1
                if not error.retryable or faults >= ATTEMPTS:
                    raise
                pause, last = _jitter(faults), error
            if pause >= budget.left:
                raise last
            await asyncio.sleep(pause)


def _jitter(attempt: int) -> float:
    """Full jitter: anything up to the exponential bound, so that callers do not march in step."""
    import random  # most runs never wait

    return random.uniform(0, min(_CAP, _BASE * 2**attempt))  # noqa: S311 - not for secrecy
