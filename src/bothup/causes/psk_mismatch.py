"""The pre-shared keys of the two sides differ

## What it is
Each tunnel has a pre-shared key of its own. The side that answers the negotiation computes a
checksum with its key and finds that the other side's does not match, or, with IKEv1, cannot decrypt
what it receives. Typical: one key used for both tunnels, the keys of the two tunnels swapped, a
blank or line break copied with the key, or a key changed on one side only, which shows at the next
reauthentication.

## How it shows
Only the side that answers knows. AWS logs `pre-shared key mismatch` (IKEv2) or `invalid Pre-shared
Key` (IKEv1) where the device initiates; the device then reads no more than `AUTHENTICATION_FAILED`,
which a wrong identity or a bad certificate causes as well. Where AWS initiates it is the device's
log that names the key.

## What to do on AWS
- Read the key that AWS uses for this tunnel: it is in the configuration file of the connection
  (`aws ec2 get-vpn-connection-device-sample-configuration`), or in Secrets Manager where the
  connection has a PreSharedKeyArn.
- Only if the device's key is the right one: set it with
  `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP --tunnel-options PreSharedKey=...`, which takes this
  tunnel down for minutes.

## What to do on the device
- Enter the key of this very tunnel, whose outside address is OUTSIDE_IP; the other tunnel has
  another key.
- Look for blanks, quotes and characters that the device's shell treats specially.

## How to be sure
Read the log of the side that answers: AWS's tunnel activity log where the device initiates, the
device's where AWS does.
"""

import re
from collections.abc import Iterator

from bothup.causes._say import authenticated, authentication_refused, certificates, seen, set_anew
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison
from bothup.model.connection import Tunnel
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsStory, DeviceStory, Story
from bothup.model.surroundings import Changes

CAUSE = Cause(id="psk-mismatch", settled_by=(EvidenceKind.ACTIVITY_LOG, EvidenceKind.DEVICE_LOG))

K = EventKind
# What a vendor concludes from a message that cannot be decrypted, and says so.
_HEDGED = re.compile(r"probabl|likely|perhaps|possibl|\?\)", re.IGNORECASE)


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, tunnel: Tunnel, changes: Changes
) -> Iterator[Sign]:
    """Yield what speaks for and against differing keys."""
    for story in (aws, device):
        yield from _verified(story)
        yield from authenticated("authenticated", story)
    refused = list(_refused(aws, device))
    yield from refused
    if refused:
        yield from set_anew("just-changed", changes, tunnel, "presharedkey")
    yield from certificates("certificates-in-use", device, comparison, tunnel)


def _verified(story: Story) -> Iterator[Sign]:
    if found := story.of(K.PSK_MISMATCH):
        sure = any(not _HEDGED.search(event.text) for event in found)
        text = "the side that verifies says that the keys differ"
        yield seen("keys-differ" if sure else "keys-differ-probably", found,
                   text if sure else f"{text}, as it supposes")  # fmt: skip
    if found := story.of(K.PSK_MISSING):
        yield seen("key-missing", found, "there is no key for this pair of identities")
    if found := story.of(K.UNDECRYPTABLE):
        old = any(
            event.details.get("ike_version") == 1 or "_V1" in event.details.get("payloads", "")
            for event in found
        )
        text = "what the peer encrypted cannot be decrypted"
        yield seen("undecryptable-ikev1" if old else "undecryptable", found, text)
    if found := story.of(K.GAVE_UP).having(encrypted=True, ike_version=1):
        yield seen("encrypted-unanswered", found, "the first encrypted message finds no answer")


def _refused(aws: AwsStory, device: DeviceStory) -> Iterator[Sign]:
    yield from authentication_refused("refused", "authentication-fails", device)
    found = aws.of(K.AUTHENTICATION_FAILED, direction=Direction.SENT)
    if found and not aws.of(K.PSK_MISMATCH):
        yield seen("aws-refuses", found, "AWS refuses the authentication")
        text = "AWS names the key where the key is at fault, and here it does not"
        yield seen("aws-names-no-key", found, text)
