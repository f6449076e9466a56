"""The SNS topics that alarms send to: whether each is there, who has agreed to hear, and who may
publish.
"""

import json
from typing import Any

from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed, reason
from bothup.errors import AwsError
from bothup.model.alarm import Topic

PERMISSIONS = ("sns:GetTopicAttributes",)
ENDPOINT_PERMISSIONS = ("sns:ListSubscriptionsByTopic",)
_MISSING = frozenset({"NotFound", "NotFoundException"})
_PENDING = "PendingConfirmation"


async def topic(call: Call, arn: str) -> Topic:
    """Read one topic; what AWS says against it stands in the topic, and nothing is raised."""
    try:
        answer = await call("sns", "GetTopicAttributes", {"TopicArn": arn})
    except AwsError as error:
        if error.code in _MISSING:
            return Topic(arn=arn, status="missing")
        return Topic(arn=arn, status="unread", problem=reason(error))
    told = answer.get("Attributes")
    if not isinstance(told, dict):
        return Topic(arn=arn, status="unread", problem="the answer holds no attributes")
    return Topic(
        arn=arn,
        confirmed=_number(told.get("SubscriptionsConfirmed")),
        pending=_number(told.get("SubscriptionsPending")),
        key=told.get("KmsMasterKeyId") or None,
        policy=_policy(told.get("Policy")),
    )


async def endpoints(call: Call, arn: str) -> tuple[str, ...]:
    """List who has agreed to hear of a topic, as "email ops@example.com"; raises AwsError."""
    params: dict[str, Any] = {"TopicArn": arn}
    found: list[str] = []
    while True:
        answer = await call("sns", "ListSubscriptionsByTopic", params)
        found += [
            f"{each['Protocol']} {each['Endpoint']}"
            for each in listed(answer, "Subscriptions")
            if each.get("SubscriptionArn") != _PENDING
        ]
        if not answer.get("NextToken"):
            return tuple(found)
        params["NextToken"] = answer["NextToken"]


def _number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdigit() else 0


def _policy(text: Any) -> dict[str, Any] | None:
    """Read the policy; None where there is none that could be read."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
