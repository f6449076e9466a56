"""Markdown: a page to paste into a ticket or a pull request."""

import re
from collections.abc import Iterator
from datetime import datetime

from bothup.model.finding import Finding, Status, TunnelSummary
from bothup.model.scan import Scan
from bothup.model.target import CoverageStatus
from bothup.report._look import Look, age, printable, routing, tunnels
from bothup.report._words import error, headline


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield a heading, the sums, the findings worst first, and the Targets not read."""
    yield f"# VPN tunnels, {scan.finished_at:%Y-%m-%d %H:%M} UTC\n\n{headline(scan.summary)}\n"
    if scan.findings:
        yield "\n| Status | Connection | Account | Region | Routing | Tunnels | Notices |\n"
        yield "|---|---|---|---|---|---|---|\n"
    for finding in scan.findings:
        yield _row(finding, scan.finished_at)
    unread = [each for each in scan.coverage if each.status is not CoverageStatus.READ]
    if unread:
        yield "\n## Not read\n\n| Account | Region | Status | Error |\n|---|---|---|---|\n"
    for each in unread:
        cells = (each.account or "", each.region or "", each.status.value, error(each))
        yield f"| {' | '.join(map(_escape, cells))} |\n"


def _row(finding: Finding, now: datetime) -> str:
    name = _escape(finding.resource.name or "")
    which = f"{name} `{_escape(finding.resource.id)}`".strip()
    status = f"**{finding.status}**" if finding.status is Status.FAILED else finding.status.value
    shown = [_tunnel(tunnel, now) for tunnel in tunnels(finding)]
    # Where a finding is about the tunnels themselves, they tell why it failed.
    untold = finding.status is Status.FAILED and not finding.redundancy
    if untold or finding.status in (Status.NOT_AVAILABLE, Status.NOT_APPLICABLE):
        shown += [_escape(reason.text) for reason in finding.reasons]
    cells = (
        f"{status} {finding.redundancy or ''}".strip() + (" (muted)" if finding.muted else ""),
        which,
        _escape(finding.account or ""),
        _escape(finding.region or ""),
        routing(finding),
        "<br>".join(shown),
        "<br>".join(_escape(notice.text) for notice in finding.notices),
    )
    return f"| {' | '.join(cells)} |\n"


def _tunnel(tunnel: TunnelSummary, now: datetime) -> str:
    since = age(tunnel.last_status_change, now)
    parts = (
        f"`{_escape(tunnel.outside_ip or 'no address yet')}`",
        f"**{tunnel.status}**" if tunnel.status == "DOWN" else tunnel.status.value,
        since and f"for {since}",
        _escape(tunnel.status_message or ""),
    )
    return " ".join(filter(None, parts))


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_|<>\[\]&#])", r"\\\1", printable(text))
