"""The device closed the tunnel because nothing went through it

## What it is
Many devices close an SA after some time without traffic and open it again only when a packet for
the other side comes along. With `StartupAction` `add` AWS does not open it either, so that a tunnel
that only AWS would use stays down.

## How it shows
The device logs inactivity and sends a DELETE; AWS logs `received DELETE` and no dead peer. The
traffic metrics are quiet before the drop, and the tunnel returns as soon as the device's side sends
something.

## What to do on AWS
- Have AWS initiate: `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP
  --tunnel-options 'StartupAction=start,IKEVersions=[{Value=ikev2}]'`; this tunnel is down for
  minutes meanwhile.

## What to do on the device
- Turn the idle time-out of the tunnel to OUTSIDE_IP off.
- Send something regularly: a ping to a host in the VPC every 5 to 10 seconds, or an SLA probe.
- Let the device start the tunnel by itself rather than on demand.

## How to be sure
The device's log says why it closed the SA; `TunnelDataIn` and `TunnelDataOut` at zero before the
drop support it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bothup.causes._say import compared, seen, told
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsStory, DeviceStory, Story
from bothup.model.surroundings import History
from bothup.model.thresholds import IDLE_BEFORE, QUIET

CAUSE = Cause(id="idle-timeout", settled_by=(EvidenceKind.DEVICE_LOG, EvidenceKind.METRICS))

K = EventKind


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, history: History, tunnel: Tunnel
) -> Iterator[Sign]:
    """Yield what speaks for and against an idle tunnel."""
    yield from _device(device)
    if found := aws.of(K.DELETE, direction=Direction.RECEIVED):
        yield seen("device-deleted", found, "the device closed the SA, as it does when idle")
    for story in (aws, device):
        if found := story.of(K.DPD_TIMEOUT):
            yield seen("peer-was-dead", found, "the peer was found dead, not idle")
        if found := story.of(K.PSK_MISMATCH, K.AUTHENTICATION_FAILED, K.REKEY_FAILED):
            yield seen("something-failed", found, "something failed before the SA was closed")
    for setting in comparison.of(Setting.IDLE_TIMEOUT):
        if setting.agreement is Agreement.DIFFERS:
            yield compared("idle-timer-set", setting)
    yield from _quiet(history, tunnel)


def _device(device: Story) -> Iterator[Sign]:
    if found := device.of(K.IDLE_CLOSED):
        seconds = found.last.details.get("seconds")
        after = f" after {seconds:g} s" if seconds else ""
        yield seen("closed-idle", found, f"the device closed the idle tunnel{after}")
    if found := device.of(K.SA_EXPIRED).having(reason="dontrekey"):
        yield seen("not-rekeyed", found, "the SA ran out and the device is set not to rekey")
    if found := device.of(K.OPERATOR_ACTION).having(reason="terminate"):
        yield seen("operator", found, "an operator closed it")
    for event in device.of(K.TUNNEL_DOWN):
        if "idle" in event.details.get("reason", ""):
            yield told("reported-idle", event, "the device says that the tunnel was idle")
            return


def _quiet(history: History, tunnel: Tunnel) -> Iterator[Sign]:
    """Look at the traffic before the tunnel went down."""
    if tunnel.status is not TunnelStatus.DOWN or tunnel.last_status_change is None:
        return
    down = tunnel.last_status_change
    moved = [
        value
        for series in (history.data_in, history.data_out)
        for at, value in series
        if _shortly_before(at, down)
    ]
    was = [value for at, value in history.state if _shortly_before(at, down)]
    never_up = was and not any(was)
    if moved and not never_up:
        quiet = max(moved) <= QUIET
        at = Pointer(
            kind=EvidenceKind.METRICS,
            pointer=f"TunnelDataIn/Out[{tunnel.outside_ip}] in the half hour before",
            time=down,
        )
        text = "hardly any data" if quiet else "data went through the tunnel"
        yield Sign(
            name="quiet-before" if quiet else "busy-before",
            text=f"{text} in the half hour before it went down",
            evidence=at,
        )


def _shortly_before(at: datetime, down: datetime) -> bool:
    return down - IDLE_BEFORE <= at < down - timedelta(minutes=1)
