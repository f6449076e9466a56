"""New EBS volumes are encrypted

## What it does
Turns on encryption by default for the account in a Region, with the key that is set there.

## When
In every Region that Security Hub control EC2.7 fails. It is planned only by name (`--only`).

## Risk
What is there stays as it is. Snapshots that are made from new volumes with AWS's own key cannot be
shared with other accounts; choose a key of your own first where that is done.

## How to undo
`bothup undo PLAN` turns it off again. What was made meanwhile stays encrypted.
"""

from collections.abc import Iterator

from bothup.model.account import EbsDefaultEncryption
from bothup.model.plan import Action
from bothup.model.remedy import Change, Refusal, Remedy

REMEDY = Remedy(id="ebs-encryption", controls=("EC2.7",), when_asked=True)


def propose(setting: EbsDefaultEncryption) -> Iterator[Change | Refusal]:
    """Propose to turn it on."""
    if setting.enabled is None:
        yield Refusal(reason="AWS does not say whether it is on", unread=True)
    elif not setting.enabled:
        yield Change(
            action=Action.EBS_ENCRYPTION,
            resource=setting.id,
            why="new volumes are not encrypted",
            before={"EbsEncryptionByDefault": False},
            after={"EbsEncryptionByDefault": True},
        )
