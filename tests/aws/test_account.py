"""Whose account it is, where STS does not say."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.owner import owner
from bothup.aws.pacing import Pacer
from bothup.aws.roles import AssumedRole, Role
from bothup.aws.session import Session
from bothup.aws.signer import OwnCredentials
from bothup.aws.wire import Wire
from bothup.cli.live import read
from bothup.cli.options import Reach
from bothup.engine.controls import rule
from bothup.model.finding import Finding
from bothup.model.target import Coverage
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer

ACCOUNT = "100000000001"
SCENARIO = f"""
regions = ["eu-central-1", "us-east-1"]
[[accounts]]
id = "{ACCOUNT}"
name = "one"
[[accounts.roles]]
name = "read"
trusts = ["{ACCOUNT}"]
[[accounts.connections]]
name = "logged"
region = "eu-central-1"
kind = "hardened"
[[accounts.connections]]
name = "plain"
region = "us-east-1"
kind = "site-down"
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[SimServer]:
    with (
        SimServer(parse_scenario(SCENARIO, "account")) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in server.env().items():
            patch.setenv(name, value)
        yield server


@pytest.fixture
def sim(shared: SimServer) -> Iterator[SimServer]:
    shared.calls.clear()
    yield shared
    shared.faults.clear()


def scan(**flags: Any) -> tuple[list[Coverage], dict[str, Finding]]:
    covered: list[Coverage] = []
    found: dict[str, Finding] = {}

    def take(coverage: Coverage, findings: tuple[Finding, ...]) -> None:
        covered.append(coverage)
        found.update({each.resource.name or "": each for each in findings})

    read(Reach(**flags), [rule("EC2.20")], take, quiet=True)
    return sorted(covered, key=lambda each: each.region or ""), found


def test_an_account_that_sts_does_not_name_is_named_by_its_arns(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="sts:GetCallerIdentity", code="AccessDenied"))
    covered, found = scan()
    assert [(each.account, each.region, str(each.status)) for each in covered] == [
        (None, None, "denied"),
        (ACCOUNT, "eu-central-1", "read"),
        (None, "us-east-1", "read"),
    ]
    assert "AWS_ACCOUNT_ID" in str(covered[0].message)
    assert (found["logged"].account, found["plain"].account) == (ACCOUNT, None)
    assert found["plain"].status == "FAILED", "it is judged all the same"


def test_an_account_that_the_credentials_name_needs_no_sts(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCOUNT_ID", ACCOUNT)
    sim.faults.add(Fault(operation="sts:GetCallerIdentity", kind="reset"))
    sim.faults.add(
        Fault(operation="ec2:DescribeVpnConnections", region="us-east-1", code="AuthFailure")
    )
    covered, _ = scan()
    assert [(each.account, each.region, str(each.status)) for each in covered] == [
        (ACCOUNT, "eu-central-1", "read"),
        (ACCOUNT, "us-east-1", "not_enabled"),
    ]


def test_a_role_at_the_end_of_a_chain_names_its_account(sim: SimServer) -> None:
    covered, _ = scan(role_chain=(f"arn:aws:iam::{ACCOUNT}:role/read",))
    assert [each.account for each in covered] == [ACCOUNT] * 2
    assert sim.calls.count("sts:GetCallerIdentity") == 1, "of the credentials at hand, no more"


@pytest.mark.parametrize(
    ("connections", "account"),
    [
        ([], None),
        (
            [{"VpnConnectionId": "vpn-1", "CoreNetworkArn": "arn:aws:networkmanager::2:core/x"}],
            None,
        ),
        ([{"OwnerId": "1"}], "1"),
        ([{"VgwTelemetry": [{"CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/x"}]}], "1"),
        ([{"PreSharedKeyArn": "arn:aws:secretsmanager:eu-west-1:1:secret:x"}], "1"),
        ([{"PreSharedKeyArn": "nonsense"}, "nonsense", None], None),
        ([{"OwnerId": "1"}, {"OwnerId": "2"}], None),
    ],
)
def test_what_must_be_in_the_account_names_it(connections: object, account: str | None) -> None:
    assert owner(connections) == account


def test_credentials_that_are_slow_to_find_cost_no_more_than_the_deadline(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile slow]\ncredential_process = sleep 20\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    began = time.monotonic()
    covered, _ = scan(profile="slow", deadline=0.5)
    assert time.monotonic() - began < 10
    assert [(each.region, str(each.status)) for each in covered] == [(None, "unreachable")]
    assert "the credentials" in str(covered[0].message)


def test_a_target_that_is_done_leaves_the_bucket_of_sts() -> None:
    pacer = Pacer()
    before = [pacer.bucket("1", "eu-west-1", *api) for api in APIS]
    pacer.forget("1", "eu-west-1")
    after = [pacer.bucket("1", "eu-west-1", *api) for api in APIS]
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False]


APIS = (("sts", "AssumeRole"), ("ec2", "DescribeVpnConnections"))


def test_a_wrong_clock_has_no_role_assumed_again_and_again(sim: SimServer) -> None:
    async def calls() -> None:
        def wrong() -> datetime:
            return datetime.now(UTC) + timedelta(hours=3)

        session, run = Session(), Budget.of(30)
        async with Wire(now=wrong) as wire:
            caller = Caller(wire, session, Pacer())
            role = Role(
                arn=f"arn:aws:iam::{ACCOUNT}:role/read", session_name="test", region="us-east-1"
            )
            own = OwnCredentials(session)
            signer = AssumedRole(role, own, ACCOUNT, caller=caller, run=run)
            first = await signer.credentials()
            assert await signer.credentials() == first
            assert abs(caller.now() - datetime.now(UTC)) < timedelta(minutes=1)

    asyncio.run(calls())
    answered = [each for each in sim.calls.all("sts:AssumeRole") if each.outcome == "ok"]
    assert len(answered) == 1
