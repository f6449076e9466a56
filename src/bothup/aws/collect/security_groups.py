"""The security groups of a Target, page by page."""

from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.connection import Malformed
from bothup.model.security_group import SecurityGroup
from bothup.model.target import Target
from bothup.read.ec2.security_group import read_security_group

PERMISSIONS = ("ec2:DescribeSecurityGroups",)

# A group may hold a thousand rules: few groups make a large page.
_PAGE = 100


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[SecurityGroup | Malformed]]:
    """Yield them page by page; raises AwsError where AWS gives no answer."""
    async for items in described(
        call, "DescribeSecurityGroups", "SecurityGroups", {"MaxResults": _PAGE}
    ):
        yield [read_security_group(each, target) for each in items]
