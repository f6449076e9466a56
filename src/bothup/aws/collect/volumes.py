"""The EBS volumes of a Target, page by page."""

from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.connection import Malformed
from bothup.model.target import Target
from bothup.model.volume import Volume
from bothup.read.ec2.volume import read_volume

PERMISSIONS = ("ec2:DescribeVolumes",)

_PAGE = 500


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[Volume | Malformed]]:
    """Yield them page by page; raises AwsError where AWS gives no answer."""
    async for items in described(call, "DescribeVolumes", "Volumes", {"MaxResults": _PAGE}):
        yield [read_volume(each, target) for each in items]
