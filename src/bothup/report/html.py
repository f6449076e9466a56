"""HTML: one file that needs nothing else, for a screen, a phone and paper.

Every finding in a table, then each that is not well with its reasons, its causes where a diagnosis
was at hand, and what to do; and how to fix what the controls found, from the controls' own pages.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bothup.model.finding import Finding, FoundCause, Status, TunnelSummary
from bothup.model.scan import Scan
from bothup.report._html import CLOSING, marked, opening, prose, text
from bothup.report._look import TUNNELS, Look, age, causes, routing, tunnels
from bothup.report._page import FIX, WHY, section
from bothup.report._unread import unread_targets
from bothup.report._words import counted_notices, headline, is_told_apart, unread

_TUNNEL_HEADINGS = ("Status", "Connection", "Where", "Tunnels", "Why")
_HEADINGS = ("Status", "Control", "Resource", "Where", "Why")
_TOLD = frozenset({Status.FAILED, Status.NOT_AVAILABLE})
_TOLD_BY_TUNNELS = frozenset({"tunnel-down", "both-tunnels-up"})


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - a page shows everything
    """Yield the file: what was not read first, for it may hide anything."""
    title = f"VPN tunnels, {scan.finished_at:%Y-%m-%d %H:%M} UTC"
    yield opening(title)
    yield f"<h1>{text(title)}</h1>\n<p>{text(headline(scan.summary))}</p>\n"
    if gaps := [unread(each) for each in unread_targets(scan)]:
        items = "".join(f"<li>{text(each)}</li>" for each in gaps)
        yield f'<div class="notice">Not read, so not known to be up:<ul>{items}</ul></div>\n'
    connections = [each for each in scan.findings if each.control == TUNNELS]
    others = [each for each in scan.findings if each.control != TUNNELS]
    if connections:
        rows = ((each.id, _connection_cells(each, scan.finished_at)) for each in connections)
        yield from _table(_TUNNEL_HEADINGS, rows)
    for line in counted_notices(connections):
        yield f'<p class="state">{text(line)}</p>\n'
    if others:
        yield "<h2>Other controls</h2>\n"
        yield from _table(_HEADINGS, ((each.id, _cells(each)) for each in others))
    for finding in connections:
        if finding.status in _TOLD:
            yield from _detail(finding)
    yield from _fixes(scan.findings)
    yield CLOSING


def _table(headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    heads = "".join(f"<th>{each}</th>" for each in headings)
    yield f'<table class="findings">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
    for name, cells in rows:
        yield f'<tr id="{text(name)}">{"".join(f"<td>{each}</td>" for each in cells)}</tr>\n'
    yield "</tbody>\n</table>\n"


def _connection_cells(finding: Finding, now: datetime) -> tuple[str, ...]:
    why = _list(_why(finding))
    return _status(finding), _which(finding), _where(finding), _tunnels(finding, now), why


def _cells(finding: Finding) -> tuple[str, ...]:
    told = [each.text for each in (*finding.reasons, *finding.notices)]
    if finding.muted:
        told.append(f"muted: {finding.muted.reason}")
    control = text(finding.control)
    return _status(finding), control, _which(finding), _where(finding), _list(told)


def _why(finding: Finding) -> Iterator[str]:
    """Say in short what the columns before it do not tell."""
    for cause in causes(finding):
        where = f"{cause.tunnel}: " if cause.tunnel else ""
        yield f"{where}{cause.title} ({cause.verdict})"
    yield from (each.text for each in finding.reasons if each.code not in _TOLD_BY_TUNNELS)
    yield from (each.text for each in finding.notices if is_told_apart(each))


def _status(finding: Finding) -> str:
    lines = [f'<span class="{finding.status}">{finding.status.replace("_", " ")}</span>']
    if finding.redundancy and finding.control == TUNNELS:
        lines.append(finding.redundancy)
    if finding.muted:
        lines.append(f"muted until {finding.muted.expires}")
    return "<br>".join(lines)


def _which(finding: Finding) -> str:
    name = f"{text(finding.resource.name)}<br>" if finding.resource.name else ""
    return f"{name}<code>{text(finding.resource.id)}</code>"


def _where(finding: Finding) -> str:
    told = (finding.account, finding.region, routing(finding))
    return "<br>".join(text(each) for each in told if each)


def _tunnels(finding: Finding, now: datetime) -> str:
    shown = "".join(f"<li>{_tunnel(each, now)}</li>" for each in tunnels(finding))
    return f'<ul class="plain">{shown}</ul>' if shown else ""


def _tunnel(tunnel: TunnelSummary, now: datetime) -> str:
    since = age(tunnel.last_status_change, now)
    parts = (
        f"<code>{text(tunnel.outside_ip or 'no address yet')}</code>",
        f'<span class="{tunnel.status}">{tunnel.status}</span>',
        since and f"for {since}",
        f'<span class="state">{text(tunnel.status_message)}</span>'
        if tunnel.status_message
        else "",
    )
    return " ".join(filter(None, parts))


def _detail(finding: Finding) -> Iterator[str]:
    resource = finding.resource
    which = f"{resource.name} ({resource.id})" if resource.name else resource.id
    status = f'<span class="{finding.status}">{finding.status.replace("_", " ")}</span>'
    yield f'<h2>{text(which)} {status} <small class="state">{text(finding.control)}</small></h2>\n'
    if finding.muted:
        muted = f"Muted until {finding.muted.expires}: {finding.muted.reason}"
        yield f'<p class="notice">{text(muted)}</p>\n'
    yield _list((each.text for each in (*finding.reasons, *finding.notices)), kind="") + "\n"
    found = causes(finding)
    if found:
        yield "<h3>Causes</h3>\n<ul>\n"
        yield from (f"<li>{_cause(each)}</li>\n" for each in found)
        yield "</ul>\n"
    yield from _advice("To do on AWS", (one for each in found for one in each.do_on_aws))
    yield from _advice("To do on the device", (one for each in found for one in each.do_on_device))


def _cause(cause: FoundCause) -> str:
    where = f"<code>{text(cause.tunnel)}</code> " if cause.tunnel else ""
    sure = f'<span class="{cause.verdict}">{cause.verdict.replace("_", " ")}</span>'
    return f"{where}{text(cause.title)} ({text(cause.id)}): {sure}, {cause.score:.0%}"


def _advice(heading: str, items: Iterable[str]) -> Iterator[str]:
    advice = list(dict.fromkeys(items))
    if advice:
        told = "".join(f"<li>{marked(each)}</li>\n" for each in advice)
        yield f"<h3>{heading}</h3>\n<ul>\n{told}</ul>\n"


def _fixes(findings: Iterable[Finding]) -> Iterator[str]:
    failed = {each.control: each.title for each in findings if each.status is Status.FAILED}
    for control, title in failed.items():
        if fix := section(control, FIX):
            yield f"<h2>{text(control)} {text(title)}</h2>\n<h3>{WHY}</h3>\n"
            yield from prose(section(control, WHY))
            yield f"<h3>{FIX}</h3>\n"
            yield from prose(fix)


def _list(items: Iterable[str], kind: str = "plain") -> str:
    told = "".join(f"<li>{text(each)}</li>" for each in items)
    of = f' class="{kind}"' if kind else ""
    return f"<ul{of}>{told}</ul>" if told else ""
