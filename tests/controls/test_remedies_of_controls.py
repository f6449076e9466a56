"""Plan, apply and undo for what is no VPN connection: the exact item, and the way back."""

import json
from pathlib import Path
from typing import Any

import pytest

from bothup.cli.app import run
from bothup.iam.plan import plan_policy
from bothup.read.plan_file import read_plan
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.controls.ground import ACCOUNT, REGION, Scanned, ec2, group, tcp
from tests.controls.test_scripts import ANYWHERE, MADE, default_group

IN_REGION = ("--region", REGION)
BUCKET = "arn:aws:s3:::flow-logs-of-the-test"


class Play:
    """Plans into a file, applies it, and takes it back."""

    def __init__(self, folder: Path) -> None:
        self.file, self.journal = folder / "plan.json", ("--journal", str(folder / "journal.db"))

    def plan(self, *words: str) -> dict[str, Any]:
        assert run(["plan", *words, *IN_REGION, "-q", "-o", f"json={self.file}"]) == 0
        made: dict[str, Any] = json.loads(self.file.read_text())
        return made

    def apply(self) -> int:
        return run(["apply", str(self.file), "--yes", *self.journal])

    def undo(self) -> int:
        return run(["undo", str(self.file), "--yes", *self.journal])


@pytest.fixture
def play(sim: SimServer, tmp_path: Path) -> Play:
    assert sim
    return Play(tmp_path)


def rules(sim: SimServer, name: str) -> Any:
    (found,) = ec2(sim).describe_security_groups(GroupIds=[name])["SecurityGroups"]
    return found["IpPermissions"], found["IpPermissionsEgress"]


@pytest.mark.parametrize("control", ["EC2.1", "EC2.2", "EC2.7", "EC2.8", "EC2.14", "EC2.15"])
def test_what_failed_passes_and_nothing_is_left_to_do(
    control: str, sim: SimServer, vpc: str, play: Play
) -> None:
    name = MADE[control](ec2(sim), vpc)
    ids = () if control in ("EC2.1", "EC2.7") else (name,)
    assert play.plan(*ids, "--only", control)["steps"]
    assert play.apply() == 0
    assert Scanned([control]).verdicts(control)[name] == "PASSED"
    assert play.plan(*ids, "--only", control)["steps"] == []


def test_undo_authorizes_the_same_rule_again(sim: SimServer, vpc: str, play: Play) -> None:
    office = {"CidrIp": "192.0.2.0/24", "Description": "the office's"}
    to_all = {"CidrIp": ANYWHERE, "Description": "for a day"}
    name = group(ec2(sim), vpc, "ssh", tcp(22, 22) | {"IpRanges": [office, to_all]})
    before = rules(sim, name)
    (step,) = play.plan(name, "--only", "closed-port-22")["steps"]
    (rule,) = step["before"]["IpPermissions"]
    assert rule["IpRanges"] == [to_all]
    assert play.apply() == 0
    ((left,), _) = rules(sim, name)
    assert left["IpRanges"] == [office]
    assert play.undo() == 0
    ((back,), _) = rules(sim, name)
    assert sorted(map(str, back["IpRanges"])) == sorted(map(str, before[0][0]["IpRanges"]))


@pytest.mark.parametrize(
    ("control", "shown"),
    [
        ("EC2.15", lambda client, name: client.describe_subnets(SubnetIds=[name])["Subnets"]),
        ("EC2.2", lambda client, name: client.describe_security_groups(GroupIds=[name])),
    ],
)
def test_undo_restores(control: str, shown: Any, sim: SimServer, play: Play) -> None:
    client = ec2(sim)
    mine = client.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    name = MADE[control](client, mine)
    before = setting(shown(client, name))
    play.plan(name, "--only", control)
    assert play.apply() == 0
    assert setting(shown(client, name)) != before
    assert play.undo() == 0
    assert setting(shown(client, name)) == before


def setting(shown: Any) -> str:
    if isinstance(shown, dict):
        (found,) = shown["SecurityGroups"]
        return str((found["IpPermissions"], found["IpPermissionsEgress"]))
    return str(shown[0]["MapPublicIpOnLaunch"])


def test_a_rule_that_has_changed_since_stops_its_step(
    sim: SimServer, vpc: str, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    name = group(ec2(sim), vpc, "drift", tcp(22, 22, v4=ANYWHERE), tcp(20, 30, v6="::/0"))
    play.plan(name, "--only", "EC2.13")
    ec2(sim).revoke_security_group_ingress(GroupId=name, IpPermissions=[tcp(22, 22, v4=ANYWHERE)])
    assert play.apply() == 5
    said = capsys.readouterr()
    assert "plan again" in said.out + said.err
    assert len(rules(sim, name)[0]) == 1


def test_what_was_cut_off_between_two_calls_is_gone_on_with(sim: SimServer, play: Play) -> None:
    mine = ec2(sim).create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    name = default_group(ec2(sim), mine)
    open_to_all = [tcp(443, 443, v4=ANYWHERE)]
    ec2(sim).authorize_security_group_ingress(GroupId=name, IpPermissions=open_to_all)
    play.plan(name, "--only", "EC2.2")
    ec2(sim).revoke_security_group_ingress(GroupId=name, IpPermissions=rules(sim, name)[0])
    assert play.apply() == 0
    assert rules(sim, name) == ([], [])
    assert play.undo() == 0
    assert all(rules(sim, name))


def test_flow_logs_need_a_bucket(sim: SimServer, vpc: str, play: Play) -> None:
    made = play.plan(vpc, "--only", "EC2.6")
    assert made["steps"] == []
    assert "--flow-log-bucket" in made["refused"][0]["reason"]
    (step,) = play.plan(vpc, "--only", "EC2.6", "--flow-log-bucket", BUCKET)["steps"]
    assert step["after"]["FlowLogs"][0]["LogDestination"] == BUCKET
    assert sim


def test_flow_logs_are_created_and_deleted_again(sim: SimServer, vpc: str, play: Play) -> None:
    from moto.s3.models import s3_backends

    s3_backends[ACCOUNT]["aws"].create_bucket(BUCKET.rpartition(":")[2], REGION)
    others = ec2(sim).describe_flow_logs()["FlowLogs"]
    play.plan(vpc, "--only", "EC2.6", "--flow-log-bucket", BUCKET)
    assert play.apply() == 0
    assert Scanned(["EC2.6"]).verdicts("EC2.6")[vpc] == "PASSED"
    assert play.undo() == 0
    assert Scanned(["EC2.6"]).verdicts("EC2.6")[vpc] == "FAILED"
    assert ec2(sim).describe_flow_logs()["FlowLogs"] == others


def test_what_cannot_be_judged_makes_the_plan_incomplete(
    sim: SimServer, vpc: str, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    MADE["EC2.1"](ec2(sim), vpc)
    sim.faults.add(Fault(operation="ec2:DescribeSnapshotAttribute", code="UnauthorizedOperation"))
    words = ("plan", "--only", "EC2.1", *IN_REGION)
    assert run([*words, "-o", "json"]) == 4
    told = capsys.readouterr()
    (refused,) = json.loads(told.out)["refused"]
    assert "snap-" in refused["reason"]
    assert refused["unread"]
    assert "not read" in told.err
    sim.faults.clear()
    assert run([*words, "-o", "json"]) == 0
    assert play


def test_they_are_planned_only_by_name(sim: SimServer, vpc: str, play: Play) -> None:
    default_group(ec2(sim), vpc)
    before = len(sim.calls.all())
    remedies = {each["remedy"] for each in play.plan()["steps"]}
    assert "closed-default-groups" not in remedies
    called = {each.operation for each in sim.calls.all()[before:]}
    assert "ec2:DescribeSecurityGroups" not in called
    before = len(sim.calls.all())
    play.plan("--only", "EC2.13")
    called = {each.operation for each in sim.calls.all()[before:]}
    assert called - {"sts:GetCallerIdentity"} == {"ec2:DescribeSecurityGroups"}


def test_the_policy_is_for_exactly_the_plan(sim: SimServer, vpc: str, play: Play) -> None:
    name = group(ec2(sim), vpc, "policy", tcp(22, 22, v4=ANYWHERE))
    play.plan(name, "--only", "EC2.13")
    policy = plan_policy(read_plan(play.file.read_bytes(), "plan"))
    allowed = {
        action: statement["Resource"]
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    assert set(allowed) == {
        "ec2:DescribeSecurityGroups",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupIngress",
    }
    (arn,) = allowed["ec2:RevokeSecurityGroupIngress"]
    assert arn.endswith(f":security-group/{name}")
