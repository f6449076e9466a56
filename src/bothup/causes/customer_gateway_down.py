"""The device itself, or its line, is down

## What it is
The customer gateway device is off, restarting, overloaded or without a line. It takes down
everything that ends on it: both tunnels, and every other connection on the same customer gateway,
in whatever Region and account.

## How it shows
All of them go down within minutes, mostly with dead peers. A restart shows in the device's log, and
on AWS as a new negotiation while the old SA still stands.

## What to do on AWS
- See what else ends on the device: every connection with the same customer gateway address.
- For a second device or line, add a second customer gateway and a second connection.

## What to do on the device
- Restore power, line and load; look at its log before the outage for restarts and failed
  configuration changes.
- Have it start both tunnels by itself when it boots.

## How to be sure
The other connections on the same address, and whether the device's public address answers from
elsewhere.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bothup.causes._say import seen, telemetry, told
from bothup.model.cause import Cause, Scope, Sign
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import Direction, Event, EventKind, Phase
from bothup.model.story import AwsStory, DeviceStory
from bothup.model.surroundings import SameGateway, Siblings
from bothup.model.thresholds import CHECKED_WITHIN, TOGETHER

CAUSE = Cause(
    id="customer-gateway-down",
    scope=Scope.CONNECTION,
    settled_by=(EvidenceKind.SAME_GATEWAY, EvidenceKind.DEVICE_LOG),
)

K = EventKind


def signs(
    tunnel: Tunnel,
    siblings: Siblings,
    same: SameGateway,
    aws: AwsStory,
    device: DeviceStory,
) -> Iterator[Sign]:
    """Yield what speaks for and against a device that is down."""
    yield from _elsewhere(same, tunnel)
    yield from _here(tunnel, siblings)
    yield from _device(device)
    if found := aws.of(K.DPD_TIMEOUT):
        yield seen("dead", found, "AWS finds the device dead")
        if found.current and _ended(device, found.last):
            text = "the device's log ends when AWS finds it dead, and tells of no loss itself"
            yield told("log-ends", device.events[-1], text)
    if found := aws.of(K.DELETE, phase=Phase.IKE, direction=Direction.RECEIVED):
        yield seen("closed", found, "the device closed the tunnel, as it does at a planned restart")
    if found := aws.of(K.INITIAL_CONTACT):
        yield seen("forgot", found, "the device has forgotten its SAs: it restarted")


def _ended(device: DeviceStory, dead: Event) -> bool:
    """Whether the device's log says nothing any more from the time on when AWS lost the device."""
    if device.end is None or dead.time is None or not device.events:
        return False
    noticed = device.of(K.RETRANSMIT, K.GAVE_UP, K.DPD_TIMEOUT, K.DAEMON_STOPPED).current
    return not noticed and timedelta() < dead.time - device.end <= CHECKED_WITHIN


def _elsewhere(same: SameGateway, tunnel: Tunnel) -> Iterator[Sign]:
    tunnels = [each for connection in same.connections for each in connection.tunnels]
    if not tunnels:
        return
    up = [each for each in tunnels if each.status is TunnelStatus.UP]
    together = [each for each in tunnels if _together(each, tunnel)]
    names = ", ".join(sorted(connection.id for connection in same.connections))
    at = Pointer(kind=EvidenceKind.SAME_GATEWAY, pointer=f"same_gateway: {names}")
    if up:
        text = f"{len(up)} tunnels of other connections on the same device are UP"
        yield Sign(name="others-are-up", text=text, evidence=at)
    elif len(together) == len(tunnels) and tunnel.status is TunnelStatus.DOWN:
        text = "everything on the same device went down within minutes"
        yield Sign(name="all-went-down", text=text, evidence=at)
    elif tunnel.status is TunnelStatus.DOWN:
        text = "everything else on the same device is down, too"
        yield Sign(name="all-are-down", text=text, evidence=at)


def _together(one: Tunnel, other: Tunnel) -> bool:
    return (
        one.status is TunnelStatus.DOWN
        and other.status is TunnelStatus.DOWN
        and _close(one.last_status_change, other.last_status_change)
    )


def _close(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= TOGETHER


def _here(tunnel: Tunnel, siblings: Siblings) -> Iterator[Sign]:
    if tunnel.status is TunnelStatus.UP:
        yield telemetry("is-up", tunnel, "the tunnel is UP")
    for other in siblings.up():
        yield telemetry("sibling-is-up", other, "the other tunnel to the same device is UP")
    for other in siblings.tunnels:
        if _together(other, tunnel):
            yield telemetry("both-went-down", other, "both tunnels went down within minutes")


def _device(device: DeviceStory) -> Iterator[Sign]:
    if found := device.of(K.CONFIG_ERROR):
        yield seen("config-refused", found, "the device refuses its own configuration")
    restarts = [drop for drop in device.drops if drop.event.kind is K.DAEMON_STARTED]
    if restarts:
        past = restarts[-1].back is not None
        text = "the device's IKE daemon started anew while the tunnel was up"
        yield told("restarted", restarts[-1].event, text, past=past)
    stopped = device.of(K.DAEMON_STOPPED, K.LINK_CHANGED)
    if stopped.current:
        yield seen("stopped", stopped, "the device stopped its IKE daemon, or lost a link")
    if found := device.of(K.NETWORK_ERROR):
        yield seen("cannot-send", found, "the device cannot send to AWS at all")
