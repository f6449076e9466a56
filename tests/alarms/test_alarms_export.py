"""The alarms as Terraform and CloudFormation, what they cost, and the script of a plan."""

import json
import os
import re
import shutil
import subprocess
from typing import Any

import hcl2
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


# What CloudWatch calls the provider's attributes.
ATTRIBUTES = {
    "alarm_description": "AlarmDescription",
    "alarm_actions": "AlarmActions",
    "ok_actions": "OKActions",
    "namespace": "Namespace",
    "metric_name": "MetricName",
    "dimensions": "Dimensions",
    "statistic": "Statistic",
    "period": "Period",
    "evaluation_periods": "EvaluationPeriods",
    "datapoints_to_alarm": "DatapointsToAlarm",
    "threshold": "Threshold",
    "comparison_operator": "ComparisonOperator",
    "treat_missing_data": "TreatMissingData",
    "alarm_rule": "AlarmRule",
}


def plain(value: Any) -> Any:
    """What python-hcl2 has read, its strings without quotes and escapes."""
    match value:
        case dict():
            return {plain(name): plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case str() if value.startswith('"'):
            return json.loads(value)
        case _:
            return value


def each_of(resource: dict[str, Any], local: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The alarms that a resource makes of what it goes over, in CloudWatch's words."""
    wanted = local[re.sub(r"\W", " ", resource["for_each"]).split()[1]]
    assert resource["alarm_name"] == "${each.key}"
    found: dict[str, dict[str, Any]] = {}
    for name, values in wanted.items():
        alarm = found[name] = {}
        for attribute, called in ATTRIBUTES.items():
            said = resource.get(attribute)
            place = re.fullmatch(r"\$\{each\.value\.(\w+)\}", str(said))
            if said is not None:
                alarm[called] = values[place[1]] if place else said
        if dimensions := alarm.get("Dimensions"):
            alarm["Dimensions"] = [{"Name": k, "Value": v} for k, v in dimensions.items()]
    return found


def test_terraform_makes_what_apply_makes(account: Account, bothup: Any, topic: str) -> None:
    arguments = ("--topic", topic, "--composite")
    text = exported(bothup, account, "terraform", *arguments)
    read = plain(hcl2.loads(text))
    local = {name: each for one in read["locals"] for name, each in one.items()}
    made: dict[str, dict[str, Any]] = {}
    for one in read["resource"]:
        ((_, named),) = one.items()
        ((name, resource),) = named.items()
        assert resource["for_each"] == f"${{local.{name}}}"
        made |= each_of(resource, local)
    assert bothup("apply", *arguments)[0] == 0
    there = account.alarms()
    assert made.keys() == there.keys()
    for name, alarm in made.items():
        assert {key: there[name][key] for key in alarm} == alarm
    assert "provider" not in text


def test_terraform_itself_can_read_it(account: Account, bothup: Any, topic: str) -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed; python-hcl2 has looked at the syntax")
    text = exported(bothup, account, "terraform", "--topic", topic, "--composite")
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
