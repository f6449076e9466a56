"""One call carried through: never more calls than AWS's buckets allow, renewal, retries."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.pacing import Bucket, Pacer
from bothup.aws.roles import AssumedRole, Role
from bothup.aws.session import Session
from bothup.aws.signer import OwnCredentials, Signer
from bothup.aws.wire import Wire
from bothup.cli.live import read
from bothup.cli.options import Reach
from bothup.engine.controls import rule
from bothup.errors import AwsError, Denied, Throttled, Unreachable
from bothup.model.target import Coverage
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer

ACCOUNT = "100000000002"
SCENARIO = f"""
throttle = true
regions = ["eu-central-1"]
[[accounts]]
id = "100000000001"
name = "management"
management = true
[[accounts]]
id = "{ACCOUNT}"
name = "member"
[[accounts.roles]]
name = "read"
"""


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimServer]:
    with SimServer(parse_scenario(SCENARIO, "caller")) as server:
        for name, value in server.env().items():
            monkeypatch.setenv(name, value)
        yield server


async def call_many(
    count: int,
    *,
    seconds: float = 30,
    role: bool = False,
    before: Callable[[], None] | None = None,
) -> list[Any]:
    """Make calls to one Target at once; `before` happens when the role is assumed already."""
    session, pacer = Session(), Pacer()
    async with Wire() as wire:
        caller = Caller(wire, session, pacer)
        run = Budget.of(seconds)
        signer: Signer = OwnCredentials(session)
        if role:
            arn = f"arn:aws:iam::{ACCOUNT}:role/read"
            assumed = Role(arn=arn, session_name="test", region="eu-central-1")
            signer = AssumedRole(assumed, signer, "100000000001", caller=caller, run=run)
        await signer.credentials()
        if before:
            before()
        calls = [
            caller.call(
                "ec2",
                "DescribeVpnConnections",
                {},
                signer=signer,
                account="it",
                region="eu-central-1",
                budget=run,
            )
            for _ in range(count)
        ]
        return await asyncio.gather(*calls, return_exceptions=True)


def test_never_more_calls_than_the_bucket_allows(sim: SimServer) -> None:
    began = time.monotonic()
    answers = asyncio.run(call_many(140))
    assert time.monotonic() - began >= 1.9, "40 calls and more beyond the burst, 20 a second"
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    assert sim.overruns == 0
    assert sim.calls.count("ec2:DescribeVpnConnections") == 140


def test_a_bucket_that_others_drink_from_is_left_alone_for_a_while() -> None:
    clock = [0.0]
    bucket = Bucket(100, 20, now=lambda: clock[0])
    assert [bucket.reserve() for _ in range(100)] == [0.0] * 100
    assert bucket.reserve() == pytest.approx(1 / 20)
    bucket.throttled()
    assert bucket.reserve() == pytest.approx(2 / 14)
    bucket.throttled()
    assert bucket.reserve() == pytest.approx(3 / 14), "one cut each half second"
    clock[0] += 60
    waits = [bucket.reserve() for _ in range(101)]
    assert waits[99] == 0.0
    assert waits[100] == pytest.approx(1 / 20), "the rate has come back"


def test_a_session_that_expires_in_a_run_is_renewed_once(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="ec2:DescribeVpnConnections", code="ExpiredToken", times=1))
    (answer,) = asyncio.run(call_many(1, role=True))
    assert answer == {"VpnConnections": []}
    assert sim.calls.count("sts:AssumeRole") == 2

    sim.faults.add(Fault(operation="ec2:DescribeVpnConnections", code="ExpiredToken"))
    (error,) = asyncio.run(call_many(1, role=True))
    assert isinstance(error, AwsError)
    assert error.code == "ExpiredToken"


def test_many_calls_that_find_a_session_expired_renew_it_once(sim: SimServer) -> None:
    answers = asyncio.run(call_many(10, role=True, before=sim.keys.expire_sessions))
    assert answers == [{"VpnConnections": []}] * 10
    assert sim.calls.count("sts:AssumeRole") == 2


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        ({"code": "UnauthorizedOperation"}, Denied, 1),
        ({"code": "InvalidParameterValue"}, AwsError, 1),
        ({"code": "InternalError", "status": 500}, AwsError, 5),
        ({"kind": "truncated"}, Unreachable, 5),
    ],
)
def test_only_what_may_pass_is_called_again(
    sim: SimServer, fault: dict[str, Any], kind: type[AwsError], attempts: int
) -> None:
    sim.faults.add(Fault(operation="ec2:DescribeVpnConnections", **fault))
    (error,) = asyncio.run(call_many(1))
    assert isinstance(error, kind)
    assert sim.calls.count("ec2:DescribeVpnConnections") == attempts


def test_throttling_is_ridden_out_as_long_as_the_budget_lasts(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="ec2:DescribeVpnConnections", code="RequestLimitExceeded"))
    began = time.monotonic()
    (error,) = asyncio.run(call_many(1, seconds=2))
    assert isinstance(error, Throttled)
    assert error.code == "RequestLimitExceeded"
    assert time.monotonic() - began < 4
    assert sim.calls.count("ec2:DescribeVpnConnections") >= 2


@pytest.mark.parametrize(
    ("operation", "status"),
    [("DescribeVpnConnections", "unreachable"), ("DescribeRegions", "unreachable")],
)
def test_an_answer_without_its_list_is_not_an_empty_one(operation: str, status: str) -> None:
    """A proxy that strips or invents answers must not turn a Region green."""
    covered: list[Coverage] = []
    with hollow(operation) as url, pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        patch.setenv("AWS_ENDPOINT_URL", url)
        read(
            Reach(timeout=3),
            [rule("EC2.20")],
            lambda coverage, _: covered.append(coverage),
            quiet=True,
        )
    assert [each.status for each in covered] == [status]
    assert operation in str(covered[0].message)


SETTINGS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "eu-central-1",
    "NO_PROXY": "127.0.0.1",
}
ANSWERS = {
    "GetCallerIdentity": "<GetCallerIdentityResult><Account>100000000001</Account>"
    "<Arn>arn:aws:iam::100000000001:user/x</Arn></GetCallerIdentityResult>",
    "DescribeRegions": "<regionInfo><item><regionName>eu-central-1</regionName></item>"
    "</regionInfo>",
    "DescribeVpnConnections": "<vpnConnectionSet/>",
}


@contextmanager
def hollow(operation: str) -> Iterator[str]:
    """A service whose answer to one operation lacks what it should hold."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            action = parse_qs(form)["Action"][0]
            inner = "" if action == operation else ANSWERS[action]
            body = f"<{action}Response>{inner}</{action}Response>".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
