"""AWS Health's calls: what AWS tells its customers of their VPN connections.

One event for an endpoint that was replaced, told when it is over, and one for a connection that has
had only one tunnel for a day. Sources: "AWS Health events" in the Site-to-Site VPN user guide, and
the AWS Health API reference: the API is for business and enterprise support plans, and is reached
in us-east-1 for all Regions.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.evidence.past import REPLACEMENT
from bothup.sim.ids import digest
from bothup.sim.refusal import Refusal
from bothup.sim.vpn import SimConnection

Params = dict[str, Any]

_KEPT = timedelta(days=90)
_REPLACED = "AWS_VPN_REDUNDANCY_LOSS"
_SINGLE = "AWS_VPN_SINGLE_TUNNEL_NOTIFICATION"
_ENDPOINTS = ("us-east-1", "us-east-2")
_TEXTS = {
    _REPLACED: "One of the two tunnel endpoints of your VPN connection was replaced in {region}. "
    "The connection had one tunnel for a moment, and the replacement is now complete.",
    _SINGLE: "Your VPN connection in {region} has been without redundancy: one of its two tunnels "
    "was down for more than an hour within a day.",
}


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event, about one connection."""

    code: str
    region: str
    start: datetime
    updated: datetime
    account: str
    entity: str

    @property
    def arn(self) -> str:
        """The event's ARN."""
        number = int.from_bytes(digest("health", self.entity, str(self.start))[:4])
        name = f"{self.code}-{int(self.start.timestamp() * 1000)}-{number}"
        return f"arn:aws:health:{self.region}::event/VPN/{self.code}/{name}"


def describe_events(context: Context, params: Params) -> Params:
    """The events that match a filter, newest first, in pages of up to 100."""
    chosen = params.get("filter", {})
    found = [
        _event(told)
        for told in sorted(_all(context), key=lambda told: told.start, reverse=True)
        if _matches(told, chosen)
    ]
    return _page("events", found, params)


def describe_affected_entities(context: Context, params: Params) -> Params:
    """The connections that the named events are about."""
    wanted = params.get("filter", {}).get("eventArns", ())
    found = [
        {
            "entityArn": f"arn:aws:health:{told.region}:{told.account}:entity/{told.entity}",
            "eventArn": told.arn,
            "entityValue": told.entity,
            "awsAccountId": told.account,
            "lastUpdatedTime": told.updated,
            "statusCode": "IMPAIRED" if told.code == _SINGLE else "UNKNOWN",
        }
        for told in _all(context)
        if told.arn in wanted
    ]
    return _page("entities", found, params)


def describe_event_details(context: Context, params: Params) -> Params:
    """The named events with their texts."""
    known = {told.arn: told for told in _all(context)}
    wanted = params.get("eventArns", ())
    return {
        "successfulSet": [
            {
                "event": _event(known[arn]),
                "eventDescription": {
                    "latestDescription": _TEXTS[known[arn].code].format(region=known[arn].region)
                },
            }
            for arn in wanted
            if arn in known
        ],
        "failedSet": [
            {"eventArn": arn, "errorName": "InvalidEventArn", "errorMessage": "No such event"}
            for arn in wanted
            if arn not in known
        ],
    }


def _all(context: Context) -> Iterator[_Told]:
    """Every event of the caller's account; it needs a support plan that has the API."""
    account = context.world.accounts[context.caller.account]
    if account.support == "basic":
        raise Refusal(
            "SubscriptionRequiredException",
            "You must have a Business, Enterprise On-Ramp, or Enterprise Support plan.",
        )
    if context.region not in _ENDPOINTS:
        raise Refusal("UnrecognizedClientException", f"Health has no endpoint in {context.region}.")
    now = context.world.clock.now()
    for region in context.world.enabled(account):
        for connection in context.world.place(account.id, region).connections.values():
            for told in _of(context, connection, now):
                if now - _KEPT <= told.start <= now:
                    yield told


def _of(context: Context, connection: SimConnection, now: datetime) -> Iterator[_Told]:
    def told(code: str, start: datetime, updated: datetime) -> _Told:
        return _Told(
            code=code,
            region=connection.region,
            start=start.replace(microsecond=0),
            updated=updated.replace(microsecond=0),
            account=connection.account,
            entity=connection.id,
        )

    for tunnel in connection.tunnels:
        for chapter in context.world.records.chronicles.of(connection, tunnel).chapters:
            # A change of options replaces the endpoint as well.
            if chapter.opening in ("replaced", "modified"):
                over = chapter.start + REPLACEMENT
                yield told(_REPLACED, over, over + timedelta(minutes=2))
    down = [tunnel for tunnel in connection.tunnels if not tunnel.now.up]
    if len(down) == 1 and connection.state == "available":
        first = down[0].changed + timedelta(days=1)
        if first <= now:
            month = first + (now - first) // timedelta(days=30) * timedelta(days=30)
            week = month + (now - month) // timedelta(days=7) * timedelta(days=7)
            yield told(_SINGLE, month, week)


def _matches(told: _Told, chosen: Params) -> bool:
    values = {
        "eventArns": told.arn,
        "eventTypeCodes": told.code,
        "services": "VPN",
        "regions": told.region,
        "entityValues": told.entity,
        "eventTypeCategories": "accountNotification",
        "eventStatusCodes": "open",
    }
    named = all(value in chosen[name] for name, value in values.items() if chosen.get(name))
    times = {"startTimes": told.start, "lastUpdatedTimes": told.updated}
    in_time = all(
        any(_within(time, span) for span in chosen[name])
        for name, time in times.items()
        if chosen.get(name)
    )
    return named and in_time and not chosen.get("endTimes")


def _within(time: datetime, span: Params) -> bool:
    since, until = span.get("from"), span.get("to")
    return (since is None or since <= time) and (until is None or time <= until)


def _event(told: _Told) -> Params:
    return {
        "arn": told.arn,
        "service": "VPN",
        "eventTypeCode": told.code,
        "eventTypeCategory": "accountNotification",
        "region": told.region,
        "startTime": told.start,
        "lastUpdatedTime": told.updated,
        "statusCode": "open",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
    }


def _page(member: str, found: list[Params], params: Params) -> Params:
    return page(member, found, params, 100, limit="maxResults", error="InvalidPaginationToken")


HEALTH: dict[str, Operation] = {
    "DescribeEvents": describe_events,
    "DescribeAffectedEntities": describe_affected_entities,
    "DescribeEventDetails": describe_event_details,
}
