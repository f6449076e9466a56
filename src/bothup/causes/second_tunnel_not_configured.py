"""The device has only one of the two tunnels

## What it is
Every connection comes with two tunnels. Often only the first one is configured on the device, or
the device cannot hold two with the same networks; an active/standby device keeps the second one
down on purpose.

## How it shows
One tunnel has been UP all along and the other one never; its log, where it is on, is silent; the
device's configuration does not mention its outside address.

## What to do on AWS
- Nothing is wrong on AWS. The second tunnel costs nothing.
- Get the device's part: `aws ec2 get-vpn-connection-device-sample-configuration
  --vpn-connection-id VPN_ID --vpn-connection-device-type-id ...`.

## What to do on the device
- Configure the tunnel to OUTSIDE_IP with the key and the inside addresses of this tunnel.
- Route-based tunnels can both be up at once; policy-based ones with the same networks need a
  priority, or cannot.

## How to be sure
The device's configuration, and whether `TunnelState` was ever 1.
"""

from collections.abc import Iterator

from bothup.causes._say import changed, configured, telemetry, told
from bothup.model.bundle import Change
from bothup.model.cause import Cause, Sign
from bothup.model.comparison import Comparison
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import EventKind
from bothup.model.story import AwsStory, DeviceStory
from bothup.model.surroundings import Changes, History, Siblings, near

CAUSE = Cause(
    id="second-tunnel-not-configured",
    settled_by=(EvidenceKind.DEVICE_CONFIG, EvidenceKind.METRICS),
)

_NOISE = (EventKind.DAEMON_STARTED, EventKind.DAEMON_STOPPED, EventKind.OPERATOR_ACTION)


def signs(
    tunnel: Tunnel,
    siblings: Siblings,
    aws: AwsStory,
    device: DeviceStory,
    comparison: Comparison,
    history: History,
    changes: Changes,
) -> Iterator[Sign]:
    """Yield what speaks for and against a tunnel that was never configured."""
    if tunnel.status is TunnelStatus.UP:
        yield telemetry("is-up", tunnel, "the tunnel is UP")
    never = _never_up(tunnel, siblings, history, changes)
    yield from _configured(comparison, siblings, never=never)
    yield from _history(history, tunnel, siblings)
    if not siblings.up() or tunnel.status is not TunnelStatus.DOWN:
        return
    for change in _creations(tunnel, changes):
        text = "the status has never changed since the connection was created"
        yield changed("as-created", change, text)
    events = [
        event
        for story in (aws, device)
        for event in story.events
        if event.kind not in _NOISE and event.tunnel == tunnel.outside_ip
    ]
    if events:
        text = "the device and AWS have talked about this tunnel"
        yield told("talked-about", events[-1], text)
    elif aws.silent:
        yield telemetry("silent", tunnel, "the other tunnel is UP, and nothing reaches this one")
    else:
        yield telemetry("other-is-up", tunnel, "the other tunnel is UP, this one is not")


def _creations(tunnel: Tunnel, changes: Changes) -> Iterator[Change]:
    for change in changes.changes:
        if change.name == "CreateVpnConnection" and near(change.time, tunnel.last_status_change):
            yield change


def _never_up(tunnel: Tunnel, siblings: Siblings, history: History, changes: Changes) -> bool:
    """Whether AWS's own records, from before the last change of status on, show no life.

    A text alone proves nothing: it may be of one of two routers, of which the other is dead. Nor
    does a silent log, of which nobody knows whether it was on already when the other one died.
    """
    since = tunnel.last_status_change
    if not siblings.up() or tunnel.status is not TunnelStatus.DOWN or since is None:
        return False
    measured = bool(history.state) and history.state[0][0] < since
    if measured and not any(value > 0 for _, value in history.state):
        return True
    return any(_creations(tunnel, changes))


def _configured(comparison: Comparison, siblings: Siblings, *, never: bool) -> Iterator[Sign]:
    if comparison.device is not None:
        yield configured("configured", comparison, "the device has this tunnel")
        return
    others = {each.outside_ip for each in siblings.tunnels} & set(comparison.others)
    if others:
        text = f"the device has the tunnel to {', '.join(sorted(others))} and not this one"
        proven = never and not comparison.cut
        yield configured("never-configured" if proven else "not-configured", comparison, text)


def _history(history: History, tunnel: Tunnel, siblings: Siblings) -> Iterator[Sign]:
    if not history.state:
        return
    first, last = history.state[0][0], history.state[-1][0]
    at = Pointer(
        kind=EvidenceKind.METRICS,
        pointer=f"TunnelState[{tunnel.outside_ip}] from {first:%Y-%m-%d %H:%M} UTC",
        time=last,
    )
    if any(value > 0 for _, value in history.state):
        yield Sign(name="was-up", text="the tunnel has been up", evidence=at)
    elif siblings.up():
        text = "TunnelState was never 1, while the other tunnel is up"
        yield Sign(name="never-up", text=text, evidence=at)
