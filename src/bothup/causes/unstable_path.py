"""The path between the device and AWS loses packets or comes and goes

## What it is
A line with losses, a provider's maintenance, a firewall that forgets its state, an address that
changes: the tunnel drops and returns, again and again, without any pattern.

## How it shows
Several drops in a short time, each recovered; liveness checks and rekeys that are repeated before
they succeed; `TunnelState` that flips.

## What to do on AWS
- Lengthen `DPDTimeoutSeconds` and let AWS restart (`DPDTimeoutAction=restart`).
- Where the line is the fault, a second connection over another provider, or an accelerated one.

## What to do on the device
- Measure loss and delay to OUTSIDE_IP over hours (`mtr`), and look at the interface's error
  counters.
- Lengthen the UDP and NAT time-outs of every firewall on the way.

## How to be sure
`TunnelState` over days beside the provider's records; a measurement of loss to OUTSIDE_IP.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from bothup.causes._say import seen, told
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Tunnel
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import EventKind
from bothup.model.story import AwsStory, DeviceStory
from bothup.model.surroundings import History
from bothup.model.thresholds import FEWEST_FLIPS, FLAPPING_WINDOW

CAUSE = Cause(id="unstable-path", settled_by=(EvidenceKind.METRICS, EvidenceKind.CAPTURE))

K = EventKind
_LOSSES = frozenset({K.DPD_TIMEOUT, K.TUNNEL_DOWN})


def signs(aws: AwsStory, device: DeviceStory, history: History, tunnel: Tunnel) -> Iterator[Sign]:
    """Yield what speaks for and against an unstable path."""
    for story in (aws, device):
        losses = [drop for drop in story.drops if drop.event.kind in _LOSSES]
        times = [drop.event.time for drop in losses if drop.event.time]
        if len(losses) > 1 and _dense(times, len(losses)):
            text = f"{len(losses)} losses in a short time"
            yield told("several-losses", losses[-1].event, text)
        elif found := story.of(K.DPD_TIMEOUT):
            yield seen("one-loss", found, "the peer was lost once")
        if found := story.of(K.PEER_RETRANSMIT):
            yield seen("answers-lost", found, "answers get lost on their way")
        repeated = story.of(K.RETRANSMIT)
        if repeated and not story.of(K.GAVE_UP, K.DPD_TIMEOUT, K.REKEY_FAILED):
            yield seen("requests-lost", repeated, "requests have to be repeated")
    flips = [later for earlier, later in pairwise(history.state) if earlier[1] != later[1]]
    if len(flips) >= FEWEST_FLIPS:
        at = Pointer(
            kind=EvidenceKind.METRICS, pointer=f"TunnelState[{tunnel.outside_ip}]",
            time=flips[-1][0],
        )  # fmt: skip
        text = f"TunnelState changed {len(flips)} times"
        yield Sign(name="flapping", text=text, evidence=at)


def _dense(times: Sequence[datetime], losses: int) -> bool:
    """Whether the losses lie close together; without times their number has to do."""
    if len(times) < losses:
        return True
    return times[-1] - times[0] <= FLAPPING_WINDOW * (losses - 1)
