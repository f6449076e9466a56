"""The BGP session ran out of keep-alives

## What it is
Both sides of a BGP session send keep-alives; when none arrives within the hold time (30 s on AWS
unless the device asks for less), the session is closed. IPsec may be well: TCP 179 is filtered, the
device is busy, or large updates are lost (MTU). Where IPsec is down as well, the expired timer is
its consequence.

## How it shows
`Hold Timer Expired` or notification 4/0, with the message `IPSEC IS UP` on the tunnel.

## What to do on AWS
- Nothing to set: AWS takes the smaller of the two hold times.
- See in the activity log whether IPsec failed at the same time.

## What to do on the device
- Permit TCP 179 between the two inside addresses in both directions.
- Give BGP priority (CPU, QoS), and check the MTU of the tunnel.

## How to be sure
A capture of TCP 179 inside the tunnel: keep-alives that leave and don't arrive.
"""

from collections.abc import Iterator

from bothup.causes._say import seen, telemetry
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import EventKind
from bothup.model.story import AwsBgpStory, AwsStory, DeviceBgpStory, DeviceStory

CAUSE = Cause(
    id="bgp-hold-timer",
    settled_by=(EvidenceKind.BGP_LOG, EvidenceKind.ACTIVITY_LOG, EvidenceKind.CAPTURE),
)

K = EventKind


def signs(
    tunnel: Tunnel,
    aws_bgp: AwsBgpStory,
    device_bgp: DeviceBgpStory,
    aws: AwsStory,
    device: DeviceStory,
) -> Iterator[Sign]:
    """Yield what speaks for and against an expired hold timer."""
    expired = False
    for story in (aws_bgp, device_bgp):
        found = story.of(K.BGP_HOLD_TIMER_EXPIRED) or story.of(K.BGP_NOTIFICATION).having(code=4)
        if found:
            expired = True
            yield seen("expired", found, "no keep-alive came within the hold time")
            failed = story.of(K.BGP_STATE).having(state_from="connect", state_to="active")
            if failed and failed.indices[-1] > found.indices[-1]:
                yield seen("does-not-connect", failed, "since then TCP 179 does not connect")
    if not expired:
        return
    for ike in (aws, device):
        if found := ike.of(K.DPD_TIMEOUT):
            yield seen("ipsec-failed", found, "IPsec failed, too: BGP only noticed")
    message = (tunnel.status_message or "").upper()
    if tunnel.status is TunnelStatus.DOWN and message == "IPSEC IS DOWN":
        yield telemetry("ipsec-is-down", tunnel, "IPsec is down, so BGP cannot be up")
    elif tunnel.status is TunnelStatus.DOWN and message == "IPSEC IS UP":
        yield telemetry("ipsec-is-up", tunnel, "IPsec itself is up")
