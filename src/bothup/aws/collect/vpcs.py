"""The VPCs of a Target, page by page."""

from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.connection import Malformed
from bothup.model.target import Target
from bothup.model.vpc import Vpc
from bothup.read.ec2.vpc import read_vpc

PERMISSIONS = ("ec2:DescribeVpcs",)

_PAGE = 1000


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[Vpc | Malformed]]:
    """Yield them page by page; raises AwsError where AWS gives no answer."""
    async for items in described(call, "DescribeVpcs", "Vpcs", {"MaxResults": _PAGE}):
        yield [read_vpc(each, target) for each in items]
