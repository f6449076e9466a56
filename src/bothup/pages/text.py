"""The pages for a terminal."""

import textwrap
from collections.abc import Iterator, Sequence

from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis
from bothup.pages import Found
from bothup.pages._outline import (
    HEALTHY,
    Outline,
    both,
    heading,
    outlines,
    source,
    strongest,
    title,
    verdict,
    weight,
    where,
)
from bothup.report._columns import styled
from bothup.report._look import Look, printable
from bothup.report._words import unread

_STATUSES = {
    TunnelStatus.UP: "green",
    TunnelStatus.DOWN: "red",
    TunnelStatus.UNKNOWN: "yellow",
}
_VERDICTS = {Certainty.CONFIRMED: "red", Certainty.LIKELY: "bold yellow"}
# Lines longer than this are hard to follow, however wide the screen is.
_WIDEST = 110


def render(found: Found, look: Look) -> Iterator[str]:
    """Yield a page for each connection, then the Targets that could not be read."""
    if not found.diagnoses and not found.unread:
        yield "Every connection is on two tunnels.\n"
    for number, diagnosis in enumerate(found.diagnoses):
        if number:
            yield "\n"
        yield from _connection(diagnosis, look)
    if found.unread:
        yield "\n" if found.diagnoses else ""
        yield styled("Not read, so not known to be up:", "bold yellow", look) + "\n"
    for each in found.unread:
        yield from _wrapped(unread(each), look, "  ")


def _connection(diagnosis: Diagnosis, look: Look) -> Iterator[str]:
    yield styled(printable("  ".join(heading(diagnosis))), "bold", look) + "\n"
    for notice in diagnosis.notices:
        yield from _wrapped(f"! {notice}", look, "")
    for page in outlines(diagnosis, verbose=look.verbose):
        yield "\n"
        yield from _page(page, look)


def _page(page: Outline, look: Look) -> Iterator[str]:
    head = styled(page.title, "bold", look)
    if page.status:
        head += "  " + styled(page.status.value, _STATUSES[page.status], look)
    yield "  ".join(filter(None, (head, page.state))) + "\n"
    for cause in page.causes:
        yield from _whole(cause, look)
    yield from _brief("Also possible" if page.causes else "", page.possible, look)
    yield from _ruled_out(page.ruled_out, look)
    yield from _settings(page, look)
    if page.missing:
        yield styled("  What would tell more", "bold", look) + "\n"
    for each in page.missing:
        yield from _wrapped(f"- {each.why}", look, "    ")
        if each.how_to_get:
            yield styled(f"        {printable(each.how_to_get)}", "dim", look) + "\n"
    yield from _list("To do on AWS", page.do_on_aws, look)
    yield from _list("To do on the device", page.do_on_device, look)


def _whole(cause: CauseVerdict, look: Look) -> Iterator[str]:
    style = "green" if cause.id == HEALTHY else _VERDICTS.get(cause.verdict, "")
    parts = styled(verdict(cause), style, look), styled(title(cause), "bold", look)
    yield f"  {'  '.join(filter(None, parts))}\n"
    for clue in cause.clues:
        yield from _wrapped(f"{weight(clue)}  {clue.text}", look, "    ", hang=7)
        yield from _wrapped(where(clue.evidence), look, "           ", style="dim")


def _brief(heading: str, causes: Sequence[CauseVerdict], look: Look) -> Iterator[str]:
    if causes and heading:
        yield styled(f"  {heading}", "bold", look) + "\n"
    for cause in causes:
        clue = strongest(cause)
        why = f": {clue.text} [{where(clue.evidence)}]" if clue else ""
        yield from _wrapped(f"- {verdict(cause)}: {title(cause)}{why}", look, "    ")


def _ruled_out(causes: Sequence[CauseVerdict], look: Look) -> Iterator[str]:
    if causes:
        yield styled("  Ruled out", "bold", look) + "\n"
    for cause in causes:
        clue = strongest(cause)
        shown = where if look.verbose else source
        why = f": {clue.text} [{shown(clue.evidence)}]" if clue else ""
        yield from _wrapped(f"- {cause.id}{why}", look, "    ")


def _settings(page: Outline, look: Look) -> Iterator[str]:
    if page.tally:
        yield styled("  Both sides, setting by setting", "bold", look) + "\n"
        yield from _wrapped(page.tally, look, "    ")
    for row in page.settings:
        yield from _wrapped(
            f"- {row.agreement}: {row.setting}: {both(row)} [{row.config_line}]", look, "    "
        )


def _list(heading: str, items: Sequence[str], look: Look) -> Iterator[str]:
    if items:
        yield styled(f"  {heading}", "bold", look) + "\n"
    for item in items:
        yield from _wrapped(f"- {item.replace('`', '')}", look, "    ")


def _wrapped(
    text: str, look: Look, indent: str, *, hang: int = 2, style: str = ""
) -> Iterator[str]:
    lines = textwrap.wrap(
        printable(text),
        min(look.width, _WIDEST),
        initial_indent=indent,
        subsequent_indent=indent + " " * (0 if style else hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield styled(line, style, look) + "\n"
