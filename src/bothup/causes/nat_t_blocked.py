"""UDP 4500 or ESP does not get through: NAT traversal fails

## What it is
Behind NAT, IKE moves to UDP 4500 with its first encrypted message and ESP travels inside UDP 4500;
without NAT, ESP is IP protocol 50. Where 4500 (or protocol 50) is filtered, the negotiation stops
at IKE_AUTH, or it completes and no data passes. A NAT device that forgets its mapping cuts a tunnel
that is idle.

## How it shows
The device's message ID 0 is answered and message ID 1 is not. AWS logs a half-open negotiation.
With data: both sides say up, and the bytes received stay at 0. An SA without UDP encapsulation on a
device behind NAT is the same fault.

## What to do on AWS
- Make sure that the customer gateway's address is the public address of the NAT device.
- An accelerated connection needs NAT traversal.

## What to do on the device
- Permit UDP 4500 to and from OUTSIDE_IP on every firewall and NAT device on the way, and IP
  protocol 50 where there is no NAT.
- Turn NAT traversal on (force UDP encapsulation where the device is behind NAT) and keep-alives
  shorter than the NAT time-out, 20 s or less.

## How to be sure
A capture on the outside interface of the NAT device shows UDP 4500 leaving and nothing coming back:
`tcpdump -n host OUTSIDE_IP and udp port 4500`. The SA's byte counters show data in one direction.
"""

from collections.abc import Iterator

from bothup.causes._data import one_way, without_udp
from bothup.causes._say import configured, seen, told
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import EventKind
from bothup.model.story import AwsStory, DeviceStory, Found

CAUSE = Cause(
    id="nat-t-blocked",
    settled_by=(EvidenceKind.DEVICE_LOG, EvidenceKind.CAPTURE),
)

K = EventKind


def signs(aws: AwsStory, device: DeviceStory, comparison: Comparison) -> Iterator[Sign]:
    """Yield what speaks for and against a filter on UDP 4500 or ESP."""
    nat = device.of(K.NAT_DETECTED)
    yield from _unanswered(device, nat)
    yield from _data(device, nat)
    if found := aws.of(K.HALF_OPEN_TIMEOUT):
        with_nat = found.having(nat_t=True)
        name, text = "half-open", "the device began a negotiation on AWS and did not go on"
        if with_nat:
            name, text = "half-open-nat", f"{text}, with NAT detected"
        yield seen(name, found, text)
    for story in (aws, device):
        if found := story.of(K.NAT_MAPPING_CHANGED):
            yield seen("mapping-changed", found, "the NAT mapping of the device changed")
    if comparison.device and comparison.device.nat_t is False:
        name = "turned-off-behind-nat" if nat else "turned-off"
        yield configured(name, comparison, "NAT traversal is off on the device")


def _unanswered(device: DeviceStory, nat: Found) -> Iterator[Sign]:
    lost = device.of(K.GAVE_UP).having(encrypted=True)
    lost = lost or device.of(K.RETRANSMIT).having(encrypted=True, exchange="IKE_AUTH")
    if not lost:
        if found := device.of(K.GAVE_UP).having(encrypted=False):
            yield seen("first-unanswered", found, "not even the first message is answered")
        return
    text = "the first message is answered, the first encrypted one (IKE_AUTH) is not"
    yield seen("encrypted-unanswered-nat" if nat else "encrypted-unanswered", lost, text)
    if found := device.of(K.UNDECRYPTABLE, K.AUTHENTICATION_FAILED):
        yield seen("encrypted-answered", found, "the encrypted message did arrive")


def _data(device: DeviceStory, nat: Found) -> Iterator[Sign]:
    if bare := without_udp(device):
        yield told("nat-without-udp", bare, "the device is behind NAT and its ESP is not in UDP")
    counters = device.of(K.TRAFFIC_COUNTERS)
    if counters and one_way(counters.last):
        here = any(event.details.get("nat") != "remote" for event in nat)
        name = "one-way-nat" if here else "one-way"
        yield told(name, counters.last, "data goes out, none comes in")
