"""The two sides have no phase 1 algorithms in common

## What it is
Phase 1 (the IKE SA) needs one encryption, one integrity and one Diffie-Hellman group that both
sides allow. AWS knows no 3DES, no MD5 and not every group; a tunnel restricted to strong suites
refuses an old device, and an aggressive-mode IKEv1 device is refused as well.

## How it shows
The side that answers has nothing to choose from: AWS logs `No Proposal Match Found`, the device
reads `NO_PROPOSAL_CHOSEN` in answer to its very first message. A wrong IKE version and an unknown
address read alike.

## What to do on AWS
- See what the tunnel allows: `Phase1EncryptionAlgorithms`, `Phase1IntegrityAlgorithms`,
  `Phase1DHGroupNumbers` in `aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID`.
- Add what the device offers with `aws ec2 modify-vpn-tunnel-options`; this tunnel is down for
  minutes meanwhile.

## What to do on the device
- Offer for OUTSIDE_IP what the tunnel allows; AES256, SHA2-256 and group 14 or above suit every
  default.
- With IKEv1 use main mode.

## How to be sure
The log of the side that answers lists both proposals; the device's configuration beside the tunnel
options shows the same.
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
    id="ike-proposal-mismatch",
    settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.DEVICE_LOG, EvidenceKind.ACTIVITY_LOG),
)

K = EventKind
_SETTINGS = (Setting.PHASE1_ENCRYPTION, Setting.PHASE1_INTEGRITY, Setting.PHASE1_DH_GROUP)
_OPTIONS = ("phase1encryption", "phase1integrity", "phase1dhgroup")


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, tunnel: Tunnel, changes: Changes
) -> Iterator[Sign]:
    """Yield what speaks for and against phase 1 proposals without common ground."""
    refused = list(_aws(aws))
    yield from refused
    if refused:
        yield from set_anew("just-changed", changes, tunnel, *_OPTIONS)
    yield from _device(device)
    for story in (aws, device):
        yield from _against(story)
    clashes = comparison.clashes(*_SETTINGS)
    for setting in clashes:
        yield compared("settings-clash", setting)
    for setting in comparison.clashes(Setting.MODE):
        yield compared("mode-clashes", setting)
    if not clashes and comparison.agree(Setting.PHASE1_ENCRYPTION, Setting.PHASE1_DH_GROUP):
        for setting in comparison.of(*_SETTINGS):
            yield compared("settings-agree", setting)


def _aws(aws: AwsStory) -> Iterator[Sign]:
    if found := aws.of(K.PROPOSAL_REFUSED, K.NO_PROPOSAL_CHOSEN, phase=Phase.IKE):
        yield seen("aws-refuses", found, "AWS finds no matching proposal while phase 1 is not up")
        return
    for kind, name in (
        (K.PROPOSAL_REFUSED, "aws-refuses-either"),
        (K.NO_PROPOSAL_CHOSEN, "aws-notifies-either"),
    ):
        found = aws.of(kind)
        if found and found.last.phase is None:
            yield seen(name, found, "AWS finds no matching proposal, in phase 1 or 2")


def _device(device: DeviceStory) -> Iterator[Sign]:
    if found := device.of(K.PROPOSAL_REFUSED, phase=Phase.IKE):
        told = any({"received", "configured"} <= event.details.keys() for event in found)
        name = "device-refuses" if told else "device-refuses-all"
        yield seen(name, found, _lists(found.last))
    refused = device.of(K.NO_PROPOSAL_CHOSEN, K.PROPOSAL_REFUSED)
    if found := not_sent(device.of(K.NO_PROPOSAL_CHOSEN, phase=Phase.IKE)):
        yield seen("refused", found, "AWS refuses the device's first message: no proposal chosen")
    elif refused and refused.last.phase is None:
        yield seen("refused-either", refused, "no proposal is chosen, in phase 1 or 2")
    sent = device.of(K.NO_PROPOSAL_CHOSEN, phase=Phase.IKE, direction=Direction.SENT)
    if sent and not device.of(K.UNKNOWN_PEER):
        yield seen("device-notifies", sent, "the device refuses AWS's first message")
    if found := device.of(K.MODE_REFUSED):
        yield seen("mode-refused", found, "the exchange mode is refused")
    waiting = device.of(K.RETRANSMIT).having(exchange="MAIN_MODE", encrypted=False)
    if waiting.current:
        text = "the first messages find no answer; some peers drop what they cannot choose"
        yield seen("dropped-silently", waiting, text)


def _lists(event: Event) -> str:
    received, configured = event.details.get("received"), event.details.get("configured")
    if received and configured:
        return f"the device was offered {received} and allows {configured}"
    return "the device finds no acceptable phase 1 proposal"


def _against(story: Story) -> Iterator[Sign]:
    up = story.of(K.SA_ESTABLISHED, phase=Phase.IKE)
    if up.current:
        yield seen("phase1-up", up, "phase 1 comes up")
    if found := story.of(K.UNKNOWN_PEER):
        yield seen("peer-unknown", found, "the peer is not known at all")
