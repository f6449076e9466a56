"""The subnets behind gateways: each gateway that is attached has a VPC with two of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.ec2_read import cloud_gateways, end_dry_run
from bothup.sim.evidence.pages import page
from bothup.sim.filters import select
from bothup.sim.ids import resource_id
from bothup.sim.refusal import LeftToMoto
from bothup.sim.vpn import CloudGateway

Params = dict[str, Any]


def describe_subnets(context: Context, params: Params) -> Params:
    """The subnets behind gateways, where they are asked for by VPC or id; others are moto's."""
    filters = params.get("Filters") or ()
    every = list(_subnets(context))
    ours = {value for each in every for value in (each["VpcId"], each["SubnetId"])}
    if not any(value in ours for one in filters for value in one.get("Values", ())):
        raise LeftToMoto
    end_dry_run(params)
    return {"Subnets": select(every, params, _values)}


def describe_transit_gateway_vpc_attachments(context: Context, params: Params) -> Params:
    """The attachments of VPCs to transit gateways, in pages of MaxResults."""
    end_dry_run(params)
    account = context.caller.account
    attached = [
        {
            "TransitGatewayAttachmentId": resource_id("tgw-attach", "vpc", gateway.id),
            "TransitGatewayId": gateway.id,
            "VpcId": _vpc(gateway),
            "VpcOwnerId": account,
            "State": "available",
            "SubnetIds": [_subnet(gateway, place) for place in "ab"],
        }
        for gateway in cloud_gateways(context, "tgw-").values()
    ]
    chosen = select(attached, params, _attachment_values)
    return page(
        "TransitGatewayVpcAttachments",
        chosen,
        params,
        1000,
        limit="MaxResults",
        token="NextToken",  # noqa: S106 - a parameter's name
        error="InvalidNextToken",
    )


def _subnets(context: Context) -> Iterator[Params]:
    for prefix in ("vgw-", "tgw-"):
        for gateway in cloud_gateways(context, prefix).values():
            for place in "ab":
                subnet = _subnet(gateway, place)
                where = f"arn:aws:ec2:{context.region}:{context.caller.account}"
                yield {
                    "SubnetId": subnet,
                    "SubnetArn": f"{where}:subnet/{subnet}",
                    "VpcId": _vpc(gateway),
                    "AvailabilityZone": context.region + place,
                    "State": "available",
                }


def _vpc(gateway: CloudGateway) -> str:
    return resource_id("vpc", gateway.id)


def _subnet(gateway: CloudGateway, place: str) -> str:
    return resource_id("subnet", gateway.id, place)


def _values(subnet: Params) -> dict[str, Iterable[str]]:
    return {"vpc-id": (subnet["VpcId"],), "subnet-id": (subnet["SubnetId"],)}


def _attachment_values(attachment: Params) -> dict[str, Iterable[str]]:
    return {
        "transit-gateway-id": (attachment["TransitGatewayId"],),
        "vpc-id": (attachment["VpcId"],),
        "state": (attachment["State"],),
    }


SUBNETS: dict[str, Operation] = {
    "DescribeSubnets": describe_subnets,
    "DescribeTransitGatewayVpcAttachments": describe_transit_gateway_vpc_attachments,
}
