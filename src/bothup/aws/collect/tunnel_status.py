"""What a tunnel has really negotiated, and what maintenance its endpoint has before it."""

from bothup.aws.collect.vpn_connections import Call
from bothup.model.bundle import ActiveStatus, Replacement
from bothup.read.evidence_parts import read_active_status, read_replacement

PERMISSIONS = ("ec2:GetActiveVpnTunnelStatus", "ec2:GetVpnTunnelReplacementStatus")


async def active_status(call: Call, connection: str, outside_ip: str) -> ActiveStatus:
    """Read what a tunnel has negotiated; a tunnel that is down has negotiated nothing.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    answer = await call("ec2", "GetActiveVpnTunnelStatus", _tunnel(connection, outside_ip))
    return read_active_status(answer)


async def replacement_status(call: Call, connection: str, outside_ip: str) -> Replacement:
    """Read whether maintenance is pending, and when it was last applied; raises as above."""
    answer = await call("ec2", "GetVpnTunnelReplacementStatus", _tunnel(connection, outside_ip))
    return read_replacement(answer)


def _tunnel(connection: str, outside_ip: str) -> dict[str, str]:
    return {"VpnConnectionId": connection, "VpnTunnelOutsideIpAddress": outside_ip}
