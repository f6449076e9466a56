"""Whether what the connection ends on at AWS's side is attached: a transit or a private gateway."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Document, Subject, Wanted, listed
from bothup.model.diagnosis import EvidenceKind

PERMISSIONS = ("ec2:DescribeTransitGatewayAttachments", "ec2:DescribeVpnGateways")


def wanted(subject: Subject) -> Iterator[Wanted]:
    """Want the attachment; a core network and a concentrator have none that EC2 would tell."""
    connection = subject.connection
    gateway = connection.gateway_id or ""
    if gateway.startswith("tgw-"):
        operation, member = "DescribeTransitGatewayAttachments", "TransitGatewayAttachments"
        params = _filters("resource-id", connection.id)
    elif gateway.startswith("vgw-"):
        operation, member = "DescribeVpnGateways", "VpnGateways"
        params = _filters("vpn-gateway-id", gateway)
    else:
        return
    yield Wanted(
        kind=EvidenceKind.TELEMETRY,
        what=f"the attachment of {gateway}",
        command=command("ec2", operation, subject.target.region, params),
        fetch=partial(_fetch, operation, member, params),
    )


async def _fetch(operation: str, member: str, params: dict[str, Any], call: Call) -> Document:
    answer = await call("ec2", operation, params)
    return {"attachments": [dict(entry) for entry in listed(answer, member)]}


def _filters(name: str, value: str) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": [value]}]}
