"""Whether what the connection ends on at AWS's side is attached: a transit or a private gateway."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bothup.aws.collect._command import command
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Document, Subject, Wanted, listed
from bothup.model.diagnosis import EvidenceKind
from bothup.read.fields import Record

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
        fetch=partial(_fetch, operation, member, gateway, params),
    )


async def _fetch(
    operation: str, member: str, gateway: str, params: dict[str, Any], call: Call
) -> Document:
    answer = await call("ec2", operation, params)
    found = [dict(entry) for entry in listed(answer, member)]
    return {"attachments": found, "notes": list(_notes(gateway, found))}


def _notes(gateway: str, found: list[dict[str, Any]]) -> Iterator[str]:
    if gateway.startswith("vgw-"):
        attached = [
            each
            for entry in found
            for each in entry.get("VpcAttachments") or ()
            if each.get("State") == "attached"
        ]
        if not attached:
            yield f"the virtual private gateway {gateway} is attached to no VPC"
        return
    if not found:
        yield f"the connection has no attachment to the transit gateway {gateway}"
    for entry in found:
        yield from _of_transit_gateway(gateway, entry)


def _of_transit_gateway(gateway: str, entry: Record) -> Iterator[str]:
    if entry.get("State") != "available":
        yield f"the connection's attachment to {gateway} is {entry.get('State')}"
    association = (entry.get("Association") or {}).get("State")
    if association != "associated":
        state = association or "missing"
        yield f"the association of the attachment with a route table of {gateway} is {state}"


def _filters(name: str, value: str) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": [value]}]}
