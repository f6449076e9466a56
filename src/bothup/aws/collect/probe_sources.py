"""Subnets from which a probe's packets take a connection: of the VPCs behind its gateway.

Probing packets are routed like any other, so the VPC's route tables must lead over the VPN.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from bothup.aws.change.access import Access
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed
from bothup.model.connection import VpnConnection
from bothup.model.probing import Subnet

PERMISSIONS = (
    "ec2:DescribeSubnets",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:DescribeVpnGateways",
)


async def subnets_behind(
    access: Access, connection: VpnConnection, named: Sequence[str] = ()
) -> tuple[Subnet, ...]:
    """List the subnets of a connection's VPCs, or those of them that are named, by their ids.

    () where its gateway has no VPC in this account. Raises AwsError.
    """
    call = partial(access.read, connection.target)
    gateway = connection.gateway_id or ""
    if gateway.startswith("vgw-"):
        wanted = _filters("vpc-id", await _attached_vpcs(call, gateway))
    elif gateway.startswith("tgw-"):
        wanted = _filters("subnet-id", await _attached_subnets(call, connection, gateway))
    else:
        return ()
    if not wanted:
        return ()
    answer = await call("ec2", "DescribeSubnets", wanted)
    found = sorted(_read(listed(answer, "Subnets")))
    return tuple(each for each in found if not named or each.id in named)


async def _attached_vpcs(call: Call, gateway: str) -> list[str]:
    answer = await call("ec2", "DescribeVpnGateways", _filters("vpn-gateway-id", [gateway]))
    return [
        attachment["VpcId"]
        for each in listed(answer, "VpnGateways")
        for attachment in each.get("VpcAttachments") or ()
        if attachment.get("State") == "attached" and attachment.get("VpcId")
    ]


async def _attached_subnets(call: Call, connection: VpnConnection, gateway: str) -> list[str]:
    """Give the subnets in which the transit gateway is itself; those of others cannot be used."""
    wanted = _filters("transit-gateway-id", [gateway])
    answer = await call("ec2", "DescribeTransitGatewayVpcAttachments", wanted)
    return [
        subnet
        for each in listed(answer, "TransitGatewayVpcAttachments")
        if each.get("State") == "available"
        and each.get("VpcOwnerId") in (None, connection.target.account)
        for subnet in each.get("SubnetIds") or ()
    ]


def _filters(name: str, values: list[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": values}]} if values else {}


def _read(entries: Sequence[dict[str, Any]]) -> Iterator[Subnet]:
    for each in entries:
        if each.get("SubnetId") and each.get("SubnetArn"):
            ipv6 = any(
                (one.get("Ipv6CidrBlockState") or {}).get("State") == "associated"
                for one in each.get("Ipv6CidrBlockAssociationSet") or ()
            )
            yield Subnet(
                id=each["SubnetId"],
                arn=each["SubnetArn"],
                vpc=each.get("VpcId", ""),
                ipv4=not each.get("Ipv6Native"),
                ipv6=ipv6,
            )
