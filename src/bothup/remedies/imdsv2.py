"""The instance's metadata service asks for a token

## What it does
Sets HttpTokens to `required` on an instance; its other metadata options stay. It takes effect at
once, without a restart.

## When
On every instance that Security Hub control EC2.8 fails and that is not gone. It is planned only by
name (`--only`).

## Risk
What still asks the metadata service without a token gets no answer any more, and with it no
credentials. The metric MetadataNoToken (namespace AWS/EC2) tells whether anything does.

## How to undo
`bothup undo PLAN` sets HttpTokens to `optional` again.
"""

from collections.abc import Iterator

from bothup.model.instance import GONE, Instance
from bothup.model.plan import Action
from bothup.model.remedy import Change, Refusal, Remedy

REMEDY = Remedy(id="imdsv2", controls=("EC2.8",), when_asked=True)


def propose(instance: Instance) -> Iterator[Change | Refusal]:
    """Propose that tokens are required."""
    if instance.state in GONE:
        return
    if instance.http_tokens is None:
        yield Refusal(reason="AWS does not say whether tokens are required", unread=True)
    elif instance.http_tokens == "optional":
        yield Change(
            action=Action.METADATA_OPTIONS,
            resource=instance.id,
            why="the metadata service answers without a token",
            before={"HttpTokens": "optional"},
            after={"HttpTokens": "required"},
            assumes=("nothing on it asks without a token: MetadataNoToken has been 0",),
        )
