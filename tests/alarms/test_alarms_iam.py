"""What `bothup iam` prints is enough for audit, plan, apply and drill, and no more than needed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bothup.cli.app import run
from bothup.iam.policy import permissions
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.alarms.account import ACCOUNT, REGION
from tests.sim.sim_sdk import sdk_client

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pager"


def actions(verb: str) -> list[str]:
    statements = permissions(verb)["Statement"]
    return [action for each in statements for action in each["Action"]]


@contextmanager
def allowed(policy: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[SimServer]:
    """An account in which somebody else has made a topic, and the user may do just that."""
    scenario = f"""
        regions = ["{REGION}"]
        [[accounts]]
        id = "{ACCOUNT}"
        name = "One"
        policy = {json.dumps([*policy, "sns:CreateTopic", "sns:Subscribe"])}
        connections = [{{name = "a", region = "{REGION}"}}]
        """
    with SimServer(parse_scenario(scenario, "iam.toml")) as server:
        for name, value in server.env().items():
            monkeypatch.setenv(name, value)
        sns = sdk_client(server, "sns", REGION)
        sns.create_topic(Name="pager", Attributes={"KmsMasterKeyId": "alias/ours"})
        sns.subscribe(TopicArn=TOPIC, Protocol="sms", Endpoint="+15550100")
        yield server
        for name in server.env():
            monkeypatch.delenv(name)


def apply(folder: Path) -> int:
    journal = str(folder / "journal.db")
    return run(["alarms", "apply", "--topic", TOPIC, "--composite", "--yes", "--quiet",
                "--journal", journal])  # fmt: skip


def test_reading_is_enough_for_audit_and_plan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with allowed(actions("alarms"), monkeypatch) as server:
        assert run(["alarms", "audit"]) == 3
        assert run(["alarms", "plan", "--topic", TOPIC]) == 0
        capsys.readouterr()
        assert apply(tmp_path) == 5
        told = capsys.readouterr().out.splitlines()
        refused = [each for each in told if "AccessDenied" in each]
        assert len(refused) == 3  # the composite alarm waits for them
        assert server.world.alarms.of(ACCOUNT, REGION) == {}


def test_apply_needs_no_more_than_its_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with allowed(actions("alarms-apply"), monkeypatch) as server:
        assert apply(tmp_path) == 0
        assert len(server.world.alarms.of(ACCOUNT, REGION)) == 4
        plain = ["alarms", "apply", "--topic", TOPIC, "--yes", "--quiet"]
        assert run([*plain, "--journal", str(tmp_path / "journal.db")]) == 0
        assert len(server.world.alarms.of(ACCOUNT, REGION)) == 3
        assert run(["alarms", "audit", "--quiet"]) == 0


# What becomes of an apply that lacks it: refused, not read, or a topic that is not looked at.
LACKING = {
    **dict.fromkeys(("cloudwatch:PutMetricAlarm", "cloudwatch:PutCompositeAlarm"), 5),
    "cloudwatch:TagResource": 5,
    "sns:GetTopicAttributes": 0,
}


@pytest.mark.parametrize(
    "missing", sorted({*actions("alarms-apply")} - {"cloudwatch:DeleteAlarms"})
)
def test_apply_needs_no_less(missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    left = [each for each in actions("alarms-apply") if each != missing]
    with allowed(left, monkeypatch):
        apply(tmp_path)
        assert apply(tmp_path) == LACKING.get(missing, 4)


def test_a_drill_needs_no_more_than_its_policy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    both = sorted({*actions("alarms-apply"), *actions("alarms-drill")})
    with allowed(both, monkeypatch) as server:
        plain = ["alarms", "apply", "--topic", TOPIC, "--yes", "--quiet"]
        assert run([*plain, "--journal", str(tmp_path / "journal.db")]) == 0
        (vpn,) = server.world.place(ACCOUNT, REGION).connections
        capsys.readouterr()
        assert run(["alarms", "drill", vpn, "--yes", "--quiet"]) == 0
        assert capsys.readouterr().out.count("to sms +15550100") == 3


def test_only_apply_and_drill_change_anything() -> None:
    reading = ("Describe", "List", "Get")
    assert all(each.partition(":")[2].startswith(reading) for each in actions("alarms"))
    for verb in ("alarms-apply", "alarms-drill"):
        changing = [
            each
            for each in permissions(verb)["Statement"]
            if not all(one.partition(":")[2].startswith(reading) for one in each["Action"])
        ]
        assert {each["Resource"] for each in changing} == {"arn:*:cloudwatch:*:*:alarm:bothup/*"}
