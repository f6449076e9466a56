"""The alarms as Terraform and CloudFormation, what they cost, and the script of a plan."""

import json
import os
import re
import shutil
import subprocess
from typing import Any

import pytest

from bothup.alarms.cost import prices
from bothup.cli.app import run
from tests.alarms.account import REGION, Account


@pytest.fixture(scope="module")
def topic(account: Account) -> str:
    return account.topic()


def exported(bothup: Any, account: Account, form: str, *arguments: str) -> str:
    path = account.folder / form
    code, told, _ = bothup("plan", *arguments, "-o", f"{form}={path}")
    assert code == 0, told
    return path.read_text()


def test_cloudformation_makes_what_apply_makes(account: Account, bothup: Any, topic: str) -> None:
    arguments = ("--topic", topic, "--composite")
    template = json.loads(exported(bothup, account, "cloudformation", *arguments))
    resources = template["Resources"]
    assert len(resources) == 8
    assert {each["Condition"] for each in resources.values()} == set(template["Conditions"])
    for each in resources.values():
        assert set(each.get("DependsOn", ())) <= set(resources)
    composite = [each for each in resources.values() if each["Type"].endswith("CompositeAlarm")]
    assert [len(each["DependsOn"]) for each in composite] == [3, 3]
    assert bothup("apply", *arguments)[0] == 0
    there = account.alarms()
    for each in resources.values():
        properties = {key: value for key, value in each["Properties"].items() if key != "Tags"}
        shown = there.pop(properties["AlarmName"])
        assert {key: shown[key] for key in properties} == properties
    assert there == {}
    # What is right already is exported all the same.
    again = json.loads(exported(bothup, account, "cloudformation", *arguments))
    assert again["Resources"] == resources


def test_terraform_goes_over_the_tunnels(account: Account, bothup: Any, topic: str) -> None:
    text = exported(bothup, account, "terraform", "--topic", topic, "--composite")
    assert text.count('resource "aws_cloudwatch_metric_alarm"') == 2
    assert text.count('resource "aws_cloudwatch_composite_alarm"') == 1
    assert text.count("for_each ") == 3
    for name in ("a", "b"):
        for number in (0, 1):
            assert f'"{account.degraded(name, number)}" = {{' in text
            assert f'TunnelIpAddress = "{account.tunnel(name, number)}"' in text
    assert text.count("{") == text.count("}")
    blocks = dict(re.findall(r'resource "\w+" "(\w+)" {(.*?)\n}', text, re.DOTALL))
    assert set(blocks) == {"vpn_tunnels", "vpn_connections", "vpn_composites"}
    for block in blocks.values():
        for attribute in re.findall(r"each\.value\.(\w+)", block):
            assert f"      {attribute} = " in text
    assert "provider" not in text
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("NOT CHECKED: terraform is not installed, so the syntax is not looked at")
    env = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [terraform, "fmt", "-no-color", "-"], input=text, capture_output=True, text=True, env=env
    )
    assert done.returncode == 0, done.stderr


def test_the_cost(account: Account, bothup: Any, topic: str) -> None:
    listed = prices()
    both = exported(bothup, account, "terraform", "--topic", topic, "--composite")
    total = 6 * listed.metric_alarm_month + 2 * listed.composite_alarm_month
    [line] = [each for each in both.splitlines() if "alarms cost" in each]
    assert f"8 alarms cost about {total:.2f} USD a month" in line
    assert f"as of {listed.as_of}" in line
    assert re.fullmatch(r"20\d\d-\d\d", listed.as_of)
    code, told, _ = bothup("plan", "--topic", topic)
    assert (code, "6 alarms cost about 0.60 USD" in told) == (0, True)


def test_a_plan_in_a_file_is_applied_as_any_other(
    account: Account, bothup: Any, topic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.put(account.lost("a"), Threshold=0.0)
    path = account.folder / "plan.json"
    assert bothup("plan", "--topic", topic, "--composite", "-o", f"json={path}")[0] == 0
    assert run(["iam", "apply", str(path)]) == 0
    policy = json.loads(capsys.readouterr().out)
    put = [each for each in policy["Statement"] if "cloudwatch:PutMetricAlarm" in each["Action"]]
    assert put[0]["Resource"] == [account.alarms()[account.lost("a")]["AlarmArn"]]
    script = exported(bothup, account, "script", "--topic", topic, "--composite")
    assert f"aws cloudwatch put-metric-alarm --region {REGION} --alarm-name" in script
    journal = str(account.folder / "journal.db")
    assert run(["apply", str(path), "--yes", "--journal", journal]) == 0
    assert account.alarms()[account.lost("a")]["Threshold"] == 1.0
    code, told, _ = bothup("plan", "--topic", topic, "--composite")
    assert (code, "Nothing to do" in told) == (0, True)


def test_forms_and_checks_that_there_are_not(
    account: Account, bothup: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, errors = bothup("plan", "-o", "terafrom")
    assert (code, "did you mean terraform" in errors) == (2, True)
    assert run(["explain", "BOTHUP.ALARM.TOPIC"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("BOTHUP.ALARM.TOPIC  A topic that alarms tell should reach somebody")
    assert "Checked by   bothup alarms audit" in told
    assert run(["explain"]) == 0
    assert "BOTHUP.ALARM.CONNECTION" in capsys.readouterr().out
