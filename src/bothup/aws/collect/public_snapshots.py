"""The EBS snapshots of an account that everybody may restore.

EC2 lists those that are public, however many others there are. What it lists is looked at once
more, snapshot by snapshot, for none is to be called public by mistake; where there are very many,
EC2's word is taken.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError
from bothup.model.account import PublicSnapshots
from bothup.model.target import Target
from bothup.read.evidence_parts import records
from bothup.read.fields import Record, each, text

PERMISSIONS = ("ec2:DescribeSnapshots", "ec2:DescribeSnapshotAttribute")

_PARAMS = {"OwnerIds": ["self"], "RestorableByUserIds": ["all"], "MaxResults": 1000}
_LOOKED_AT = 100
_TOGETHER = 8


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[PublicSnapshots]]:
    """Yield the one piece of evidence.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    listed: list[str] = []
    async for items in described(call, "DescribeSnapshots", "Snapshots", _PARAMS):
        own = (item for item in records(items, "Snapshots") if _is_own(item, target))
        listed += [text(item, "SnapshotId") or "" for item in own]
    looked_at, rest = listed[:_LOOKED_AT], listed[_LOOKED_AT:]
    free = asyncio.Semaphore(_TOGETHER)
    said = await asyncio.gather(*(_is_public(call, each_id, free) for each_id in looked_at))
    known = dict(zip(looked_at, said, strict=True)) | dict.fromkeys(rest, True)
    yield [
        PublicSnapshots(
            id=target.account or "-",
            target=target,
            public=tuple(sorted(name for name, public in known.items() if public)),
            unread=tuple(sorted(name for name, public in known.items() if public is None)),
        )
    ]


def _is_own(item: Record, target: Target) -> bool:
    owner = text(item, "OwnerId")
    return owner is None or target.account in (None, owner)


async def _is_public(call: Call, snapshot: str, free: asyncio.Semaphore) -> bool | None:
    """Say whether everybody may restore a snapshot; None where AWS does not say."""
    params = {"SnapshotId": snapshot, "Attribute": "createVolumePermission"}
    try:
        async with free:
            answer = await call("ec2", "DescribeSnapshotAttribute", params)
    except AwsError:
        return None
    groups = each(answer, "CreateVolumePermissions", lambda entry: text(entry, "Group"))
    return "all" in groups
