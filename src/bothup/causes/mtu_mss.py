"""Large packets do not fit through the tunnel

## What it is
The tunnel's headers take room: a packet of more than 1446 bytes (less with NAT traversal and SHA2)
does not fit. AWS's VPN knows no jumbo frames and no path MTU discovery, so that large packets
vanish while small ones pass: ping works, HTTPS hangs.

## How it shows
`Message too long`, ICMP `fragmentation needed`; both tunnels UP and transfers that stall.

## What to do on AWS
- Instances that send jumbo frames into the tunnel need a smaller MTU on the route or the interface.

## What to do on the device
- Clamp the MSS to 1406 or below (1366 with NAT traversal and SHA2-512) and set the tunnel's MTU to
  1446 or below.
- Fragment before encryption and clear the don't-fragment bit where the device can.

## How to be sure
`ping -M do -s 1350` through the tunnel against `ping -s 100`.
"""

from collections.abc import Iterator

from bothup.causes._say import compared, seen
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import EventKind
from bothup.model.story import AwsStory, DeviceStory

CAUSE = Cause(id="mtu-mss", settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.CAPTURE))


def signs(aws: AwsStory, device: DeviceStory, comparison: Comparison) -> Iterator[Sign]:
    """Yield what speaks for packets that are too large."""
    for story in (aws, device):
        if found := story.of(EventKind.PACKET_TOO_LONG):
            yield seen("too-long", found, "packets are too long for the path")
    for setting in comparison.of(Setting.MTU, Setting.MSS):
        if setting.agreement is Agreement.DIFFERS:
            yield compared("set-too-large", setting)
