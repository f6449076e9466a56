"""CustomerGatewayConfiguration: the XML from which people configure their device, keys and all.

The layout is that of the document which AWS gives out for a generic device.
"""

import ipaddress

from bothup.sim.options import (
    DEFAULT_PHASE1_LIFETIME,
    DEFAULT_PHASE2_LIFETIME,
)
from bothup.sim.vpn import CloudGateway, CustomerGateway, SimConnection, SimTunnel

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<vpn_connection id="{id}">
  <customer_gateway_id>{customer_gateway_id}</customer_gateway_id>
  <vpn_gateway_id>{gateway_id}</vpn_gateway_id>
  <vpn_connection_type>ipsec.1</vpn_connection_type>
"""
_STATIC = """\
  <vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes>
"""
_TUNNEL = """\
  <ipsec_tunnel>
    <customer_gateway>
      <tunnel_outside_address>
        <ip_address>{customer_outside}</ip_address>
      </tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>{customer_inside}</ip_address>
        <network_mask>255.255.255.252</network_mask>
        <network_cidr>30</network_cidr>
      </tunnel_inside_address>
{customer_bgp}    </customer_gateway>
    <vpn_gateway>
      <tunnel_outside_address>
        <ip_address>{aws_outside}</ip_address>
      </tunnel_outside_address>
      <tunnel_inside_address>
        <ip_address>{aws_inside}</ip_address>
        <network_mask>255.255.255.252</network_mask>
        <network_cidr>30</network_cidr>
      </tunnel_inside_address>
{aws_bgp}    </vpn_gateway>
    <ike>
      <authentication_protocol>sha1</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>{phase1_lifetime}</lifetime>
      <perfect_forward_secrecy>group2</perfect_forward_secrecy>
      <mode>main</mode>
      <pre_shared_key>{key}</pre_shared_key>
    </ike>
    <ipsec>
      <protocol>esp</protocol>
      <authentication_protocol>hmac-sha1-96</authentication_protocol>
      <encryption_protocol>aes-128-cbc</encryption_protocol>
      <lifetime>{phase2_lifetime}</lifetime>
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
  </ipsec_tunnel>
"""
_BGP = """\
      <bgp>
        <asn>{asn}</asn>
        <hold_time>30</hold_time>
      </bgp>
"""


def gateway_configuration(
    connection: SimConnection, customer: CustomerGateway, cloud: CloudGateway | None
) -> str:
    """The document for `connection`; it holds both pre-shared keys."""
    head = _HEAD.format(
        id=connection.id,
        customer_gateway_id=customer.id,
        gateway_id=cloud.id if cloud else "",
    )
    attributes = "" if connection.bgp else _STATIC
    tunnels = (_tunnel(connection, tunnel, customer, cloud) for tunnel in connection.tunnels)
    return head + attributes + "".join(tunnels) + "</vpn_connection>\n"


def _tunnel(
    connection: SimConnection,
    tunnel: SimTunnel,
    customer: CustomerGateway,
    cloud: CloudGateway | None,
) -> str:
    aws_inside, customer_inside = ipaddress.ip_network(tunnel.options["TunnelInsideCidr"]).hosts()
    aws_asn = cloud.asn if cloud else 64512
    return _TUNNEL.format(
        customer_outside=customer.ip,
        customer_inside=customer_inside,
        customer_bgp=_BGP.format(asn=customer.asn) if connection.bgp else "",
        aws_outside=tunnel.outside_ip,
        aws_inside=aws_inside,
        aws_bgp=_BGP.format(asn=aws_asn) if connection.bgp else "",
        phase1_lifetime=tunnel.options.get("Phase1LifetimeSeconds", DEFAULT_PHASE1_LIFETIME),
        phase2_lifetime=tunnel.options.get("Phase2LifetimeSeconds", DEFAULT_PHASE2_LIFETIME),
        key=tunnel.options["PreSharedKey"],
    )
