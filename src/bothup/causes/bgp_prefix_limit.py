"""The device advertises more prefixes than AWS takes

## What it is
AWS accepts 100 prefixes over BGP on a virtual private gateway and 1,000 on a transit gateway; the
limit cannot be raised. One more closes the session, which then flaps for as long as the device
tries.

## How it shows
`maximum prefix limit was exceeded`, notification 6/1, before it the warning; `AcceptedRouteCount`
near the limit.

## What to do on AWS
- Move the connection to a transit gateway where 1,000 prefixes are needed.

## What to do on the device
- Summarise, or filter what it advertises to AWS; a default route is one prefix.

## How to be sure
AWS's BGP log, or the number of prefixes that the device advertises.
"""

from collections.abc import Iterator

from bothup.causes._say import seen, telemetry
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import EventKind
from bothup.model.story import AwsBgpStory, DeviceBgpStory

CAUSE = Cause(id="bgp-prefix-limit", settled_by=(EvidenceKind.BGP_LOG, EvidenceKind.DEVICE_LOG))

K = EventKind
# VPN user guide, "Quotas": routes advertised from the customer gateway device.
_VIRTUAL, _TRANSIT = 100, 1000


def signs(
    connection: VpnConnection, tunnel: Tunnel, aws: AwsBgpStory, device: DeviceBgpStory
) -> Iterator[Sign]:
    """Yield what speaks for too many prefixes."""
    for story in (aws, device):
        found = story.of(K.BGP_PREFIX_LIMIT) or story.of(K.BGP_NOTIFICATION).having(
            code=6, subcode=1
        )
        if found:
            yield seen("exceeded", found, "the prefix limit was exceeded")
        elif warned := story.of(K.BGP_PREFIX_WARNING):
            yield seen("warned", warned, "the number of prefixes is close to the limit")
    limit = _VIRTUAL if (connection.gateway_id or "").startswith("vgw-") else _TRANSIT
    routes = tunnel.accepted_routes
    if routes is not None and routes >= limit * 0.9:
        yield telemetry("close-to-limit", tunnel, f"{routes} routes of at most {limit}")
