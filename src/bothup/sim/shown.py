"""Shown: connections and gateways in the structures that EC2's API answers with."""

from typing import Any

from bothup.sim.gateway_xml import gateway_configuration
from bothup.sim.ids import digest
from bothup.sim.vpn import CloudGateway, CustomerGateway, Place, SimConnection, SimTunnel

Shape = dict[str, Any]


def show_connection(place: Place, connection: SimConnection, *, secrets: bool = False) -> Shape:
    """EC2's VpnConnection.

    The configuration is shown while the connection is pending or available, or where `secrets` asks
    for it as the answers to changes have it. Pre-shared keys are always shown.
    """
    customer = place.customer_gateways[connection.customer_gateway_id]
    cloud = place.cloud_gateways.get(connection.gateway_id or "")
    shape: Shape = {
        "VpnConnectionId": connection.id,
        "State": connection.state,
        "Type": "ipsec.1",
        "Category": connection.category,
        "CustomerGatewayId": customer.id,
        "GatewayAssociationState": connection.association,
        "Options": _options(connection),
        "Tags": show_tags(connection.tags),
        "Routes": [
            {"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"}
            for cidr in connection.static_routes
        ],
    }
    if cloud:
        shape[gateway_member(cloud)] = cloud.id
    if connection.shown != "absent":
        shape["VgwTelemetry"] = _telemetry(connection)
    if secrets or connection.state in ("pending", "available"):
        shape["CustomerGatewayConfiguration"] = gateway_configuration(connection, customer, cloud)
    return shape


def gateway_member(cloud: CloudGateway) -> str:
    """The member of EC2's structures that names a gateway of this kind."""
    return "TransitGatewayId" if cloud.id.startswith("tgw-") else "VpnGatewayId"


def show_customer_gateway(gateway: CustomerGateway) -> Shape:
    """EC2's CustomerGateway."""
    shape = {
        "CustomerGatewayId": gateway.id,
        "State": "available",
        "Type": "ipsec.1",
        "IpAddress": gateway.ip,
        "BgpAsn": str(gateway.asn),
        "Tags": show_tags({"Name": gateway.name}),
    }
    if gateway.certificate_arn:
        shape["CertificateArn"] = gateway.certificate_arn
    return shape | ({"DeviceName": gateway.device} if gateway.device else {})


def show_tags(tags: dict[str, str]) -> list[dict[str, str]]:
    """EC2's list of tags."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _options(connection: SimConnection) -> Shape:
    return {
        "EnableAcceleration": connection.accelerated,
        "StaticRoutesOnly": not connection.bgp,
        "LocalIpv4NetworkCidr": connection.local_cidr,
        "RemoteIpv4NetworkCidr": connection.remote_cidr,
        "OutsideIpAddressType": "PublicIpv4",
        "TunnelInsideIpVersion": "ipv4",
        "TunnelOptions": [tunnel.options for tunnel in connection.tunnels],
    }


def _telemetry(connection: SimConnection) -> list[Shape]:
    """Telemetry in its own order, which is that of the tunnel options for about every other one."""
    shown = [_tunnel(tunnel) for tunnel in connection.tunnels]
    if digest("telemetry", connection.id)[0] % 2:
        shown.reverse()
    if connection.shown == "nameless":
        return [one | {"OutsideIpAddress": ""} for one in shown]
    return shown[: {"empty": 0, "one": 1}.get(connection.shown, 2)]


def _tunnel(tunnel: SimTunnel) -> Shape:
    shape: Shape = {
        "OutsideIpAddress": tunnel.outside_ip,
        "Status": tunnel.now.status,
        "LastStatusChange": tunnel.changed,
        "AcceptedRouteCount": tunnel.now.routes,
    }
    if tunnel.now.message is not None:
        shape["StatusMessage"] = tunnel.now.message
    return shape | ({"CertificateArn": tunnel.certificate_arn} if tunnel.certificate_arn else {})
