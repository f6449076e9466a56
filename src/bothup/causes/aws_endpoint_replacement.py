"""AWS replaced the tunnel's endpoint

## What it is
AWS replaces tunnel endpoints for maintenance, one tunnel of a connection at a time, and after every
change of a tunnel's options. The tunnel is down for minutes; its outside address stays. The new
endpoint knows nothing of the old SAs, and somebody has to start IKE again: AWS does only with IKEv2
and `StartupAction` `start`.

## How it shows
`LastMaintenanceApplied` or the Health event `AWS_VPN_REDUNDANCY_LOSS` close to the last change of
the tunnel's status. In the logs the device alone finds its peer dead, while AWS's side has no such
line, and the next negotiation succeeds at once.

## What to do on AWS
- Nothing cures a replacement; make it harmless: both tunnels up, and
  `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP
  --tunnel-options 'StartupAction=start,IKEVersions=[{Value=ikev2}]'`.
- Choose the time yourself: turn on `EnableTunnelLifecycleControl` for the tunnel.
- See when it was: `aws ec2 get-vpn-tunnel-replacement-status --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP`.

## What to do on the device
- Have the device start the tunnel again by itself (dead peer detection with restart).
- Keep both tunnels in use, with BGP or two equal routes.

## How to be sure
GetVpnTunnelReplacementStatus, CloudTrail (`ReplaceVpnTunnel`, `ModifyVpnTunnelOptions`) and AWS
Health around the time of the drop.
"""

from collections.abc import Iterator

from bothup.causes._say import changed, seen, telemetry, told
from bothup.model.bundle import Change
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsBgpStory, AwsStory, DeviceStory
from bothup.model.surroundings import Changes, Maintenance, near
from bothup.model.thresholds import REPLACED_WITHIN

CAUSE = Cause(
    id="aws-endpoint-replacement",
    settled_by=(EvidenceKind.REPLACEMENT_STATUS, EvidenceKind.CHANGES, EvidenceKind.HEALTH),
)

K = EventKind
_HEALTH = "AWS_VPN_REDUNDANCY_LOSS"


def signs(
    aws: AwsStory,
    device: DeviceStory,
    bgp: AwsBgpStory,
    maintenance: Maintenance,
    changes: Changes,
    tunnel: Tunnel,
) -> Iterator[Sign]:
    """Yield what speaks for and against a replaced endpoint."""
    modified = _near(changes, tunnel, "ModifyVpnTunnelOptions")
    # A tunnel that is UP has survived the replacement that its last change was.
    if tunnel.status is not TunnelStatus.UP:
        yield from _told(maintenance, changes, tunnel)
    yield from _one_sided(aws, device)
    if modified:
        # It brings a new endpoint, and all the signs of one, with it.
        if tunnel.status is not TunnelStatus.UP:
            text = "a change of options replaces the endpoint"
            yield changed("modified", modified[-1], text)
        return
    yield from _announced(maintenance, tunnel)
    if tunnel.status is TunnelStatus.DOWN and tunnel.status_message == "":
        text = "DOWN with an empty message: the endpoint is being set up anew"
        yield telemetry("empty-message", tunnel, text)
    for subcode in (2, 4, 6):
        ceased = bgp.of(K.BGP_NOTIFICATION, direction=Direction.SENT).having(
            code=6, subcode=subcode
        )
        if ceased:
            yield seen("aws-ceased", ceased, "AWS's side closed the BGP session in order")


def _near(changes: Changes, tunnel: Tunnel, name: str) -> list[Change]:
    """Find the calls of that name on this tunnel, when its status changed."""
    return [
        change
        for change in changes.changes
        if change.name == name
        and not change.error
        and change.tunnel in (None, tunnel.outside_ip)
        and near(change.time, tunnel.last_status_change)
    ]


def _told(maintenance: Maintenance, changes: Changes, tunnel: Tunnel) -> Iterator[Sign]:
    replacement = maintenance.replacement
    if replacement and replacement.last_applied:
        at = Pointer(
            kind=EvidenceKind.REPLACEMENT_STATUS,
            pointer=f"tunnels[{tunnel.outside_ip}].LastMaintenanceApplied",
            time=replacement.last_applied,
        )
        if near(replacement.last_applied, tunnel.last_status_change):
            text = "AWS replaced the endpoint shortly before the status changed"
            yield Sign(name="applied", text=text, evidence=at)
        else:
            text = "the last replacement was at another time"
            yield Sign(name="applied-at-another-time", text=text, evidence=at)
    for change in _near(changes, tunnel, "ReplaceVpnTunnel"):
        yield changed("replaced", change, "somebody had the endpoint replaced")


def _announced(maintenance: Maintenance, tunnel: Tunnel) -> Iterator[Sign]:
    if tunnel.status is TunnelStatus.UP:
        return
    for event in maintenance.health:
        if event.code == _HEALTH and near(event.start, tunnel.last_status_change):
            at = Pointer(
                kind=EvidenceKind.HEALTH, pointer=f"health[{event.index}]: {event.code}",
                time=event.start,
            )  # fmt: skip
            yield Sign(name="health-event", text="AWS Health tells of a replacement", evidence=at)


def _one_sided(aws: AwsStory, device: DeviceStory) -> Iterator[Sign]:
    """Look for a peer that was dead to the device, and neither dead nor silent on AWS's side."""
    for drop in device.drops:
        if drop.event.kind is not K.DPD_TIMEOUT or drop.back is None:
            continue
        if drop.down_for is not None and drop.down_for > REPLACED_WITHIN:
            continue
        if aws.present and not aws.of(K.DPD_TIMEOUT, K.DELETE):
            text = "only the device found its peer dead, and the next negotiation succeeded"
            yield told("only-device-timed-out", drop.event, text)
        else:
            text = "the peer was dead and answered the next negotiation"
            yield told("back-at-once", drop.event, text)
        return
