"""Answers as the services give them, with secrets that are obviously made up."""

import textwrap

# The configuration of a gateway as EC2 gives it: an XML document of some 4 KB inside the XML.
_FILLER = "&lt;ipsec_tunnel&gt;fake&lt;/ipsec_tunnel&gt;\n" * 130
CONFIGURATION = f"&lt;vpn_connection&gt;FAKE-SECRET-CONFIGURATION\n{_FILLER}&lt;/vpn_connection&gt;"


def connections(count: int) -> bytes:
    """DescribeVpnConnections' answer with so many connections of two tunnels each."""
    items = "".join(_connection(number) for number in range(count))
    return (
        textwrap.dedent(
            """\
        <?xml version="1.0" encoding="UTF-8"?>
        <DescribeVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
            <requestId>00000000-1111-2222-3333-444444444444</requestId>
            <vpnConnectionSet{}
        </DescribeVpnConnectionsResponse>"""
        )
        .format(f">\n{items}    </vpnConnectionSet>" if items else "/>")
        .encode()
    )


def _connection(number: int) -> str:
    return f"""\
        <item>
            <vpnConnectionId>vpn-{number:017x}</vpnConnectionId>
            <state>available</state>
            <customerGatewayConfiguration>{CONFIGURATION}</customerGatewayConfiguration>
            <type>ipsec.1</type>
            <customerGatewayId>cgw-{number:017x}</customerGatewayId>
            <transitGatewayId>tgw-0123456789abcdef0</transitGatewayId>
            <category>VPN</category>
            <gatewayAssociationState>associated</gatewayAssociationState>
            <options>
                <enableAcceleration>false</enableAcceleration>
                <staticRoutesOnly>false</staticRoutesOnly>
                <localIpv4NetworkCidr>0.0.0.0/0</localIpv4NetworkCidr>
                <remoteIpv4NetworkCidr>0.0.0.0/0</remoteIpv4NetworkCidr>
                <outsideIpAddressType>PublicIpv4</outsideIpAddressType>
                <tunnelInsideIpVersion>ipv4</tunnelInsideIpVersion>
                <tunnelOptionSet>
{_options(1)}{_options(2)}                </tunnelOptionSet>
            </options>
            <routes/>
            <tagSet>
                <item>
                    <key>Name</key>
                    <value>office &amp; lab {number}</value>
                </item>
            </tagSet>
            <vgwTelemetry>
{_telemetry(2, "DOWN", 0, "IPSEC IS DOWN")}{_telemetry(1, "UP", 3, "3 BGP ROUTES")}\
            </vgwTelemetry>
        </item>
"""


def _options(tunnel: int) -> str:
    return f"""\
                    <item>
                        <outsideIpAddress>203.0.113.{tunnel}</outsideIpAddress>
                        <tunnelInsideCidr>169.254.10.{4 * tunnel}/30</tunnelInsideCidr>
                        <preSharedKey>FAKE-SECRET-KEY-{tunnel}</preSharedKey>
                        <phase1LifetimeSeconds>28800</phase1LifetimeSeconds>
                        <dpdTimeoutAction>clear</dpdTimeoutAction>
                        <phase1EncryptionAlgorithmSet>
                            <item>
                                <value>AES256</value>
                            </item>
                        </phase1EncryptionAlgorithmSet>
                        <phase1DHGroupNumberSet>
                            <item>
                                <value>14</value>
                            </item>
                        </phase1DHGroupNumberSet>
                        <ikeVersionSet>
                            <item>
                                <value>ikev2</value>
                            </item>
                        </ikeVersionSet>
                        <startupAction>add</startupAction>
                        <logOptions>
                            <cloudWatchLogOptions>
                                <logEnabled>false</logEnabled>
                            </cloudWatchLogOptions>
                        </logOptions>
                        <enableTunnelLifecycleControl>false</enableTunnelLifecycleControl>
                    </item>
"""


def _telemetry(tunnel: int, status: str, routes: int, message: str) -> str:
    return f"""\
                <item>
                    <acceptedRouteCount>{routes}</acceptedRouteCount>
                    <lastStatusChange>2026-10-05T07:08:09.000Z</lastStatusChange>
                    <outsideIpAddress>203.0.113.{tunnel}</outsideIpAddress>
                    <status>{status}</status>
                    <statusMessage>{message}</statusMessage>
                </item>
"""
