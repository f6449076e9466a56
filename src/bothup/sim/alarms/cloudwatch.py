"""CloudWatch's calls about alarms. Source: the Amazon CloudWatch API Reference."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from bothup.model.alarm_rule import Rule
from bothup.sim.alarms.alarm import STATES, SimAlarm
from bothup.sim.alarms.checks import check_metric, check_names, invalid
from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.policy import check_allowed
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

_MOST = 100


def put_metric_alarm(context: Context, params: Params) -> Params:
    """Create an alarm, or put another in its place; tags count for a new one only."""
    check_metric(params, context.region)
    return _put(context, params, composite=False)


def put_composite_alarm(context: Context, params: Params) -> Params:
    """Create a composite alarm, or put another in its place."""
    place = context.world.alarms.of(context.caller.account, context.region)
    check_names(params, context.region)
    try:
        names = Rule(params["AlarmRule"]).names
    except ValueError as error:
        raise invalid(str(error)) from None
    for name in names:
        if name.rpartition(":alarm:")[2] not in place:
            raise invalid(f"AlarmRule refers to alarms that do not exist: {name}")
    if params.get("ActionsSuppressor") and not {
        "ActionsSuppressorWaitPeriod",
        "ActionsSuppressorExtensionPeriod",
    } <= set(params):
        raise invalid("ActionsSuppressor needs ActionsSuppressorWaitPeriod and ExtensionPeriod")
    return _put(context, params, composite=True)


def _put(context: Context, params: Params, *, composite: bool) -> Params:
    account, region, now = context.caller.account, context.region, context.world.clock.now()
    place, name = context.world.alarms.of(account, region), params["AlarmName"]
    known = place.get(name)
    if known is not None and known.composite is not composite:
        raise invalid(f"{name} is an alarm of another type")
    if known is None:
        if params.get("Tags"):
            check_allowed(context.caller, "cloudwatch:TagResource")
        if len(place) >= context.world.scenario.alarm_quota:
            raise Refusal(
                "LimitExceeded",
                f"The maximum limit of {context.world.scenario.alarm_quota} alarms exceeded.",
            )
        known = SimAlarm(
            account=account,
            region=region,
            name=name,
            composite=composite,
            params=params,
            configured=now,
            updated=now,
            transitioned=now,
            tags={tag["Key"]: tag["Value"] for tag in params.get("Tags", ())},
        )
        what = "created"
    else:
        known.params, known.configured, what = params, now, "updated"
    known.enabled = params.get("ActionsEnabled", True)
    context.world.alarms.put(known, what, now)
    return {}


def describe_alarms(context: Context, params: Params) -> Params:
    """The alarms that match, metric alarms unless other types are asked for, in pages."""
    place = context.world.alarms.of(context.caller.account, context.region)
    types = params.get("AlarmTypes") or ["MetricAlarm"]
    names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix", "")
    found = [
        alarm
        for _, alarm in sorted(place.items())
        if (not names or alarm.name in names)
        and alarm.name.startswith(prefix)
        and ("CompositeAlarm" if alarm.composite else "MetricAlarm") in types
        and params.get("StateValue", alarm.state) == alarm.state
    ]
    told = page(
        "alarms",
        found,
        params,
        _MOST,
        limit="MaxRecords",
        token="NextToken",  # noqa: S106 - a parameter's name
        error="InvalidNextToken",
    )
    here = told.pop("alarms")
    metric = [alarm.shown() for alarm in here if not alarm.composite]
    composite = [alarm.shown() for alarm in here if alarm.composite]
    return {"MetricAlarms": metric, "CompositeAlarms": composite, **told}


def delete_alarms(context: Context, params: Params) -> Params:
    """Delete alarms, all of them or none."""
    place = context.world.alarms.of(context.caller.account, context.region)
    names = params["AlarmNames"]
    for name in names:
        if name not in place:
            raise _not_found(name)
    if sum(place[name].composite for name in names) > 1:
        raise invalid("only one composite alarm may be deleted by a call")
    for name in names:
        del place[name]
    return {}


def set_alarm_state(context: Context, params: Params) -> Params:
    """Put an alarm into a state, until it is next looked at."""
    alarm = _alarm(context, params["AlarmName"])
    if params["StateValue"] not in STATES:
        raise invalid(f"{params['StateValue']} is not a state")
    now = context.world.clock.now()
    context.world.alarms.change(alarm, params["StateValue"], params["StateReason"], now)
    return {}


def describe_alarm_history(context: Context, params: Params) -> Params:
    """What became of one alarm, or of all, newest first unless the oldest is wanted first."""
    place = context.world.alarms.of(context.caller.account, context.region)
    chosen = [place[params["AlarmName"]]] if params.get("AlarmName") in place else []
    if "AlarmName" not in params:
        chosen = list(place.values())
    items = [
        (alarm, item)
        for alarm in chosen
        for item in alarm.history
        if params.get("HistoryItemType", item.kind) == item.kind
        and params.get("StartDate", item.time) <= item.time <= params.get("EndDate", item.time)
    ]
    newest = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    items.sort(key=lambda each: each[1].time, reverse=newest)
    told = [alarm.told(item) for alarm, item in items]
    return page(
        "AlarmHistoryItems",
        told,
        params,
        _MOST,
        limit="MaxRecords",
        token="NextToken",  # noqa: S106 - a parameter's name
        error="InvalidNextToken",
    )


def _switch(*, on: bool) -> Operation:
    def switch(context: Context, params: Params) -> Params:
        """Have alarms act, or not act, on entering a state."""
        place = context.world.alarms.of(context.caller.account, context.region)
        for name in params["AlarmNames"]:
            if name in place:
                place[name].enabled = on
        return {}

    return switch


def _tagging(change: Callable[[dict[str, str], Params], object]) -> Operation:
    def tag(context: Context, params: Params) -> Params:
        """Change the tags of an alarm."""
        change(_alarm(context, _name(params["ResourceARN"])).tags, params)
        return {}

    return tag


def list_tags_for_resource(context: Context, params: Params) -> Params:
    """The tags of an alarm."""
    tags = _alarm(context, _name(params["ResourceARN"])).tags
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _alarm(context: Context, name: str) -> SimAlarm:
    found = context.world.alarms.of(context.caller.account, context.region).get(name)
    if found is None:
        raise _not_found(name)
    return found


def _name(arn: str) -> str:
    if not fnmatchcase(arn, "arn:*:cloudwatch:*:*:alarm:*"):
        raise invalid(f"Invalid arn syntax: {arn}")
    return arn.split(":", 6)[6]


def _not_found(name: str) -> Refusal:
    return Refusal("ResourceNotFound", f"The alarm {name} does not exist", 404)


ALARM_CALLS: dict[str, Operation] = {
    "PutMetricAlarm": put_metric_alarm,
    "PutCompositeAlarm": put_composite_alarm,
    "DescribeAlarms": describe_alarms,
    "DeleteAlarms": delete_alarms,
    "SetAlarmState": set_alarm_state,
    "DescribeAlarmHistory": describe_alarm_history,
    "EnableAlarmActions": _switch(on=True),
    "DisableAlarmActions": _switch(on=False),
    "TagResource": _tagging(
        lambda tags, params: tags.update({tag["Key"]: tag["Value"] for tag in params["Tags"]})
    ),
    "UntagResource": _tagging(
        lambda tags, params: [tags.pop(key, None) for key in params["TagKeys"]]
    ),
    "ListTagsForResource": list_tags_for_resource,
}
