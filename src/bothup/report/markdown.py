"""Markdown: a page to paste into a ticket or a pull request."""

import re
from collections.abc import Iterator
from datetime import datetime

from bothup.model.finding import Finding, Status, TunnelSummary
from bothup.model.scan import Scan
from bothup.model.target import CoverageStatus
from bothup.report._look import TUNNELS, Look, age, printable, routing, tunnels
from bothup.report._words import error, headline


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield a heading, the sums, the findings worst first, and the Targets not read."""
    yield f"# VPN tunnels, {scan.finished_at:%Y-%m-%d %H:%M} UTC\n\n{headline(scan.summary)}\n"
    connections = [each for each in scan.findings if each.control == TUNNELS]
    others = [each for each in scan.findings if each.control != TUNNELS]
    if connections:
        yield "\n| Status | Connection | Account | Region | Routing | Tunnels | Notices |\n"
        yield "|---|---|---|---|---|---|---|\n"
    for finding in connections:
        yield _connection(finding, scan.finished_at)
    if others:
        yield "\n## Other controls\n\n| Status | Control | Resource | Account | Region | Why |\n"
        yield "|---|---|---|---|---|---|\n"
    yield from map(_other, others)
    unread = [each for each in scan.coverage if each.status is not CoverageStatus.READ]
    if unread:
        yield "\n## Not read\n\n| Account | Region | Status | Error |\n|---|---|---|---|\n"
    for each in unread:
        cells = (each.account or "", each.region or "", each.status.value, error(each))
        yield f"| {' | '.join(map(_escape, cells))} |\n"


def _connection(finding: Finding, now: datetime) -> str:
    shown = [_tunnel(tunnel, now) for tunnel in tunnels(finding)]
    # The tunnels themselves tell why it failed.
    if finding.status in (Status.NOT_AVAILABLE, Status.NOT_APPLICABLE):
        shown += [_escape(reason.text) for reason in finding.reasons]
    redundancy = finding.redundancy or ""
    return _row(
        f"{_status(finding)} {redundancy}".strip() + (" (muted)" if finding.muted else ""),
        _which(finding),
        _escape(finding.account or ""),
        _escape(finding.region or ""),
        routing(finding),
        "<br>".join(shown),
        "<br>".join(_escape(notice.text) for notice in finding.notices),
    )


def _other(finding: Finding) -> str:
    told = (*finding.reasons, *finding.notices)
    return _row(
        _status(finding) + (" (muted)" if finding.muted else ""),
        finding.control,
        _which(finding),
        _escape(finding.account or ""),
        _escape(finding.region or ""),
        "<br>".join(_escape(each.text) for each in told),
    )


def _status(finding: Finding) -> str:
    return f"**{finding.status}**" if finding.status is Status.FAILED else finding.status.value


def _which(finding: Finding) -> str:
    return f"{_escape(finding.resource.name or '')} `{_escape(finding.resource.id)}`".strip()


def _row(*cells: str) -> str:
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
