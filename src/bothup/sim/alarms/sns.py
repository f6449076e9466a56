"""SNS's calls about topics. Source: the Amazon SNS API Reference."""

import json
import re
from typing import Any

from bothup.sim.alarms.topic import PENDING, Asking, Subscription, Topic
from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")


def create_topic(context: Context, params: Params) -> Params:
    """Create a topic, or find the one of that name."""
    if not _NAME.fullmatch(params["Name"]):
        raise _invalid("Topic Name")
    topic = Topic(
        account=context.caller.account,
        region=context.region,
        name=params["Name"],
        attributes=dict(params.get("Attributes", {})),
        tags={tag["Key"]: tag["Value"] for tag in params.get("Tags", ())},
    )
    return {"TopicArn": context.world.topics.by_arn.setdefault(topic.arn, topic).arn}


def delete_topic(context: Context, params: Params) -> Params:
    """Delete a topic with its subscriptions; one that is not there is no error."""
    context.world.topics.by_arn.pop(params["TopicArn"], None)
    return {}


def list_topics(context: Context, params: Params) -> Params:
    """The account's topics in the Region, in pages of 100."""
    here = context.caller.account, context.region
    found = [
        {"TopicArn": topic.arn}
        for topic in context.world.topics.by_arn.values()
        if (topic.account, topic.region) == here
    ]
    return page("Topics", found, params, 100, token="NextToken", error="InvalidParameter")  # noqa: S106


def get_topic_attributes(context: Context, params: Params) -> Params:
    """What a topic is like."""
    return {"Attributes": _topic(context, params, "GetTopicAttributes").shown()}


def set_topic_attributes(context: Context, params: Params) -> Params:
    """Change one attribute of a topic; the policy must be JSON."""
    topic, value = _topic(context, params, "SetTopicAttributes"), params.get("AttributeValue", "")
    if params["AttributeName"] == "Policy":
        try:
            json.loads(value)
        except ValueError:
            raise _invalid("Policy Error: null") from None
    topic.attributes[params["AttributeName"]] = value
    return {}


def subscribe(context: Context, params: Params) -> Params:
    """Subscribe an endpoint to a topic; most have to agree first."""
    topic = _topic(context, params, "Subscribe")
    made = context.world.topics.subscribe(
        topic, params["Protocol"], params.get("Endpoint", ""), context.caller.account
    )
    shown = made.token is None or params.get("ReturnSubscriptionArn")
    return {"SubscriptionArn": made.arn if shown else "pending confirmation"}


def confirm_subscription(context: Context, params: Params) -> Params:
    """Agree to a subscription, by the token that the endpoint was sent."""
    for each in _topic(context, params, "ConfirmSubscription").subscriptions.values():
        if each.token == params["Token"]:
            each.token = None
            return {"SubscriptionArn": each.arn}
    raise _invalid("Token")


def unsubscribe(context: Context, params: Params) -> Params:
    """End a subscription; one that is not there is no error."""
    arn = params["SubscriptionArn"]
    topic = context.world.topics.by_arn.get(arn.rpartition(":")[0])
    if topic is not None:
        topic.subscriptions.pop(arn, None)
    return {}


def list_subscriptions_by_topic(context: Context, params: Params) -> Params:
    """A topic's subscriptions, in pages of 100."""
    topic = _topic(context, params, "ListSubscriptionsByTopic")
    found = [_subscription(topic, each) for each in topic.subscriptions.values()]
    return page("Subscriptions", found, params, 100, token="NextToken", error="InvalidParameter")  # noqa: S106


def publish(context: Context, params: Params) -> Params:
    """Send a message to a topic's subscribers."""
    topic = _topic(context, params, "Publish")
    subject, message = params.get("Subject", ""), params["Message"]
    return {"MessageId": context.world.topics.publish(topic, subject, message)}


def _subscription(topic: Topic, each: Subscription) -> Params:
    return {
        "SubscriptionArn": PENDING if each.token else each.arn,
        "Owner": each.owner,
        "Protocol": each.protocol,
        "Endpoint": each.endpoint,
        "TopicArn": topic.arn,
    }


def _topic(context: Context, params: Params, action: str) -> Topic:
    arn = params.get("TopicArn") or params.get("TargetArn", "")
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "sns" or parts[3] != context.region:
        raise _invalid("TopicArn")
    topic = context.world.topics.by_arn.get(arn)
    asking = Asking(account=context.caller.account)
    if topic is None and parts[4] != context.caller.account:
        raise _denied(context, action, arn)
    if topic is None:
        raise Refusal("NotFound", "Topic does not exist", 404)
    if topic.refusal(action, asking):
        raise _denied(context, action, arn)
    return topic


def _denied(context: Context, action: str, arn: str) -> Refusal:
    text = (
        f"User: {context.caller.arn} is not authorized to perform: SNS:{action} on resource: {arn}"
    )
    return Refusal("AuthorizationError", text, 403)


def _invalid(what: str) -> Refusal:
    return Refusal("InvalidParameter", f"Invalid parameter: {what}")


SNS: dict[str, Operation] = {
    "CreateTopic": create_topic,
    "DeleteTopic": delete_topic,
    "ListTopics": list_topics,
    "GetTopicAttributes": get_topic_attributes,
    "SetTopicAttributes": set_topic_attributes,
    "Subscribe": subscribe,
    "ConfirmSubscription": confirm_subscription,
    "Unsubscribe": unsubscribe,
    "ListSubscriptionsByTopic": list_subscriptions_by_topic,
    "Publish": publish,
}
