"""Clients: services that the wire does not speak with, through the SDK's own clients in threads.

A diagnosis makes some dozen such calls for each connection in trouble, so that a client for each
account, Region and service costs little. Calls are paced, retried with full jitter inside their
budget, and made by so many threads at most.
"""

import asyncio
import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from bothup.aws.budget import Budget
from bothup.aws.pacing import Bucket
from bothup.aws.sdk import Sdk, send
from bothup.aws.signer import Signer
from bothup.aws.wire import Credentials
from bothup.errors import AwsError, Expired, Throttled, Unreachable
from bothup.model.target import Target

# An attempt that has had no answer for so long is given up; a thread cannot be interrupted.
ATTEMPT_SECONDS = 10
ATTEMPTS = 4
_THREADS = 16
_BASE, _CAP = 0.2, 4.0
# LookupEvents may be called twice a second in an account and Region (AWS CloudTrail API Reference).
# The others allow more, some not much more everywhere; throttling makes the pace slower yet.
# Security Hub lets an account make 3 GetFindings and 10 BatchImportFindings a second in a Region.
_RATES = {
    "LookupEvents": (1.0, 2.0),
    "GetFindings": (3.0, 3.0),
    "BatchImportFindings": (1.0, 9.0),
    "BatchUpdateFindings": (1.0, 9.0),
}
_RATE = (10.0, 10.0)


class Clients:
    """The SDK's clients of one profile; a context manager that ends their threads."""

    def __init__(self, profile: str | None = None) -> None:
        """Make no client yet: each comes with the first call that needs it."""
        self._sdk = Sdk(
            profile,
            timeout=ATTEMPT_SECONDS,
            connect=ATTEMPT_SECONDS / 2,
            connections=_THREADS,
        )
        self._buckets: dict[tuple[Target, str], Bucket] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "bothup-sdk")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def call(
        self,
        service: str,
        name: str,
        params: Mapping[str, Any],
        *,
        signer: Signer,
        target: Target,
        budget: Budget,
    ) -> dict[str, Any]:
        """Call an operation by the SDK's names, and return its answer.

        Raises AwsError or one of its kinds when AWS refuses, or the budget is spent.
        """
        failures, renewed = 0, False
        last: AwsError
        while True:
            await self._turn(target, name, budget)
            credentials = await signer.credentials()
            client = await self._sdk.client(target, service, credentials)
            try:
                return await self._attempt(client, name, params, credentials, budget)
            except Expired as error:
                if renewed:
                    raise
                renewed, last, pause = True, error, 0.0
                await signer.renewed(credentials)
            except AwsError as error:
                failures += 1
                if not error.retryable or failures >= ATTEMPTS:
                    raise
                if isinstance(error, Throttled):
                    self._buckets[target, name].throttled()
                last, pause = error, random.uniform(0, min(_CAP, _BASE * 2**failures))  # noqa: S311 - not for secrecy
            if pause >= budget.left:
                raise last
            await asyncio.sleep(pause)

    async def _turn(self, target: Target, name: str, budget: Budget) -> None:
        """Wait until the operation may be called again."""
        bucket = self._buckets.setdefault((target, name), Bucket(*_RATES.get(name, _RATE)))
        wait = bucket.reserve()
        if wait >= budget.left:
            raise Throttled(f"{name}: no time left to wait for a free call")
        await asyncio.sleep(wait)

    async def _attempt(
        self,
        client: Any,
        name: str,
        params: Mapping[str, Any],
        credentials: Credentials,
        budget: Budget,
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, send, client, name, params, credentials)
        try:
            async with asyncio.timeout(budget.left):
                return await work
        except TimeoutError:
            raise Unreachable(f"{name}: no answer within the time that was left") from None
