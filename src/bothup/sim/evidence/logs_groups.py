"""CloudWatch Logs' calls on groups and streams.

Source: the Amazon CloudWatch Logs API reference. What is not here, such as resource policies and
deliveries, is moto's, which knows nothing of these groups.
"""

from datetime import datetime, timedelta
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.groups import Entry, Group, group_arn, group_name, no_group, no_stream
from bothup.sim.evidence.pages import page
from bothup.sim.evidence.streams import Stream, streams
from bothup.sim.evidence.times import EPOCH, millis
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

_MOST = 50
_SECOND = timedelta(seconds=1)


def groups(context: Context) -> dict[str, Group]:
    """The groups of the caller's account in the Region."""
    records = context.world.records
    return records.groups.of(context.caller.account, context.region, context.place)


def find_group(context: Context, params: Params) -> Group:
    """The group that a call is about, by name or by ARN."""
    named = params.get("logGroupName") or params.get("logGroupIdentifier") or ""
    group = groups(context).get(group_name(named))
    if group is None:
        raise no_group()
    return group


def find_streams(context: Context, group: Group) -> list[Stream]:
    """The streams of a group."""
    world = context.world
    return streams(group, context.place, world.records.chronicles, world.clock.now())


def create_log_group(context: Context, params: Params) -> Params:
    """Create an empty group."""
    name, known = params.get("logGroupName", ""), groups(context)
    if name in known:
        raise Refusal("ResourceAlreadyExistsException", "The specified log group already exists.")
    known[name] = Group(
        name=name,
        arn=group_arn(context.caller.account, context.region, name),
        created=context.world.clock.now(),
        tags=dict(params.get("tags", {})),
    )
    return {}


def delete_log_group(context: Context, params: Params) -> Params:
    """Delete a group with all that is in it; tunnels go on to log to nowhere."""
    del groups(context)[find_group(context, params).name]
    return {}


def put_retention_policy(context: Context, params: Params) -> Params:
    """Say after how many days events are to be deleted."""
    find_group(context, params).retention = params.get("retentionInDays")
    return {}


def delete_retention_policy(context: Context, params: Params) -> Params:
    """Keep events for ever."""
    find_group(context, params).retention = None
    return {}


def list_tags_for_resource(context: Context, params: Params) -> Params:
    """The tags of a group."""
    return {"tags": find_group(context, {"logGroupName": params.get("resourceArn", "")}).tags}


def tag_resource(context: Context, params: Params) -> Params:
    """Add tags to a group."""
    group = find_group(context, {"logGroupName": params.get("resourceArn", "")})
    group.tags |= params.get("tags", {})
    return {}


def describe_log_groups(context: Context, params: Params) -> Params:
    """The groups by name, those of a prefix or pattern if one is given, in pages."""
    prefix, pattern = params.get("logGroupNamePrefix", ""), params.get("logGroupNamePattern", "")
    shown = [
        _show_group(group)
        for name, group in sorted(groups(context).items())
        if name.startswith(prefix) and pattern.lower() in name.lower()
    ]
    return page("logGroups", shown, params, _MOST)


def describe_log_streams(context: Context, params: Params) -> Params:
    """The streams of a group by name, or by the time of their last event, in pages."""
    group = find_group(context, params)
    prefix = params.get("logStreamNamePrefix", "")
    by_time = params.get("orderBy") == "LastEventTime"
    if prefix and by_time:
        raise Refusal(
            "InvalidParameterException",
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        )
    now = context.world.clock.now()
    shown = [
        _show_stream(group, stream, now)
        for stream in find_streams(context, group)
        if stream.name.startswith(prefix)
    ]
    if by_time:
        shown.sort(key=lambda one: one.get("lastEventTimestamp", 0))
    if params.get("descending"):
        shown.reverse()
    return page("logStreams", shown, params, _MOST)


def create_log_stream(context: Context, params: Params) -> Params:
    """Create an empty stream for the caller's own events."""
    group, name = find_group(context, params), params.get("logStreamName", "")
    if any(stream.name == name for stream in find_streams(context, group)):
        raise Refusal("ResourceAlreadyExistsException", "The specified log stream already exists.")
    group.put[name] = []
    group.stream_created[name] = context.world.clock.now()
    return {}


def put_log_events(context: Context, params: Params) -> Params:
    """Put events into a stream of the caller's own."""
    group, name = find_group(context, params), params.get("logStreamName", "")
    if name not in group.put:
        raise no_stream()
    now = context.world.clock.now()
    group.put[name] += [
        Entry(
            time=EPOCH + timedelta(milliseconds=event["timestamp"]),
            message=event["message"],
            ingested=now,
        )
        for event in params.get("logEvents", ())
    ]
    return {"nextSequenceToken": f"{len(group.put[name]):056d}"}


def _show_group(group: Group) -> Params:
    shape: Params = {
        "logGroupName": group.name,
        "arn": f"{group.arn}:*",
        "logGroupArn": group.arn,
        "logGroupClass": "STANDARD",
        "creationTime": millis(group.created),
        "metricFilterCount": 0,
        "storedBytes": 0,
    }
    return shape | ({"retentionInDays": group.retention} if group.retention else {})


def _show_stream(group: Group, stream: Stream, now: datetime) -> Params:
    first = stream.first(group.created, now + _SECOND)
    shape: Params = {
        "logStreamName": stream.name,
        "arn": f"{group.arn}:log-stream:{stream.name}",
        "creationTime": millis(group.stream_created.get(stream.name) or first or group.created),
        "storedBytes": 0,
    }
    last = stream.last(group.created, now + _SECOND)
    if first and last:
        shape["firstEventTimestamp"] = millis(first)
        shape["lastEventTimestamp"] = shape["lastIngestionTime"] = millis(last)
    return shape


LOG_GROUPS: dict[str, Operation] = {
    "CreateLogGroup": create_log_group,
    "DeleteLogGroup": delete_log_group,
    "PutRetentionPolicy": put_retention_policy,
    "DeleteRetentionPolicy": delete_retention_policy,
    "ListTagsForResource": list_tags_for_resource,
    "TagResource": tag_resource,
    "DescribeLogGroups": describe_log_groups,
    "DescribeLogStreams": describe_log_streams,
    "CreateLogStream": create_log_stream,
    "PutLogEvents": put_log_events,
}
