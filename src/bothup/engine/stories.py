"""Events of a bundle to stories: which tunnel each is about, and what their order means."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from bothup.model.bundle import Bundle, Log, LogSource
from bothup.model.connection import Tunnel, TunnelStatus
from bothup.model.event import Event, EventKind, Phase, Side
from bothup.model.story import (
    AwsBgpStory,
    AwsStory,
    DeviceBgpStory,
    DeviceStory,
    Drop,
    Story,
)
from bothup.model.thresholds import REKEY_CLEANUP, REKEY_CLEANUP_EVENTS

S = TypeVar("S", bound=Story)
K = EventKind

_ENDINGS = frozenset(
    {
        K.DPD_TIMEOUT,
        K.SA_EXPIRED,
        K.IDLE_CLOSED,
        K.TUNNEL_DOWN,
        K.DAEMON_STOPPED,
        K.DAEMON_STARTED,
        K.DELETE,
        K.SA_CLOSED,
    }
)
# What a rekey brings with it, where it follows one closely.
_CLEANUP = frozenset({K.DELETE, K.SA_CLOSED, K.SA_EXPIRED})


class Stories(msgspec.Struct, frozen=True, kw_only=True):
    """All that the logs tell of one tunnel."""

    aws: AwsStory
    device: DeviceStory
    aws_bgp: AwsBgpStory
    device_bgp: DeviceBgpStory


def stories(bundle: Bundle, tunnel: Tunnel, nameless: bool) -> Stories:
    """Tell the stories of one tunnel; a nameless one gets every event there is."""
    own = _Own(bundle.logs, tunnel, nameless=nameless)
    activity = [log for log in bundle.logs if log.source is LogSource.AWS]
    bgp = [log for log in bundle.logs if log.source is LogSource.AWS_BGP]
    device = [log for log in bundle.logs if log.source is LogSource.DEVICE]
    looked = [log for log in activity if own.covers(log)]
    ike = [event for log in activity for event in own.of(log) if event.phase is not Phase.BGP]
    told = [event for log in (*activity, *bgp) for event in own.of(log) if event.phase is Phase.BGP]
    here = [event for log in device for event in own.of(log)]
    return Stories(
        aws=_tell(AwsStory, Side.AWS, ike, looked, tunnel),
        aws_bgp=_tell(AwsBgpStory, Side.AWS, told, [log for log in bgp if own.covers(log)], tunnel),
        device=_tell(
            DeviceStory,
            Side.DEVICE,
            [event for event in here if event.phase is not Phase.BGP],
            [log for log in device if log.lines],
            tunnel,
        ),
        device_bgp=_tell(
            DeviceBgpStory,
            Side.DEVICE,
            [event for event in here if event.phase is Phase.BGP],
            [log for log in device if any(event.phase is Phase.BGP for event in log.events)],
            tunnel,
        ),
    )


class _Own:
    """Decides which events are of one tunnel."""

    def __init__(self, logs: Iterable[Log], tunnel: Tunnel, *, nameless: bool) -> None:
        self._address = tunnel.outside_ip
        self._nameless = nameless
        inside = tunnel.options.inside_cidr if tunnel.options else None
        self._inside = _network(inside)
        self._names = _names(logs)

    def covers(self, log: Log) -> bool:
        """Whether a log that can be read is about this tunnel, or about none in particular."""
        about = self._nameless or log.tunnel in (None, self._address)
        # A log in words that nobody understands is not silent.
        return about and bool(log.events or not log.lines)

    def of(self, log: Log) -> Iterator[Event]:
        """Yield the log's events that are of this tunnel, or of none in particular."""
        for event in log.events:
            if self._nameless or self._mine(event):
                yield event

    def _mine(self, event: Event) -> bool:
        if event.tunnel is not None:
            return event.tunnel == self._address
        neighbor = event.details.get("neighbor")
        if neighbor and self._inside is not None and (at := _address(neighbor)):
            return at in self._inside
        name = event.details.get("connection", "")
        return self._names.get(name, self._address) == self._address


def _names(logs: Iterable[Log]) -> dict[str, str]:
    """Learn which tunnel a device's own name stands for, where its events say one address."""
    found: dict[str, set[str]] = {}
    for log in logs:
        for event in log.events:
            name = event.details.get("connection")
            if name and event.tunnel:
                found.setdefault(name, set()).add(event.tunnel)
    return {name: next(iter(known)) for name, known in found.items() if len(known) == 1}


def _network(text: str | None) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False) if text else None
    except ValueError:
        return None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _tell(
    kind: type[S], side: Side, events: Sequence[Event], logs: Sequence[Log], tunnel: Tunnel
) -> S:
    if all(event.time for event in events):
        events = sorted(events, key=_when)
    fold = _Fold()
    places: defaultdict[EventKind, list[int]] = defaultdict(list)
    for index, event in enumerate(events):
        fold.take(index, event)
        places[event.kind].append(index)
    starts = [log.start for log in logs if log.start]
    ends = [log.end for log in logs if log.end]
    return kind(
        side=side,
        present=bool(logs) or bool(events),
        events=tuple(events),
        places={each: tuple(indices) for each, indices in places.items()},
        since=max(fold.since, _survived(events, tunnel)),
        up=fold.up,
        ever_up=fold.ever_up,
        routine=frozenset(fold.routine),
        drops=tuple(fold.drops),
        start=min(starts, default=None),
        end=max(ends, default=None),
    )


def _survived(events: Sequence[Event], tunnel: Tunnel) -> int:
    """Count the events that came before the tunnel is known to have come up.

    A tunnel that AWS reports UP has survived what its logs tell, unless it happened since.
    """
    if tunnel.status is not TunnelStatus.UP:
        return 0
    up_since = tunnel.last_status_change
    if up_since is None:
        return len(events)
    later = [index for index, event in enumerate(events) if event.time and event.time > up_since]
    return later[0] if later else len(events)


def _when(event: Event) -> float:
    return event.time.timestamp() if event.time else 0.0


class _Fold:
    """Goes through the events in their order and keeps whether the tunnel is up."""

    def __init__(self) -> None:
        self.up: bool | None = None
        self.ever_up = False
        self.since = 0
        self.routine: set[int] = set()
        self.drops: list[Drop] = []
        self._up_at: datetime | None = None
        self._newest = ""
        self._rekeyed: tuple[int, datetime | None] | None = None

    def take(self, index: int, event: Event) -> None:
        """Take the next event."""
        if _comes_up(event):
            self._comes_up(index, event)
        elif event.kind is K.REKEY_DONE or self._second_ike(event):
            self._rekeyed = index, event.time
        elif _goes_down(event):
            if self._is_cleanup(index, event):
                self.routine.add(index)
            elif self.up is not False:
                self._goes_down(event)

    def _second_ike(self, event: Event) -> bool:
        ike = event.kind is K.SA_ESTABLISHED and event.phase is Phase.IKE
        return ike and self.up is True

    def _comes_up(self, index: int, event: Event) -> None:
        if self.up is True or event.details.get("rekey"):
            self._rekeyed = index, event.time
        if self.up is False and self.drops and self.drops[-1].back is None:
            last = self.drops[-1]
            down_for = _between(last.event.time, event.time)
            self.drops[-1] = msgspec.structs.replace(last, back=event, down_for=down_for)
        self.up, self.ever_up = True, True
        self.since, self._up_at = index + 1, event.time
        self._newest = event.details.get("sa", "")

    def _goes_down(self, event: Event) -> None:
        certain = event.kind not in _CLEANUP or event.phase is not Phase.IPSEC
        if self.up is None and (event.kind is K.DAEMON_STARTED or not certain):
            return
        self.up = False
        self.drops.append(Drop(event=event, up_for=_between(self._up_at, event.time)))

    def _is_cleanup(self, index: int, event: Event) -> bool:
        if event.kind not in _CLEANUP:
            return False
        sa = event.details.get("sa")
        child = event.phase is Phase.IPSEC
        if child and self.up and sa and self._newest and sa != self._newest:
            return True
        if self._rekeyed is None:
            return False
        at, when = self._rekeyed
        passed = _between(when, event.time)
        return index - at <= REKEY_CLEANUP_EVENTS if passed is None else passed <= REKEY_CLEANUP


def _comes_up(event: Event) -> bool:
    if event.kind is K.BGP_STATE:
        return event.details.get("state_to") == "established"
    return event.kind is K.TUNNEL_UP or (
        event.kind is K.SA_ESTABLISHED and event.phase is Phase.IPSEC
    )


def _goes_down(event: Event) -> bool:
    if event.kind is K.REKEY_FAILED:
        # Nobody answers any more: the daemon destroys the SA. One that is refused lives on.
        return event.details.get("reason") == "no-answer"
    if event.phase is Phase.BGP:
        left = event.details.get("state_from") == "established"
        return event.kind is K.DAEMON_STOPPED or (event.kind is K.BGP_STATE and left)
    return event.kind in _ENDINGS and event.details.get("reason") != "superseded"


def _between(begin: datetime | None, end: datetime | None) -> timedelta | None:
    return end - begin if begin and end else None
