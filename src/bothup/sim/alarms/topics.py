"""Topics: every topic of the simulated AWS, and publishing to one."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from bothup.sim.alarms.post import Letter, Post
from bothup.sim.alarms.topic import AGREEING, Asking, Subscription, Topic
from bothup.sim.clock import Clock

# With AWS's own key for SNS no other service may encrypt, so CloudWatch cannot publish ("Key
# management", SNS Developer Guide).
_OWN_KEYS = ("alias/aws/sns",)


class Topics:
    """The topics by ARN; the world's lock is held by whoever uses them."""

    def __init__(self, clock: Clock) -> None:
        self.by_arn: dict[str, Topic] = {}
        self._clock, self._post = clock, Post()

    def subscribe(self, topic: Topic, protocol: str, endpoint: str, owner: str) -> Subscription:
        """Subscribe an endpoint, once; one that has to agree is asked to."""
        for known in topic.subscriptions.values():
            if (known.protocol, known.endpoint) == (protocol, endpoint):
                return known
        made = Subscription(
            arn=f"{topic.arn}:{uuid.uuid4()}",
            protocol=protocol,
            endpoint=endpoint,
            owner=owner,
            token=secrets.token_hex(32) if protocol in AGREEING else None,
        )
        topic.subscriptions[made.arn] = made
        if made.token and protocol in ("http", "https"):
            text = f"You have chosen to subscribe to the topic {topic.arn}."
            asked = _body(topic, "SubscriptionConfirmation", text, self._clock.now())
            self._post.send(
                Letter(url=endpoint, topic=topic.arn, body=asked | {"Token": made.token})
            )
        return made

    def publish(self, topic: Topic, subject: str, message: str) -> str:
        """Send a message to every endpoint that has agreed; gives the message's id."""
        body = _body(topic, "Notification", message, self._clock.now()) | {"Subject": subject}
        topic.sent.append((subject, message))
        for each in topic.subscriptions.values():
            if each.token is None and each.protocol in ("http", "https"):
                self._post.send(Letter(url=each.endpoint, topic=topic.arn, body=body))
        found: str = body["MessageId"]
        return found

    def notify(self, arn: str, asking: Asking, subject: str, message: str) -> str | None:
        """Publish for a service; gives what SNS says against it, None where it is done."""
        topic = self.by_arn.get(arn)
        if topic is None:
            return "Topic does not exist"
        if refusal := topic.refusal("Publish", asking):
            return refusal
        if topic.attributes.get("KmsMasterKeyId") in _OWN_KEYS:
            return "CloudWatch Alarms is not authorized to use the SNS topic's encryption key"
        self.publish(topic, subject, message)
        return None


def _body(topic: Topic, kind: str, message: str, now: datetime) -> dict[str, Any]:
    return {
        "Type": kind,
        "MessageId": str(uuid.uuid4()),
        "TopicArn": topic.arn,
        "Message": message,
        "Timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
        "SignatureVersion": "1",
        "Signature": "SIMULATED",
    }
