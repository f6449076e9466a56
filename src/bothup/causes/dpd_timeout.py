"""The peer stopped answering while the tunnel was up

## What it is
Both sides ask now and then whether the other one still lives (dead peer detection). AWS asks after
10 s of silence and gives up 30 s later unless set otherwise. It gives up when the line is cut, when
the device is dead or too busy, when a firewall drops or limits the probes, or when a NAT mapping
has expired.

## How it shows
AWS: `DPD timed out after n retransmits` (IKEv2), `Declaring peer dead` (IKEv1). The device:
retransmits of an INFORMATIONAL request and `giving up`. Both sides at once means the path; one side
alone means the other endpoint was gone or replaced.

## What to do on AWS
- Let AWS start again by itself: `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP
  --tunnel-options 'DPDTimeoutAction=restart,StartupAction=start,IKEVersions=[{Value=ikev2}]'`;
  this tunnel is down for minutes meanwhile.
- Lengthen `DPDTimeoutSeconds` on lines that lose packets.

## What to do on the device
- Look at the line and the load at that time; let UDP 500 and 4500 pass without rate limit.
- Set dead peer detection to restart the tunnel, and keep-alives shorter than any NAT time-out.

## How to be sure
A log alone cannot tell a dead device from a cut line: see whether the other tunnel and the other
connections of the device went down at the same time, and capture on its outside interface:
`tcpdump -n host OUTSIDE_IP`.
"""

from collections.abc import Iterator

from bothup.causes._say import seen, told
from bothup.model.cause import Cause, Sign
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Event, EventKind, Phase
from bothup.model.story import AwsStory, DeviceStory, Story

CAUSE = Cause(
    id="dpd-timeout",
    settled_by=(
        EvidenceKind.DEVICE_LOG,
        EvidenceKind.ACTIVITY_LOG,
        EvidenceKind.SAME_GATEWAY,
        EvidenceKind.CAPTURE,
    ),
)

K = EventKind


def signs(aws: AwsStory, device: DeviceStory) -> Iterator[Sign]:
    """Yield what speaks for and against a peer that stopped answering."""
    both = aws.of(K.DPD_TIMEOUT) and device.of(K.DPD_TIMEOUT)
    for story in (aws, device):
        yield from _timed_out(story, both=bool(both))
        yield from _reported(story)
        yield from _orderly(story)
    lost, renewal = aws.of(K.DPD_TIMEOUT), device.of(K.REKEY_FAILED).having(reason="no-answer")
    if lost and renewal.current and _before(renewal.last, lost.last):
        text = "the device had given the SA up already: a renewal found no answer"
        yield seen("renewal-failed-first", renewal, text)


def _before(one: Event, other: Event) -> bool:
    return one.time is not None and other.time is not None and one.time < other.time


def _timed_out(story: Story, *, both: bool) -> Iterator[Sign]:
    whose = "AWS's" if isinstance(story, AwsStory) else "the device's"
    if found := story.of(K.DPD_TIMEOUT):
        name = "both-timed-out" if both else "timed-out"
        yield seen(name, found, f"{whose} liveness checks find no answer")
        return
    waiting = story.of(K.RETRANSMIT).having(exchange="INFORMATIONAL")
    if waiting.current:
        yield seen("unanswered", waiting, f"{whose} liveness checks are being repeated")


def _reported(story: Story) -> Iterator[Sign]:
    for event in story.of(K.TUNNEL_DOWN):
        reason = event.details.get("reason", "")
        if any(word in reason for word in ("dpd", "timeout", "time-out", "timed out", "dead")):
            yield told("reported", event, "the device says that the peer timed out")
            return


def _orderly(story: Story) -> Iterator[Sign]:
    gone = story.of(K.DELETE, K.IDLE_CLOSED, phase=Phase.IKE)
    if gone and story.drops and story.drops[-1].event.kind in (K.DELETE, K.IDLE_CLOSED):
        yield seen("closed-in-order", gone, "the tunnel was closed in order")
