"""Streams: what is in a log group, worked out as far back as somebody asks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from bothup.sim.evidence.activity import activity
from bothup.sim.evidence.bgp import bgp_activity
from bothup.sim.evidence.chronicle import Chronicle, Chronicles
from bothup.sim.evidence.groups import Entry, Group, group_name
from bothup.sim.evidence.render import render_activity, render_bgp
from bothup.sim.evidence.scene import Scene, scene
from bothup.sim.vpn import Place

# What AWS puts into a group to see whether it may.
VALIDATION = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions"
_VALIDATED = (
    "Permissions are set correctly to allow AWS CloudWatch Logs to write into your logs while "
    "creating a subscription."
)
_SECOND = timedelta(seconds=1)


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """A log stream: `read(start, end)` gives its events in that time, oldest first."""

    name: str
    read: Callable[[datetime, datetime], Iterator[Entry]]

    def first(self, since: datetime, now: datetime) -> datetime | None:
        """The time of the first event."""
        return next((entry.time for entry in self.read(since, now)), None)

    def last(self, since: datetime, now: datetime) -> datetime | None:
        """The time of the last event, looked for in ever longer times before `now`."""
        window = timedelta(hours=2)
        while True:
            start = max(now - window, since)
            found = None
            for entry in self.read(start, now):
                found = entry.time
            if found or start == since:
                return found
            window *= 6


def streams(group: Group, place: Place, chronicles: Chronicles, now: datetime) -> list[Stream]:
    """The streams of a group that hold anything, by name."""
    found: list[Stream] = []
    for connection in place.connections.values():
        for tunnel in connection.tunnels:
            told = chronicles.of(connection, tunnel)
            if _logs_to(told, group):
                found += _tunnel_streams(group, scene(place, connection, tunnel), told)
    if found:
        found.append(_put(VALIDATION, [_entry(group.created, _VALIDATED)]))
    found += [_put(name, entries) for name, entries in group.put.items()]
    end = now + _SECOND
    kept = [one for one in found if one.name in group.put or one.first(group.created, end)]
    return sorted(kept, key=lambda one: one.name)


def _logs_to(told: Chronicle, group: Group) -> bool:
    """Whether a tunnel logs, or ever logged, to the group."""
    far = datetime.max.replace(tzinfo=UTC)
    return any(_windows(told, group, prefix, far) for prefix in ("", "Bgp"))


def _tunnel_streams(group: Group, at: Scene, told: Chronicle) -> Iterator[Stream]:
    """A tunnel's own two streams: of its activity, and of BGP by the name of its resource."""
    vpn, outside, real = at.connection.id, at.tunnel.outside_ip, at.tunnel.endpoint

    def activities(start: datetime, end: datetime) -> Iterator[Entry]:
        for begin, until, form in _windows(told, group, "", end):
            first = max(start, begin)
            lines = real.activity(first, until) if real else activity(at, told, first, until)
            for line in lines:
                yield _entry(line.time, render_activity(at, line, form))

    def bgp(start: datetime, end: datetime) -> Iterator[Entry]:
        for begin, until, form in _windows(told, group, "Bgp", end):
            first = max(start, begin)
            lines = real.bgp(first, until) if real else bgp_activity(at, told, first, until)
            for line in lines:
                yield _entry(line.time, render_bgp(at, line, form))

    yield Stream(name=f"{vpn}-{outside}", read=activities)
    if at.connection.bgp:
        yield Stream(name=f"{vpn}_{outside}", read=bgp)


def _windows(
    told: Chronicle, group: Group, prefix: str, end: datetime
) -> list[tuple[datetime, datetime, str]]:
    """From when to when a tunnel logged to the group before `end`, and in which form."""
    found = []
    for index, logging in enumerate(told.logging):
        options = logging.options
        until = told.logging[index + 1].since if index + 1 < len(told.logging) else end
        to_here = group_name(options.get(f"{prefix}LogGroupArn", "")) == group.name
        if options.get(f"{prefix}LogEnabled") and to_here:
            form = options.get(f"{prefix}LogOutputFormat", "json")
            found.append((logging.since, min(until, end), form))
    return found


def _put(name: str, entries: list[Entry]) -> Stream:
    def read(start: datetime, end: datetime) -> Iterator[Entry]:
        told = [entry for entry in entries if start <= entry.time < end]
        yield from sorted(told, key=lambda entry: entry.time)

    return Stream(name=name, read=read)


def _entry(time: datetime, message: str) -> Entry:
    """An event that AWS delivers some seconds after it happened."""
    return Entry(time=time, message=message, ingested=time + timedelta(seconds=4))
