"""The Client VPN endpoints of a Target, page by page."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from bothup.aws.collect._pages import pages as described
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Malformed
from bothup.model.target import Target
from bothup.read.ec2.client_vpn_endpoint import read_client_vpn_endpoint

PERMISSIONS = ("ec2:DescribeClientVpnEndpoints",)


async def pages(
    call: Call, target: Target, ids: Sequence[str] = ()
) -> AsyncIterator[Sequence[ClientVpnEndpoint | Malformed]]:
    """Yield the Target's endpoints, or those of these ids; raises AwsError."""
    params: dict[str, Any] = {"ClientVpnEndpointIds": list(ids)} if ids else {}
    operation, key = "DescribeClientVpnEndpoints", "ClientVpnEndpoints"
    async for items in described(call, operation, key, params):
        yield [read_client_vpn_endpoint(each, target) for each in items]


async def client_vpn_endpoints(
    call: Call, target: Target, ids: Sequence[str] = ()
) -> tuple[ClientVpnEndpoint, ...]:
    """Read them all at once; raises AwsError, also where one of them cannot be read."""
    found: list[ClientVpnEndpoint] = []
    async for page in pages(call, target, ids):
        for each in page:
            if isinstance(each, Malformed):
                raise AwsError(f"AWS's answer makes no sense: {each.id}: {each.problem}")
            found.append(each)
    return tuple(found)
