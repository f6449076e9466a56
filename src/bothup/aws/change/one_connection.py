"""One connection, described afresh: what every change is decided by and found out with."""

from datetime import UTC, datetime

from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError
from bothup.model.connection import VpnConnection
from bothup.model.target import Target
from bothup.read.describe import read_connection

PERMISSIONS = ("ec2:DescribeVpnConnections",)


async def one_connection(call: Call, target: Target, connection: str) -> VpnConnection:
    """Describe a connection; raises AwsError where AWS does not, or not so that it can be read."""
    answer = await call("ec2", "DescribeVpnConnections", {"VpnConnectionIds": [connection]})
    now = datetime.now(UTC)
    for record in answer.get("VpnConnections", ()):
        found = read_connection(record, target, now)
        if found.id == connection and isinstance(found, VpnConnection):
            return found
    raise AwsError(f"AWS's description of {connection} cannot be read")
