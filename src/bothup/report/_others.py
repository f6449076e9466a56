"""The table of what controls other than EC2.20 found: a line for what is wrong, and why."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bothup.engine.order import order
from bothup.model.finding import Finding, Reason, Status
from bothup.report._columns import Cell, columns, styled, total, widest, wrapped
from bothup.report._look import TUNNELS, Look, listed, printable

_HEADINGS = ("", "Control", "Resource", "Account", "Region", "Why")
_NARROW = ("", "Control", "Resource", "Why")
_OF_EACH, _REASONS = 20, 2
_SHORTEST_NAME, _SHORTEST_WHY = 24, 24  # the ids of most resources are that long
_WORDS = {
    Status.FAILED: ("FAILED", "red"),
    Status.NOT_AVAILABLE: ("NOT JUDGED", "bold yellow"),
    Status.PASSED: ("ok", "green"),
    Status.NOT_APPLICABLE: ("n/a", "dim"),
}


def others(findings: Iterable[Finding], look: Look) -> Iterator[str]:
    """Yield the table, control by control; of each the first, or all where the look is verbose."""
    shown = [
        each for each in findings if each.control != TUNNELS and listed(each, verbose=look.verbose)
    ]
    shown.sort(key=lambda each: order(each.control))
    kept: list[Finding] = []
    left: list[str] = []
    for control, several in groupby(shown, key=lambda each: each.control):
        of_control = list(several)
        first = of_control if look.verbose else of_control[:_OF_EACH]
        kept += first
        if len(of_control) > len(first):
            left.append(f"{len(of_control) - len(first):,} more of {control} (-v lists them)")
    if kept:
        yield from _table(kept, look)
    for text in left:
        yield styled(text, "dim", look) + "\n"


def _table(findings: Sequence[Finding], look: Look) -> Iterator[str]:
    """Yield the columns side by side; where the screen is narrower, where it is below the name."""
    rows = [_row(each) for each in findings]
    if total(_HEADINGS, rows) <= look.width:
        yield from columns(_HEADINGS, rows, look)
        return
    narrow = [_narrow(each) for each in findings]
    over = max(0, total(_NARROW, narrow) - look.width)
    names, whys = (widest(row[place] for row in narrow) for place in (2, 3))
    room = max(_SHORTEST_NAME, names - over)
    left = max(_SHORTEST_WHY, whys - max(0, over - (names - room)))
    fitted = [
        (*verdict, wrapped(resource, room), _folded(why, left))
        for *verdict, resource, why in narrow
    ]
    yield from columns(_NARROW, fitted, look)


def _row(finding: Finding) -> tuple[Cell, ...]:
    resource = finding.resource
    name = f"{resource.name} ({resource.id})" if resource.name else resource.id
    where = (_lines(finding.account), _lines(finding.region))
    return (*_verdict(finding), _lines(name), *where, _lines(_why(finding.reasons)))


def _narrow(finding: Finding) -> tuple[Cell, ...]:
    resource = finding.resource
    account = None if finding.account == resource.id else finding.account
    where = _lines(resource.name, resource.id, account, finding.region)
    return (*_verdict(finding), where, _lines(_why(finding.reasons)))


def _verdict(finding: Finding) -> tuple[Cell, Cell]:
    word, style = _WORDS[finding.status]
    said = (word + (" muted" if finding.muted else ""), "dim" if finding.muted else style)
    return (said,), ((finding.control, ""),)


def _lines(*texts: str | None) -> Cell:
    return tuple((printable(text), "") for text in texts if text)


def _folded(cell: Cell, room: int) -> Cell:
    return tuple((line, style) for text, style in cell for line in textwrap.wrap(text, room))


def _why(reasons: tuple[Reason, ...]) -> str:
    said = "; ".join(each.text for each in reasons[:_REASONS])
    more = len(reasons) - _REASONS
    return f"{said}; and {more:,} more" if more > 0 else said
