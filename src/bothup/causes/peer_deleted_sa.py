"""One side closed the tunnel in order

## What it is
A DELETE tells the peer that an SA is closed. Devices send one when an operator clears the tunnel,
when the configuration is loaded again, at a planned restart, when idle, and, as a matter of course,
for the old SA after each rekey. Only a DELETE that no rekey explains takes the tunnel down.

## How it shows
AWS: `received DELETE for IKE_SA from CGW`, `received DELETE for Phase 2 SA`. The device's log tells
the reason; a DELETE within seconds of a new SA or of CREATE_CHILD_SA is a normal rekey.

## What to do on AWS
- Have AWS start again by itself: `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP
  --tunnel-options 'DPDTimeoutAction=restart,StartupAction=start,IKEVersions=[{Value=ikev2}]'`;
  this tunnel is down for minutes meanwhile.

## What to do on the device
- Find in its log who or what closed the tunnel at that time: operator, reload, failover, idle
  timer.
- Have it open the tunnel again by itself (start action or close action `start`).

## How to be sure
The device's log around the time of the DELETE.
"""

from collections.abc import Iterator

from bothup.causes._say import seen
from bothup.model.cause import Cause, Sign
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind, Phase
from bothup.model.story import AwsStory, DeviceStory, Story

CAUSE = Cause(id="peer-deleted-sa", settled_by=(EvidenceKind.DEVICE_LOG,))

K = EventKind
_FAILURES = (
    K.PSK_MISMATCH,
    K.AUTHENTICATION_FAILED,
    K.CERTIFICATE_INVALID,
    K.IDENTITY_MISMATCH,
    K.REKEY_FAILED,
    K.SELECTORS_REFUSED,
    K.PROPOSAL_REFUSED,
    K.NO_PROPOSAL_CHOSEN,
)


def signs(aws: AwsStory, device: DeviceStory) -> Iterator[Sign]:
    """Yield what speaks for and against an orderly close."""
    if found := aws.of(K.DELETE, phase=Phase.IKE, direction=Direction.RECEIVED):
        yield seen("device-deleted-ike", found, "the device closed the IKE SA")
    elif found := aws.of(K.DELETE, phase=Phase.IPSEC, direction=Direction.RECEIVED):
        yield seen("device-deleted-child", found, "the device closed a phase 2 SA")
    yield from _device(device)
    for story in (aws, device):
        if found := story.of(K.IDLE_CLOSED):
            yield seen("idle", found, "it was closed because it was idle")
        if (found := story.of(*_FAILURES)) and found.current:
            yield seen("failed-before", found, "something failed before the SA was closed")
        if found := story.of(K.REKEY_COLLISION):
            yield seen("collision", found, "the DELETE met a rekey")
        yield from _tried_since(story)


def _tried_since(story: Story) -> Iterator[Sign]:
    """Look for attempts since the tunnel was closed that come to nothing."""
    closed, tried = story.of(K.DELETE), story.of(K.GAVE_UP, K.HALF_OPEN_TIMEOUT)
    if tried.current and closed and closed.indices[-1] < tried.indices[-1]:
        yield seen("tried-since", tried, "it was tried again since, and nobody answers")


def _device(device: Story) -> Iterator[Sign]:
    if found := device.of(K.DELETE, phase=Phase.IKE, direction=Direction.RECEIVED):
        yield seen("aws-deleted-ike", found, "AWS closed the IKE SA")
    elif found := device.of(K.DELETE, phase=Phase.IPSEC, direction=Direction.RECEIVED):
        yield seen("aws-deleted-child", found, "AWS closed a phase 2 SA")
    operator = device.of(K.OPERATOR_ACTION).having(reason="terminate")
    if operator:
        yield seen("operator", operator, "an operator closed the tunnel on the device")
    elif found := device.of(K.DELETE, direction=Direction.SENT):
        yield seen("device-closed", found, "the device closed the SA by its own will")
