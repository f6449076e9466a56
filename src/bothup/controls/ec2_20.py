"""Both VPN tunnels for an AWS Site-to-Site VPN connection should be up

## What it checks
Every Site-to-Site VPN connection has two tunnels, each with an outside IP of its own. The control
fails when either tunnel is DOWN. A connection whose telemetry is absent, covers one tunnel only or
holds a status that is neither UP nor DOWN could not be judged: it is NOT_AVAILABLE, never passed.
So is one with a tunnel that AWS tells no address of, which it does not while it provisions it.
Connections that are pending, deleting or deleted are NOT_APPLICABLE.

UP means an IPsec security association on a static connection, and an established BGP session on a
dynamic one. DOWN with the message `IPSEC IS UP` is therefore a BGP fault.

## Why it matters
The second tunnel is there so that one can fail. AWS replaces tunnel endpoints for maintenance, one
at a time; devices rekey, reboot and lose lines. A connection on one tunnel works until that tunnel
hiccups, and then the site is cut off. Nothing announces the loss of the first tunnel: no traffic
stops, and AWS charges the same for the connection with one tunnel or none.

## How to fix it
1. See which tunnel is down and since when: `bothup scan`. AWS's message tells the two families of
   causes apart: `IPSEC IS DOWN` is IKE or IPsec, `IPSEC IS UP` on a DOWN tunnel is BGP.
2. Find the cause before changing anything. A tunnel that never was up is usually one that was never
   configured on the customer gateway device; one that was up is usually a filter on UDP 500/4500, a
   changed key or proposal, an idle tunnel that nobody initiates again, or an endpoint that AWS
   replaced.
3. Mend the device's side, then have AWS initiate: IKEv2 with StartupAction `start`, one tunnel at a
   time and only while the other one is UP, for every change of its options takes a tunnel down for
   minutes:
   `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
   --vpn-tunnel-outside-ip-address OUTSIDE_IP
   --tunnel-options 'StartupAction=start,IKEVersions=[{Value=ikev2}]'`
4. Turn on tunnel activity logs on both tunnels and alarm on `TunnelState` (namespace AWS/VPN), so
   that the next drop pages somebody.

## When it is a false positive
A connection that still passes traffic on one tunnel is not one: it is a latent outage. These are:
a tunnel that AWS is replacing or that somebody is changing right now (it was UP, and it changed
within minutes); a connection whose device can hold one tunnel only, which is an accepted risk to be
muted with a reason and an end date; a connection that is out of use, which should be deleted, for
it is still charged. AWS's own finding may also be up to a day old.
"""

from collections.abc import Iterator
from datetime import timedelta

from bothup.model.connection import GONE, Routing, Tunnel, TunnelStatus, VpnConnection
from bothup.model.control import Control
from bothup.model.evidence import GatewayPeers
from bothup.model.finding import Reason, Severity, Status, Verdict
from bothup.model.fixing import verb

CONTROL = Control(
    id="EC2.20",
    severity=Severity.MEDIUM,
    resource="AWS::EC2::VPNConnection",
    config_rule="vpc-vpn-2-tunnels-up",
    config_lag="up to 24 hours",
    groups=("vpn", "default", "path"),
)

RECENT = timedelta(hours=1)


def judge(connection: VpnConnection, peers: GatewayPeers) -> Verdict:
    """Judge the two tunnels of a connection; notices never change the verdict."""
    if connection.state in GONE:
        status, reasons = Status.NOT_APPLICABLE, [_state_reason(connection)]
    else:
        status, reasons = _status(connection.tunnels)
    return Verdict(
        status=status,
        reasons=tuple(reasons),
        notices=tuple(_notices(connection, peers)),
    )


def _status(tunnels: tuple[Tunnel, ...]) -> tuple[Status, list[Reason]]:
    unclear = [_unclear(tunnel) for tunnel in tunnels if tunnel.status is TunnelStatus.UNKNOWN]
    if down := [_down(tunnel) for tunnel in tunnels if tunnel.status is TunnelStatus.DOWN]:
        return Status.FAILED, down + unclear
    nameless = any(not tunnel.outside_ip for tunnel in tunnels)
    if _count(tunnels, TunnelStatus.UP) == len(tunnels) == 2 and not nameless:
        text = "both tunnels are UP"
        return Status.PASSED, [Reason(code="both-tunnels-up", text=text)]
    return Status.NOT_AVAILABLE, [_telemetry_reason(tunnels), *unclear]


def _count(tunnels: tuple[Tunnel, ...], status: TunnelStatus) -> int:
    return [tunnel.status for tunnel in tunnels].count(status)


def _state_reason(connection: VpnConnection) -> Reason:
    return Reason(
        code=f"state-{connection.state}",
        text=f"the connection is {connection.state}: its tunnels are not judged",
    )


def _telemetry_reason(tunnels: tuple[Tunnel, ...]) -> Reason:
    reported = sum(tunnel.reported_status is not None for tunnel in tunnels)
    if not reported:
        return Reason(code="no-telemetry", text="AWS reports no telemetry for the connection")
    if reported == 1:
        return Reason(code="one-telemetry-entry", text="AWS reports on one of the two tunnels only")
    if not all(tunnel.outside_ip for tunnel in tunnels):
        text = "AWS tells no address of a tunnel: it is still being provisioned"
        return Reason(code="tunnel-provisioning", text=text)
    if reported > 2:
        return Reason(
            code="too-many-tunnels", text=f"AWS reports on {reported} tunnels; a connection has two"
        )
    return Reason(code="unknown-status", text="AWS reports a status that is neither UP nor DOWN")


def _down(tunnel: Tunnel) -> Reason:
    text = f"{_name(tunnel)} is DOWN"
    if tunnel.last_status_change is not None:
        text += f" since {tunnel.last_status_change:%Y-%m-%dT%H:%M:%SZ}"
    return Reason(code="tunnel-down", text=text + _says(tunnel), tunnel=tunnel.outside_ip)


def _unclear(tunnel: Tunnel) -> Reason:
    if tunnel.reported_status is None:
        text = f"AWS reports nothing of {_name(tunnel)}"
    else:
        text = f"{_name(tunnel)} has the status {tunnel.reported_status!r}" + _says(tunnel)
    return Reason(code="tunnel-unknown", text=text, tunnel=tunnel.outside_ip)


def _name(tunnel: Tunnel) -> str:
    return f"tunnel {tunnel.outside_ip}" if tunnel.outside_ip else "a tunnel without an address yet"


def _says(tunnel: Tunnel) -> str:
    return f": {tunnel.status_message}" if tunnel.status_message else ""


def _notices(connection: VpnConnection, peers: GatewayPeers) -> Iterator[Reason]:
    if connection.state == "modifying":
        yield Reason(code="modifying", text="the connection is being modified")
    if connection.association not in (None, "associated"):
        text = f"the connection is {connection.association} with its gateway"
        yield Reason(code="not-associated", text=text)
    elif connection.gateway_id is None:
        yield Reason(code="not-associated", text="the connection ends on no gateway of AWS")
    if peers.others:
        others = ", ".join(peers.others)
        text = f"customer gateway {connection.customer_gateway_id} also carries {others}"
        yield Reason(code="shared-customer-gateway", text=text)
    for tunnel in connection.tunnels:
        yield from _tunnel_notices(connection, tunnel)


def _tunnel_notices(connection: VpnConnection, tunnel: Tunnel) -> Iterator[Reason]:
    where, name = tunnel.outside_ip, _name(tunnel)
    if (
        connection.routing is Routing.BGP
        and tunnel.status is TunnelStatus.UP
        and tunnel.accepted_routes == 0
    ):
        text = f"{name} is UP but AWS accepted no route over BGP: no way back to the site"
        yield Reason(code="up-without-routes", text=text, tunnel=where)
    changed = tunnel.last_status_change
    if changed is not None and changed > connection.observed_at - RECENT:
        yield Reason(
            code="recently-changed", text=f"{name} changed within the last hour", tunnel=where
        )
    if tunnel.options is not None:
        if tunnel.options.startup_action in (None, "add"):
            text = f"{name} has StartupAction add: AWS never initiates it"
            yield Reason(code="startup-add", text=text, tunnel=where)
        if not tunnel.options.logs.activity_enabled:
            yield Reason(code="logging-off", text=f"{name} has activity logs off", tunnel=where)


def fix(connection: VpnConnection, peers: GatewayPeers) -> Iterator[str]:
    """Yield what finds the cause, which comes before any change."""
    if peers.others:
        yield f"# on the same customer gateway: {', '.join(peers.others)}"
    yield verb(connection.target, "diagnose", connection.id)
    yield verb(connection.target, "plan", connection.id)
