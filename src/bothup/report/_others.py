"""The table of what controls other than EC2.20 found: a line for what is wrong, and why."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from bothup.engine.order import order
from bothup.model.finding import Finding, Reason, Status
from bothup.report._columns import Cell, columns, styled
from bothup.report._look import TUNNELS, Look, listed, printable

_HEADINGS = ("", "Control", "Resource", "Account", "Region", "Why")
_OF_EACH, _REASONS = 20, 2
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
    rows: list[tuple[Cell, ...]] = []
    left: list[str] = []
    for control, several in groupby(shown, key=lambda each: each.control):
        of_control = list(several)
        kept = of_control if look.verbose else of_control[:_OF_EACH]
        rows += map(_row, kept)
        if len(of_control) > len(kept):
            left.append(f"{len(of_control) - len(kept):,} more of {control} (-v lists them)")
    if rows:
        yield from columns(_HEADINGS, rows, look)
    for text in left:
        yield styled(text, "dim", look) + "\n"


def _row(finding: Finding) -> tuple[Cell, ...]:
    word, style = _WORDS[finding.status]
    resource = finding.resource
    name = f"{resource.name} ({resource.id})" if resource.name else resource.id
    return (
        ((word + (" muted" if finding.muted else ""), "dim" if finding.muted else style),),
        ((finding.control, ""),),
        ((printable(name), ""),),
        ((printable(finding.account or ""), ""),),
        ((printable(finding.region or ""), ""),),
        ((printable(_why(finding.reasons)), ""),),
    )


def _why(reasons: tuple[Reason, ...]) -> str:
    said = "; ".join(each.text for each in reasons[:_REASONS])
    more = len(reasons) - _REASONS
    return f"{said}; and {more:,} more" if more > 0 else said
