"""The subnets of a Target, page by page."""

from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.connection import Malformed
from bothup.model.subnet import Subnet
from bothup.model.target import Target
from bothup.read.ec2.subnet import read_subnet

PERMISSIONS = ("ec2:DescribeSubnets",)

_PAGE = 1000


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[Subnet | Malformed]]:
    """Yield them page by page; raises AwsError where AWS gives no answer."""
    async for items in described(call, "DescribeSubnets", "Subnets", {"MaxResults": _PAGE}):
        yield [read_subnet(each, target) for each in items]
