"""One side calls itself something else than the other expects

## What it is
IKE peers name themselves. AWS expects the device to use the address of the customer gateway
resource and calls itself by the tunnel's outside IP. A device behind NAT names itself by its
private address unless told otherwise; a configuration copied from the other tunnel expects the
other endpoint.

## How it shows
The side that answers finds no peer of that name (`no matching peer config found`) and refuses with
`AUTHENTICATION_FAILED`. On AWS there is then no message about the key beside it.

## What to do on AWS
- Compare the customer gateway's address with the device's public address:
  `aws ec2 describe-customer-gateways`.
- An address that has changed needs a new customer gateway and `aws ec2 modify-vpn-connection`,
  which takes both tunnels down for minutes.

## What to do on the device
- Set the local identity to the public address that the customer gateway resource has, above all
  behind NAT.
- Set the expected identity of the peer to OUTSIDE_IP, the outside address of this very tunnel.

## How to be sure
The log of the side that answers names both identities; the device's configuration shows what it
says and what it expects.
"""

import ipaddress
from collections.abc import Iterator

from bothup.causes._say import authenticated, authentication_refused, compared, seen, told
from bothup.model.bundle import CustomerGateway
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison, Setting
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsStory, DeviceStory

CAUSE = Cause(
    id="peer-identity-mismatch",
    settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.DEVICE_LOG),
)

K = EventKind
_IDENTITIES = (Setting.DEVICE_IDENTITY, Setting.AWS_IDENTITY)


def signs(
    aws: AwsStory, device: DeviceStory, comparison: Comparison, gateway: CustomerGateway
) -> Iterator[Sign]:
    """Yield what speaks for and against a wrong identity."""
    for story in (aws, device):
        if found := story.of(K.IDENTITY_MISMATCH):
            heard = found.last.direction is Direction.RECEIVED
            name = "identity-refused" if heard else "unknown-identity"
            yield seen(name, found, "the side that answers knows no such peer")
        for event in story.of(K.UNKNOWN_PEER):
            if got := event.details.get("got"):
                yield told("looked-up-in-vain", event, f"nothing is set up for a peer named {got}")
        if found := story.of(K.PSK_MISMATCH):
            yield seen("key-was-compared", found, "the key was compared: the identity was found")
        yield from authenticated("authenticated", story)
    yield from authentication_refused("refused", "authentication-fails", device)
    if found := aws.of(K.AUTHENTICATION_FAILED, direction=Direction.SENT):
        yield seen("aws-refuses", found, "AWS refuses the authentication")
    if not comparison.clashes(*_IDENTITIES):
        yield from _own_name(device, gateway)
    yield from _configured(comparison)


def _own_name(device: DeviceStory, gateway: CustomerGateway) -> Iterator[Sign]:
    """Look at what the device calls itself while AWS refuses it."""
    names = device.of(K.AUTHENTICATING)
    if not names or not device.of(K.AUTHENTICATION_FAILED, K.PSK_MISMATCH, K.IDENTITY_MISMATCH):
        return
    name = names.last.details.get("got", "")
    if gateway.ip_address and name == gateway.ip_address:
        text = f"the device names itself {name}, as the customer gateway resource has it"
        yield told("names-itself-right", names.last, text, past=names.past)
        return
    try:
        private = ipaddress.ip_address(name).is_private
    except ValueError:
        text = f"the device names itself {name}, which is no address"
        yield told("names-itself-otherwise", names.last, text, past=names.past)
        return
    behind_nat = any(event.details.get("nat") != "remote" for event in device.of(K.NAT_DETECTED))
    if private and behind_nat:
        text = f"the device is behind NAT and names itself by its private address {name}"
        yield told("names-itself-private", names.last, text, past=names.past)
    elif gateway.ip_address:
        text = f"the device names itself {name}, the customer gateway has {gateway.ip_address}"
        yield told("names-itself-otherwise", names.last, text, past=names.past)


def _configured(comparison: Comparison) -> Iterator[Sign]:
    clashes = comparison.clashes(*_IDENTITIES)
    for setting in clashes:
        theirs = setting.setting is Setting.AWS_IDENTITY
        yield compared("expects-another" if theirs else "identities-clash", setting)
    if not clashes and comparison.agree(*_IDENTITIES):
        for setting in comparison.of(*_IDENTITIES):
            yield compared("identities-agree", setting)
