"""The evidence at hand speaks for no cause

## What it is
AWS says `IPSEC IS DOWN`, which does not even tell which phase failed. Without a log of either side
nothing more can be known.

## How it shows
No log, or nothing in the logs around the last change of status, no change, no maintenance.

## What to do on AWS
- Turn on tunnel activity logs: `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP --tunnel-options
  'LogOptions={CloudWatchLogOptions={LogEnabled=true,LogGroupArn=...}}'`; this tunnel is down for
  minutes meanwhile, which costs nothing while it is DOWN.

## What to do on the device
- Start the tunnel to OUTSIDE_IP and keep the log of the attempt.

## How to be sure
`bothup diagnose VPN_ID --device-log FILE --device-config FILE`.
"""

from collections.abc import Iterator

from bothup.model.cause import Cause, Sign
from bothup.model.diagnosis import EvidenceKind

CAUSE = Cause(
    id="unknown",
    settled_by=(
        EvidenceKind.ACTIVITY_LOG,
        EvidenceKind.DEVICE_LOG,
        EvidenceKind.METRICS,
        EvidenceKind.CHANGES,
        EvidenceKind.REPLACEMENT_STATUS,
        EvidenceKind.DEVICE_CONFIG,
    ),
)


def signs() -> Iterator[Sign]:
    """Yield nothing: the engine puts this cause first where nothing speaks for any other."""
    yield from ()
