"""A topic that alarms tell should be encrypted

## What it checks
Whether the SNS topics of alarms about tunnels have a KMS key (SSE).

## Why it matters
What the alarms say, of sites, addresses and when they are cut off, is kept by SNS until it is
delivered. It does not keep a page from going out.

## How to fix it
`aws sns set-topic-attributes --attribute-name KmsMasterKeyId` with a key of your own, whose policy
lets `cloudwatch.amazonaws.com` use `kms:Decrypt` and `kms:GenerateDataKey*`. Not with
`alias/aws/sns`: then CloudWatch cannot publish any more.

## When it is a false positive
Where nobody minds, mute it.
"""

from collections.abc import Iterator

from bothup.model.alarm import Alarm, Topic
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.MEDIUM
RESOURCE = "AWS::SNS::Topic"


def flaws(topic: Topic, alarms: tuple[Alarm, ...]) -> Iterator[Reason]:  # noqa: ARG001 - for all
    """Yield that a topic is not encrypted."""
    if topic.status == "there" and topic.key is None:
        yield Reason(code="not-encrypted", text="the topic has no KMS key")
