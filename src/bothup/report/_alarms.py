"""The table of an audit of alarms: what failed, the worst on top, with every reason."""

import textwrap
from collections.abc import Iterator

from bothup.model.finding import Finding, Status
from bothup.model.scan import Scan
from bothup.model.target import CoverageStatus
from bothup.report._columns import Cell, columns, styled
from bothup.report._look import Look, printable
from bothup.report._words import counted, unread

HEADINGS = ("", "What", "Account", "Why")
_STYLES = {
    Status.FAILED: "red",
    Status.NOT_AVAILABLE: "bold yellow",
    Status.PASSED: "green",
    Status.NOT_APPLICABLE: "dim",
}
_NARROWEST = 50
_OTHERS = 80


def render(scan: Scan, look: Look) -> Iterator[str]:
    """Yield a row for each finding that did not pass, what was not looked at, and the sums."""
    listed = [each for each in scan.findings if look.verbose or each.status not in _QUIET]
    if listed:
        yield from columns(HEADINGS, [_cells(each, look) for each in listed], look)
    for line in _notices(scan, look):
        yield styled(line, "dim", look) + "\n"
    for each in scan.coverage:
        if each.status is not CoverageStatus.READ:
            yield styled(printable(f"Not read: {unread(each)}"), "bold yellow", look) + "\n"
    failed = scan.summary.by_status.get(Status.FAILED)
    yield styled(headline(scan), "red" if failed else "bold", look) + "\n"


def headline(scan: Scan) -> str:
    """One line: how many connections page somebody, what failed, what was not read."""
    paged = scan.summary.by_control.get("BOTHUP.ALARM.CONNECTION", {})
    good, summary = paged.get(Status.PASSED, 0), scan.summary
    judged = good + paged.get(Status.FAILED, 0) + paged.get(Status.NOT_AVAILABLE, 0)
    parts = [f"{good:,} of {counted(judged, 'connection')} would page somebody"]
    parts.append(f"{summary.by_status.get(Status.FAILED, 0):,} FAILED")
    if unclear := summary.by_status.get(Status.NOT_AVAILABLE, 0):
        parts.append(f"{unclear:,} could not be judged")
    if summary.muted:
        parts.append(f"{summary.muted:,} muted")
    if summary.targets_unread:
        parts.append(f"{counted(summary.targets_unread, 'Target')} NOT READ")
    return " · ".join(parts)


def _notices(scan: Scan, look: Look) -> Iterator[str]:
    """Say that a topic may pass and its key keep CloudWatch out; the rows name the topic."""
    codes = [notice.code for each in scan.findings for notice in each.notices]
    if unread_keys := codes.count("key-unread"):
        keys = "whose key's policy was" if unread_keys == 1 else "whose keys' policies were"
        text = f"{counted(unread_keys, 'topic')} {keys} not read (-v names them): "
        text += "`bothup alarms drill` finds out whether CloudWatch may use the key"
        yield from textwrap.wrap(text, look.width)


_QUIET = frozenset({Status.PASSED, Status.NOT_APPLICABLE})


def _cells(finding: Finding, look: Look) -> tuple[Cell, ...]:
    status = finding.status.value.replace("_", " ")
    verdict: Cell = ((status, _STYLES[finding.status]), (finding.severity.lower(), "dim"))
    if finding.muted:
        verdict = (*verdict, ("muted", "dim"))
    resource = finding.resource
    width = max(_NARROWEST, look.width - _OTHERS)
    told = (*finding.reasons, *finding.notices)
    why = [line for each in told for line in textwrap.wrap(printable(each.text), width)]
    return (
        verdict,
        _lines(resource.name, resource.id, finding.control),
        _lines(finding.account, finding.region),
        _lines(*why),
    )


def _lines(*texts: str | None) -> Cell:
    return tuple((printable(text), "") for text in texts if text)
