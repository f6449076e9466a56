"""`bothup explain ID --script`: what it prints runs, mends what failed, and nothing beside it."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from bothup.cli.app import run
from bothup.controls import ec2_10
from bothup.engine.controls import Rule, rule, rules
from bothup.engine.fixes import fixes
from bothup.model.target import Target
from bothup.model.vpc import Vpc, VpcEndpoints
from bothup.read.describe import read_connection
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.controls.ground import (
    ACCOUNT,
    QUIET,
    REGION,
    Scanned,
    ec2,
    group,
    instance,
    tcp,
    volume,
)
from tests.plan.aws_cli import aws_cli
from tests.test_control_cases import CASES, HERE, NOW, Clock, read_and_judge

ANYWHERE = "0.0.0.0/0"


@pytest.fixture(scope="module")
def path(sim: SimServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with aws_cli(sim, tmp_path_factory.mktemp("aws-cli"), REGION) as found:
        yield found


def script(capsys: pytest.CaptureFixture[str], control: str, *flags: str) -> str:
    assert run(["explain", control, "--script", "--region", REGION, *flags]) == 0
    return capsys.readouterr().out


def bash(text: str, path: str) -> None:
    done = run_bash(text, path)
    assert done.returncode == 0, done.stdout + done.stderr


def run_bash(text: str, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-s"], input=text, env={"PATH": path}, capture_output=True, text=True
    )


def test_the_one_open_rule_and_not_its_neighbours(
    sim: SimServer, vpc: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    office = {"CidrIp": "192.0.2.0/24", "Description": "the office's"}
    mixed = tcp(22, 22) | {"IpRanges": [office, {"CidrIp": ANYWHERE}]}
    name = group(ec2(sim), vpc, "web", mixed, tcp(443, 443, v4=ANYWHERE), tcp(22, 22, v6="::/0"))
    assert Scanned(["EC2.13"]).verdicts("EC2.13")[name] == "FAILED"
    text = script(capsys, "EC2.13", "--resource", name)
    assert text.count("revoke-security-group-ingress") == 2
    bash(text, path)
    found = Scanned(["EC2.13"]).verdicts("EC2.13")
    assert found[name] == "PASSED"
    (left,) = ec2(sim).describe_security_groups(GroupIds=[name])["SecurityGroups"]
    rules_left = {
        (rule["FromPort"], each["CidrIp"])
        for rule in left["IpPermissions"]
        for each in rule["IpRanges"]
    }
    assert rules_left == {(22, "192.0.2.0/24"), (443, ANYWHERE)}


def test_nothing_is_done_in_another_account(
    sim: SimServer, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "EC2.7", "--script", "--region", QUIET]) == 0
    text = capsys.readouterr().out
    assert text.count(f"\naccount {ACCOUNT}\n") == 1
    done = run_bash(text.replace(f"account {ACCOUNT}", "account 444455556666"), path)
    assert done.returncode != 0
    assert "not of account 444455556666" in done.stderr
    assert Scanned(["EC2.7"], QUIET).verdicts("EC2.7")[ACCOUNT] == "FAILED"


def test_a_resource_that_does_not_fail_is_said(
    sim: SimServer, vpc: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = group(ec2(sim), vpc, "closed")
    assert run(["explain", "EC2.13", "--script", "--region", REGION, "--resource", name]) == 2
    assert "does not fail EC2.13" in capsys.readouterr().err


def test_what_could_not_be_judged_is_not_taken_for_well(
    sim: SimServer, capsys: pytest.CaptureFixture[str]
) -> None:
    public_snapshot(client := ec2(sim, QUIET), "")
    (name,) = (each["SnapshotId"] for each in client.describe_snapshots()["Snapshots"][-1:])
    sim.faults.add(Fault(operation="ec2:DescribeSnapshotAttribute", code="UnauthorizedOperation"))
    try:
        assert run(["explain", "EC2.1", "--script", "--region", QUIET]) == 4
    finally:
        sim.faults.clear()
    told = capsys.readouterr().err
    assert f"not judged: {ACCOUNT}, {ACCOUNT} {QUIET}: who may restore " in told
    assert name in told


@pytest.mark.parametrize("control", ["EC2.1", "EC2.2", "EC2.7", "EC2.8", "EC2.14", "EC2.15"])
def test_what_failed_passes(
    control: str, sim: SimServer, vpc: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = MADE[control](ec2(sim), vpc)
    assert Scanned([control]).verdicts(control)[name] == "FAILED"
    bash(script(capsys, control, "--resource", name), path)
    assert Scanned([control]).verdicts(control)[name] == "PASSED"


def public_snapshot(client: Any, _: str) -> str:
    name = client.create_snapshot(VolumeId=volume(client))["SnapshotId"]
    client.modify_snapshot_attribute(
        SnapshotId=name,
        Attribute="createVolumePermission",
        OperationType="add",
        GroupNames=["all"],
    )
    return ACCOUNT


def default_group(client: Any, vpc: str) -> str:
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    (found,) = client.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    name: str = found["GroupId"]
    return name


def subnet(client: Any, vpc: str, *, public: bool = True) -> str:
    number = len(client.describe_subnets()["Subnets"])
    made = client.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24")
    name: str = made["Subnet"]["SubnetId"]
    client.modify_subnet_attribute(SubnetId=name, MapPublicIpOnLaunch={"Value": public})
    return name


def old_metadata(client: Any, vpc: str) -> str:
    where = subnet(client, vpc, public=False)
    return instance(client, where, MetadataOptions={"HttpTokens": "optional"})


def open_rdp(client: Any, vpc: str) -> str:
    return group(client, vpc, "rdp", tcp(3000, 4000, v6="::/0"), tcp(443, 443, v4=ANYWHERE))


MADE = {
    "EC2.1": public_snapshot,
    "EC2.2": default_group,
    "EC2.7": lambda *_: ACCOUNT,
    "EC2.8": old_metadata,
    "EC2.14": open_rdp,
    "EC2.15": subnet,
}


@pytest.mark.parametrize("control", [each.control.id for each in rules()])
def test_every_failing_case_has_a_script_that_bash_understands(
    control: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bothup.aws.collect.instances.datetime", Clock)
    text = "\n".join(lines_of_cases(control))
    assert "aws ec2" in text or "bothup " in text
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def lines_of_cases(control: str) -> Iterator[str]:
    found = rule(control)
    for file in sorted((CASES / control).glob("*.json")):
        for records, beside in pages_of(json.loads(file.read_text("utf-8")), found):
            for each in fixes(records, found, beside):
                assert each.lines
                yield from each.lines


def pages_of(case: dict[str, Any], found: Rule) -> list[Any]:
    """The records of a case, page by page, with the evidence beside them."""
    if "record" in case:
        return [([read_connection(case["record"], HERE, NOW)], {})]
    pages: list[Any] = []

    def also(*page: Any) -> None:
        pages.append(page)

    asyncio.run(read_and_judge(found, case["answers"], set(), also))
    return pages


@pytest.mark.parametrize(
    ("region", "service"),
    [
        ("eu-west-1", "com.amazonaws.eu-west-1.ec2"),
        ("cn-north-1", "cn.com.amazonaws.cn-north-1.ec2"),
    ],
)
def test_the_endpoint_service_has_another_name_in_china(region: str, service: str) -> None:
    vpc = Vpc(id="vpc-0123456789abcdef0", target=Target(account=ACCOUNT, region=region))
    assert f"--service-name {service} " in list(ec2_10.fix(vpc, VpcEndpoints()))[-1]
