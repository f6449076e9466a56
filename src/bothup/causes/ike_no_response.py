"""The first message of a negotiation is never answered

## What it is
IKE begins on UDP 500. Where the first message or its answer is dropped (firewall, security group,
wrong address, no route, nobody listening, nobody initiating), neither side can tell more than that
nothing came back.

## How it shows
The device repeats the request with message ID 0 and gives up. AWS logs nothing at all where the
device's packets never arrive; it logs `deleting un-established Phase 1 IKE_SA` where they do arrive
and its answers don't. A tunnel whose log is on and silent has nobody initiating, or is filtered
before AWS.

## What to do on AWS
- Compare the customer gateway's address with the device's public address:
  `aws ec2 describe-customer-gateways`.
- Have AWS initiate (IKEv2 only): `aws ec2 modify-vpn-tunnel-options --vpn-connection-id VPN_ID
  --vpn-tunnel-outside-ip-address OUTSIDE_IP
  --tunnel-options 'StartupAction=start,IKEVersions=[{Value=ikev2}]'`.

## What to do on the device
- Permit UDP 500, UDP 4500 and IP protocol 50 to and from OUTSIDE_IP, in both directions, on every
  firewall on the way.
- Check the route to OUTSIDE_IP and that the peer address of the tunnel is OUTSIDE_IP.
- Let the device initiate.

## How to be sure
Both logs together tell the direction: AWS silent means the way to AWS, AWS with half-open
negotiations means the way back. A capture on the device's outside interface shows what leaves and
what comes: `tcpdump -n host OUTSIDE_IP and udp port 500 or udp port 4500 or icmp`.
"""

from collections.abc import Iterator

from bothup.causes._say import compared, configured, seen, telemetry
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind, Phase
from bothup.model.story import AwsStory, DeviceStory

CAUSE = Cause(
    id="ike-no-response",
    settled_by=(EvidenceKind.DEVICE_LOG, EvidenceKind.CAPTURE, EvidenceKind.ACTIVITY_LOG),
)

K = EventKind
_ANSWERS = (K.NO_PROPOSAL_CHOSEN, K.AUTHENTICATION_FAILED, K.SELECTORS_REFUSED, K.WRONG_DH_GUESS)
_AWS_TALKS = (
    K.PSK_MISMATCH,
    K.AUTHENTICATION_FAILED,
    K.NO_PROPOSAL_CHOSEN,
    K.PROPOSAL_REFUSED,
    K.CHILD_FAILED,
    K.SELECTORS_REFUSED,
)


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, tunnel: Tunnel
) -> Iterator[Sign]:
    """Yield what speaks for and against an unanswered first message."""
    yield from _device(device)
    yield from _aws(aws, tunnel)
    yield from _configured(comparison)
    if found := device.of(*_ANSWERS, direction=Direction.RECEIVED):
        yield seen("answered", found, "AWS does answer")
    if found := device.of(K.UNDECRYPTABLE, K.PSK_MISMATCH):
        yield seen("answered", found, "AWS does answer")
    if found := aws.of(*_AWS_TALKS):
        yield seen("aws-talks", found, "AWS and the device do talk with each other")
    up = device.of(K.SA_ESTABLISHED, phase=Phase.IKE)
    lost = device.of(K.DPD_TIMEOUT).current or device.of(K.GAVE_UP, phase=Phase.IKE).current
    if up.current and not lost:
        yield seen("phase1-up", up, "phase 1 comes up")


def _device(device: DeviceStory) -> Iterator[Sign]:
    gave_up = device.of(K.GAVE_UP, phase=Phase.IKE)
    first = gave_up.having(encrypted=False)
    if first:
        yield seen("first-unanswered", first, "the device's first message finds no answer")
    elif gave_up and "encrypted" not in gave_up.last.details:
        yield seen("unanswered", gave_up, "the device gives up: the peer does not respond")
    waiting = device.of(K.RETRANSMIT).having(encrypted=False)
    if waiting.current and not first:
        yield seen("still-waiting", waiting, "the device repeats its first message")
    if found := device.of(K.NETWORK_ERROR):
        reason = found.last.details.get("reason", "").replace("-", " ")
        yield seen("network-error", found, f"the device cannot send: {reason}".rstrip(": "))
    if found := device.of(K.ICMP_REJECT):
        reason = found.last.details.get("reason", "").replace("-", " ")
        yield seen("rejected", found, f"a host on the way rejects the packets: {reason}")
    found = device.of(K.UNKNOWN_PEER)
    if found and "got" not in found.last.details:
        yield seen("unknown-address", found, "the device has no tunnel for the peer's address")


def _aws(aws: AwsStory, tunnel: Tunnel) -> Iterator[Sign]:
    if found := aws.of(K.HALF_OPEN_TIMEOUT):
        text = "the device began a negotiation on AWS and did not go on: AWS's answers get lost"
        yield seen("half-open", found, text)
    ipsec_is_up = (tunnel.status_message or "").upper() == "IPSEC IS UP"
    if aws.silent and tunnel.status is not TunnelStatus.UP and not ipsec_is_up:
        text = "the activity log is silent: no IKE packet reaches AWS"
        yield telemetry("silent", tunnel, text)


def _configured(comparison: Comparison) -> Iterator[Sign]:
    for setting in comparison.clashes(Setting.DEVICE_ADDRESS, Setting.AWS_ADDRESS):
        yield compared("address-clashes", setting)
    for setting in comparison.of(Setting.STARTUP_ACTION):
        if setting.agreement is Agreement.DIFFERS:
            yield compared("nobody-initiates", setting)
    if comparison.device and comparison.device.enabled is False:
        yield configured("disabled", comparison, "the tunnel is disabled on the device")
