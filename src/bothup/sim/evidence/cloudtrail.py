"""CloudTrail's LookupEvents: what was changed in the last 90 days, and by whom.

Source: LookupEvents in the AWS CloudTrail API reference. A record is to be seen at once, where AWS
takes some minutes.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.evidence.trail import Record
from bothup.sim.ids import digest, letters
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

KEPT = timedelta(days=90)
_MOST = 50


def lookup_events(context: Context, params: Params) -> Params:
    """The records of the account in the Region that match, newest first, in pages of up to 50."""
    now = context.world.clock.now()
    since = params.get("StartTime", now - KEPT)
    until = params.get("EndTime", now)
    if since > until and "StartTime" in params:
        raise Refusal("InvalidTimeRangeException", "The start time must be before the end time.")
    matches = _match(params.get("LookupAttributes", ()))
    trail = context.world.records.trail
    found = [
        _event(record)
        for record in trail.of(context.caller.account, context.region, context.place)
        if max(since, now - KEPT) <= record.time <= until and matches(record)
    ]
    return page(
        "Events",
        found,
        params,
        _MOST,
        limit="MaxResults",
        token="NextToken",  # noqa: S106
        error="InvalidNextTokenException",
    )


def _match(attributes: Any) -> Callable[[Record], bool]:
    """Whether a record has the one attribute that can be looked for."""
    if len(attributes) > 1:
        raise Refusal("InvalidLookupAttributesException", "You can specify one attribute at most.")
    if not attributes:
        return lambda record: True  # noqa: ARG005 - it matches any
    key, value = attributes[0]["AttributeKey"], attributes[0]["AttributeValue"]
    return lambda record: value in _ATTRIBUTES[key](record)


_ATTRIBUTES: dict[str, Callable[[Record], tuple[str, ...]]] = {
    "EventId": lambda record: (record.id,),
    "EventName": lambda record: (record.name,),
    "ReadOnly": lambda record: ("false",),  # noqa: ARG005 - reading calls are not recorded
    "Username": lambda record: (_user(record),),
    "ResourceType": lambda record: tuple(kind for kind, _ in record.resources),
    "ResourceName": lambda record: tuple(name for _, name in record.resources),
    "EventSource": lambda record: (record.source,),
    "AccessKeyId": lambda record: (_key(record),),
}


def _event(record: Record) -> Params:
    return {
        "EventId": record.id,
        "EventName": record.name,
        "ReadOnly": "false",
        "AccessKeyId": _key(record),
        "EventTime": record.time,
        "EventSource": record.source,
        "Username": _user(record),
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in
                      record.resources],
        "CloudTrailEvent": json.dumps(_told(record)),
    }  # fmt: skip


def _told(record: Record) -> Params:
    caller = record.caller
    told: Params = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole" if caller.role else "IAMUser",
            "principalId": caller.user_id,
            "arn": caller.arn,
            "accountId": caller.account,
            "accessKeyId": _key(record),
            **({} if caller.role else {"userName": _user(record)}),
        },
        "eventTime": f"{record.time:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": record.source,
        "eventName": record.name,
        "awsRegion": record.region,
        "sourceIPAddress": f"198.51.100.{digest('from', caller.arn)[0]}",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": record.parameters,
        "responseElements": None,
        "eventID": record.id,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account,
        "eventCategory": "Management",
    }
    if record.error:
        told |= {"errorCode": record.error, "errorMessage": record.error_message}
    return told


def _user(record: Record) -> str:
    return record.caller.arn.rpartition("/")[2]


def _key(record: Record) -> str:
    return "AKIA" + letters(16, "trail", record.caller.arn)


CLOUDTRAIL: dict[str, Operation] = {"LookupEvents": lookup_events}
