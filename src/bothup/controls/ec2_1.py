"""Amazon EBS snapshots should not be publicly restorable

## What it checks
The control fails for an account in a Region where any of its EBS snapshots can be restored by
everybody, which its permission to create volumes says (group `all`). Each such snapshot is named.
Snapshots that are shared with single accounts do not fail it. One finding stands for the account.

## Why it matters
Whoever restores a snapshot has the whole disk: data, keys, deleted files. Public snapshots are
listed for everybody in the Region, and are looked through by programs that wait for new ones.

## How to fix it
Take the permission away from everybody, snapshot by snapshot; permissions of single accounts stay.
What was restored meanwhile cannot be called back, so treat the contents as known.
`aws ec2 modify-snapshot-attribute --snapshot-id SNAPSHOT_ID --attribute createVolumePermission
--operation-type remove --group-names all`
`bothup plan --only EC2.1` plans it. To keep it so for the whole Region:
`aws ec2 enable-snapshot-block-public-access --state block-all-sharing`

## When it is a false positive
Snapshots that are published on purpose, of a public data set for instance, are an accepted risk.
Where block public access is on with `block-all-sharing`, nobody can restore them although their
permission says so; it comes back when the block is lifted, so take it away all the same.
"""

from collections.abc import Iterator

from bothup.model.account import PublicSnapshots
from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Status, Verdict
from bothup.model.fixing import command
from bothup.model.verdicts import passed, unknown

CONTROL = Control(
    id="EC2.1",
    severity=Severity.CRITICAL,
    resource="AWS::::Account",
    config_rule="ebs-snapshot-public-restorable-check",
    config_lag="up to 12 hours",
    groups=("path",),
)


def judge(snapshots: PublicSnapshots) -> Verdict:
    """Judge the account's snapshots in the Region."""
    named = ", ".join(snapshots.unread)
    unread = Reason(code="permission-unread", text=f"who may restore {named} could not be read")
    if snapshots.public:
        reasons = (
            Reason(code="public-snapshot", text=f"everybody may restore {name}")
            for name in snapshots.public
        )
        notices = (unread,) if snapshots.unread else ()
        return Verdict(status=Status.FAILED, reasons=tuple(reasons), notices=notices)
    if snapshots.unread:
        return unknown(unread.code, unread.text)
    return passed("no-public-snapshot", "no snapshot is public")


def fix(snapshots: PublicSnapshots) -> Iterator[str]:
    """Yield the command that takes everybody's permission away, for each snapshot."""
    for name in snapshots.public:
        yield command(
            snapshots.target,
            "ModifySnapshotAttribute",
            SnapshotId=name,
            Attribute="createVolumePermission",
            OperationType="remove",
            GroupNames=["all"],
        )
