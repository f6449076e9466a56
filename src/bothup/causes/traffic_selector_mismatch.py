"""The two sides do not agree on which networks the tunnel carries

## What it is
Phase 2 negotiates which addresses go through the tunnel. AWS keeps one pair of SAs per tunnel and
by default takes 0.0.0.0/0 on both sides. A device that proposes other networks than the connection
allows is refused; one that proposes several pairs gets one and loses the others; and where only a
part is common, the SA is narrowed silently, so that some traffic has no way.

## How it shows
`TS_UNACCEPTABLE` (IKEv2), `INVALID_ID_INFORMATION` (IKEv1), `Phase 2 was unable to establish while
keeping Phase 1`, or DELETEs for one phase 2 SA after the other. A narrowed SA leaves no error at
all: compare the selectors in `CHILD_SA ... established` with the configuration.

## What to do on AWS
- See `LocalIpv4NetworkCidr` (the device's side) and `RemoteIpv4NetworkCidr` (AWS's side) of the
  connection; leave both at 0.0.0.0/0 unless the device is policy-based.
- Change them with `aws ec2 modify-vpn-connection-options --vpn-connection-id VPN_ID ...`, which
  takes both tunnels down for minutes.

## What to do on the device
- Use a route-based tunnel with 0.0.0.0/0 on both sides, and routes for what goes through it.
- A policy-based device needs exactly one pair of networks, the mirror image of AWS's.

## How to be sure
The log of the side that refuses names the selectors that it was offered; the configuration names
its own.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from bothup.causes._data import left_out, newest_sa, selectors
from bothup.causes._say import compared, seen, told
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, Event, EventKind, Phase
from bothup.model.story import AwsStory, DeviceStory, Story
from bothup.model.thresholds import SHORTEST_REKEY

CAUSE = Cause(
    id="traffic-selector-mismatch",
    settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.DEVICE_LOG),
)

K = EventKind


def signs(aws: AwsStory, device: DeviceStory, comparison: Comparison) -> Iterator[Sign]:
    """Yield what speaks for and against differing selectors."""
    for story in (aws, device):
        yield from _refused(story)
    yield from _established(device, comparison)
    yield from _several(aws, device)
    for setting in comparison.of(Setting.LOCAL_SELECTORS, Setting.REMOTE_SELECTORS):
        if setting.agreement is Agreement.CLASHES:
            yield compared("settings-clash", setting)
        elif setting.agreement is Agreement.DIFFERS:
            yield compared("settings-differ", setting)


def _refused(story: Story) -> Iterator[Sign]:
    if found := story.of(K.SELECTORS_REFUSED):
        offered = found.last.details.get("got")
        text = "the selectors are refused" + (f": offered {offered}" if offered else "")
        yield seen(_refusal(found.last), found, text)
    if found := story.of(K.SELECTORS_NARROWED):
        yield seen("narrowed", found, "the selectors are narrowed")
    named = story.of(K.PROPOSAL_REFUSED, K.NO_PROPOSAL_CHOSEN)
    if (found := story.of(K.CHILD_FAILED)) and not named and not story.of(K.SELECTORS_REFUSED):
        yield seen("phase2-fails", found, "phase 2 fails while phase 1 stays, for a reason untold")
    if found := story.of(K.PROPOSAL_REFUSED, K.NO_PROPOSAL_CHOSEN, phase=Phase.IPSEC):
        yield seen("proposal-refused", found, "it is the phase 2 proposal that is refused")


def _refusal(event: Event) -> str:
    if event.direction is Direction.SENT:
        return "refuses"
    if event.direction is None:
        return "refused-by-whom"
    # The notification of IKEv1 also stands for an identity in phase 1.
    return "refused-ikev1" if event.details.get("ike_version") == 1 else "refused"


def _established(device: DeviceStory, comparison: Comparison) -> Iterator[Sign]:
    """Compare the selectors of the newest SA with what the device is set to."""
    sa = newest_sa(device)
    if sa is None:
        return
    if lost := left_out(device, comparison):
        yield told("narrowed", sa, f"the SA leaves out {', '.join(lost)}")
    elif any(each.prefixlen for networks in selectors(sa) for each in networks):
        text = "the SA carries certain networks only; everything else has no way through it"
        yield told("specific-selectors", sa, text)


def _several(aws: AwsStory, device: DeviceStory) -> Iterator[Sign]:
    """Look for several phase 2 SAs that are deleted one after the other."""
    for story in (aws, device):
        deleted = story.of(K.DELETE, phase=Phase.IPSEC, direction=Direction.RECEIVED)
        names = {_name(event) for event in deleted} - {""}
        if len(names) > 1 and not story.of(K.DELETE, phase=Phase.IKE) and _close(deleted):
            text = f"{len(names)} phase 2 SAs are deleted: AWS keeps one pair per tunnel"
            yield seen("several-deleted", deleted, text)


def _close(deleted: Iterable[Event]) -> bool:
    """Whether two of them are closer than rekeys can be; without times they may be."""
    times = [event.time for event in deleted]
    pairs = pairwise(time for time in times if time)
    return None in times or any(after - before < SHORTEST_REKEY for before, after in pairs)


def _name(event: Event) -> str:
    return event.details.get("sa", "") or event.details.get("spi", "")
