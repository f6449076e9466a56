"""Chronicle: each tunnel's whole life, what it was before the simulation and what it is since."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bothup.sim.evidence.past import Chapter, Opening, chapters, log_options
from bothup.sim.machine import TunnelChange
from bothup.sim.negotiate import Obstacle, Suite, negotiate
from bothup.sim.vpn import PROVISIONING, SimConnection, SimTunnel

_OPENINGS: dict[str, Opening] = {
    "modified": "modified",
    "replaced": "replaced",
    "deleted": "closed",
    "endpoint ready": "ready",
    "dpd": "dpd",
    "idle": "idle",
    "rekey-failed": "rekey-failed",
    "hold-timer": "hold-timer",
    "bgp": "bgp",
}


class Logging(msgspec.Struct, frozen=True, kw_only=True):
    """CloudWatchLogOptions, and since when they hold."""

    since: datetime
    options: dict[str, Any]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter that reaches into a time that is asked for.

    `before` is the chapter before it and `until` its own end, or that of the time asked for.
    `ipsec_since` is since when IPsec has been what it is in the chapter.
    """

    before: Chapter | None
    chapter: Chapter
    ipsec_since: datetime
    until: datetime


class Chronicle:
    """One tunnel's chapters and log options, oldest first; both only grow.

    The chapters before the simulation are worked out when they are first looked at.
    """

    def __init__(self, tunnel: SimTunnel) -> None:
        self._past = tunnel.past
        self._chapters: list[Chapter] = []
        self._starts: list[datetime] = []
        self._ipsec_since: list[datetime] = []
        self.logging = [Logging(since=self._past.logged_since, options=self._past.log_options)]

    @property
    def chapters(self) -> Sequence[Chapter]:
        """The chapters of the tunnel's life."""
        if not self._chapters:
            for chapter in chapters(self._past):
                self._append(chapter)
        return self._chapters

    def add(self, change: TunnelChange) -> None:
        """Write down a change of the tunnel's condition."""
        after, tunnel = change.after, change.tunnel
        assert self.chapters, "the past comes before what happens now"
        self._append(
            Chapter(
                start=change.time,
                ipsec=after.suite is not None,
                up=after.up,
                opening=_opening(change),
                obstacle=_obstacle(change),
            )
        )
        options = log_options(tunnel.options)
        if options != self.logging[-1].options:
            self.logging.append(Logging(since=change.time, options=options))

    def between(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The chapters that reach into the time from `start` to `end`."""
        told = self.chapters
        first = max(bisect_right(self._starts, start) - 1, 0)
        for index in range(first, len(told)):
            if told[index].start >= end:
                return
            until = told[index + 1].start if index + 1 < len(told) else end
            yield Span(
                before=told[index - 1] if index else None,
                chapter=told[index],
                ipsec_since=self._ipsec_since[index],
                until=min(until, end),
            )

    def _append(self, chapter: Chapter) -> None:
        same = self._chapters and self._chapters[-1].ipsec == chapter.ipsec
        self._ipsec_since.append(self._ipsec_since[-1] if same else chapter.start)
        self._starts.append(chapter.start)
        self._chapters.append(chapter)


class Chronicles:
    """The chronicles of all tunnels, each begun when it is first asked for or written to."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Chronicle] = {}

    @property
    def begun(self) -> int:
        """How many chronicles have been begun."""
        return len(self._kept)

    def of(self, connection: SimConnection, tunnel: SimTunnel) -> Chronicle:
        """The chronicle of one tunnel."""
        key = connection.id, tunnel.outside_ip
        if key not in self._kept:
            self._kept[key] = Chronicle(tunnel)
        return self._kept[key]

    def add(self, change: TunnelChange) -> None:
        """Write down a change of some tunnel's condition."""
        self.of(change.connection, change.tunnel).add(change)


def _opening(change: TunnelChange) -> Opening:
    if change.after.up:
        return "established"
    return _OPENINGS.get(change.why, "bgp" if change.after.suite else "dpd")


def _obstacle(change: TunnelChange) -> Obstacle | None:
    """What keeps the two sides apart now that they try; while an endpoint is replaced none does."""
    if change.after.suite or change.after == PROVISIONING or change.why in ("forced", "deleted"):
        return None
    met = negotiate(change.tunnel.options, change.tunnel.device)
    return None if isinstance(met, Suite) else met
