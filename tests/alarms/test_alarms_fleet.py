"""Several accounts and Regions: all in flight together, honest about what was not read."""

import json
from typing import Any

import pytest

from bothup.aws.pacing import CLOUDWATCH, Pacer
from bothup.cli.app import run
from bothup.sim.faults import Fault
from tests.alarms.account import Account

HOME, ONE, TWO = "111122223333", "222233334444", "333344445555"
REGIONS = ("eu-central-1", "eu-west-1")


def member(account: str) -> str:
    connections = "".join(
        f'[[accounts.connections]]\nname = "site-{region}"\nregion = "{region}"\n'
        for region in REGIONS
    )
    role = '[[accounts.roles]]\nname = "ops"\n'
    return f'[[accounts]]\nid = "{account}"\nname = "m{account}"\n{role}{connections}'


SCENARIO = f"""
regions = {json.dumps(REGIONS)}
[[accounts]]
id = "{HOME}"
name = "Home"
management = true
{member(ONE)}
{member(TWO)}
"""
REACH = ("--org", "--role-name", "ops")
PAGER = "arn:aws:sns:{region}:{account}:pager"


@pytest.fixture(scope="module")
def accounts(sim: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Account]:
    """The members, each with a topic of the same name in both Regions."""
    from tests.sim.sim_sdk import sdk_client

    found = {each: Account(sim, tmp_path_factory.mktemp(each), each) for each in (ONE, TWO)}
    for each in found:
        for region in REGIONS:
            sns = sdk_client(sim, "sns", region, account=each)
            key = {"KmsMasterKeyId": "alias/ours"}
            arn = sns.create_topic(Name="pager", Attributes=key)["TopicArn"]
            sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+15550100")
    return found


def alarms(sim: Any) -> dict[tuple[str, str], int]:
    """How many alarms each account has in each Region."""
    places = {(account, region) for account in (HOME, ONE, TWO) for region in REGIONS}
    return {place: len(sim.world.alarms.of(*place)) for place in places}


def test_a_whole_fleet(sim: Any, accounts: Any, bothup: Any) -> None:
    sim.faults.add(Fault(account=TWO, region="eu-west-1", operation="cloudwatch:DescribeAlarms",
                         code="AccessDenied"))  # fmt: skip
    code, told, _ = bothup("plan", *REACH, "--topic", PAGER, "-o", "json")
    plan = json.loads(told.partition("\n}\n")[0] + "\n}")
    assert code == 4
    assert len(plan["steps"]) == 9
    denied = [each for each in plan["coverage"] if each["status"] != "read"]
    assert [(each["account"], each["region"]) for each in denied] == [(TWO, "eu-west-1")]
    code, told, _ = bothup("apply", *REACH, "--topic", PAGER)
    assert code == 4
    assert told.count("1 of 1 done") == 9
    sim.faults.clear()
    code, told, _ = bothup("apply", *REACH, "--topic", PAGER)
    assert (code, told.count("1 of 1 done")) == (0, 3)
    assert alarms(sim) == {
        **{(HOME, region): 0 for region in REGIONS},
        **{(account, region): 3 for account in (ONE, TWO) for region in REGIONS},
    }
    assert bothup("audit", *REACH)[0] == 0
    sim.calls.clear()
    assert bothup("apply", *REACH, "--topic", PAGER)[0] == 0
    assert sim.calls.all("cloudwatch:Put*") == ()
    told = sim.world.alarms.of(ONE, "eu-west-1")
    assert {action for each in told.values() for action in each.params["AlarmActions"]} == {
        f"arn:aws:sns:eu-west-1:{ONE}:pager"
    }


def test_a_central_topic_is_read_as_its_own_account(sim: Any, accounts: Any, bothup: Any) -> None:
    """Members may not look at it; whether it lets CloudWatch publish for them is judged."""
    for allowed, code in ((ONE, 3), (f"{ONE}', '{TWO}", 0)):
        named = [each.strip("'") for each in allowed.split("', '")]
        policy = {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:SourceAccount": named}},
                }
            ]
        }
        central = accounts[ONE].topic(Policy=policy)
        arguments = (*REACH, "--region", "eu-central-1")
        for name in list(sim.world.alarms.of(TWO, "eu-central-1")):
            del sim.world.alarms.of(TWO, "eu-central-1")[name]
        for name in list(sim.world.alarms.of(ONE, "eu-central-1")):
            del sim.world.alarms.of(ONE, "eu-central-1")[name]
        assert bothup("apply", *arguments, "--topic", central)[0] == 0
        status, told, _ = bothup("audit", *arguments, "-o", "json")
        assert status == code
        codes = {
            reason["code"]
            for each in json.loads(told)["findings"]
            if each["status"] == "FAILED"
            for reason in each["reasons"]
        }
        assert codes == ({"cannot-publish", "not-paged"} if code else set())


def test_an_audit_writes_what_a_scan_does(
    sim: Any, accounts: Any, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    forms = {name: tmp_path / name for name in ("json", "jsonl", "csv", "markdown", "sarif")}
    outputs = [each for name, path in forms.items() for each in ("-o", f"{name}={path}")]
    code = run(["alarms", "audit", *REACH, *outputs, "-o", "table", "-v"])
    told = capsys.readouterr().out
    assert code == 0
    assert "4 of 4 connections would page somebody" in told
    assert all(path.stat().st_size > 200 for path in forms.values())
    account = accounts[ONE]
    account.make("theirs", Dimensions=account.of_vpn("site-eu-central-1"), Threshold=0.0)
    assert run(["alarms", "audit", *REACH, *outputs, "-q"]) == 3
    account.cloudwatch.delete_alarms(AlarmNames=["theirs"])
    said = "it does not ring exactly when"
    assert all(said in path.read_text() for name, path in forms.items())
    scan = json.loads(forms["json"].read_text())
    assert scan["schema"] == "bothup.scan/1"
    assert {each["control"] for each in scan["findings"]} <= set(scan["scope"]["controls"])


def test_calls_that_change_alarms_are_paced() -> None:
    bucket = Pacer(now=lambda: 0.0).bucket("1", "r", "cloudwatch", "PutMetricAlarm")
    waits = [bucket.reserve() for _ in range(2000)]
    rate = CLOUDWATCH["PutMetricAlarm"]
    assert waits[-1] == pytest.approx((2000 - rate) / rate)
