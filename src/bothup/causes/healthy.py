"""Nothing is wrong with the tunnel

## What it is
The tunnel is up and its logs show what a healthy tunnel shows: rekeys, DELETEs of the SAs that a
rekey has replaced, keep-alives.

## How it shows
UP, with `IPSEC IS UP` on a static connection or a number of BGP routes on a dynamic one.

## What to do on AWS
- Nothing. An alarm on `TunnelState` tells when that changes.

## What to do on the device
- Nothing.

## How to be sure
Telemetry some minutes apart, and traffic in both directions.
"""

from collections.abc import Iterator

from bothup.causes._data import left_out, newest_sa, without_udp
from bothup.causes._say import seen, telemetry, told
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison
from bothup.model.connection import Routing, Tunnel, TunnelStatus, VpnConnection
from bothup.model.diagnosis import EvidenceKind
from bothup.model.event import Direction, Event, EventKind, Phase
from bothup.model.story import AwsBgpStory, AwsStory, DeviceBgpStory, DeviceStory, Story

CAUSE = Cause(id="healthy", settled_by=(EvidenceKind.TELEMETRY,))

K = EventKind
_FAULTS = (
    K.GAVE_UP,
    K.HALF_OPEN_TIMEOUT,
    K.NETWORK_ERROR,
    K.ICMP_REJECT,
    K.PROPOSAL_REFUSED,
    K.NO_PROPOSAL_CHOSEN,
    K.PSK_MISMATCH,
    K.PSK_MISSING,
    K.UNDECRYPTABLE,
    K.AUTHENTICATION_FAILED,
    K.IDENTITY_MISMATCH,
    K.AUTH_METHOD_MISMATCH,
    K.CERTIFICATE_INVALID,
    K.UNKNOWN_PEER,
    K.MODE_REFUSED,
    K.SELECTORS_REFUSED,
    K.CHILD_FAILED,
    K.SA_EXPIRED,
    K.IDLE_CLOSED,
    K.DPD_TIMEOUT,
    K.REKEY_FAILED,
    K.PACKET_TOO_LONG,
    K.CONFIG_ERROR,
    K.BGP_BAD_PEER_AS,
    K.BGP_NOTIFICATION,
    K.BGP_HOLD_TIMER_EXPIRED,
    K.BGP_PREFIX_LIMIT,
    K.BGP_CONNECT_FAILED,
    K.BGP_ROUTE_DENIED,
)
_ROUTINE = (K.REKEY_STARTED, K.REKEY_DONE, K.REDUNDANT_SA, K.REKEY_COLLISION, K.BGP_END_OF_RIB)


def signs(
    connection: VpnConnection,
    tunnel: Tunnel,
    aws: AwsStory,
    device: DeviceStory,
    aws_bgp: AwsBgpStory,
    device_bgp: DeviceBgpStory,
    comparison: Comparison,
) -> Iterator[Sign]:
    """Yield what speaks for and against a tunnel in good health."""
    yield from _telemetry(connection, tunnel)
    yield from _data(device, comparison)
    if denied := aws_bgp.of(K.BGP_ROUTE_DENIED):
        yield told("route-denied", denied.last, "AWS rejects a route of the device")
    for story in (aws, device, aws_bgp, device_bgp):
        yield from _log(story)


def _telemetry(connection: VpnConnection, tunnel: Tunnel) -> Iterator[Sign]:
    if tunnel.status is TunnelStatus.DOWN:
        yield telemetry("is-down", tunnel, "the tunnel is DOWN")
    elif tunnel.status is TunnelStatus.UP:
        if connection.routing is Routing.BGP and tunnel.accepted_routes == 0:
            yield telemetry("up-without-routes", tunnel, "the tunnel is UP, without any route")
        else:
            yield telemetry("is-up", tunnel, "the tunnel is UP")


def _data(device: DeviceStory, comparison: Comparison) -> Iterator[Sign]:
    """Look for a tunnel that is up and does not carry what it should."""
    counters = device.of(K.TRAFFIC_COUNTERS)
    if counters and not counters.last.details.get("bytes_in"):
        yield told("nothing-comes-in", counters.last, "the SA is up and no data comes in")
    if bare := without_udp(device):
        yield told("nat-without-udp", bare, "the device is behind NAT and its ESP is not in UDP")
    if (lost := left_out(device, comparison)) and (newest := newest_sa(device)):
        yield told("narrowed", newest, f"the SA leaves out {', '.join(lost)}")


def _log(story: Story) -> Iterator[Sign]:
    faults = story.of(*_FAULTS)
    if faults.current or (faults and not story.ever_up and story.up is None):
        yield seen("fault", faults, "the log holds a fault since the tunnel came up last")
        return
    lost = [drop for drop in story.drops if drop.event.kind in _FAULTS]
    if lost:
        yield told("was-lost", lost[-1].event, "the tunnel was lost in the time of the log")
    elif story.up:
        ups = story.of(K.SA_ESTABLISHED, K.TUNNEL_UP, K.BGP_STATE)
        last = [event for event in ups if event.phase is not Phase.IKE]
        if last:
            yield told("log-ends-up", last[-1], "the log ends with the tunnel up and no fault")
    elif story.up is False and _stopped_in_order(story):
        yield told("up-until-stopped", story.drops[-1].event, "up until the daemon was stopped")
    elif (found := story.of(*_ROUTINE)) and not story.drops and not _unfinished(found.last):
        yield seen("routine", found, "the log holds nothing but what is routine")


def _unfinished(event: Event) -> bool:
    return event.kind is K.REKEY_STARTED and event.direction is Direction.SENT


def _stopped_in_order(story: Story) -> bool:
    disabled = story.of(K.OPERATOR_ACTION).having(reason="disable")
    return bool(story.drops) and story.drops[-1].event.kind is K.DAEMON_STOPPED and not disabled
