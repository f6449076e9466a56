"""The VPN connections of a Target: one DescribeVpnConnections, for the API has no pages.

The answer may hold thousands of connections; their secrets are gone before they get here.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from bothup.aws.owner import owner
from bothup.errors import Unreachable
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Target
from bothup.read.describe import read_connection

PERMISSIONS = ("ec2:DescribeVpnConnections",)


class Call(Protocol):
    """A call to the Target at hand: service, operation, parameters to plain values."""

    async def __call__(
        self, service: str, name: str, params: Mapping[str, Any], /
    ) -> dict[str, Any]:
        """Make the call; raises AwsError."""
        ...


async def collect(call: Call, target: Target) -> tuple[VpnConnection | Malformed, ...]:
    """Read every connection of the Target; raises AwsError where AWS gives no answer.

    Where the Target's account is not known, the records are of whatever account they tell.
    """
    answer = await call("ec2", "DescribeVpnConnections", {})
    if "VpnConnections" not in answer:
        # AWS says "none" with an empty list; an answer without one has been tampered with.
        raise Unreachable("the answer to DescribeVpnConnections holds no list of connections")
    if target.account is None:
        target = Target(account=owner(answer["VpnConnections"]), region=target.region)
    now = datetime.now(UTC)
    return tuple(read_connection(each, target, now) for each in answer["VpnConnections"])


async def pages(call: Call, target: Target) -> AsyncIterator[Sequence[VpnConnection | Malformed]]:
    """Yield the one page; raises AwsError where AWS gives no answer."""
    yield await collect(call, target)
