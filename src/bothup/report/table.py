"""The table for people: a line for each tunnel of a connection, the worst connection on top.

Healthy connections are listed while they are few, and counted otherwise. Notices stand below the
table, those that nearly every connection has (StartupAction add, logging off) as a count. What
other controls found follows in a table of its own: what is wrong, and of each control the first.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bothup.model.connection import TunnelStatus
from bothup.model.finding import Finding, Redundancy, Status, TunnelSummary
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus
from bothup.report._columns import Cell, columns, cut_short, styled, total, widest, wrapped
from bothup.report._look import TUNNELS, Look, age, printable, routing, state, tunnels
from bothup.report._others import others
from bothup.report._words import (
    TOLD_BY_COLUMN,
    counted,
    counted_notices,
    error,
    headline,
    is_told_apart,
)

HEALTHY_LISTED = 20
NARROW = ("", "Connection", "Tunnel", "", "Since", "AWS says")
HEADINGS = ("", "Connection", "Account", "Routing", "Tunnel", "", "Since", "AWS says")
_SHORTEST_NAME, _SHORTEST_WORDS = 21, 6  # an id is that long
_STYLES = {
    Status.FAILED: "red",
    Status.NOT_AVAILABLE: "bold yellow",
    Status.PASSED: "green",
    Status.NOT_APPLICABLE: "dim",
}
_TUNNEL_STYLES = {
    TunnelStatus.UP: "green",
    TunnelStatus.DOWN: "red",
    TunnelStatus.UNKNOWN: "yellow",
}


def render(scan: Scan, look: Look) -> Iterator[str]:
    """Yield the table, the notices, the Targets not read and the summary line."""
    of_tunnels = tuple(each for each in scan.findings if each.control == TUNNELS)
    listed, hidden = _listed(of_tunnels, look)
    if listed:
        yield from _table([_cells(each, scan.finished_at) for each in listed], look)
    if hidden:
        text = f"{counted(hidden, 'healthy connection')} not listed (-v lists them)"
        yield styled(text, "dim", look) + "\n"
    for name, notes in _notes(listed):
        yield from _wrapped(f"! {name}: {'; '.join(notes)}", look)
    for text in counted_notices(of_tunnels):
        yield styled(text, "dim", look) + "\n"
    if len(of_tunnels) < len(scan.findings):
        yield from others(scan.findings, look)
    unread = [each for each in scan.coverage if each.status is not CoverageStatus.READ]
    if unread:
        yield from _unread(unread, look)
    style = "bold yellow" if unread else "bold"
    if scan.summary.by_status.get(Status.FAILED):
        style = "red"
    for line in _lines_of(headline(scan.summary), look):
        yield styled(line, style, look) + "\n"


def _table(rows: Sequence[tuple[Cell, ...]], look: Look) -> Iterator[str]:
    """Yield the columns side by side; where the screen is narrower, some below each other."""
    if total(HEADINGS, rows) <= look.width:
        yield from columns(HEADINGS, rows, look)
        return
    narrow = [
        ((*verdict, *routed), (*connection, *account), *tunnel)
        for verdict, connection, account, routed, *tunnel in rows
    ]
    over = total(NARROW, narrow) - look.width
    yield from columns(NARROW, [_fitted(row, over, narrow) for row in narrow], look)


def _fitted(row: tuple[Cell, ...], over: int, rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """Make a row narrower by so many columns: names are wrapped, and what AWS says is cut short."""
    verdict, connection, *middle, said = row
    names = widest(each[1] for each in rows)
    room = max(_SHORTEST_NAME, names - max(0, over))
    over -= names - room
    says = max(_SHORTEST_WORDS, widest(each[-1] for each in rows) - max(0, over))
    return (verdict, wrapped(connection, room), *middle, cut_short(said, says))


def _listed(findings: tuple[Finding, ...], look: Look) -> tuple[list[Finding], int]:
    healthy = sum(each.status is Status.PASSED for each in findings)
    if look.verbose or healthy <= HEALTHY_LISTED:
        return list(findings), 0
    shown = [each for each in findings if each.status is not Status.PASSED or each.idle]
    return shown, len(findings) - len(shown)


def _cells(finding: Finding, now: datetime) -> tuple[Cell, ...]:
    shown = tunnels(finding)
    return (
        _verdict(finding),
        _lines(finding.resource.name, finding.resource.id),
        _lines(finding.account, finding.region),
        _lines(routing(finding)),
        tuple((tunnel.outside_ip or "no address yet", "") for tunnel in shown),
        tuple((tunnel.status.value, _tunnel_style(tunnel, finding)) for tunnel in shown),
        tuple(_since(tunnel, finding, now) for tunnel in shown),
        tuple((printable(tunnel.status_message or ""), "") for tunnel in shown),
    )


def _verdict(finding: Finding) -> Cell:
    style = _STYLES[finding.status]
    lines = [(each, style) for each in _words(finding)]
    return (*lines, ("muted", "dim")) if finding.muted else tuple(lines)


def _words(finding: Finding) -> tuple[str, ...]:
    """Say what a connection on too few tunnels has left; what else fails, says that it does."""
    redundancy = finding.redundancy or Redundancy.UNKNOWN
    if finding.status is Status.FAILED:
        few = redundancy in (Redundancy.DOWN, Redundancy.DEGRADED)
        return (redundancy.value,) if few else ("FAILED", redundancy.value)
    words = {
        Status.NOT_AVAILABLE: "NOT JUDGED",
        Status.PASSED: "ok",
        Status.NOT_APPLICABLE: state(finding),
    }
    return (words[finding.status],)


def _lines(*texts: str | None) -> Cell:
    return tuple((printable(text), "") for text in texts if text)


def _tunnel_style(tunnel: TunnelSummary, finding: Finding) -> str:
    gone = finding.status is Status.NOT_APPLICABLE
    return "dim" if gone else _TUNNEL_STYLES[tunnel.status]


def _since(tunnel: TunnelSummary, finding: Finding, now: datetime) -> tuple[str, str]:
    recent = any(
        notice.code == TOLD_BY_COLUMN and notice.tunnel == tunnel.outside_ip
        for notice in finding.notices
    )
    return age(tunnel.last_status_change, now), "yellow" if recent else ""


def _notes(findings: Iterable[Finding]) -> Iterator[tuple[str, list[str]]]:
    """Why a connection could not be judged, and the notices that deserve a line."""
    for finding in findings:
        notes = [printable(notice.text) for notice in finding.notices if is_told_apart(notice)]
        if finding.status is Status.NOT_AVAILABLE:
            notes = [printable(reason.text) for reason in finding.reasons] + notes
        if notes and finding.status is not Status.NOT_APPLICABLE:
            resource = finding.resource
            name = f"{resource.name} ({resource.id})" if resource.name else resource.id
            yield printable(name), notes


def _unread(unread: list[Coverage], look: Look) -> Iterator[str]:
    for heading, several in (
        ("Not read, so not known to be up:", [each for each in unread if not each.controls]),
        ("Read in part; not judged there:", [each for each in unread if each.controls]),
    ):
        if several:
            yield styled(heading, "bold yellow", look) + "\n"
        for each in several:
            where = filter(None, (each.account, each.region))
            line = "  ".join((*where, each.status.value.replace("_", " "), error(each)))
            yield from _wrapped(printable(line), look)


def _wrapped(text: str, look: Look) -> Iterator[str]:
    return (line + "\n" for line in _lines_of(text, look))


def _lines_of(text: str, look: Look) -> list[str]:
    return textwrap.wrap(text, look.width, subsequent_indent="  ", break_long_words=False)
