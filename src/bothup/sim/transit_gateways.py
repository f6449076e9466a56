"""EC2's calls on transit gateways: which there are, and what VPN connections are attached."""

from collections.abc import Iterable
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.ec2_read import cloud_gateways, end_dry_run
from bothup.sim.evidence.pages import page
from bothup.sim.filters import by_id, select, tag_values
from bothup.sim.ids import resource_id
from bothup.sim.refusal import not_found
from bothup.sim.shown import show_tags
from bothup.sim.vpn import CloudGateway, SimConnection

Params = dict[str, Any]


def describe_transit_gateways(context: Context, params: Params) -> Params:
    """The transit gateways of the account in the Region, in pages of MaxResults."""
    end_dry_run(params)
    found = by_id(
        cloud_gateways(context, "tgw-"),
        params.get("TransitGatewayIds", ()),
        not_found("InvalidTransitGatewayID.NotFound", "transitGateway"),
    )

    def values(one: CloudGateway) -> dict[str, Iterable[str]]:
        return {
            "transit-gateway-id": (one.id,),
            "state": ("available",),
            "owner-id": (context.caller.account,),
            "options.amazon-side-asn": (str(one.asn),),
            **tag_values({"Name": one.name}),
        }

    account, region = context.caller.account, context.region
    shown = [
        {
            "TransitGatewayId": one.id,
            "TransitGatewayArn": f"arn:aws:ec2:{region}:{account}:transit-gateway/{one.id}",
            "State": "available",
            "OwnerId": account,
            "Options": {"AmazonSideAsn": one.asn, "VpnEcmpSupport": "enable"},
            "Tags": show_tags({"Name": one.name}),
        }
        for one in select(found, params, values)
    ]
    return _page("TransitGateways", shown, params)


def describe_transit_gateway_attachments(context: Context, params: Params) -> Params:
    """The attachments of VPN connections to transit gateways, in pages of MaxResults."""
    end_dry_run(params)
    gateways = cloud_gateways(context, "tgw-")
    attached = [
        _attachment(context.caller.account, one, gateways[one.gateway_id])
        for one in context.place.connections.values()
        if one.gateway_id in gateways
    ]
    return _page("TransitGatewayAttachments", select(attached, params, _values), params)


def _attachment(account: str, one: SimConnection, gateway: CloudGateway) -> Params:
    """A connection's attachment; one that failed is associated with no route table."""
    state = "available" if one.state in ("available", "modifying") else one.state
    shape: Params = {
        "TransitGatewayAttachmentId": resource_id("tgw-attach", one.id),
        "TransitGatewayId": gateway.id,
        "TransitGatewayOwnerId": account,
        "ResourceOwnerId": account,
        "ResourceType": "vpn",
        "ResourceId": one.id,
        "State": state if gateway.attached else "failed",
    }
    return shape | ({"Association": {"State": one.association}} if gateway.attached else {})


def _values(attachment: Params) -> dict[str, Iterable[str]]:
    return {
        "transit-gateway-attachment-id": (attachment["TransitGatewayAttachmentId"],),
        "transit-gateway-id": (attachment["TransitGatewayId"],),
        "resource-id": (attachment["ResourceId"],),
        "resource-type": (attachment["ResourceType"],),
        "state": (attachment["State"],),
    }


def _page(member: str, found: list[Params], params: Params) -> Params:
    return page(
        member,
        found,
        params,
        1000,
        limit="MaxResults",
        token="NextToken",  # noqa: S106 - a parameter's name
        error="InvalidNextToken",
    )


TRANSIT_GATEWAYS: dict[str, Operation] = {
    "DescribeTransitGateways": describe_transit_gateways,
    "DescribeTransitGatewayAttachments": describe_transit_gateway_attachments,
}
