"""The pure middle: when an alarm rings, what a policy allows, what is unknown and stays so."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from botocore import xform_name

from bothup.alarms.audit import audit
from bothup.alarms.check import all_checks, check
from bothup.alarms.here import Here, in_rule
from bothup.alarms.plan import plan_alarms
from bothup.alarms.policy import may_publish
from bothup.alarms.rings import scope, wrong_with
from bothup.alarms.routes import Route
from bothup.alarms.scope import Kind, Scope, scope_of
from bothup.alarms.want import Wish, console, metric_alarm
from bothup.engine.assemble import assemble
from bothup.engine.assemble import scope as scope_of_scan
from bothup.engine.page import SECTIONS
from bothup.errors import UsageError
from bothup.model.alarm import METRIC_SETTINGS, Alarm, Topic, Watched
from bothup.model.call import Call
from bothup.model.connection import Malformed, Tunnel, TunnelStatus, VpnConnection
from bothup.model.finding import Status
from bothup.model.plan import Action
from bothup.model.target import Target
from bothup.report._alarms import render
from bothup.report._look import Look

TARGET = Target(account="111122223333", region="eu-central-1")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VPN, A, B = "vpn-0a", "203.0.113.1", "203.0.113.2"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:pager"
SERIES = frozenset({(("VpnId", VPN),), (("TunnelIpAddress", A),), (("TunnelIpAddress", B),)})
GOOD = Topic(arn=TOPIC, confirmed=1, key="alias/ours", policy={"Statement": {
    "Effect": "Allow", "Principal": "*", "Action": "*"}})  # fmt: skip


def connection(**more: Any) -> VpnConnection:
    up = TunnelStatus.UP
    fields: dict[str, Any] = {
        "id": VPN,
        "target": TARGET,
        "state": "available",
        "tunnels": tuple(Tunnel(outside_ip=ip, status=up) for ip in (A, B)),
        "observed_at": NOW,
        **more,
    }
    return VpnConnection(**fields)


def alarm(name: str = "theirs", *, owned: bool | None = None, **more: Any) -> Alarm:
    """An alarm that is right for a whole connection, unless said otherwise."""
    settings = {
        "Namespace": "AWS/VPN",
        "MetricName": "TunnelState",
        "Dimensions": [{"Name": "VpnId", "Value": VPN}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
        "AlarmActions": [TOPIC],
        **more,
    }
    arn = f"arn:aws:cloudwatch:eu-central-1:111122223333:alarm:{name}"
    return Alarm(name=name, arn=arn, target=TARGET, settings=settings, state="OK", owned=owned)


def of_tunnel(address: str = A) -> list[dict[str, str]]:
    return [{"Name": "TunnelIpAddress", "Value": address}]


def read(*alarms: Alarm, records: Any = None, **more: Any) -> Watched:
    fields: dict[str, Any] = {"series": SERIES, "spacing": {VPN: 60}, **more}
    known = (connection(),) if records is None else records
    return Watched(target=TARGET, records=known, alarms=alarms, **fields)


def here(*alarms: Alarm, **more: Any) -> Here:
    return Here(read(*alarms, **more), {TOPIC: GOOD}, NOW)


LE, GT = "LessThanOrEqualToThreshold", "GreaterThanThreshold"


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, Kind.LOST),
        ({"Statistic": "Minimum"}, Kind.DEGRADED),
        ({"Statistic": "Average"}, Kind.DEGRADED),
        ({"Statistic": "Average", "Threshold": 0.5}, Kind.LOST),
        ({"ComparisonOperator": LE, "Threshold": 0.0}, Kind.LOST),
        ({"Statistic": "Average", "ComparisonOperator": LE, "Threshold": 0.5}, Kind.DEGRADED),
        ({"Dimensions": of_tunnel()}, Kind.DEGRADED),
        ({"Dimensions": of_tunnel(), "ComparisonOperator": LE, "Threshold": 0.9}, Kind.DEGRADED),
        ({"Threshold": 0.0}, None),
        ({"ComparisonOperator": LE}, None),
        ({"ComparisonOperator": GT, "Threshold": 0.0}, None),
        ({"Statistic": "Sum"}, None),
        ({"Statistic": "SampleCount"}, None),
        ({"MetricName": "TunnelDataIn"}, None),
        ({"Dimensions": of_tunnel("192.0.2.1")}, None),
    ],
)
def test_what_an_alarm_tells(settings: dict[str, Any], kind: Kind | None) -> None:
    found = scope(alarm(**settings), here())
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("name", "settings", "wrong"),
    [
        ("theirs", {"Threshold": 0.0}, ["Threshold"]),
        ("theirs", {"ComparisonOperator": LE}, ["ComparisonOperator"]),
        ("theirs", {"Statistic": "SampleCount"}, ["Statistic"]),
        (f"bothup/{VPN}/lost", {"Statistic": "Minimum"}, ["Statistic"]),
        (f"bothup/{VPN}/degraded", {"Statistic": "Maximum"}, ["Statistic"]),
        ("theirs", {"Threshold": 0.0, "Statistic": "Sum"}, ["Threshold", "Statistic"]),
        ("theirs", {}, []),
    ],
)
def test_which_setting_is_wrong(name: str, settings: dict[str, Any], wrong: list[str]) -> None:
    assert list(wrong_with(alarm(name, **settings), here())) == wrong


CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
ALLOW = {"Effect": "Allow", "Principal": CLOUDWATCH, "Action": "sns:Publish", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "may"),
    [
        ([ALLOW], True),
        ({**ALLOW, "Action": ["SNS:*"]}, True),
        ([{**ALLOW, "Principal": {"AWS": "*"}}], True),
        ([], False),
        ([{**ALLOW, "Principal": {"Service": "events.amazonaws.com"}}], False),
        ([{**ALLOW, "Action": "sns:Subscribe"}], False),
        ([{**ALLOW, "Resource": f"{TOPIC}-other"}], False),
        ([ALLOW, {**ALLOW, "Effect": "Deny"}], False),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:*"}}}], False),
        ([{**ALLOW, "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:*"}}}], True),
        ([{**ALLOW, "Condition": {"StringEqualsIgnoreCase": {"aws:SourceAccount": ["1"]}}}], False),
        ([ALLOW, {"Effect": "Deny", "NotPrincipal": CLOUDWATCH, "Action": "*"}], None),
        ([ALLOW, {**ALLOW, "Effect": "Deny", "Action": [], "NotAction": "sns:Subscribe"}], None),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}], True),
        ([{**ALLOW, "Condition": {"StringEquals": {"AWS:SourceOwner": ["1", "2"]}}}], False),
        (
            [{**ALLOW, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:*:*:*:alarm:*"}}}],
            True,
        ),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}], None),
        ([{**ALLOW, "Condition": {"StringNotEquals": {"aws:SourceAccount": "1"}}}], None),
        (
            [ALLOW, {**ALLOW, "Effect": "Deny", "Principal": "*", "Condition":
                     {"Bool": {"aws:SecureTransport": "false"}}}],
            True,
        ),
        ([ALLOW, {**ALLOW, "Effect": "Deny", "Condition": {"IpAddress": {"aws:SourceIp": "x"}}}],
         None),
    ],
)  # fmt: skip
def test_who_may_publish(statements: Any, may: bool | None) -> None:
    assert may_publish({"Statement": statements}, TOPIC, alarm()) is may
    assert may_publish(None, TOPIC, alarm()) is None


def found(*alarms: Alarm, topics: Any = None, **more: Any) -> dict[tuple[str, str], Any]:
    """Findings by check and resource."""
    told = audit([read(*alarms, **more)], {TOPIC: GOOD} if topics is None else topics, NOW)
    return {(each.control.removeprefix("BOTHUP.ALARM."), each.resource.id): each for each in told}


def test_any_tunnel_and_all_is_enough() -> None:
    told = found(alarm("all"), alarm("any", Statistic="Minimum"))
    assert {each.status for each in told.values()} == {Status.PASSED}


def test_an_alarm_of_somebody_elses_on_bytes_is_no_business_of_ours() -> None:
    traffic = alarm("traffic", MetricName="TunnelDataIn", ComparisonOperator=GT, Threshold=1e9)
    assert found(traffic)["CONDITION", "traffic"].status is Status.PASSED
    dead = alarm("dead", MetricName="TunnelDataIn", Statistic="Sum")
    assert found(dead)["CONDITION", "dead"].reasons[0].code == "wrong-metric"


def test_metric_math_is_not_judged_and_covers_nothing() -> None:
    told = found(alarm("math", Metrics=[{"Id": "m1"}]))
    assert told["CONDITION", "math"].status is Status.NOT_AVAILABLE
    assert told["CONNECTION", VPN].status is Status.FAILED


def test_a_connection_that_cannot_be_read_keeps_its_alarms() -> None:
    broken = Malformed(id=VPN, target=TARGET, problem="it is broken", observed_at=NOW)
    own = alarm(f"bothup/{VPN}/lost", owned=True)
    tunnel = alarm(f"bothup/{VPN}/degraded/{A}", owned=True, Dimensions=of_tunnel())
    told = found(own, tunnel, records=(broken,))
    assert told["CONNECTION", VPN].status is Status.NOT_AVAILABLE
    assert {told["ORPHAN", each.name].status for each in (own, tunnel)} == {Status.PASSED}
    made = plan_alarms([read(own, tunnel, records=(broken,))], {}, Wish(), made_at=NOW)
    assert made.plan.steps == ()
    assert "it is broken" in made.plan.notices[0]


@pytest.mark.parametrize(
    ("state", "status"),
    [("pending", "NOT_APPLICABLE"), ("deleted", "NOT_APPLICABLE"), ("modifying", "FAILED")],
)
def test_only_connections_that_are_there_want_alarms(state: str, status: str) -> None:
    told = found(records=(connection(state=state),))
    assert told["CONNECTION", VPN].status == status


def test_alarms_of_a_deleted_connection_are_orphans() -> None:
    own = alarm(f"bothup/{VPN}/lost", owned=True)
    gone = (connection(state="deleted"),)
    assert found(own, records=gone)["ORPHAN", own.name].status is Status.FAILED
    made = plan_alarms([read(own, records=gone)], {}, Wish(), made_at=NOW)
    assert [(step.action, step.resource) for step in made.plan.steps] == [
        (Action.DELETE_ALARM, own.name)
    ]
    foreign = msgspec.structs.replace(own, owned=False)
    assert plan_alarms([read(foreign, records=gone)], {}, Wish(), made_at=NOW).plan.steps == ()


def test_a_topic_that_cannot_be_read_is_not_green() -> None:
    unread = {TOPIC: Topic(arn=TOPIC, status="unread", problem="denied")}
    told = found(alarm("all"), alarm("any", Statistic="Minimum"), topics=unread)
    assert told["CONNECTION", VPN].status is Status.NOT_AVAILABLE
    assert told["TOPIC", "pager"].status is Status.NOT_AVAILABLE


def test_an_action_that_is_no_topic_counts() -> None:
    function = "arn:aws:lambda:eu-central-1:111122223333:function:page"
    told = found(alarm(AlarmActions=[function]), alarm("any", Statistic="Minimum"))
    assert told["CONNECTION", VPN].status is Status.PASSED


def speaking(rule: str, name: str = "both", **more: Any) -> Alarm:
    """A composite alarm of that rule, which tells the topic."""
    settings = {"AlarmRule": rule, "AlarmActions": [TOPIC], **more}
    return msgspec.structs.replace(alarm(name), composite=True, settings=settings)


@pytest.mark.parametrize(
    ("rule", "heard"),
    [
        ("ALARM(one) OR ALARM(two)", True),
        ("ALARM(two) OR (ALARM(one) AND NOT ALARM(lost))", True),
        ("ALARM(one) AND ALARM(two)", False),
        ("NOT ALARM(one)", False),
        ("OK(one) OR ALARM(two)", False),
        ("AT_LEAST(1, ALARM, (one, two))", False),
    ],
)
def test_a_composite_alarm_tells_what_its_rule_says(rule: str, heard: bool) -> None:
    quiet: dict[str, Any] = {"Statistic": "Minimum", "AlarmActions": []}
    one = alarm("one", Dimensions=of_tunnel(A), **quiet)
    two = alarm("two", Dimensions=of_tunnel(B), **{**quiet, "AlarmActions": [TOPIC]})
    told = found(one, two, alarm("lost"), speaking(rule))
    status = Status.PASSED if heard else Status.FAILED
    assert told["CONNECTION", VPN].status is status
    assert [each.tunnel for each in told["CONNECTION", VPN].reasons] == ([] if heard else [A])
    assert told["ACTIONS", "one"].status is status


@pytest.mark.parametrize(
    ("inner", "outer", "heard"),
    [
        ("ALARM(any)", "ALARM(inner)", True),
        ("ALARM(any)", "ALARM(inner) AND ALARM(any)", True),
        ("ALARM(any)", "ALARM(inner) OR ALARM(any)", True),
        ("ALARM(any)", "ALARM(any) AND NOT ALARM(inner)", False),
        ("NOT ALARM(any)", "OK(inner)", True),
        ("ALARM(any) AND ALARM(lost)", "ALARM(inner)", False),
        ("ALARM(any) OR ALARM(both)", "ALARM(inner)", True),
        ("ALARM(any) AND ALARM(both)", "ALARM(inner)", False),
        ("ALARM(any) AND NOT ALARM(both)", "ALARM(inner)", None),
        ("ALARM(any)", "ALARM(elsewhere)", False),
    ],
)
def test_a_composite_alarm_may_look_at_a_composite_alarm(
    inner: str, outer: str, heard: bool | None
) -> None:
    any_tunnel = alarm("any", Statistic="Minimum", AlarmActions=[])
    told = found(
        *(any_tunnel, alarm("lost"), speaking(outer)),
        speaking(inner, "inner", AlarmActions=[]),
    )
    if heard is not None:  # else they go in a circle: whatever is said, it is said
        status = Status.PASSED if heard else Status.FAILED
        assert told["CONNECTION", VPN].status is status
        assert told["ACTIONS", "any"].status is status


def test_an_alarm_that_only_mutes_another_tells_nobody() -> None:
    any_tunnel = alarm("any", Statistic="Minimum", AlarmActions=[])
    lost = alarm("lost", AlarmActions=[])
    told = found(any_tunnel, lost, speaking("ALARM(any)", ActionsSuppressor="lost"))
    assert told["ACTIONS", "lost"].status is Status.PASSED
    (reason,) = told["CONNECTION", VPN].reasons
    assert (reason.code, reason.tunnel) == ("not-paged", None)


@pytest.mark.parametrize(("seconds", "late"), [(300, False), (86400, True)])
def test_a_composite_alarm_may_not_wait_for_long(seconds: int, late: bool) -> None:
    any_tunnel = alarm("any", Statistic="Minimum", AlarmActions=[])
    muted = {"ActionsSuppressor": "lost", "ActionsSuppressorWaitPeriod": seconds}
    told = found(any_tunnel, alarm("lost"), speaking("ALARM(any)", **muted))
    status = Status.FAILED if late else Status.PASSED
    assert told["CONDITION", "both"].status is status
    assert told["CONNECTION", VPN].status is status


def planned(watched: Watched, **more: Any) -> dict[str, Any]:
    wish = Wish(routes=(Route(topic=TOPIC),), **more)
    made = plan_alarms([watched], {TOPIC: GOOD}, wish, made_at=NOW)
    assert made.plan.refused == ()
    return {step.resource: step.after for step in made.plan.steps}


def test_dimensions_as_they_are_published() -> None:
    pair = (("TunnelIpAddress", A), ("VpnId", VPN))
    series = frozenset({(("VpnId", VPN),), pair})
    told = planned(read(series=series))
    said = {tuple(sorted(one.items())) for one in told[f"bothup/{VPN}/degraded/{A}"]["Dimensions"]}
    assert said == {
        (("Name", "TunnelIpAddress"), ("Value", A)),
        (("Name", "VpnId"), ("Value", VPN)),
    }
    # What is not published yet is taken to be as the others are.
    assert len(told[f"bothup/{VPN}/degraded/{B}"]["Dimensions"]) == 2
    assert len(planned(read(series=frozenset()))[f"bothup/{VPN}/degraded/{B}"]["Dimensions"]) == 1


@pytest.mark.parametrize(("spacing", "window"), [(60, 180), (300, 900)])
def test_periods_as_the_account_has_them(spacing: int, window: int) -> None:
    told = planned(read(spacing={VPN: spacing}))
    tunnel, lost = told[f"bothup/{VPN}/degraded/{A}"], told[f"bothup/{VPN}/lost"]
    assert (tunnel["Period"] * tunnel["EvaluationPeriods"], lost["Period"]) == (window, spacing)
    assert (tunnel["DatapointsToAlarm"], lost["EvaluationPeriods"]) == (3, 1)
    short = alarm("short", Period=60)
    codes = [
        each.code for each in found(short, spacing={VPN: spacing})["CONDITION", "short"].reasons
    ]
    assert codes == (["wrong-period"] if spacing == 300 else [])
    # Where there has been no value lately, nothing is said against a minute.
    assert found(short, spacing={})["CONDITION", "short"].status is Status.PASSED
    assert planned(read(spacing={}))[f"bothup/{VPN}/lost"]["Period"] == 300


def test_names_say_what_they_are_of() -> None:
    for each in (Scope("vpn-0a", Kind.LOST), Scope("vpn-0a", Kind.DEGRADED, "203.0.113.9")):
        assert scope_of(each.name) == each
    assert scope_of("vpn-0a/lost") is None
    assert in_rule('ALARM("a b") OR OK(arn:aws:cloudwatch:r:1:alarm:c)') == {"a b", "c"}


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_console_of_each_partition(region: str, host: str) -> None:
    one = connection(target=Target(account="111122223333", region=region))
    assert console(one).startswith(f"https://{host}/vpcconsole/home?region={region}#")


def test_commands_have_the_cli_s_own_names() -> None:
    wanted = metric_alarm(connection(), Scope(VPN, Kind.LOST), here(), (TOPIC,))
    call = Call(target=TARGET, service="cloudwatch", operation="PutMetricAlarm",
                params=wanted.settings)  # fmt: skip
    for name in METRIC_SETTINGS & wanted.settings.keys():
        assert f"--{xform_name(name, '-')} " in call.command
    assert f"--alarm-actions {TOPIC}" in call.command


@pytest.mark.parametrize("name", [each.id for each in all_checks()])
def test_every_check_has_a_whole_page(name: str) -> None:
    page = check(name).page
    assert page.title
    assert tuple(page.sections) == SECTIONS
    assert all(page.sections.values())


def test_a_check_that_there_is_not() -> None:
    with pytest.raises(UsageError, match=r"did you mean BOTHUP\.ALARM\.TOPIC"):
        check("BOTHUP.ALARM.TOPICS")


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("alias/ours", ["key-unread"]),
        ("alias/aws/sns", []),
        (None, []),
    ],
)
def test_a_key_whose_policy_is_not_read_is_noticed(key: str | None, codes: list[str]) -> None:
    topic = msgspec.structs.replace(GOOD, key=key)
    found = [each for each in audit((), {TOPIC: topic}, NOW) if each.control.endswith("TOPIC")]
    assert [notice.code for each in found for notice in each.notices] == codes
    scan = assemble(found, (), scope=scope_of_scan((), ()), started_at=NOW, finished_at=NOW)
    table = "".join(render(scan, Look(width=80)))
    assert ("1 topic whose key's policy was not read (-v names them)" in table) == bool(codes)
    assert (f"its key {key}" in "".join(render(scan, Look(verbose=True)))) == bool(codes)
