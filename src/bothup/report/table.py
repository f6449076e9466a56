"""The table for people: two lines for each connection, one for each tunnel; the worst on top.

Healthy connections are listed while they are few, and counted otherwise. Notices stand below the
table, those that nearly every connection has (StartupAction add, logging off) as a count.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bothup.model.connection import TunnelStatus
from bothup.model.finding import Finding, Status, TunnelSummary
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus
from bothup.report._look import Look, age, printable, routing, state, tunnels
from bothup.report._words import counted, headline

HEALTHY_LISTED = 20
# The column "Since" tells it too.
_TOLD_BY_COLUMN = "recently-changed"
COUNTED_NOTICES = {
    "startup-add": "with StartupAction add (AWS never initiates)",
    "logging-off": "with activity logs off",
}
_STYLES = {
    Status.FAILED: "bold red",
    Status.NOT_AVAILABLE: "bold yellow",
    Status.PASSED: "green",
    Status.NOT_APPLICABLE: "dim",
}
_TUNNEL_STYLES = {
    TunnelStatus.UP: "green",
    TunnelStatus.DOWN: "bold red",
    TunnelStatus.UNKNOWN: "yellow",
}


def render(scan: Scan, look: Look) -> Iterator[str]:
    """Yield the table, the counted notices, the Targets not read and the summary line."""
    for part in _parts(scan, look):
        yield _draw(part, look)


def _parts(scan: Scan, look: Look) -> Iterator[RenderableType]:
    listed, hidden = _listed(scan.findings, look)
    if listed:
        yield _table(listed, scan.finished_at)
    if hidden:
        yield Text(f"{counted(hidden, 'healthy connection')} not listed (-v lists them)", "dim")
    if notes := list(_notes(listed)):
        yield Text("\n").join(notes)
    if counts := list(_counted_notices(scan.findings)):
        yield Text("\n".join(counts), "dim")
    unread = [each for each in scan.coverage if each.status is not CoverageStatus.READ]
    if unread:
        yield _unread(unread)
    style = "bold red" if scan.summary.by_status.get(Status.FAILED) else "bold"
    yield Text(headline(scan.summary), "bold yellow" if unread and style == "bold" else style)


def _draw(part: RenderableType, look: Look) -> str:
    console = Console(
        file=io.StringIO(),
        width=look.width,
        force_terminal=look.colour,
        no_color=not look.colour,
        highlight=False,
        color_system="standard" if look.colour else None,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(part)
    lines = captured.get().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _listed(findings: tuple[Finding, ...], look: Look) -> tuple[list[Finding], int]:
    healthy = [each for each in findings if each.status is Status.PASSED]
    if look.verbose or len(healthy) <= HEALTHY_LISTED:
        return list(findings), 0
    return [each for each in findings if each.status is not Status.PASSED], len(healthy)


def _table(findings: Iterable[Finding], now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for heading in ("", "Connection", "Account", "Routing", "Tunnel", "", "Since"):
        table.add_column(heading, no_wrap=heading != "Connection")
    table.add_column("AWS says", min_width=16)
    for finding in findings:
        table.add_row(*_cells(finding, now))
    return table


def _cells(finding: Finding, now: datetime) -> tuple[RenderableType, ...]:
    shown = tunnels(finding)
    return (
        Text(_verdict(finding), _STYLES[finding.status]),
        _lines(finding.resource.name, finding.resource.id),
        _lines(finding.account, finding.region),
        Text(routing(finding)),
        Text("\n".join(tunnel.outside_ip or "no address yet" for tunnel in shown)),
        Text("\n").join(Text(tunnel.status, _tunnel_style(tunnel, finding)) for tunnel in shown),
        Text("\n").join(_since(tunnel, finding, now) for tunnel in shown),
        Text("\n".join(printable(tunnel.status_message or "") for tunnel in shown)),
    )


def _verdict(finding: Finding) -> str:
    words = {
        Status.FAILED: "DOWN" if finding.redundancy == "DOWN" else "DEGRADED",
        Status.NOT_AVAILABLE: "NOT JUDGED",
        Status.PASSED: "ok",
        Status.NOT_APPLICABLE: state(finding),
    }
    verdict = words[finding.status]
    return f"{verdict}\nmuted" if finding.muted else verdict


def _lines(first: str | None, second: str | None) -> Text:
    return Text("\n".join(printable(each) for each in (first, second) if each))


def _tunnel_style(tunnel: TunnelSummary, finding: Finding) -> str:
    gone = finding.status is Status.NOT_APPLICABLE
    return "dim" if gone else _TUNNEL_STYLES[tunnel.status]


def _since(tunnel: TunnelSummary, finding: Finding, now: datetime) -> Text:
    recent = any(
        notice.code == _TOLD_BY_COLUMN and notice.tunnel == tunnel.outside_ip
        for notice in finding.notices
    )
    return Text(age(tunnel.last_status_change, now), "yellow" if recent else "")


def _notes(findings: Iterable[Finding]) -> Iterator[Text]:
    """Why a connection could not be judged, and the notices that deserve a line."""
    for finding in findings:
        notes = [
            notice.text
            for notice in finding.notices
            if notice.code not in COUNTED_NOTICES and notice.code != _TOLD_BY_COLUMN
        ]
        if finding.status is Status.NOT_AVAILABLE:
            notes = [reason.text for reason in finding.reasons] + notes
        if notes and finding.status is not Status.NOT_APPLICABLE:
            name = printable(finding.resource.name or finding.resource.id)
            yield Text.assemble((f"! {name}: ", "yellow"), printable("; ".join(notes)))


def _counted_notices(findings: tuple[Finding, ...]) -> Iterator[str]:
    codes = Counter(notice.code for each in findings for notice in each.notices)
    for code, words in COUNTED_NOTICES.items():
        if codes[code]:
            yield f"{counted(codes[code], 'tunnel')} {words}"


def _unread(unread: list[Coverage]) -> RenderableType:
    table = Table(box=None, pad_edge=False, show_header=False)
    for each in unread:
        error = ": ".join(filter(None, (each.error_code, each.message)))
        table.add_row(
            Text(printable(each.account or "")),
            Text(printable(each.region or "")),
            Text(each.status.value.replace("_", " "), "bold yellow"),
            Text(printable(error)),
        )
    return Group(Text("Not read, so not known to be up:", "bold yellow"), table)
