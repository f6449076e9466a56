"""What a tunnel has really negotiated, and what maintenance its endpoint has before it."""

from collections.abc import Iterator
from functools import partial

from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Document, Subject, Wanted
from bothup.model.bundle import ActiveStatus, Replacement
from bothup.model.diagnosis import EvidenceKind
from bothup.read.evidence_parts import read_active_status, read_replacement

PERMISSIONS = ("ec2:GetActiveVpnTunnelStatus", "ec2:GetVpnTunnelReplacementStatus")

_ACTIVE, _REPLACEMENT = "GetActiveVpnTunnelStatus", "GetVpnTunnelReplacementStatus"


async def active_status(call: Call, connection: str, outside_ip: str) -> ActiveStatus:
    """Read what a tunnel has negotiated; a tunnel that is down has negotiated nothing.

    Raises AwsError where AWS gives no answer, WrongField for an answer that makes no sense.
    """
    answer = await call("ec2", _ACTIVE, _tunnel(connection, outside_ip))
    return read_active_status(answer)


async def replacement_status(call: Call, connection: str, outside_ip: str) -> Replacement:
    """Read whether maintenance is pending, and when it was last applied; raises as above."""
    answer = await call("ec2", _REPLACEMENT, _tunnel(connection, outside_ip))
    return read_replacement(answer)


def wanted(subject: Subject) -> Iterator[Wanted]:
    """Want both of every tunnel."""
    for operation, kind, member, what in (
        (_ACTIVE, EvidenceKind.ACTIVE_STATUS, "active_status", "what {} has negotiated"),
        (_REPLACEMENT, EvidenceKind.REPLACEMENT_STATUS, "replacement", "the maintenance of {}"),
    ):
        for tunnel in subject.tunnels:
            address = tunnel.outside_ip
            params = _tunnel(subject.connection.id, address)
            yield Wanted(
                kind=kind,
                what=what.format(address),
                command=command("ec2", operation, subject.target.region, params),
                fetch=partial(_fetch, operation, address, member, params),
            )


async def _fetch(
    operation: str, address: str, member: str, params: dict[str, str], call: Call
) -> Document:
    return {"tunnels": {address: {member: await call("ec2", operation, params)}}}


def _tunnel(connection: str, outside_ip: str) -> dict[str, str]:
    return {"VpnConnectionId": connection, "VpnTunnelOutsideIpAddress": outside_ip}
