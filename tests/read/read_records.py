"""Fake records in the shape of DescribeVpnConnections, with secrets that must never be seen."""

from datetime import UTC, datetime
from typing import Any

from bothup.model.target import Target

SECRET = "hunter2-do-not-show"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HERE = Target(account="111122223333", region="eu-west-1")

Json = dict[str, Any]


def telemetry(ip: str | None = "198.51.100.1", status: str | None = "UP", **more: Any) -> Json:
    entry = {
        "AcceptedRouteCount": 3,
        "LastStatusChange": "2026-02-01T08:32:20+00:00",
        "OutsideIpAddress": ip,
        "Status": status,
        "StatusMessage": "3 BGP ROUTES" if status == "UP" else "IPSEC IS DOWN",
    } | more
    return {key: value for key, value in entry.items() if value is not None}


def options(ip: str | None = "198.51.100.1", **more: Any) -> Json:
    entry = {"OutsideIpAddress": ip, "PreSharedKey": SECRET} | more
    return {key: value for key, value in entry.items() if value is not None}


def connection(
    telemetries: list[Any] | None = None, tunnel_options: list[Any] | None = None, **more: Any
) -> Json:
    """Build a connection, by default with two tunnels that are UP and described in full."""
    if telemetries is None:
        telemetries = [telemetry("203.0.113.9"), telemetry("198.51.100.1")]
    if tunnel_options is None:
        tunnel_options = [options("198.51.100.1", **FULL), options("203.0.113.9", **FULL)]
    return {
        "CustomerGatewayConfiguration": f"<vpn><pre_shared_key>{SECRET}</pre_shared_key></vpn>",
        "CustomerGatewayId": "cgw-0a1b2c3d4e5f60718",
        "Category": "VPN",
        "State": "available",
        "Type": "ipsec.1",
        "VpnConnectionId": "vpn-0123456789abcdef0",
        "TransitGatewayId": "tgw-00112233445566778",
        "GatewayAssociationState": "associated",
        "Options": {
            "EnableAcceleration": True,
            "StaticRoutesOnly": False,
            "LocalIpv4NetworkCidr": "10.0.0.0/8",
            "RemoteIpv4NetworkCidr": "0.0.0.0/0",
            "OutsideIpAddressType": "PublicIpv4",
            "TunnelOptions": tunnel_options,
        },
        "Routes": [],
        "Tags": [{"Key": "Name", "Value": "Zürich"}, {"Key": "env", "Value": "prod"}],
        "VgwTelemetry": telemetries,
    } | more


# Every option of a tunnel but its address and its secret.
FULL: Json = {
    "TunnelInsideCidr": "169.254.10.0/30",
    "TunnelInsideIpv6Cidr": "fd00::/126",
    "IkeVersions": [{"Value": "ikev1"}, {"Value": "ikev2"}],
    "StartupAction": "start",
    "DpdTimeoutSeconds": 40,
    "DpdTimeoutAction": "restart",
    "Phase1LifetimeSeconds": 28800,
    "Phase2LifetimeSeconds": 3600,
    "RekeyMarginTimeSeconds": 270,
    "RekeyFuzzPercentage": 100,
    "ReplayWindowSize": 1024,
    "Phase1EncryptionAlgorithms": [{"Value": "AES256"}],
    "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
    "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}],
    "Phase2IntegrityAlgorithms": [{"Value": "SHA2-512"}],
    "Phase1DHGroupNumbers": [{"Value": 14}, {"Value": 20}],
    "Phase2DHGroupNumbers": [{"Value": 21}],
    "EnableTunnelLifecycleControl": True,
    "LogOptions": {
        "CloudWatchLogOptions": {
            "LogEnabled": True,
            "LogGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:vpn",
            "LogOutputFormat": "json",
            "BgpLogEnabled": True,
            "BgpLogGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:bgp",
            "BgpLogOutputFormat": "text",
        }
    },
}
