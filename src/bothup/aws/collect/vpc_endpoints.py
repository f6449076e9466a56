"""The endpoints for EC2's own service in a Target, by VPC."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.model.target import Target
from bothup.model.vpc import VpcEndpoint, VpcEndpoints
from bothup.read.ec2.vpc import read_vpc_endpoint
from bothup.read.evidence_parts import records

PERMISSIONS = ("ec2:DescribeVpcEndpoints",)

# Of "com.amazonaws.eu-west-1.ec2"; in China the name begins with "cn.com.amazonaws".
_EC2 = ".ec2"
_PAGE = 1000


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[VpcEndpoints]]:  # noqa: ARG001
    """Yield the one piece of evidence.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    found: defaultdict[str, list[VpcEndpoint]] = defaultdict(list)
    params = {"MaxResults": _PAGE}
    async for items in described(call, "DescribeVpcEndpoints", "VpcEndpoints", params):
        for item in records(items, "VpcEndpoints"):
            vpc, endpoint = read_vpc_endpoint(item)
            if endpoint.service.endswith(_EC2):
                found[vpc].append(endpoint)
    yield [VpcEndpoints(of={vpc: tuple(endpoints) for vpc, endpoints in found.items()})]
