"""The two sides have no phase 2 algorithms, or no PFS group, in common

## What it is
Phase 2 (the CHILD SA) needs one encryption, one integrity and, for perfect forward secrecy, one
Diffie-Hellman group that both sides allow. With IKEv2 the first CHILD SA takes its keys from phase
1, so that a wrong PFS group goes unnoticed until the first rekey and then cuts the tunnel once per
phase 2 lifetime.

## How it shows
Phase 1 is up and phase 2 is not: `no CHILD_SA built`, `Phase 2 was unable to establish while
keeping Phase 1`, `NO_PROPOSAL_CHOSEN` in answer to IKE_AUTH, CREATE_CHILD_SA or quick mode.

## What to do on AWS
- See what the tunnel allows: `Phase2EncryptionAlgorithms`, `Phase2IntegrityAlgorithms`,
  `Phase2DHGroupNumbers` in `aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID`.
- Add what the device offers with `aws ec2 modify-vpn-tunnel-options`; this tunnel is down for
  minutes meanwhile.

## What to do on the device
- Offer for OUTSIDE_IP what the tunnel allows.
- Turn on perfect forward secrecy with a group that the tunnel allows.

## How to be sure
The log of the side that answers lists both proposals. A tunnel that drops one phase 2 lifetime
after it came up points at the PFS group.
"""

from collections.abc import Iterator

from bothup.causes._say import compared, not_sent, seen, set_anew
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison, Setting
from bothup.model.connection import Tunnel
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, Event, EventKind, Phase
from bothup.model.story import AwsStory, DeviceStory, Story
from bothup.model.surroundings import Changes

CAUSE = Cause(
    id="ipsec-proposal-mismatch",
    settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.DEVICE_LOG, EvidenceKind.ACTIVITY_LOG),
)

K = EventKind
_SETTINGS = (Setting.PHASE2_ENCRYPTION, Setting.PHASE2_INTEGRITY, Setting.PHASE2_DH_GROUP)
_OPTIONS = ("phase2encryption", "phase2integrity", "phase2dhgroup")


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, tunnel: Tunnel, changes: Changes
) -> Iterator[Sign]:
    """Yield what speaks for and against phase 2 proposals without common ground."""
    refused = list(_aws(aws))
    yield from refused
    if refused:
        yield from set_anew("just-changed", changes, tunnel, *_OPTIONS)
    yield from _device(device)
    for story in (aws, device):
        if found := story.of(K.SELECTORS_REFUSED):
            yield seen("selectors-refused", found, "it is the selectors that are refused")
        yield from _failed(story)
    clashes = comparison.clashes(*_SETTINGS)
    for setting in clashes:
        off = comparison.device is not None and comparison.device.pfs is False
        pfs = setting.setting is Setting.PHASE2_DH_GROUP and off
        yield compared("pfs-off" if pfs else "settings-clash", setting)
    if not clashes and comparison.agree(Setting.PHASE2_ENCRYPTION, Setting.PHASE2_DH_GROUP):
        for setting in comparison.of(*_SETTINGS):
            yield compared("settings-agree", setting)


def _aws(aws: AwsStory) -> Iterator[Sign]:
    if found := aws.of(K.PROPOSAL_REFUSED, K.NO_PROPOSAL_CHOSEN, phase=Phase.IPSEC):
        yield seen("aws-refuses", found, "AWS finds no matching proposal while phase 1 is up")
        return
    for kind, name in (
        (K.PROPOSAL_REFUSED, "aws-refuses-either"),
        (K.NO_PROPOSAL_CHOSEN, "aws-notifies-either"),
    ):
        found = aws.of(kind)
        if found and found.last.phase is None:
            yield seen(name, found, "AWS finds no matching proposal, in phase 1 or 2")


def _device(device: DeviceStory) -> Iterator[Sign]:
    if found := device.of(K.PROPOSAL_REFUSED, phase=Phase.IPSEC):
        told = any({"received", "configured"} <= event.details.keys() for event in found)
        name = "device-refuses" if told else "device-refuses-all"
        yield seen(name, found, _lists(found.last))
    refused = device.of(K.NO_PROPOSAL_CHOSEN, K.PROPOSAL_REFUSED)
    if found := not_sent(device.of(K.NO_PROPOSAL_CHOSEN, phase=Phase.IPSEC)):
        yield seen("refused", found, "AWS refuses phase 2: no proposal chosen")
    elif refused and refused.last.phase is None:
        yield seen("refused-either", refused, "no proposal is chosen, in phase 1 or 2")
    if found := device.of(K.NO_PROPOSAL_CHOSEN, phase=Phase.IPSEC, direction=Direction.SENT):
        yield seen("device-notifies", found, "the device refuses AWS's phase 2 proposal")
    if found := device.of(K.GAVE_UP).having(exchange="QUICK_MODE"):
        yield seen("quick-mode-unanswered", found, "quick mode finds no acceptable answer")


def _lists(event: Event) -> str:
    received, configured = event.details.get("received"), event.details.get("configured")
    if received and configured:
        return f"the device was offered {received} and allows {configured}"
    return "the device finds no acceptable phase 2 proposal"


def _failed(story: Story) -> Iterator[Sign]:
    named = story.of(K.PROPOSAL_REFUSED, K.NO_PROPOSAL_CHOSEN, K.SELECTORS_REFUSED)
    if (found := story.of(K.CHILD_FAILED)) and not named:
        yield seen("phase2-fails", found, "phase 2 fails while phase 1 stays, for a reason untold")
