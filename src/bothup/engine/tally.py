"""Tally: sums over a run, kept while it goes on; no finding is held on to."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from bothup.engine.idle import UNKNOWN
from bothup.engine.order import order
from bothup.model.connection import TunnelStatus
from bothup.model.finding import Finding, Idle, Status, TunnelSummary
from bothup.model.scan import Summary
from bothup.model.target import Coverage, CoverageStatus


class Tally:
    """Counts Targets and their findings as they come in."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._tunnels: Counter[TunnelStatus] = Counter()
        self._controls = defaultdict[str, Counter[Status]](Counter)
        self._idle = self._unpriced = self._traffic_unknown = 0
        self._monthly = 0.0
        self._connections = self._read = self._unread = self._partly = self._muted = 0

    def add(self, findings: Iterable[Finding], coverage: Iterable[Coverage] = ()) -> None:
        """Count whole Targets: a connection that several controls judged is one connection."""
        tunnels: dict[tuple[str | None, str | None, str], tuple[TunnelSummary, ...]] = {}
        idle: dict[tuple[str | None, str | None, str], Idle] = {}
        unknown: set[tuple[str | None, str | None, str]] = set()
        for finding in findings:
            self._controls[finding.control][finding.status] += 1
            self._muted += finding.muted is not None
            if isinstance(finding.tunnels, tuple):
                where = (finding.account, finding.region, finding.resource.id)
                tunnels[where] = finding.tunnels
                if isinstance(finding.idle, Idle):
                    idle[where] = finding.idle
                if any(notice.code == UNKNOWN for notice in finding.notices):
                    unknown.add(where)
        self._connections += len(tunnels)
        for each in tunnels.values():
            for tunnel in each:
                self._tunnels[tunnel.status] += 1
        self._idle += len(idle)
        self._traffic_unknown += len(unknown)
        self._monthly += sum(each.monthly or 0.0 for each in idle.values())
        self._unpriced += sum(each.monthly is None for each in idle.values())
        for covered in coverage:
            if covered.status is CoverageStatus.READ:
                self._read += 1
            elif covered.controls:
                self._partly += 1
            else:
                self._unread += 1

    def summary(self) -> Summary:
        """Return the sums so far."""
        return Summary(
            connections=self._connections,
            tunnels_up=self._tunnels[TunnelStatus.UP],
            tunnels_down=self._tunnels[TunnelStatus.DOWN],
            tunnels_unknown=self._tunnels[TunnelStatus.UNKNOWN],
            targets_read=self._read,
            targets_unread=self._unread,
            targets_partly=self._partly,
            muted=self._muted,
            idle=self._idle,
            idle_monthly=round(self._monthly, 2),
            idle_unpriced=self._unpriced,
            traffic_unknown=self._traffic_unknown,
            by_status=_counts(sum(self._controls.values(), Counter())),
            by_control={
                name: _counts(self._controls[name]) for name in sorted(self._controls, key=order)
            },
        )


def _counts(statuses: Counter[Status]) -> dict[str, int]:
    return {status.value: statuses[status] for status in Status}
