"""Alarms over HTTP: that they ring when the tunnels do, and that somebody hears it."""

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import named
from sim_sdk import sdk_client
from subscriber import Subscriber, subscriber

from bothup.model.alarm_rule import Rule
from bothup.sim import SimServer, parse_scenario
from bothup.sim.alarms.evaluate import evaluated

ACCOUNT, OTHER, REGION = "111122223333", "444455556666", "eu-central-1"
SCENARIO = parse_scenario(
    f"""
    regions = ["eu-central-1", "eu-west-1"]
    alarm_quota = 40
    [[accounts]]
    id = "{ACCOUNT}"
    name = "One"
    connections = [{{name = "a", region = "{REGION}"}}, {{name = "b", region = "{REGION}"}}]
    [[accounts]]
    id = "{OTHER}"
    name = "Two"
    """,
    "alarms.toml",
)
NAMES = itertools.count()


@pytest.fixture
def page(sim: SimServer, client: Any) -> Iterator[tuple[str, Subscriber]]:
    """A topic and the subscriber that has agreed to hear of it."""
    sns = client("sns")
    arn = sns.create_topic(Name=f"t{next(NAMES)}")["TopicArn"]
    with subscriber() as here:
        here.confirm(sns, arn)
        yield arn, here


def alarm(client: Any, name: str = "", **more: Any) -> str:
    """An alarm on a series of its own, right unless said otherwise."""
    name = name or f"alarm-{next(NAMES)}"
    client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": "AWS/VPN",
            "MetricName": "TunnelState",
            "Statistic": "Minimum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1.0,
            "ComparisonOperator": "LessThanThreshold",
            "TreatMissingData": "breaching",
            **more,
        }
    )
    return name


def of(vpn: str) -> list[dict[str, str]]:
    return [{"Name": "VpnId", "Value": vpn}]


def state(client: Any, name: str) -> str:
    [found] = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    told: str = found["StateValue"]
    return told


def put(sim: SimServer, name: str, number: int, *, up: bool) -> None:
    one = named(sim, name)
    sim.set_tunnel(ACCOUNT, REGION, one.id, one.tunnels[number].outside_ip, up=up)


def minutes(sim: SimServer, number: float) -> None:
    sim.clock.advance(timedelta(minutes=number))


def test_a_tunnel_drops_and_somebody_hears_it(
    sim: SimServer, client: Any, page: tuple[str, Subscriber]
) -> None:
    topic, here = page
    one = named(sim, "a")
    name = alarm(client, Dimensions=of(one.id), AlarmActions=[topic], OKActions=[topic])
    minutes(sim, 2)
    assert state(client, name) == "OK"
    assert here.alarm()["NewStateValue"] == "OK"
    put(sim, "a", 0, up=False)
    minutes(sim, 2)
    told = here.alarm()
    assert (told["AlarmName"], told["NewStateValue"], told["OldStateValue"]) == (
        *(name, "ALARM", "OK"),
    )
    assert told["Trigger"]["Dimensions"] == [{"name": "VpnId", "value": one.id}]
    put(sim, "a", 0, up=True)
    minutes(sim, 2)
    assert here.alarm()["NewStateValue"] == "OK"
    history = client("cloudwatch").describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    assert len(history["AlarmHistoryItems"]) == 3
    assert topic in history["AlarmHistoryItems"][0]["HistorySummary"]
    client("cloudwatch").delete_alarms(AlarmNames=[name])


def test_the_connection_is_lost_when_both_are_down(sim: SimServer, client: Any) -> None:
    vpn = named(sim, "b").id
    lost = alarm(client, Dimensions=of(vpn), Statistic="Maximum")
    late = alarm(client, Dimensions=of(vpn), EvaluationPeriods=3)
    put(sim, "b", 0, up=False)
    minutes(sim, 2)
    assert (state(client, lost), state(client, late)) == ("OK", "OK")
    minutes(sim, 2)
    assert (state(client, lost), state(client, late)) == ("OK", "ALARM")
    put(sim, "b", 1, up=False)
    minutes(sim, 2)
    assert state(client, lost) == "ALARM"
    for number in (0, 1):
        put(sim, "b", number, up=True)
    client("cloudwatch").delete_alarms(AlarmNames=[lost, late])


def test_a_wrong_dimension_rings_for_ever_or_never(sim: SimServer, client: Any) -> None:
    one = named(sim, "a")
    pair = [*of(one.id), {"Name": "TunnelIpAddress", "Value": one.tunnels[0].outside_ip}]
    breaching = alarm(client, Dimensions=pair)
    missing = alarm(client, Dimensions=pair, TreatMissingData="missing")
    unit = alarm(client, Dimensions=of(one.id), Unit="Count", TreatMissingData="missing")
    minutes(sim, 3)
    assert (state(client, breaching), state(client, missing)) == ("ALARM", "INSUFFICIENT_DATA")
    assert state(client, unit) == "INSUFFICIENT_DATA"
    client("cloudwatch").delete_alarms(AlarmNames=[breaching, missing, unit])


def test_a_composite_alarm_is_mute_while_its_suppressor_rings(
    sim: SimServer, client: Any, page: tuple[str, Subscriber]
) -> None:
    topic, here = page
    one = named(sim, "a")
    lost = alarm(client, Dimensions=of(one.id), Statistic="Maximum")
    tunnels = [
        alarm(client, Dimensions=[{"Name": "TunnelIpAddress", "Value": each.outside_ip}])
        for each in one.tunnels
    ]
    minutes(sim, 2)
    name = f"composite-{next(NAMES)}"
    client("cloudwatch").put_composite_alarm(
        AlarmName=name,
        AlarmRule=" OR ".join(f'ALARM("{each}")' for each in tunnels),
        AlarmActions=[topic],
        ActionsSuppressor=lost,
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=60,
    )
    put(sim, "a", 0, up=False)
    minutes(sim, 5)
    told = here.alarm()
    assert told["AlarmName"] == name
    assert [each["Arn"].rpartition(":")[2] for each in told["TriggeringChildren"]] == tunnels[:1]
    put(sim, "a", 0, up=True)
    minutes(sim, 5)
    for number in (0, 1):
        put(sim, "a", number, up=False)
    minutes(sim, 9)
    [found] = client("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["CompositeAlarm"]
    )["CompositeAlarms"]
    assert found["StateValue"] == "ALARM"
    assert here.posted.empty()
    put(sim, "a", 0, up=True)
    minutes(sim, 5)
    assert here.alarm()["NewStateValue"] == "ALARM"  # one tunnel is still down
    put(sim, "a", 1, up=True)
    minutes(sim, 2)
    client("cloudwatch").delete_alarms(AlarmNames=[name, lost, *tunnels])


def test_what_does_not_get_through_is_in_the_history(sim: SimServer, client: Any) -> None:
    sns, cloudwatch = client("sns"), client("cloudwatch")
    closed = sns.create_topic(Name="closed", Attributes={"Policy": json.dumps({"Statement": []})})
    key = {"KmsMasterKeyId": "alias/aws/sns"}
    own_key = sns.create_topic(Name="own-key", Attributes=key)["TopicArn"]
    gone = f"arn:aws:sns:{REGION}:{ACCOUNT}:gone"
    actions = [closed["TopicArn"], own_key, gone]
    name = alarm(client, Dimensions=of(named(sim, "a").id), AlarmActions=actions)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    items = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    told = [json.loads(each["HistoryData"]) for each in items["AlarmHistoryItems"]]
    assert [each["actionState"] for each in told] == ["Failed"] * 3
    assert {each["notificationResource"] for each in told} == set(actions)
    cloudwatch.disable_alarm_actions(AlarmNames=[name])
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    more = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    assert len(more["AlarmHistoryItems"]) == 3
    cloudwatch.delete_alarms(AlarmNames=[name])


def test_a_policy_may_name_cloudwatch_and_the_account(sim: SimServer, client: Any) -> None:
    sns = client("sns", account=OTHER)
    policy = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": "*",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:*:{ACCOUNT}:alarm:*"}
                },
            }
        ]
    }
    topic = sns.create_topic(Name="central", Attributes={"Policy": json.dumps(policy)})["TopicArn"]
    name = alarm(client, Dimensions=of(named(sim, "a").id), AlarmActions=[topic])
    client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    items = client("cloudwatch").describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    assert "Successfully" in items["AlarmHistoryItems"][0]["HistorySummary"]
    with pytest.raises(ClientError, match="AuthorizationError"):
        client("sns").get_topic_attributes(TopicArn=topic)
    client("cloudwatch").delete_alarms(AlarmNames=[name])


def test_topics_count_who_has_agreed(sim: SimServer, client: Any) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="counted", Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15550100")
    told = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (told["SubscriptionsPending"], told["SubscriptionsConfirmed"]) == ("1", "1")
    arns = [
        each["SubscriptionArn"]
        for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    ]
    assert arns[0] == "PendingConfirmation"
    sns.unsubscribe(SubscriptionArn=arns[1])
    told = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert told["SubscriptionsConfirmed"] == "0"
    assert {"TopicArn": topic} in sns.list_topics()["Topics"]
    sns.delete_topic(TopicArn=topic)
    with pytest.raises(ClientError, match="NotFound"):
        sns.get_topic_attributes(TopicArn=topic)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"AlarmActions": ["pager"]}, "Invalid arn syntax: pager"),
        (
            {"AlarmActions": [f"arn:aws:sns:us-west-2:{ACCOUNT}:t"]},
            "Invalid region us-west-2 specified. Only eu-central-1 is supported.",
        ),
        ({"Period": 45}, "Period"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm"),
        ({"TreatMissingData": "broken"}, "missing data"),
        ({"Period": 300, "EvaluationPeriods": 300}, "a day"),
    ],
)
def test_what_is_no_alarm(client: Any, more: dict[str, Any], error: str) -> None:
    with pytest.raises(ClientError, match="ValidationError") as caught:
        alarm(client, **more)
    assert error in str(caught.value)


def test_the_quota_and_the_tags(sim: SimServer, client: Any) -> None:
    west = sdk_client(sim, "cloudwatch", "eu-west-1")

    def make(number: int, **more: Any) -> None:
        west.put_metric_alarm(
            AlarmName=f"q{number:02}",
            Namespace="AWS/VPN",
            MetricName="TunnelState",
            Statistic="Minimum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="LessThanThreshold",
            **more,
        )

    for number in range(40):
        make(number, Tags=[{"Key": "n", "Value": str(number)}])
    with pytest.raises(ClientError, match="LimitExceeded"):
        make(40)
    make(0, Tags=[{"Key": "n", "Value": "other"}])  # tags count for a new alarm only
    arn = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:q00"
    assert west.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "n", "Value": "0"}]
    west.tag_resource(ResourceARN=arn, Tags=[{"Key": "n", "Value": "7"}])
    west.untag_resource(ResourceARN=arn, TagKeys=["m"])
    assert west.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "n", "Value": "7"}]
    pages = west.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 7})
    assert sum(len(each["MetricAlarms"]) for each in pages) == 40
    with pytest.raises(ClientError, match="ResourceNotFound"):
        west.delete_alarms(AlarmNames=["q00", "nowhere"])
    west.delete_alarms(AlarmNames=[f"q{number:02}" for number in range(40)])
    assert west.describe_alarms()["MetricAlarms"] == []


def test_metrics_may_come_every_five_minutes() -> None:
    text = f"""
    metric_minutes = 5
    [[accounts]]
    id = "{ACCOUNT}"
    name = "One"
    connections = [{{name = "a", region = "{REGION}"}}]
    """
    with SimServer(parse_scenario(text, "five.toml")) as server:
        one, now = named(server, "a"), server.clock.now()
        told = sdk_client(server, "cloudwatch", REGION).get_metric_statistics(
            Namespace="AWS/VPN",
            MetricName="TunnelState",
            Dimensions=of(one.id),
            StartTime=now - timedelta(minutes=30),
            EndTime=now,
            Period=60,
            Statistics=["SampleCount"],
        )["Datapoints"]
        assert len(told) in (6, 7)  # half an hour that begins with a value has one more
        assert {each["Timestamp"].minute % 5 for each in told} == {0}


RULE = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1.0}


@pytest.mark.parametrize(
    ("values", "more", "before", "after"),
    [
        ([0.0, 0.0, 0.0], {}, "OK", "ALARM"),
        ([0.0, 1.0, 0.0], {}, "ALARM", "OK"),
        ([0.0, 1.0, 0.0], {"DatapointsToAlarm": 2}, "OK", "ALARM"),
        ([None, None], {}, "OK", "INSUFFICIENT_DATA"),
        ([None, None], {"TreatMissingData": "ignore"}, "ALARM", "ALARM"),
        ([None, None], {"TreatMissingData": "notBreaching"}, "ALARM", "OK"),
        ([None, 0.0], {"TreatMissingData": "breaching"}, "OK", "ALARM"),
        ([None, 1.0], {"TreatMissingData": "breaching"}, "OK", "OK"),
    ],
)
def test_how_values_are_judged(values: Any, more: Any, before: Any, after: str) -> None:
    assert evaluated({**RULE, **more}, values, before) == after


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('ALARM("a") OR OK("a")', True),
        ("ALARM(a) AND NOT ALARM(b)", True),
        ('ALARM("a") AND (ALARM("b") OR FALSE)', False),
        ("NOT (TRUE AND INSUFFICIENT_DATA(b))", True),
    ],
)
def test_rules_of_composite_alarms(rule: str, holds: bool) -> None:
    states = {"a": "ALARM", "b": "OK"}
    assert Rule(rule).holds(lambda name: states[name]) is holds


@pytest.mark.parametrize("rule", ["", "ALARM(a", "ALARM(a) OR", "rings", "(ALARM(a)", "ALARM(a) b"])
def test_what_is_no_rule(rule: str) -> None:
    with pytest.raises(ValueError, match="AlarmRule"):
        Rule(rule)
