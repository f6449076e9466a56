"""EC2's calls that read: Regions, VPN connections, gateways, and the state of single tunnels."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.filters import by_id, select, tag_values
from bothup.sim.ids import resource_id
from bothup.sim.refusal import Refusal, no_connection, not_found
from bothup.sim.regions import ALL_REGIONS, opt_in_status
from bothup.sim.shown import (
    gateway_member,
    show_connection,
    show_customer_gateway,
    show_tags,
)
from bothup.sim.vpn import CloudGateway, CustomerGateway, SimConnection, SimTunnel

Params = dict[str, Any]


def end_dry_run(params: Params) -> None:
    """Refuse a call that would have been answered, if it only wanted to know that."""
    if params.get("DryRun"):
        message = "Request would have succeeded, but DryRun flag is set."
        raise Refusal("DryRunOperation", message, 412)


def describe_regions(context: Context, params: Params) -> Params:
    """The account's Regions; with AllRegions also those that it has not enabled."""
    account = context.world.accounts[context.caller.account]
    enabled = context.world.enabled(account)
    end_dry_run(params)
    wanted = params.get("RegionNames", ())
    every = ALL_REGIONS if params.get("AllRegions") or wanted else sorted(enabled)
    for name in wanted:
        if name not in ALL_REGIONS:
            raise Refusal("InvalidParameterValue", f"Invalid region names: {name}")
    regions = [
        {
            "RegionName": name,
            "Endpoint": f"ec2.{name}.amazonaws.com",
            "OptInStatus": opt_in_status(name, name in enabled),
        }
        for name in every
        if not wanted or name in wanted
    ]
    return {"Regions": select(regions, params, _region_values)}


def describe_vpn_connections(context: Context, params: Params) -> Params:
    """Every connection of the account in the Region: this call knows no pages."""
    end_dry_run(params)
    place = context.place
    found = by_id(
        place.connections,
        params.get("VpnConnectionIds", ()),
        no_connection,
    )

    def values(one: SimConnection) -> dict[str, Iterable[str]]:
        gateway = one.gateway_id or ""
        return {
            "vpn-connection-id": (one.id,),
            "state": (one.state,),
            "type": ("ipsec.1",),
            "customer-gateway-id": (one.customer_gateway_id,),
            "transit-gateway-id": (gateway,) if gateway.startswith("tgw-") else (),
            "vpn-gateway-id": (gateway,) if gateway.startswith("vgw-") else (),
            "option.static-routes-only": (str(not one.bgp).lower(),),
            "route.destination-cidr-block": one.static_routes,
            "bgp-asn": (str(place.customer_gateways[one.customer_gateway_id].asn),),
            **tag_values(one.tags),
        }

    chosen = select(found, params, values)
    return {"VpnConnections": [show_connection(place, one) for one in chosen]}


def describe_customer_gateways(context: Context, params: Params) -> Params:
    """The customer gateways of the account in the Region."""
    end_dry_run(params)
    found = by_id(
        context.place.customer_gateways,
        params.get("CustomerGatewayIds", ()),
        not_found("InvalidCustomerGatewayID.NotFound", "customerGateway"),
    )

    def values(one: CustomerGateway) -> dict[str, Iterable[str]]:
        return {
            "customer-gateway-id": (one.id,),
            "ip-address": (one.ip,),
            "bgp-asn": (str(one.asn),),
            "state": ("available",),
            "type": ("ipsec.1",),
            **tag_values({"Name": one.name}),
        }

    return {
        "CustomerGateways": [show_customer_gateway(one) for one in select(found, params, values)]
    }


def describe_vpn_gateways(context: Context, params: Params) -> Params:
    """The virtual private gateways of the account in the Region, attached to a VPC or not."""
    end_dry_run(params)
    gateways = cloud_gateways(context, "vgw-")
    found = by_id(
        gateways,
        params.get("VpnGatewayIds", ()),
        not_found("InvalidVpnGatewayID.NotFound", "vpnGateway"),
    )

    def values(one: CloudGateway) -> dict[str, Iterable[str]]:
        return {
            "vpn-gateway-id": (one.id,),
            "state": ("available",),
            "type": ("ipsec.1",),
            "amazon-side-asn": (str(one.asn),),
            **tag_values({"Name": one.name}),
        }

    return {
        "VpnGateways": [
            {
                "VpnGatewayId": one.id,
                "State": "available",
                "Type": "ipsec.1",
                "AmazonSideAsn": one.asn,
                "VpcAttachments": [
                    {
                        "VpcId": resource_id("vpc", one.id),
                        "State": "attached" if one.attached else "detached",
                    }
                ],
                "Tags": show_tags({"Name": one.name}),
            }
            for one in select(found, params, values)
        ]
    }


def get_active_vpn_tunnel_status(context: Context, params: Params) -> Params:
    """What a tunnel's two sides negotiated; of a tunnel without IPsec only that it is provided."""
    _, tunnel = find_tunnel(context, params)
    end_dry_run(params)
    suite = tunnel.now.suite
    status: Params = {"ProvisioningStatus": "pending" if tunnel.busy else "available"}
    if suite:
        status["IkeVersion"] = suite.ike
        for phase, chosen in (("Phase1", suite.phase1), ("Phase2", suite.phase2)):
            names = ("EncryptionAlgorithm", "IntegrityAlgorithm", "DHGroup")
            status |= {phase + name: value for name, value in zip(names, chosen, strict=True)}
    return {"ActiveVpnTunnelStatus": status}


def get_vpn_tunnel_replacement_status(context: Context, params: Params) -> Params:
    """What maintenance a tunnel's endpoint had, and has still to come."""
    connection, tunnel = find_tunnel(context, params)
    end_dry_run(params)
    details: Params = {"PendingMaintenance": "None"}
    if tunnel.maintenance_pending:
        due = context.world.clock.now() + timedelta(days=14)
        details = {"PendingMaintenance": "Available", "MaintenanceAutoAppliedAfter": due}
    if tunnel.maintenance_applied:
        details["LastMaintenanceApplied"] = tunnel.maintenance_applied
    cloud = context.place.cloud_gateways.get(connection.gateway_id or "")
    return {
        "VpnConnectionId": connection.id,
        "CustomerGatewayId": connection.customer_gateway_id,
        "VpnTunnelOutsideIpAddress": tunnel.outside_ip,
        "MaintenanceDetails": details,
        **({gateway_member(cloud): cloud.id} if cloud else {}),
    }


def find_connection(context: Context, params: Params) -> SimConnection:
    """The connection that a call is about, refused where there is none or it is being deleted."""
    vpn_id = params.get("VpnConnectionId", "")
    connection = context.world.connection(context.caller.account, context.region, vpn_id)
    if connection.state in ("deleting", "deleted"):
        raise no_connection(vpn_id)
    return connection


def find_tunnel(context: Context, params: Params) -> tuple[SimConnection, SimTunnel]:
    """The tunnel that a call is about, with its connection."""
    connection = find_connection(context, params)
    outside_ip = params.get("VpnTunnelOutsideIpAddress", "")
    return connection, context.world.tunnel(connection, outside_ip)


def cloud_gateways(context: Context, prefix: str) -> dict[str, CloudGateway]:
    """The gateways on AWS's side whose ids begin with `prefix`."""
    gateways = context.place.cloud_gateways
    return {key: one for key, one in gateways.items() if key.startswith(prefix)}


def _region_values(region: dict[str, str]) -> dict[str, Iterable[str]]:
    return {
        "region-name": (region["RegionName"],),
        "endpoint": (region["Endpoint"],),
        "opt-in-status": (region["OptInStatus"],),
    }


READS: dict[str, Operation] = {
    "DescribeRegions": describe_regions,
    "DescribeVpnConnections": describe_vpn_connections,
    "DescribeCustomerGateways": describe_customer_gateways,
    "DescribeVpnGateways": describe_vpn_gateways,
    "GetActiveVpnTunnelStatus": get_active_vpn_tunnel_status,
    "GetVpnTunnelReplacementStatus": get_vpn_tunnel_replacement_status,
}
