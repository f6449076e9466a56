"""The ASN of one side is not the one that the other expects

## What it is
Each BGP speaker tells its autonomous system number in its OPEN message and expects a certain one of
the other. AWS expects the ASN of the customer gateway resource; the device must expect the ASN of
the gateway on AWS's side (64512 unless chosen otherwise).

## How it shows
AWS's BGP log: `bad OPEN message - remote AS is X, expected Y`, or notification 2/2. Where it is the
device that refuses, AWS's side gets as far as OpenConfirm and never further.

## What to do on AWS
- The customer gateway's ASN: `aws ec2 describe-customer-gateways`. It cannot be changed: a wrong
  one needs a new customer gateway and `aws ec2 modify-vpn-connection`, which takes both tunnels
  down for minutes.
- AWS's own ASN stands in the virtual private gateway or the transit gateway.

## What to do on the device
- Set its own ASN to the customer gateway's, and the neighbour's to AWS's.

## How to be sure
The OPEN messages in either log name both numbers.
"""

from collections.abc import Iterator

from bothup.causes._say import compared, seen
from bothup.model.bundle import CustomerGateway
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsBgpStory, DeviceBgpStory

CAUSE = Cause(
    id="bgp-asn-mismatch",
    settled_by=(EvidenceKind.BGP_LOG, EvidenceKind.DEVICE_CONFIG, EvidenceKind.DEVICE_LOG),
)

K = EventKind


def signs(
    aws: AwsBgpStory, device: DeviceBgpStory, comparison: Comparison, gateway: CustomerGateway
) -> Iterator[Sign]:
    """Yield what speaks for and against a wrong ASN."""
    for story in (aws, device):
        if found := story.of(K.BGP_BAD_PEER_AS):
            got, wanted = (found.last.details.get(name) for name in ("asn", "asn_wanted"))
            numbers = f": {got}" if got else ""
            numbers += f", expected {wanted}" if wanted else ""
            yield seen("bad-peer-as", found, f"an OPEN message has the wrong ASN{numbers}")
        elif found := story.of(K.BGP_NOTIFICATION).having(code=2, subcode=2):
            yield seen("bad-peer-as", found, "notification 2/2: bad peer AS")
    opened = aws.of(K.BGP_OPEN, direction=Direction.RECEIVED)
    asn = opened.last.details.get("asn") if opened else None
    if asn and gateway.bgp_asn:
        same = asn == gateway.bgp_asn
        text = f"the device says AS {asn}, the customer gateway has {gateway.bgp_asn}"
        yield seen("asn-agrees" if same else "asn-differs", opened, text)
    confirmed = aws.of(K.BGP_STATE).having(state_to="openconfirm")
    if confirmed and not aws.ever_up:
        text = "the session gets to OpenConfirm and never further: the device refuses AWS's OPEN"
        yield seen("never-confirmed", confirmed, text)
    for setting in comparison.of(Setting.DEVICE_ASN, Setting.AWS_ASN):
        clash = setting.agreement is Agreement.CLASHES
        yield compared("settings-clash" if clash else "settings-agree", setting)
