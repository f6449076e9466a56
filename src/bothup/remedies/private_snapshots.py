"""Nobody but the account's own restores its snapshots

## What it does
Takes the permission of everybody (`all`) to restore an EBS snapshot away, snapshot by snapshot.
Permissions of single accounts stay.

## When
On every snapshot that Security Hub control EC2.1 names. It is planned only by name (`--only`).

## Risk
Whoever restores the snapshot from outside cannot any more. What was restored before stays restored.

## How to undo
`bothup undo PLAN` makes the snapshots public again.
"""

from collections.abc import Iterator

from bothup.model.account import PublicSnapshots
from bothup.model.plan import Action
from bothup.model.remedy import Change, Refusal, Remedy

REMEDY = Remedy(id="private-snapshots", controls=("EC2.1",), when_asked=True)


def propose(snapshots: PublicSnapshots) -> Iterator[Change | Refusal]:
    """Propose a change for each public snapshot."""
    for name in snapshots.public:
        yield Change(
            action=Action.SNAPSHOT_PERMISSION,
            resource=name,
            why="everybody may restore it",
            before={"Public": True},
            after={"Public": False},
        )
    if snapshots.unread:
        named = ", ".join(snapshots.unread)
        yield Refusal(reason=f"who may restore {named} could not be read", unread=True)
