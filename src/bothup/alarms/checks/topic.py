"""A topic that alarms tell should reach somebody

## What it checks
Of every SNS topic that an alarm about tunnels sends to: that it exists, in the alarm's Region; that
at least one subscription is confirmed; that its policy lets CloudWatch publish for the alarm; and
that its key is not AWS's own (`alias/aws/sns`), with which CloudWatch cannot encrypt.

## Why it matters
The alarm rings, the action fails, and only the alarm's history says so. Topics lose their last
subscriber when somebody leaves.

## How to fix it
Confirm a subscription (`aws sns subscribe`), allow `cloudwatch.amazonaws.com` to `sns:Publish` with
`aws:SourceAccount` as condition, use a key of your own whose policy lets CloudWatch use it; or send
the alarms elsewhere: `bothup alarms apply --topic ARN`.

## When it is a false positive
A policy whose conditions bothup does not know is said to be unclear and fails nothing. The policy
of a key of your own is not read: the notice `key-unread` says so, and a topic may pass whose key
keeps CloudWatch out.
`bothup alarms drill` finds out for sure.
"""

from collections.abc import Iterator

from bothup.alarms.policy import may_publish
from bothup.model.alarm import Alarm, Topic
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.HIGH
RESOURCE = "AWS::SNS::Topic"
UNCLEAR = ("topic-unread", "policy-unclear")
_OWN_KEY = "alias/aws/sns"


def flaws(topic: Topic, alarms: tuple[Alarm, ...]) -> Iterator[Reason]:
    """Yield why what the alarms send to the topic reaches nobody."""
    region = topic.arn.split(":")[3]
    for each in alarms:
        if each.target.region != region:
            text = f"it is in {region}, and {each.name} in {each.target.region} cannot reach it"
            yield Reason(code="topic-region", text=text)
    if topic.status == "unread":
        yield Reason(code="topic-unread", text=f"the topic could not be read: {topic.problem}")
        return
    if topic.status == "missing":
        yield Reason(code="topic-missing", text="the topic does not exist")
        return
    if not topic.confirmed:
        waiting = f" ({topic.pending} wait to be confirmed)" if topic.pending else ""
        yield Reason(code="no-subscription", text=f"no subscription is confirmed{waiting}")
    if _is_own_key(topic.key):
        text = f"it is encrypted with {_OWN_KEY}, which CloudWatch may not use"
        yield Reason(code="aws-key", text=text)
    may = [may_publish(topic.policy, topic.arn, each) for each in alarms]
    for answer, code, text in (
        (False, "cannot-publish", "its policy does not let CloudWatch publish for"),
        (None, "policy-unclear", "whether its policy lets CloudWatch publish is unclear for"),
    ):
        concerned = [each.name for each, said in zip(alarms, may, strict=True) if said is answer]
        if concerned:
            more = f" and {len(concerned) - 1} more" if len(concerned) > 1 else ""
            yield Reason(code=code, text=f"{text} {concerned[0]}{more}")


def notices(topic: Topic) -> Iterator[Reason]:
    """Yield that the policy of a topic's own key is not looked at."""
    if topic.key is not None and not _is_own_key(topic.key):
        text = f"whether the policy of its key {topic.key} lets CloudWatch use it is not read: "
        yield Reason(code="key-unread", text=f"{text}`bothup alarms drill` finds out")


def _is_own_key(key: str | None) -> bool:
    return key is not None and key.endswith(_OWN_KEY)
