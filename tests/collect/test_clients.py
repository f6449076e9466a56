"""Calls through the SDK's own clients: paced, retried, bounded in time, and never telling a key."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from bothup.aws import clients
from bothup.aws.budget import Budget
from bothup.aws.clients import Clients
from bothup.aws.wire import Credentials
from bothup.errors import AwsError, Denied, Expired, Throttled, Unreachable
from bothup.model.target import Target
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.collect.ground import ACCOUNT

T = TypeVar("T")
TARGET = Target(account=ACCOUNT, region="eu-central-1")


class Signing:
    """Credentials of the simulated account; counts how often they were renewed."""

    def __init__(self, sim: SimServer, token: str | None = None) -> None:
        env = sim.env()
        self._known = Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], token)
        self.renewals = 0

    async def credentials(self) -> Credentials:
        return self._known

    async def renewed(self, expired: Credentials) -> Credentials:
        self.renewals += 1
        return self._known


def with_clients(work: Callable[[Clients], Awaitable[T]]) -> T:
    async def do() -> T:
        async with Clients() as made:
            return await work(made)

    return asyncio.run(do())


def call(sim: SimServer, signer: Signing, seconds: float = 60.0) -> object:
    async def work(made: Clients) -> object:
        budget = Budget.of(seconds)
        return await made.call(
            "logs", "DescribeLogGroups", {}, signer=signer, target=TARGET, budget=budget
        )

    return with_clients(work)


def test_lookups_are_two_a_second_at_most(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name, value in sim.env().items():
        monkeypatch.setenv(name, value)
    assert clients._RATES["LookupEvents"] == (1.0, 2.0)
    signer = Signing(sim)

    async def work(made: Clients) -> None:
        budget = Budget.of(20)
        asked = (
            made.call("cloudtrail", "LookupEvents", {}, signer=signer, target=TARGET, budget=budget)
            for _ in range(4)
        )
        await asyncio.gather(*asked)

    began = time.monotonic()
    with_clients(work)
    assert time.monotonic() - began >= 1.5
    assert sim.calls.counts()[ACCOUNT, "eu-central-1", "cloudtrail:LookupEvents"] == 4


def test_throttling_is_ridden_out_and_given_up_in_time(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:*", code="ThrottlingException", times=2))
    assert call(sim, Signing(sim))
    sim.faults.add(Fault(operation="logs:*", code="ThrottlingException"))
    began = time.monotonic()
    with pytest.raises(Throttled):
        call(sim, Signing(sim), seconds=3)
    assert time.monotonic() - began < 8


def test_no_answer_is_given_up_when_the_time_is_over(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:*", kind="hang"))
    began = time.monotonic()
    with pytest.raises(Unreachable, match="within the time that was left"):
        call(sim, Signing(sim), seconds=1)
    assert time.monotonic() - began < 5


def test_a_denial_is_not_repeated(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:*", code="AccessDeniedException"))
    with pytest.raises(Denied, match="DescribeLogGroups in eu-central-1: AccessDeniedException"):
        call(sim, Signing(sim))
    assert sum(sim.calls.counts().values()) == 1


def test_expired_credentials_are_renewed_once(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:*", code="ExpiredTokenException", times=1))
    signer = Signing(sim)
    assert call(sim, signer)
    assert signer.renewals == 1
    sim.faults.add(Fault(operation="logs:*", code="ExpiredTokenException"))
    with pytest.raises(Expired):
        call(sim, signer)


def test_no_error_and_no_debug_line_tells_a_credential(
    sim: SimServer, caplog: pytest.LogCaptureFixture
) -> None:
    signer = Signing(sim)
    secret = sim.env()["AWS_SECRET_ACCESS_KEY"]
    message = f"The request signature with {secret} is wrong"
    sim.faults.add(Fault(operation="logs:*", code="AccessDeniedException", message=message))
    with caplog.at_level(logging.DEBUG, "bothup"), pytest.raises(AwsError) as caught:
        call(sim, signer)
    assert secret[:16] not in str(caught.value) + caplog.text
    assert "DescribeLogGroups: AccessDeniedException" in caplog.text
