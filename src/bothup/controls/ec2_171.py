"""EC2 VPN connections should have logging enabled

## What it checks
A Site-to-Site VPN connection can write what its tunnels do (IKE, IPsec, dead peer detection) to
CloudWatch Logs, for each tunnel separately. The control fails unless that log is on for both
tunnels. Options that AWS does not list are not set, and a log that is not set is off. The log of
BGP sessions is not asked for. Connections that are pending, deleting or deleted are NOT_APPLICABLE.

## Why it matters
AWS says of a tunnel that it is down, and not why. The reason (a key that does not fit, a proposal
that was refused, a device that fell silent) is in this log, and nowhere else on AWS's side; what
was not logged at the time cannot be found out afterwards.

## How to fix it
Turn the log on for one tunnel at a time, and only while the other one is UP: AWS replaces the
tunnel's endpoint for it, which takes the tunnel down for minutes. `bothup plan --only tunnel-logs`
plans that, with the log group where it is missing, and `bothup apply` watches the other tunnel.
By hand, for each tunnel, waiting in between until it is UP again:
`aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
--vpn-tunnel-outside-ip-address OUTSIDE_IP --tunnel-options
'{"LogOptions":{"CloudWatchLogOptions":{"LogEnabled":true,"LogGroupArn":"LOG_GROUP_ARN"}}}'`

## When it is a false positive
Where the device's own log is kept centrally, the reason can be found there; that is an accepted
risk, to be muted with a reason and an end date, for the device does not log what AWS refuses.
A connection that is out of use should be deleted instead.
"""

from collections.abc import Iterator

from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.control import Control
from bothup.model.finding import Reason, Severity, Verdict
from bothup.model.fixing import planned
from bothup.model.tunnel_verdict import by_tunnel

CONTROL = Control(
    id="EC2.171",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::VPNConnection",
    config_rule="ec2-vpn-connection-logging-enabled",
    config_lag="some minutes",
    groups=("vpn", "default"),
)


def judge(connection: VpnConnection) -> Verdict:
    """Judge the activity logs of both tunnels."""
    passed = Reason(code="both-tunnels-log", text="both tunnels write activity logs")
    return by_tunnel(connection, _off, passed)


def _off(tunnel: Tunnel) -> Reason | None:
    if tunnel.options is None or tunnel.options.logs.activity_enabled:
        return None
    text = f"tunnel {tunnel.outside_ip} has activity logs off"
    return Reason(code="logging-off", text=text, tunnel=tunnel.outside_ip)


def fix(connection: VpnConnection) -> Iterator[str]:
    """Yield the plan and its application: one tunnel at a time, and never the last one."""
    yield from planned(connection.target, connection.id, "tunnel-logs")
