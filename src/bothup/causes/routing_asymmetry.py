"""The tunnel is up, but routes or filters keep the traffic from one of its directions

## What it is
A tunnel that is up carries nothing where no route leads into it or back: the device advertises no
prefix, AWS rejects what it advertises, a static route is missing, answers leave through the other
tunnel and a stateful firewall drops them, or overlapping ranges keep the traffic local.

## How it shows
`0 BGP ROUTES` on a tunnel that is UP; `DENIED due to: as-path contains our own AS`; byte counters
that grow in one direction only; half of the packets lost while both tunnels are up.

## What to do on AWS
- Look for the device's networks in the route tables: propagation on, no overlapping local route,
  static routes of the connection.
- `aws ec2 describe-vpn-connections --vpn-connection-ids VPN_ID` shows the accepted routes per
  tunnel.

## What to do on the device
- Advertise its networks over BGP without AWS's own ASN in the path and with the inside address as
  next hop; or set static routes into both tunnels.
- Allow asymmetric return over the two tunnels, or prefer one on both sides (AS path prepending).

## How to be sure
Route tables on both sides, and a capture inside the tunnel: packets that leave and find no answer.
"""

from collections.abc import Iterator

from bothup.causes._data import one_way
from bothup.causes._say import telemetry, told
from bothup.model.cause import Cause, Sign
from bothup.model.connection import Routing, Tunnel, TunnelStatus, VpnConnection
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import EventKind
from bothup.model.story import AwsBgpStory, DeviceBgpStory, DeviceStory
from bothup.model.surroundings import History
from bothup.model.thresholds import LATEST_PERIODS, QUIET

CAUSE = Cause(id="routing-asymmetry", settled_by=(EvidenceKind.BGP_LOG, EvidenceKind.CAPTURE))

K = EventKind


def signs(
    connection: VpnConnection,
    tunnel: Tunnel,
    device: DeviceStory,
    aws_bgp: AwsBgpStory,
    device_bgp: DeviceBgpStory,
    history: History,
) -> Iterator[Sign]:
    """Yield what speaks for and against missing or rejected routes."""
    for story in (aws_bgp, device_bgp):
        if found := story.of(K.BGP_ROUTE_DENIED):
            prefix = found.last.details.get("prefix", "a route")
            reason = found.last.details.get("reason", "").replace("-", " ")
            yield told("route-denied", found.last, f"{prefix} is rejected: {reason}")
    if tunnel.status is TunnelStatus.UP and connection.routing is Routing.BGP:
        if tunnel.accepted_routes == 0:
            yield telemetry("no-routes", tunnel, "BGP is up and AWS accepts no route")
        elif tunnel.accepted_routes:
            yield telemetry("has-routes", tunnel, "AWS accepts routes from the device")
    counters = device.of(K.TRAFFIC_COUNTERS)
    if counters and device.up is not False:
        if one_way(counters.last):
            text = "the SA is up; data goes out and none comes in"
            yield told("one-way", counters.last, text)
        elif not counters.last.details.get("bytes_out"):
            yield told("no-data", counters.last, "the SA is up and carries no data at all")
    if tunnel.status is TunnelStatus.UP:
        yield from _metrics(history, tunnel)


def _metrics(history: History, tunnel: Tunnel) -> Iterator[Sign]:
    came = max((value for _, value in history.data_in[-LATEST_PERIODS:]), default=None)
    went = max((value for _, value in history.data_out[-LATEST_PERIODS:]), default=None)
    if came is None or went is None or (came > QUIET) == (went > QUIET):
        return
    at = Pointer(kind=EvidenceKind.METRICS, pointer=f"TunnelDataIn/Out[{tunnel.outside_ip}]")
    way = "from the device to AWS" if came > went else "from AWS to the device"
    yield Sign(name="one-way-metrics", text=f"data flows {way} only", evidence=at)
