"""Sums over findings and coverage, and the whole Scan made of its parts."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from bothup import __version__
from bothup.engine.controls import Rule
from bothup.engine.judge import worst_first
from bothup.model.connection import TunnelStatus
from bothup.model.finding import Finding, Status, TunnelSummary
from bothup.model.scan import Scan, Scope, Summary, Tool
from bothup.model.target import Coverage, CoverageStatus, partition_of


def scope(rules: Iterable[Rule], coverage: Iterable[Coverage]) -> Scope:
    """Say what was looked at: the partition, the accounts, the Regions, the controls."""
    covered = tuple(coverage)
    regions = sorted({each.region for each in covered if each.region})
    return Scope(
        partition=partition_of(regions[0]) if regions else None,
        accounts=tuple(sorted({each.account for each in covered if each.account})),
        regions=tuple(regions),
        controls=tuple(rule.control.id for rule in rules),
    )


def summarize(findings: Iterable[Finding], coverage: Iterable[Coverage]) -> Summary:
    """Count what the findings and the coverage of whole Targets hold.

    A connection that several controls judged is one connection.
    """
    tunnels: dict[tuple[str | None, str | None, str], tuple[TunnelSummary, ...]] = {}
    statuses: Counter[Status] = Counter()
    controls: dict[str, Counter[Status]] = {}
    for finding in findings:
        statuses[finding.status] += 1
        controls.setdefault(finding.control, Counter())[finding.status] += 1
        if isinstance(finding.tunnels, tuple):
            where = (finding.account, finding.region, finding.resource.id)
            tunnels[where] = finding.tunnels
    read = Counter(each.status is CoverageStatus.READ for each in coverage)
    of_tunnels = Counter(tunnel.status for each in tunnels.values() for tunnel in each)
    return Summary(
        connections=len(tunnels),
        tunnels_up=of_tunnels[TunnelStatus.UP],
        tunnels_down=of_tunnels[TunnelStatus.DOWN],
        tunnels_unknown=of_tunnels[TunnelStatus.UNKNOWN],
        targets_read=read[True],
        targets_unread=read[False],
        by_status=_counts(statuses),
        by_control={name: _counts(controls[name]) for name in sorted(controls)},
    )


def _counts(statuses: Counter[Status]) -> dict[str, int]:
    return {status.value: statuses[status] for status in Status}


def assemble(
    findings: Iterable[Finding],
    coverage: Iterable[Coverage],
    *,
    scope: Scope,
    started_at: datetime,
    finished_at: datetime,
) -> Scan:
    """Sort findings (worst first) and coverage (account, Region), and sum them up."""
    found = tuple(sorted(findings, key=worst_first))
    covered = tuple(sorted(coverage, key=lambda each: (each.account or "", each.region or "")))
    return Scan(
        tool=Tool(name="bothup", version=__version__),
        started_at=started_at,
        finished_at=finished_at,
        scope=scope,
        coverage=covered,
        findings=found,
        summary=summarize(found, covered),
    )
