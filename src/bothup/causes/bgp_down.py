"""IPsec is up and the BGP session is not

## What it is
On a dynamic connection AWS calls a tunnel UP only when its BGP session is established. IPsec may
be perfect and the tunnel still DOWN: the session was shut down by somebody, reset, never
configured, or refused for a reason that the other BGP causes name.

## How it shows
`DOWN` with the message `IPSEC IS UP`. The BGP log tells who closed the session: `sent` is AWS's
side, `received` the device, with the code of RFC 4271 (6/2 administrative shutdown, 6/3 neighbour
removed, 6/4 reset, 6/5 rejected).

## What to do on AWS
- Turn BGP logs on for the tunnel, and look for the notification.
- Compare the customer gateway's ASN and the tunnel's inside addresses with the device's.

## What to do on the device
- Bring the neighbour for this tunnel up: it may be shut down or missing.
- Neighbour and source are the two inside addresses of this very tunnel.

## How to be sure
AWS's BGP log, or the device's: `show bgp neighbor`.
"""

from collections.abc import Iterator

from bothup.causes._say import seen, telemetry
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Routing, Tunnel, TunnelStatus, VpnConnection
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, EventKind
from bothup.model.story import AwsBgpStory, DeviceBgpStory, Story

CAUSE = Cause(id="bgp-down", settled_by=(EvidenceKind.BGP_LOG, EvidenceKind.DEVICE_LOG))

K = EventKind
# RFC 4486: what closes a session on purpose. 1 is the prefix limit, 7 passes by itself.
_CEASE = {
    2: "administrative shutdown",
    3: "the neighbour was removed",
    5: "connection rejected",
    8: "out of resources",
}
# These announce that the session begins anew.
_RESTART = {4: "administrative reset", 6: "configuration change"}


def signs(
    connection: VpnConnection, tunnel: Tunnel, aws: AwsBgpStory, device: DeviceBgpStory
) -> Iterator[Sign]:
    """Yield what speaks for and against a BGP session that is down."""
    message = (tunnel.status_message or "").upper()
    if tunnel.status is TunnelStatus.DOWN and message == "IPSEC IS UP":
        yield telemetry("ipsec-is-up", tunnel, "IPsec is up, and yet the tunnel is DOWN: it is BGP")
    if tunnel.status is TunnelStatus.DOWN and message == "IPSEC IS DOWN":
        yield telemetry("ipsec-is-down", tunnel, "IPsec is down, so BGP cannot be up")
    if connection.routing is Routing.STATIC:
        yield telemetry("static", tunnel, "the connection has static routes and no BGP")
    for story in (aws, device):
        yield from _closed(story)
        yield from _state(story)


def _closed(story: Story) -> Iterator[Sign]:
    notices = story.of(K.BGP_NOTIFICATION)
    for name, codes in (("ceased", _CEASE), ("restarted", _RESTART)):
        for code, meaning in codes.items():
            if found := notices.having(code=6, subcode=code):
                who = "sent" if found.last.direction is Direction.SENT else "received"
                yield seen(name, found, f"notification 6/{code} {who}: {meaning}")
    if found := notices.having(code=2):
        subcode = found.last.details.get("subcode", 0)
        yield seen("open-refused", found, f"an OPEN message was refused (2/{subcode})")
    if found := story.of(K.OPERATOR_ACTION).having(reason="disable"):
        yield seen("disabled", found, "an operator disabled the session on the device")
    if (found := story.of(K.DAEMON_STOPPED)) and found.current:
        yield seen("daemon-stopped", found, "the routing daemon was stopped")


def _state(story: Story) -> Iterator[Sign]:
    states = story.of(K.BGP_STATE)
    if not states:
        return
    if story.up:
        yield seen("established", states, "the session is established at the end of the log")
    elif any(drop.event.kind is K.BGP_STATE for drop in story.drops):
        yield seen("lost", states, "the session was established and was lost")
        failed = states.having(state_from="connect", state_to="active")
        if failed.current:
            yield seen("does-not-connect", failed, "since then TCP 179 does not connect")
    elif not story.ever_up:
        yield seen("never-established", states, "the session never gets established")
