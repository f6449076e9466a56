"""The BGP neighbour cannot be reached inside the tunnel

## What it is
BGP runs over TCP 179 between the two inside addresses of the tunnel. A neighbour or source address
that is not the tunnel's, selectors that leave the inside addresses out, a filter on TCP 179 or a
device that has no BGP for this tunnel keep the connection from being made.

## How it shows
The session goes from Connect to Active and back and never gets an OPEN message; the device's
routing daemon keeps connecting, or is refused.

## What to do on AWS
- The inside addresses of the tunnel: `TunnelInsideCidr`; the first address is AWS's, the second
  the device's.
- Leave the connection's local and remote networks at 0.0.0.0/0, so that the inside addresses are
  carried.

## What to do on the device
- Set neighbour and source address to the two inside addresses of this very tunnel.
- Permit TCP 179 between them; ping AWS's inside address from the device's.

## How to be sure
A capture of TCP 179 on the tunnel interface: SYN without SYN-ACK, or nothing at all.
"""

from collections.abc import Iterator

from bothup.causes._say import compared, seen, telemetry
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison, Setting
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import EventKind
from bothup.model.story import AwsBgpStory, DeviceBgpStory, Found, Story

CAUSE = Cause(
    id="bgp-unreachable",
    settled_by=(EvidenceKind.BGP_LOG, EvidenceKind.DEVICE_CONFIG, EvidenceKind.CAPTURE),
)

K = EventKind
_TRYING = frozenset({"idle", "connect", "active"})


def signs(
    tunnel: Tunnel, aws: AwsBgpStory, device: DeviceBgpStory, comparison: Comparison
) -> Iterator[Sign]:
    """Yield what speaks for and against an unreachable neighbour."""
    message = (tunnel.status_message or "").upper()
    down = tunnel.status is TunnelStatus.DOWN
    if down and message == "IPSEC IS DOWN":
        yield telemetry("ipsec-is-down", tunnel, "IPsec is down, so BGP cannot be up")
    for story in (aws, device):
        unreached = list(_states(story))
        yield from unreached
        if unreached and down and message == "IPSEC IS UP":
            yield telemetry("ipsec-is-up", tunnel, "IPsec itself is up")
        if found := story.of(K.BGP_CONNECT_FAILED):
            reason = found.last.details.get("reason", "").replace("-", " ")
            yield seen("connect-failed", found, f"TCP 179 does not connect: {reason}".rstrip(": "))
    for setting in comparison.clashes(Setting.INSIDE_ADDRESS, Setting.BGP_NEIGHBOR):
        yield compared("settings-clash", setting)


def _states(story: Story) -> Iterator[Sign]:
    changes = _since_lost(story, story.of(K.BGP_STATE))
    states = [event.details.get("state_to", "") for event in changes]
    reached = [state for state in states if state and state not in _TRYING]
    back = story.of(K.BGP_STATE).having(state_from="connect", state_to="active")
    opened = _since_lost(story, story.of(K.BGP_OPEN, K.BGP_BAD_PEER_AS))
    if back.current:
        yield seen("connect-to-active", back, "TCP 179 does not connect: Connect to Active")
    elif states and not reached and not opened:
        text = "the session never gets as far as an OPEN message"
        yield seen("never-open", changes, text)
    elif (trying := story.of(K.BGP_CONNECTING)) and not states and not opened:
        yield seen("only-connecting", trying, "the device keeps connecting and never succeeds")
    elif (trying := story.of(K.BGP_CONNECTING)).current and story.up is False:
        yield seen("connecting-again", trying, "since the session was lost, it does not connect")
    if reached or opened:
        found = opened or changes
        yield seen("was-reached", found, "the neighbour was reached")


def _since_lost(story: Story, found: Found) -> Found:
    """Keep what came after the session was lost for the last time; all, where it never was."""
    if story.up or not story.drops:
        return found
    lost = story.events.index(story.drops[-1].event)
    return Found(story=story, indices=tuple(index for index in found.indices if index > lost))
