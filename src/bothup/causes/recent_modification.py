"""Somebody changed the connection or the tunnel shortly before

## What it is
Changing a tunnel's options, its certificate, the connection's target or its customer gateway takes
the tunnel, or both, down for minutes; turning logs on does, too. Afterwards the tunnel stays down
until somebody starts IKE, and for good where the new setting does not suit the device.

## How it shows
CloudTrail has `ModifyVpnTunnelOptions`, `ModifyVpnConnection` or the like close to the last change
of status; the state is `modifying`; a tunnel is DOWN with an empty message.

## What to do on AWS
- Wait some minutes, until the state is `available` again, and look anew.
- See what was changed: `aws cloudtrail lookup-events
  --lookup-attributes AttributeKey=ResourceName,AttributeValue=VPN_ID`.
- Where the tunnel stays down, undo the change or have AWS initiate (`StartupAction=start`, IKEv2).

## What to do on the device
- Start the tunnel to OUTSIDE_IP again.
- Follow the change: key, algorithms, IKE version, inside addresses.

## How to be sure
CloudTrail around the time of the last change of status.
"""

from collections.abc import Iterator

from bothup.causes._say import changed, field, telemetry
from bothup.model.bundle import ActiveStatus
from bothup.model.cause import Cause, Scope, Sign
from bothup.model.connection import Tunnel, TunnelStatus, VpnConnection
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.surroundings import Changes, near

CAUSE = Cause(id="recent-modification", scope=Scope.CONNECTION, settled_by=(EvidenceKind.CHANGES,))

_CHANGING = frozenset(
    {
        "ModifyVpnTunnelOptions",
        "ModifyVpnConnection",
        "ModifyVpnConnectionOptions",
        "ModifyVpnTunnelCertificate",
        "AttachVpnGateway",
        "DetachVpnGateway",
        "DeleteVpnConnectionRoute",
    }
)


def signs(
    connection: VpnConnection, tunnel: Tunnel, changes: Changes, active: ActiveStatus
) -> Iterator[Sign]:
    """Yield what speaks for and against a recent change."""
    found = [
        change
        for change in changes.changes
        if change.name in _CHANGING
        and not change.error
        and change.tunnel in (None, tunnel.outside_ip)
        and near(change.time, tunnel.last_status_change)
    ]
    if found:
        what = f" ({', '.join(found[-1].settings)})" if found[-1].settings else ""
        text = f"{found[-1].name}{what} shortly before or after the status changed"
        yield changed("changed", found[-1], text)
    elif changes.present and tunnel.last_status_change:
        at = Pointer(kind=EvidenceKind.CHANGES, pointer="changes")
        text = "nobody changed anything around the time when the status changed"
        yield Sign(name="nothing-changed", text=text, evidence=at)
    if connection.state == "modifying":
        yield field("modifying", connection, "State", "the connection is being modified right now")
    if tunnel.status is TunnelStatus.DOWN and tunnel.status_message == "":
        yield telemetry("empty-message", tunnel, "DOWN with an empty message: just (re)provisioned")
    if active.provisioning_status in ("pending", "failed"):
        at = Pointer(
            kind=EvidenceKind.ACTIVE_STATUS,
            pointer=f"tunnels[{tunnel.outside_ip}].ProvisioningStatus",
        )
        text = f"the tunnel's provisioning is {active.provisioning_status}"
        yield Sign(name="provisioning", text=text, evidence=at)
