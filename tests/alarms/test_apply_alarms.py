"""What goes wrong while alarms are made costs one line and itself alone."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from bothup.cli.app import run
from bothup.model.target import Coverage, CoverageStatus
from bothup.report._words import unread
from bothup.sim.faults import Fault
from tests.alarms.account import ACCOUNT, REGION, Account

SCENARIO = f"""
regions = ["{REGION}"]
alarm_quota = 12
[[accounts]]
id = "{ACCOUNT}"
name = "One"
connections = [
  {{name = "a", region = "{REGION}"}},
  {{name = "b", region = "{REGION}", tags = {{team = "network-berlin"}}}},
]
"""
NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def nothing(account: Account) -> None:
    """Each test begins without an alarm and without a fault."""
    account.sim.faults.clear()
    for name in account.alarms():
        account.cloudwatch.delete_alarms(AlarmNames=[name])


def own(account: Account) -> set[str]:
    return {name for name in account.alarms() if name.startswith("bothup/")}


def lines(errors: str, text: str) -> list[str]:
    return [each for each in errors.splitlines() if text in each]


def test_no_topic(account: Account, bothup: Any) -> None:
    code, _, errors = bothup("apply")
    assert (code, "Not planned, and why:" in errors) == (5, True)
    code, told, errors = bothup("apply", "--quiet")
    assert (code, own(account)) == (5, set())
    [line] = lines(errors, "bothup: ")
    assert "and 5 more: no topic is named for it: say --topic ARN" in line
    assert told == "Nothing is done: 6 refused\n"
    code, told, _ = bothup("plan")
    assert (code, told.endswith("Nothing is planned: 6 refused\n")) == (5, True)


def test_a_stopped_apply_of_a_plan_promises_no_undo_of_alarms(
    account: Account, bothup: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path, journal = str(account.folder / "stopped.json"), str(account.folder / "stopped.db")
    assert bothup("plan", "--topic", account.topic(), "-o", f"json={path}")[0] == 0
    denied = Fault(operation="cloudwatch:PutMetricAlarm", code="AccessDenied", times=1)
    account.sim.faults.add(denied)
    assert run(["apply", path, "--yes", "--journal", journal]) == 5
    [line] = lines(capsys.readouterr().err, "not all is done")
    assert "what is done to alarms stays" in line
    assert "undo" not in line


def test_a_drill_says_why_a_connection_could_not_be_read(account: Account, bothup: Any) -> None:
    denied = Fault(operation="ec2:DescribeVpnConnections", code="UnauthorizedOperation")
    account.sim.faults.add(denied)
    code, _, errors = bothup("drill", account.connection("a").id, "--yes")
    assert code == 4
    [line] = lines(errors, "not read: ")
    assert f"{ACCOUNT} {REGION} (denied)" in line


def test_what_was_not_read_has_a_name_even_where_no_account_is_known() -> None:
    found = Coverage(account=None, region=None, status=CoverageStatus.UNREACHABLE, message="no")
    assert unread(found) == "the account (unreachable) no"


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("pager", "'pager' is not the ARN of an SNS topic"),
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue", "is not the ARN of an SNS topic"),
        (f"arn:aws:sns:eu-west-1:{ACCOUNT}:pager", "is in eu-west-1: an alarm in eu-central-1"),
        (f"arn:aws:sns:{REGION}:{ACCOUNT}:nowhere", "does not exist"),
    ],
)
def test_a_bad_topic_costs_the_alarms_that_tell_it(
    account: Account, bothup: Any, topic: str, said: str
) -> None:
    good = account.topic()
    code, _, errors = bothup("apply", "--topic", good, "--lost-topic", topic, "--quiet")
    assert code == 5
    assert own(account) == {account.degraded(name, n) for name in ("a", "b") for n in (0, 1)}
    [line] = lines(errors, "bothup: ")
    assert said in line
    assert "Traceback" not in errors


def test_no_composite_alarm_speaks_where_no_alarm_could_mute_it(
    account: Account, bothup: Any
) -> None:
    """Without the connection's own alarm the tunnels' alarms speak for themselves."""
    arguments = ("--degraded-topic", account.topic(), "--composite", "--quiet")
    assert bothup("apply", *arguments)[0] == 5
    told = account.alarms()
    assert set(told) == {account.degraded(name, n) for name in ("a", "b") for n in (0, 1)}
    assert all(each["AlarmActions"] for each in told.values())


def test_no_alarm_falls_silent_before_another_speaks_for_it(account: Account, bothup: Any) -> None:
    topic = account.topic()
    assert bothup("apply", "--topic", topic)[0] == 0
    denied = Fault(operation="cloudwatch:PutCompositeAlarm", code="AccessDenied", times=2)
    account.sim.faults.add(denied)
    code, told, _ = bothup("apply", "--topic", topic, "--composite", "--quiet")
    assert code == 5
    assert len(lines(told, "AccessDenied")) == 2
    assert all(each["AlarmActions"] == [topic] for each in account.alarms().values())
    account.sim.calls.clear()
    assert bothup("apply", "--topic", topic, "--composite", "--quiet")[0] == 0
    assert account.writes() == ["PutCompositeAlarm"] * 2 + ["PutMetricAlarm"] * 4
    # And back: no composite alarm goes while one of those that it speaks for is silent.
    gone = f"arn:aws:sns:{REGION}:{ACCOUNT}:gone"
    code, _, _ = bothup("apply", "--topic", topic, "--degraded-topic", gone, "--quiet")
    assert (code, len(account.alarms())) == (5, 8)
    denied = Fault(operation="cloudwatch:PutMetricAlarm", code="AccessDenied", times=1)
    account.sim.faults.add(denied)
    assert bothup("apply", "--topic", topic, "--quiet")[0] == 5
    assert len(account.alarms()) == 7
    assert bothup("apply", "--topic", topic, "--quiet")[0] == 0
    assert len(account.alarms()) == 6
    assert bothup("audit")[0] == 0


def test_a_topic_that_reaches_nobody_is_told_of_before(account: Account, bothup: Any) -> None:
    """The alarms are made: who hears of them can be put right afterwards."""
    deaf = account.topic(heard=False, Policy={"Statement": []})
    code, _, errors = bothup("apply", "--topic", deaf)
    assert (code, len(own(account))) == (0, 6)
    assert len(lines(errors, "no subscription is confirmed")) == 1
    assert "its policy does not let CloudWatch publish" in errors
    assert bothup("audit")[0] == 3


def test_the_quota_is_reached(account: Account, bothup: Any) -> None:
    for number in range(8):
        account.make(f"other-{number}", Namespace="Other")
    code, told, errors = bothup("apply", "--topic", account.topic(), "--quiet")
    assert code == 5
    assert len(own(account)) == 4
    refused = lines(told, "LimitExceeded")
    assert len(refused) == 2
    assert len(lines(told, "1 of 1 done")) == 4
    for number in range(8):
        account.cloudwatch.delete_alarms(AlarmNames=[f"other-{number}"])
    assert bothup("apply", "--topic", account.topic(), "--quiet")[0] == 0
    assert len(own(account)) == 6
    assert errors == ""


def test_one_denied_call(account: Account, bothup: Any) -> None:
    denied = Fault(operation="cloudwatch:PutMetricAlarm", code="AccessDenied", times=1)
    account.sim.faults.add(denied)
    topic = account.topic()
    code, told, _ = bothup("apply", "--topic", topic, "--quiet")
    assert (code, len(own(account))) == (5, 5)
    [line] = lines(told, "stopped")
    assert "AccessDenied" in line or "Access Denied" in line
    assert bothup("apply", "--topic", topic, "--quiet")[0] == 0
    assert len(own(account)) == 6


def test_throttling_is_ridden_out(account: Account, bothup: Any) -> None:
    account.sim.faults.add(Fault(operation="cloudwatch:PutMetricAlarm", code="Throttling", times=2))
    assert bothup("apply", "--topic", account.topic(), "--quiet")[0] == 0
    assert len(own(account)) == 6


def test_what_cannot_be_read_is_not_green(account: Account, bothup: Any) -> None:
    for operation in ("DescribeAlarms", "ListMetrics", "GetMetricData"):
        account.sim.faults.clear()
        account.sim.faults.add(Fault(operation=f"cloudwatch:{operation}", code="AccessDenied"))
        for verb in (("audit",), ("plan", "--topic", "x"), ("apply", "--topic", "x", "--quiet")):
            code, told, errors = bothup(*verb)
            assert code == 4, verb
            assert f"{operation} at" in told + errors
    account.sim.faults.clear()
    topic = account.topic()
    assert bothup("apply", "--topic", topic)[0] == 0
    account.sim.faults.add(Fault(operation="sns:GetTopicAttributes", code="AuthorizationError"))
    code, told, _ = bothup("audit", "-o", "json")
    assert code == 4
    status = {each["status"] for each in json.loads(told)["findings"]}
    assert status == {"PASSED", "NOT_AVAILABLE"}


def test_without_a_terminal_it_wants_yes(account: Account, bothup: Any) -> None:
    from bothup.cli.app import run

    assert run(["alarms", "apply", "--topic", account.topic()]) == 2
    assert own(account) == set()


def test_routes_by_tag_and_severity(account: Account, bothup: Any) -> None:
    topics = {name: account.topic() for name in ("all", "pager", "berlin")}
    config = account.folder / f"bothup-{next(NUMBERS)}.toml"
    config.write_text(
        f"""
        [alarms]
        topic = "{topics["all"].replace(REGION, "{region}").replace(ACCOUNT, "{account}")}"
        lost-topic = "{topics["pager"]}"
        [[alarms.routes]]
        topic = "{topics["berlin"]}"
        tag = "team=network-*"
        severity = "degraded"
        """
    )
    assert bothup("apply", "--config", str(config))[0] == 0
    sent = {name: each["AlarmActions"] for name, each in account.alarms().items()}
    assert sent[account.lost("a")] == sent[account.lost("b")] == [topics["pager"]]
    assert sent[account.degraded("a")] == [topics["all"]]
    assert sent[account.degraded("b")] == [topics["berlin"]]
    # A flag wins over the file.
    assert bothup("apply", "--config", str(config), "--topic", topics["all"])[0] == 0
    assert account.alarms()[account.lost("b")]["AlarmActions"] == [topics["all"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[alarms]\ntopics = 3", "topics"),
        ('[alarms]\ntopic = ""', "topic"),
        ('[[alarms.routes]]\ntopic = "x"\nseverity = "bad"', "severity"),
        ('[[alarms.routes]]\ntag = "a=b"', "topic"),
    ],
)
def test_a_configuration_that_makes_no_sense(
    bothup: Any, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "bothup.toml").write_text(text)
    code, _, errors = bothup("plan", "--config", str(tmp_path / "bothup.toml"))
    assert code == 2
    assert said in errors
    assert "Traceback" not in errors


def test_others_alarms_are_left_alone(account: Account, bothup: Any) -> None:
    topic = account.topic()
    right = {"Dimensions": account.of_vpn("a"), "AlarmActions": [topic]}
    account.make("whole", Statistic="Maximum", **right)
    account.make("any tunnel", **right)
    account.make("wrong", **{**right, "Dimensions": account.of_vpn("b")}, Threshold=0.0)
    before = account.configured()
    assert bothup("apply", "--topic", topic)[0] == 0
    after = account.configured()
    assert {name: after[name] for name in before} == before
    # What somebody else's alarm tells already is not told twice.
    assert own(account) == {account.lost("b"), account.degraded("b", 0), account.degraded("b", 1)}
    code, told, _ = bothup("audit", "-o", "json")
    assert code == 3
    failed = [each for each in json.loads(told)["findings"] if each["status"] == "FAILED"]
    assert [each["resource"]["id"] for each in failed] == ["wrong"]


def test_an_alarm_that_is_named_is_corrected(account: Account, bothup: Any) -> None:
    good, bad = account.topic(), account.topic(heard=False)
    account.make(
        "theirs",
        Dimensions=[*account.of_vpn("a"), *account.of_tunnel("a")],
        TreatMissingData="missing",
        AlarmActions=[bad],
        AlarmDescription="as it was",
    )
    account.make("gone", Dimensions=[{"Name": "VpnId", "Value": "vpn-0123456789abcdef0"}])
    names = ("--foreign", "theirs", "--foreign", "gone")
    assert bothup("apply", "--topic", good, *names)[0] == 0
    theirs = account.alarms()["theirs"]
    assert theirs["Dimensions"] == account.of_tunnel("a")
    assert theirs["TreatMissingData"] == "breaching"
    assert theirs["AlarmActions"] == [good]
    assert (theirs["AlarmDescription"], theirs["EvaluationPeriods"]) == ("as it was", 3)
    assert "gone" not in account.alarms()
    assert account.degraded("a") not in own(account)
    assert len(own(account)) == 5
    assert bothup("audit")[0] == 0
    account.sim.calls.clear()
    assert bothup("apply", "--topic", good, "--foreign", "theirs")[0] == 0
    assert account.writes() == []
    code, _, errors = bothup("apply", "--topic", good, "--foreign", "nobody's")
    assert (code, "no alarm about a tunnel has that name" in errors) == (2, True)


def test_a_name_like_ours_without_the_tag_is_not_ours(account: Account, bothup: Any) -> None:
    topic = account.topic()
    account.make(account.degraded("a"), Dimensions=account.of_tunnel("a"), Threshold=0.0)
    code, _, errors = bothup("apply", "--topic", topic)
    assert code == 5
    assert len(lines(errors, "--foreign NAME lets it be changed")) >= 1
    assert account.alarms()[account.degraded("a")]["Threshold"] == 0.0
    assert bothup("apply", "--topic", topic, "--foreign", account.degraded("a"))[0] == 0
    assert bothup("audit")[0] == 0
    orphan = "bothup/vpn-0123456789abcdef0/lost"
    account.make(orphan, Dimensions=[{"Name": "VpnId", "Value": "vpn-0123456789abcdef0"}])
    assert bothup("apply", "--topic", topic)[0] == 0
    assert orphan in account.alarms()


def test_one_name_for_every_connection(account: Account, bothup: Any) -> None:
    topic = account.topic()
    for name in ("a", "b"):  # the second one overwrites the first
        account.make(
            "vpn-down",
            Dimensions=account.of_vpn(name),
            Statistic="Maximum",
            AlarmActions=[topic],
        )
    _, told, _ = bothup("audit", "-o", "json")
    codes = {
        (each["resource"]["id"], reason["code"])
        for each in json.loads(told)["findings"]
        for reason in each["reasons"]
    }
    assert ("vpn-down", "overwritten") in codes
    assert bothup("apply", "--topic", topic)[0] == 0
    assert bothup("audit")[0] == 0


def test_an_alarm_that_changed_meanwhile_is_not_overwritten(
    account: Account, bothup: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from bothup.cli.app import run

    topic, plan = account.topic(), tmp_path / "plan.json"
    assert bothup("apply", "--topic", topic)[0] == 0
    account.put(account.lost("a"), Threshold=0.0)
    account.put(account.lost("b"), Threshold=0.0)
    assert bothup("plan", "--topic", topic, "-o", f"json={plan}")[0] == 0
    account.put(account.lost("a"), Threshold=7.0)
    journal = str(tmp_path / "journal.db")
    assert run(["apply", str(plan), "--yes", "--journal", journal]) == 5
    shown = account.alarms()
    assert shown[account.lost("a")]["Threshold"] == 7.0
    assert shown[account.lost("b")]["Threshold"] == 1.0
    assert run(["undo", str(plan), "--yes", "--journal", journal]) == 0
    stays = f"alarm {account.lost('b')} stays as it is: `bothup alarms apply`"
    assert stays in capsys.readouterr().err
    assert bothup("apply", "--topic", topic)[0] == 0
    assert account.alarms()[account.lost("a")]["Threshold"] == 1.0


def test_what_was_done_is_in_the_history(
    account: Account, bothup: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from bothup.cli.app import run

    topic, journal = account.topic(), str(account.folder / "journal.db")
    assert bothup("apply", "--topic", topic)[0] == 0
    account.put(account.lost("a"), Threshold=0.0)
    assert bothup("apply", "--topic", topic)[0] == 0
    assert run(["history", "changes", "--journal", journal]) == 0
    told = capsys.readouterr().out
    assert account.lost("a") in told
    assert "Threshold: 0.0 → 1.0" in told
    # Nothing is left that `bothup apply --resume` would go on with.
    assert run(["apply", "--resume", "--yes", "--journal", journal]) == 2
