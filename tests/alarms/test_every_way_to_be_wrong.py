"""Every way in which an alarm can be wrong: audit names it, apply cures it and nothing else."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bothup.cli.app import run
from tests.alarms.account import ACCOUNT, REGION, Account

GONE_VPN, GONE_IP = "vpn-0123456789abcdef0", "203.0.113.77"
Break = Callable[[Account], str]


def setting(kind: str, **more: Any) -> Break:
    """An alarm of bothup's own, of the first connection, that somebody has changed."""

    def change(account: Account) -> str:
        name = account.lost("a") if kind == "lost" else account.degraded("a")
        account.put(name, **more)
        return name

    return change


def dimensions(kind: str, make: Callable[[Account], Any]) -> Break:
    return lambda account: setting(kind, Dimensions=make(account))(account)


def deleted(kind: str) -> Break:
    def delete(account: Account) -> str:
        name = account.lost("a") if kind == "lost" else account.degraded("a")
        account.cloudwatch.delete_alarms(AlarmNames=[name])
        return account.connection("a").id

    return delete


def topic(**attributes: Any) -> Break:
    """An alarm that tells a topic which is wrong."""

    def change(account: Account) -> str:
        arn = account.topic(**attributes)
        account.put(account.degraded("a"), AlarmActions=[arn], OKActions=[arn])
        return arn.rpartition(":")[2]

    return change


def no_topic(account: Account) -> str:
    gone = f"arn:aws:sns:{REGION}:{ACCOUNT}:gone"
    account.put(account.degraded("a"), AlarmActions=[gone])
    return "gone"


def far_topic(account: Account) -> str:
    """CloudWatch refuses that now; there are alarms from before it did."""
    far = f"arn:aws:sns:eu-west-1:{ACCOUNT}:far"
    alarm = account.inside(account.degraded("a"))
    alarm.params = {**alarm.params, "AlarmActions": [far]}
    return "far"


def disabled(account: Account) -> str:
    account.cloudwatch.disable_alarm_actions(AlarmNames=[account.lost("a")])
    return account.lost("a")


def without_data(account: Account) -> str:
    name = account.degraded("a")
    pair = [*account.of_vpn("a"), *account.of_tunnel("a")]
    account.put(name, Dimensions=pair, TreatMissingData="missing")
    account.age(name, days=3)
    return name


def orphan(name: str, **more: Any) -> Break:
    def make(account: Account) -> str:
        account.make(name, own=True, AlarmActions=[account.topic()], **more)
        return name

    return make


def of_gone_tunnel(account: Account) -> str:
    name = f"bothup/{account.connection('a').id}/degraded/{GONE_IP}"
    said = [{"Name": "TunnelIpAddress", "Value": GONE_IP}]
    return orphan(name, Dimensions=said)(account)


CONDITION, ACTIONS, TOPIC = "CONDITION", "ACTIONS", "TOPIC"
GONE = [{"Name": "VpnId", "Value": GONE_VPN}]
CASES: dict[str, tuple[Break, str, str]] = {
    "no alarm of a tunnel": (deleted("degraded"), "CONNECTION", "no-tunnel-alarm"),
    "no alarm of the connection": (deleted("lost"), "CONNECTION", "no-connection-alarm"),
    "bytes instead of state": (
        *(setting("degraded", MetricName="TunnelDataIn"), CONDITION, "wrong-metric"),
    ),
    "another namespace": (setting("lost", Namespace="AWS/EC2"), CONDITION, "wrong-metric"),
    "dimensions that are not published": (
        dimensions("degraded", lambda here: [*here.of_vpn("a"), *here.of_tunnel("a")]),
        *(CONDITION, "wrong-dimensions"),
    ),
    "no dimensions": (setting("lost", Dimensions=[]), CONDITION, "wrong-dimensions"),
    "dimensions of the other tunnel": (
        dimensions("degraded", lambda here: here.of_tunnel("a", 1)),
        *("NAME", "overwritten"),
    ),
    "dimensions of another connection": (
        dimensions("lost", lambda here: here.of_vpn("b")),
        *("NAME", "overwritten"),
    ),
    "any tunnel instead of all": (
        setting("lost", Statistic="Minimum"),
        CONDITION,
        "wrong-statistic",
    ),
    "a count": (setting("degraded", Statistic="SampleCount"), CONDITION, "wrong-statistic"),
    "a percentile": (
        setting("degraded", Statistic=None, ExtendedStatistic="p90"),
        *(CONDITION, "wrong-statistic"),
    ),
    "a threshold that nothing is below": (
        *(setting("degraded", Threshold=0.0), CONDITION, "wrong-threshold"),
    ),
    "a threshold that is met by one tunnel of two": (
        setting("lost", Statistic="Average"),
        *(CONDITION, "wrong-statistic"),
    ),
    "above instead of below": (
        setting("degraded", ComparisonOperator="GreaterThanThreshold", Threshold=0.0),
        *(CONDITION, "wrong-comparison"),
    ),
    "at most one": (
        setting("lost", ComparisonOperator="LessThanOrEqualToThreshold"),
        *(CONDITION, "wrong-comparison"),
    ),
    "a unit that the metric has not": (
        setting("degraded", Unit="Count"),
        *(CONDITION, "wrong-unit"),
    ),
    "an hour": (setting("lost", Period=3600), CONDITION, "wrong-period"),
    "half an hour of minutes": (
        setting("degraded", EvaluationPeriods=30, DatapointsToAlarm=30),
        *(CONDITION, "wrong-period"),
    ),
    "lost after a quarter of an hour": (
        setting("lost", EvaluationPeriods=15, DatapointsToAlarm=15),
        *(CONDITION, "wrong-count"),
    ),
    "degraded at the first value": (
        setting("degraded", DatapointsToAlarm=1),
        *(CONDITION, "wrong-count"),
    ),
    "shorter than the metric": (setting("degraded", Period=30), CONDITION, "wrong-period"),
    "missing data is missing": (
        setting("lost", TreatMissingData="missing"),
        *(CONDITION, "missing-data"),
    ),
    "missing data is fine": (
        setting("degraded", TreatMissingData="notBreaching"),
        *(CONDITION, "missing-data"),
    ),
    "missing data is ignored": (
        setting("degraded", TreatMissingData="ignore"),
        *(CONDITION, "missing-data"),
    ),
    "actions switched off": (disabled, ACTIONS, "actions-disabled"),
    "no actions": (setting("degraded", AlarmActions=[]), ACTIONS, "no-actions"),
    "no such topic": (no_topic, TOPIC, "topic-missing"),
    "a topic in another Region": (far_topic, TOPIC, "topic-region"),
    "nobody has subscribed": (topic(heard=False), TOPIC, "no-subscription"),
    "CloudWatch may not publish": (topic(Policy={"Statement": []}), TOPIC, "cannot-publish"),
    "CloudWatch may not encrypt": (topic(KmsMasterKeyId="alias/aws/sns"), TOPIC, "aws-key"),
    "not encrypted": (topic(KmsMasterKeyId=None), "ENCRYPTION", "not-encrypted"),
    "no data for days": (without_data, "DATA", "insufficient-data"),
    "the connection is gone": (
        orphan(f"bothup/{GONE_VPN}/lost", Dimensions=GONE, Statistic="Maximum"),
        *("ORPHAN", "connection-gone"),
    ),
    "the tunnel is gone": (of_gone_tunnel, "ORPHAN", "tunnel-gone"),
}


@pytest.fixture(scope="module")
def good(account: Account) -> str:
    """The topic that everything is sent to, as it should be."""
    arn, journal = account.topic(), str(account.folder / "first.db")
    assert run(["alarms", "apply", "--topic", arn, "--yes", "--quiet", "--journal", journal]) == 0
    return arn


def failed(told: str) -> set[tuple[str, str, str]]:
    """What failed: check, resource and code."""
    return {
        (each["control"].removeprefix("BOTHUP.ALARM."), each["resource"]["id"], reason["code"])
        for each in json.loads(told)["findings"]
        for reason in each["reasons"]
        if each["status"] == "FAILED"
    }


def test_there_are_more_than_fifteen() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES)
def test_audit_names_it_and_apply_cures_it(
    case: str, account: Account, good: str, bothup: Any
) -> None:
    breaks, check, code = CASES[case]
    account.sim.calls.clear()
    assert bothup("apply", "--topic", good)[0] == 0
    assert account.writes() == []  # whatever was cured before needs no second apply
    right = account.configured()
    resource = breaks(account)
    broken = account.configured()

    status, told, _ = bothup("audit", "-o", "json")
    assert status == 3
    assert (check, resource, code) in failed(told)
    if check in (CONDITION, ACTIONS, TOPIC):
        vpn = account.connection("a").id
        assert {each[1] for each in failed(told) if each[0] == "CONNECTION"} == {vpn}

    account.sim.calls.clear()
    assert bothup("apply", "--topic", good)[0] == 0
    assert len(account.writes()) == 1
    account.sim.clock.advance(timedelta(minutes=2))
    status, told, _ = bothup("audit", "-o", "json")
    assert (failed(told), status) == (set(), 0)
    cured = account.configured()
    touched = {name for name in right | broken if right.get(name) != broken.get(name)}
    assert len(touched) <= 1
    assert {name: each for name, each in cured.items() if name not in touched} == {
        name: each for name, each in right.items() if name not in touched
    }


def test_a_page_that_goes_out_by_a_composite_alarm_of_composite_alarms_counts(
    account: Account, good: str, bothup: Any
) -> None:
    assert bothup("apply", "--topic", good)[0] == 0
    name, put = account.degraded("b"), account.cloudwatch.put_composite_alarm
    account.put(name, AlarmActions=[], OKActions=[])
    put(AlarmName="inner", AlarmRule=f'ALARM("{name}")')
    try:
        assert ("ACTIONS", "inner", "no-actions") in failed(bothup("audit", "-o", "json")[1])
        put(AlarmName="outer", AlarmRule="ALARM(inner)", AlarmActions=[good])
        assert failed(bothup("audit", "-o", "json")[1]) == set()
    finally:
        account.cloudwatch.delete_alarms(AlarmNames=["outer"])
        account.cloudwatch.delete_alarms(AlarmNames=["inner"])
        assert bothup("apply", "--topic", good)[0] == 0
