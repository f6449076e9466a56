"""VPN connections as `aws ec2 describe-vpn-connections` prints them, made up by their number.

They look like real ones: CustomerGatewayConfiguration takes most of the room, and the pre-shared
keys are recognisable as fake. Outside addresses come from 198.18.0.0/15, which RFC 2544 sets aside
for benchmarks. Every fourth connection has its second tunnel DOWN.
"""

import ipaddress
import json
from pathlib import Path
from typing import Any

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
)
"""The 17 Regions that every account has without opting in."""

_FIRST_OUTSIDE_ADDRESS = ipaddress.IPv4Address("198.18.0.1")


def tunnels_up_and_down(first: int, count: int) -> tuple[int, int]:
    """How many tunnels of the `count` connections from number `first` on are UP, and DOWN."""
    down = sum(_is_degraded(number) for number in range(first, first + count))
    return 2 * count - down, down


def connection(number: int) -> dict[str, Any]:
    """One item of DescribeVpnConnections, as the AWS command line prints it."""
    outside = [str(_FIRST_OUTSIDE_ADDRESS + 2 * number + n) for n in (0, 1)]
    tunnels = list(enumerate(outside, start=1))
    return {
        "Category": "VPN",
        "TransitGatewayId": f"tgw-{number % 7:017x}",
        "GatewayAssociationState": "associated",
        "Options": {
            "EnableAcceleration": False,
            "StaticRoutesOnly": False,
            "LocalIpv4NetworkCidr": "0.0.0.0/0",
            "RemoteIpv4NetworkCidr": "0.0.0.0/0",
            "OutsideIpAddressType": "PublicIpv4",
            "TunnelInsideIpVersion": "ipv4",
            "TunnelOptions": [_tunnel_options(number, n, address) for n, address in tunnels],
        },
        "Routes": [],
        "Tags": [
            {"Key": "Name", "Value": f"branch-{number:05}"},
            {"Key": "team", "Value": "network"},
        ],
        # AWS gives the telemetry in an order of its own
        "VgwTelemetry": [_telemetry(number, n, address) for n, address in reversed(tunnels)],
        "VpnConnectionId": f"vpn-{number:017x}",
        "State": "available",
        "CustomerGatewayConfiguration": _configuration(number, tunnels),
        "Type": "ipsec.1",
        "CustomerGatewayId": f"cgw-{number:017x}",
    }


def write_cli_json(path: Path, count: int) -> None:
    """Write `count` connections as the AWS command line does, one at a time to stay small."""
    with path.open("w", encoding="ascii") as file:
        file.write('{\n    "VpnConnections": [')
        for number in range(count):
            text = json.dumps(connection(number), indent=4).replace("\n", "\n        ")
            file.write(f"{',' if number else ''}\n        {text}")
        file.write("\n    ]\n}\n")


def _is_degraded(number: int) -> bool:
    return number % 4 == 0


def _key(number: int, tunnel: int) -> str:
    return f"fake.key.of.a.benchmark.{number:05}.{tunnel}"


def _tunnel_options(number: int, tunnel: int, outside: str) -> dict[str, Any]:
    """Options left at their defaults are absent, as at AWS; every tenth connection sets them."""
    options: dict[str, Any] = {
        "OutsideIpAddress": outside,
        "TunnelInsideCidr": f"169.254.{number % 250}.{4 * tunnel}/30",
        "PreSharedKey": _key(number, tunnel),
    }
    if number % 10 == 0:
        options |= {
            "IkeVersions": [{"Value": "ikev2"}],
            "StartupAction": "start",
            "Phase1LifetimeSeconds": 28800,
            "Phase2LifetimeSeconds": 3600,
            "DpdTimeoutSeconds": 30,
            "DpdTimeoutAction": "restart",
            "Phase1EncryptionAlgorithms": [{"Value": "AES256"}, {"Value": "AES256-GCM-16"}],
            "Phase2EncryptionAlgorithms": [{"Value": "AES256"}, {"Value": "AES256-GCM-16"}],
            "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}, {"Value": "SHA2-384"}],
            "Phase2IntegrityAlgorithms": [{"Value": "SHA2-256"}, {"Value": "SHA2-384"}],
            "Phase1DHGroupNumbers": [{"Value": 14}, {"Value": 20}],
            "Phase2DHGroupNumbers": [{"Value": 14}, {"Value": 20}],
            "LogOptions": {"CloudWatchLogOptions": {"LogEnabled": False, "BgpLogEnabled": False}},
        }
    return options


def _telemetry(number: int, tunnel: int, outside: str) -> dict[str, Any]:
    changed = f"2026-11-{1 + number % 20:02}T{number % 24:02}:{number % 60:02}:07+00:00"
    down = tunnel == 2 and _is_degraded(number)
    return {
        "AcceptedRouteCount": 0 if down else 2 + number % 5,
        "LastStatusChange": changed,
        "OutsideIpAddress": outside,
        "Status": "DOWN" if down else "UP",
        "StatusMessage": "IPSEC IS DOWN" if down else f"{2 + number % 5} BGP ROUTES",
    }


def _configuration(number: int, tunnels: list[tuple[int, str]]) -> str:
    """The generic device configuration, in the layout of the file that AWS offers for download."""
    halves = "\n".join(_ipsec_tunnel(number, n, address) for n, address in tunnels)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<vpn_connection id="vpn-{number:017x}">\n'
        f"  <customer_gateway_id>cgw-{number:017x}</customer_gateway_id>\n"
        f"  <vpn_gateway_id>tgw-{number % 7:017x}</vpn_gateway_id>\n"
        "  <vpn_connection_type>ipsec.1</vpn_connection_type>\n"
        f"{halves}\n"
        "</vpn_connection>"
    )


def _ipsec_tunnel(number: int, tunnel: int, outside: str) -> str:
    inside = f"169.254.{number % 250}"
    ours = _end(f"203.0.113.{1 + number % 254}", f"{inside}.{4 * tunnel + 2}", 65000)
    theirs = _end(outside, f"{inside}.{4 * tunnel + 1}", 64512)
    return f"""  <ipsec_tunnel>
    <customer_gateway>
{ours}
    </customer_gateway>
    <vpn_gateway>
{theirs}
    </vpn_gateway>
    <ike>
      <authentication_protocol>sha1</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>28800</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>main</mode>
      <pre_shared_key>{_key(number, tunnel)}</pre_shared_key>
    </ike>
    <ipsec>
      <protocol>esp</protocol>
      <authentication_protocol>hmac-sha1-96</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>3600</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>tunnel</mode>
      <clear_df_bit>true</clear_df_bit>
      <fragmentation_before_encryption>true</fragmentation_before_encryption>
      <tcp_mss_adjustment>1379</tcp_mss_adjustment>
      <dead_peer_detection>
        <interval>10</interval>
        <retries>3</retries>
      </dead_peer_detection>
    </ipsec>
  </ipsec_tunnel>"""


def _end(outside: str, inside: str, asn: int) -> str:
    network = ipaddress.ip_network(f"{inside}/30", strict=False)
    return f"""      <tunnel_outside_address>
        <ip_address>{outside}</ip_address>
      </tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>{inside}</ip_address>
        <network_mask>{network.netmask}</network_mask>
        <network_cidr>{network.prefixlen}</network_cidr>
      </tunnel_inside_address>
      <bgp>
        <asn>{asn}</asn>
        <hold_time>30</hold_time>
      </bgp>"""
