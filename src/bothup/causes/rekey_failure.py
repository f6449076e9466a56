"""The tunnel came up, and renewing its keys failed

## What it is
Keys are renewed before their lifetime ends: phase 2 every hour or less, phase 1 every 8 hours or
less; AWS starts at a random moment before the end. A rekey fails when its packet is lost, when both
sides start at once and one of them handles that badly, when the two sides disagree on what to
renew (PFS), or when a device does not renew at all.

## How it shows
`CHILD_SA rekeying failed`, `rekeying IKE_SA failed, peer not responding`, an SA that expires and
has no successor, AWS's `CHILD_REKEY collision`. Drops come at regular distances close to a
lifetime. A collision alone is harmless while traffic goes on.

## What to do on AWS
- See `Phase1LifetimeSeconds`, `Phase2LifetimeSeconds`, `RekeyMarginTimeSeconds` and
  `RekeyFuzzPercentage` of the tunnel; absent means 28800, 3600, 270 and 100.
- Align the lifetimes with `aws ec2 modify-vpn-tunnel-options`; this tunnel is down for minutes
  meanwhile.

## What to do on the device
- Set lifetimes so that one side always rekeys first, for instance the device some minutes before
  AWS; no rekey by volume; no reauthentication.
- Turn on perfect forward secrecy with a group that the tunnel allows.

## How to be sure
The log of the side that starts the rekey; the times of several drops in `TunnelState`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bothup.causes._say import seen, told
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Tunnel
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import Direction, Event, EventKind
from bothup.model.story import AwsStory, DeviceStory, Story
from bothup.model.surroundings import History
from bothup.model.thresholds import EARLY_REKEY, LATE_REKEY, PERIODIC_DROPS

CAUSE = Cause(
    id="rekey-failure",
    settled_by=(EvidenceKind.DEVICE_LOG, EvidenceKind.ACTIVITY_LOG, EvidenceKind.METRICS),
)

K = EventKind
# AWS rekeys within twice the margin before the end of a lifetime: 270 s and 100 % by default.
_MARGIN, _FUZZ = 270, 100
_PHASE1, _PHASE2 = 28800, 3600


def signs(aws: AwsStory, device: DeviceStory, history: History, tunnel: Tunnel) -> Iterator[Sign]:
    """Yield what speaks for and against failing rekeys."""
    for story in (aws, device):
        yield from _failed(story)
        yield from _collided(story)
    yield from _unanswered(aws, device)
    drops = [drop.event.time for drop in device.drops if drop.event.time]
    yield from _periodic("drops in the device's log", drops, tunnel, EvidenceKind.DEVICE_LOG)
    yield from _periodic("TunnelState", _falls(history), tunnel, EvidenceKind.METRICS)


def _failed(story: Story) -> Iterator[Sign]:
    failed = story.of(K.REKEY_FAILED)
    hard = [event for event in failed if event.details.get("reason") != "temporary-failure"]
    if hard:
        lost = hard[-1].details.get("reason") == "no-answer"
        text = "a rekey found no answer" if lost else "a rekey failed"
        yield seen("failed", failed, text)
    elif failed:
        yield seen("put-off", failed, "the peer put a rekey off")
    expired = [
        event for event in story.of(K.SA_EXPIRED) if event.details.get("reason") != "dontrekey"
    ]
    if expired:
        yield told("expired", expired[-1], "an SA ran out and nothing had replaced it",
                   past=story.of(K.SA_EXPIRED).past)  # fmt: skip
    elif found := story.of(K.SA_EXPIRED):
        yield seen("not-rekeyed", found, "an SA ran out and the device is set not to rekey")
    if found := story.of(K.UNKNOWN_SA):
        yield seen("unknown-sa", found, "the peer still uses an SA that is gone here")
    reasons = story.of(K.NO_PROPOSAL_CHOSEN, K.PROPOSAL_REFUSED, K.SELECTORS_REFUSED)
    if refused := reasons.having(exchange="CREATE_CHILD_SA"):
        yield seen("refused", refused, "a rekey was refused")
    if failed and reasons.current:
        yield seen("reason-named", reasons, "the refusal names another reason")
    if (again := story.of(K.REAUTHENTICATION)) and _failed_after(story, again.last):
        yield seen("reauthentication", again, "the reauthentication failed")


def _failed_after(story: Story, begun: Event) -> bool:
    bad = story.of(K.AUTHENTICATION_FAILED, K.PSK_MISMATCH, K.GAVE_UP)
    return bool(bad) and bad.last.line > begun.line and bad.last.source == begun.source


def _collided(story: Story) -> Iterator[Sign]:
    if found := story.of(K.REKEY_COLLISION):
        yield seen("collision", found, "both sides renewed the keys at once")
    if found := story.of(K.REDUNDANT_SA):
        yield seen("redundant", found, "both sides renewed the keys at once; one SA too many")


def _unanswered(aws: Story, device: Story) -> Iterator[Sign]:
    """Look for a rekey that was begun and has no end in the log."""
    for story in (aws, device):
        begun = story.of(K.REKEY_STARTED, direction=Direction.SENT)
        ended = story.of(K.REKEY_DONE, K.REKEY_FAILED, K.SA_ESTABLISHED, K.REKEY_COLLISION)
        if begun and (not ended or ended.indices[-1] < begun.indices[-1]):
            yield seen("unfinished", begun, "a rekey was begun and has no end in the log")


def _falls(history: History) -> list[datetime]:
    pairs = pairwise(history.state)
    return [later[0] for earlier, later in pairs if earlier[1] >= 1 > later[1]]


def _periodic(
    name: str, drops: Sequence[datetime], tunnel: Tunnel, kind: EvidenceKind
) -> Iterator[Sign]:
    """Look for drops whose distances are all close to a lifetime."""
    if len(drops) < PERIODIC_DROPS:
        return
    gaps = [later - earlier for earlier, later in pairwise(drops)]
    options = tunnel.options
    for phase, lifetime in (
        (1, (options and options.phase1_lifetime) or _PHASE1),
        (2, (options and options.phase2_lifetime) or _PHASE2),
    ):
        margin = (options and options.rekey_margin) or _MARGIN
        fuzz = _FUZZ if options is None or options.rekey_fuzz is None else options.rekey_fuzz
        shortest = timedelta(seconds=max(0, lifetime - margin * (100 + fuzz) / 100))
        longest = timedelta(seconds=lifetime) + LATE_REKEY
        if all(shortest - EARLY_REKEY <= gap <= longest for gap in gaps):
            text = f"{len(drops)} drops, each about a phase {phase} lifetime after the last"
            at = Pointer(kind=kind, pointer=name, time=drops[-1])
            yield Sign(name="periodic", text=text, evidence=at)
            return
