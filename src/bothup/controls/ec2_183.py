"""EC2 VPN connections should use IKEv2 protocol

## What it checks
Each tunnel of a Site-to-Site VPN connection has a list of the IKE versions that AWS takes part in.
The control fails unless that list is IKEv2 alone, for both tunnels. It is the configured list that
counts, not what the device happens to negotiate; a list that AWS does not show is not set, which
means both versions. Connections that are pending, deleting or deleted are NOT_APPLICABLE.

Security Hub's severity of this control could not be verified when this was written; it is taken to
be Medium, as that of its siblings.

## Why it matters
IKEv1 is deprecated (RFC 9395). It lets an attacker guess weak pre-shared keys offline in aggressive
mode, and is easier to load with half-open sessions. As long as it is allowed, a device that is
misconfigured, or somebody in between, can bring the tunnel back to it. AWS starts a tunnel by
itself (StartupAction `start`) with IKEv2 only.

## How to fix it
1. See what the device negotiates today: `aws ec2 get-active-vpn-tunnel-status`. If that is IKEv1,
   change the device first, or the tunnel stays down.
2. Then take IKEv2 only, one tunnel at a time and only while the other one is UP; AWS replaces the
   tunnel's endpoint for it. `bothup plan --only ikev2-only` proposes it where the tunnel speaks
   IKEv2 already. By hand:
   `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
   --vpn-tunnel-outside-ip-address OUTSIDE_IP --tunnel-options 'IKEVersions=[{Value=ikev2}]'`

## When it is a false positive
A device that cannot speak IKEv2 is none: it is a risk to be muted with a reason and an end date
until the device is replaced. VPN-Classic connections cannot use IKEv2 and should be moved.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Verdict
from bothup.model.fixing import planned
from bothup.model.tunnel_verdict import by_tunnel

CONTROL = Control(
    id="EC2.183",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::VPNConnection",
    config_rule="ec2-vpn-connection-ike-version-check",
    config_lag="some minutes",
    groups=("vpn", "default"),
)


def judge(connection: VpnConnection) -> Verdict:
    """Judge the IKE versions that both tunnels allow."""
    passed = Reason(code="ikev2-only", text="both tunnels take IKEv2 only")
    return by_tunnel(connection, _others, passed)


def _others(tunnel: Tunnel) -> Reason | None:
    if tunnel.options is None:
        return None
    allowed = {version.lower() for version in tunnel.options.ike_versions}
    if allowed == {"ikev2"}:
        return None
    versions = " and ".join(sorted(allowed)) or "every IKE version, for none is set"
    text = f"tunnel {tunnel.outside_ip} takes {versions}"
    return Reason(code="other-ike-version", text=text, tunnel=tunnel.outside_ip)


def fix(connection: VpnConnection) -> Iterator[str]:
    """Yield the plan and its application: one tunnel at a time, and never the last one."""
    yield from planned(connection.target, connection.id, "ikev2-only")
