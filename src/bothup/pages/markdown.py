"""The pages as Markdown, to paste into a ticket."""

import re
from collections.abc import Iterator, Sequence

from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis
from bothup.pages import Found
from bothup.pages._outline import (
    Outline,
    heading,
    outlines,
    strongest,
    title,
    verdict,
    weight,
    where,
)
from bothup.report._look import Look, printable
from bothup.report._words import unread

_CODE = re.compile(r"(`[^`]*`)")


def render(found: Found, look: Look) -> Iterator[str]:
    """Yield a page for each connection, then the Targets that could not be read."""
    for diagnosis in found.diagnoses:
        yield from _connection(diagnosis, look)
    if found.unread:
        yield "## Not read, so not known to be up\n\n"
    for each in found.unread:
        yield f"- {_escape(unread(each))}\n"


def _connection(diagnosis: Diagnosis, look: Look) -> Iterator[str]:
    yield f"# {_escape(' · '.join(heading(diagnosis)))}\n\n"
    for notice in diagnosis.notices:
        yield f"> {_escape(notice)}\n\n"
    for page in outlines(diagnosis, verbose=look.verbose):
        yield from _page(page)


def _page(page: Outline) -> Iterator[str]:
    head = filter(None, (page.title, page.status and page.status.value, page.state))
    yield f"## {_escape(' · '.join(head))}\n\n"
    for cause in page.causes:
        yield from _whole(cause)
    yield from _brief("Also possible" if page.causes else "", page.possible)
    yield from _brief("Ruled out", page.ruled_out)
    yield from _settings(page)
    if page.missing:
        yield "### What would tell more\n\n"
    for each in page.missing:
        yield f"- {_escape(each.why)}\n"
        if each.how_to_get:
            # Indented, for a fence could be closed by what is in it.
            yield f"\n      {printable(each.how_to_get)}\n\n"
    yield from _list("To do on AWS", page.do_on_aws)
    yield from _list("To do on the device", page.do_on_device)


def _whole(cause: CauseVerdict) -> Iterator[str]:
    yield f"### {' — '.join(filter(None, (_escape(title(cause)), verdict(cause))))}\n\n"
    if cause.clues:
        yield "| Weight | Clue | Evidence |\n|---:|---|---|\n"
    for clue in cause.clues:
        yield f"| {weight(clue)} | {_escape(clue.text)} | {_escape(where(clue.evidence))} |\n"
    yield "\n" if cause.clues else ""


def _brief(heading: str, causes: Sequence[CauseVerdict]) -> Iterator[str]:
    if causes and heading:
        yield f"### {heading}\n\n"
    for cause in causes:
        sure = "" if cause.verdict is Certainty.RULED_OUT else f"{verdict(cause)}: "
        clue = strongest(cause)
        why = f": {clue.text} ({where(clue.evidence)})" if clue else ""
        yield f"- {sure}{_escape(f'{title(cause)}{why}')}\n"
    yield "\n" if causes else ""


def _settings(page: Outline) -> Iterator[str]:
    if page.tally:
        yield f"### Both sides, setting by setting\n\n{_escape(page.tally)}\n\n"
    if page.settings:
        yield "| Setting | | AWS | Device | |\n|---|---|---|---|---|\n"
    for row in page.settings:
        told = row.setting, row.agreement, row.aws, row.device, f"{row.why} ({row.config_line})"
        yield f"| {' | '.join(map(_escape, told))} |\n"
    yield "\n" if page.settings else ""


def _list(heading: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"### {heading}\n\n"
    for item in items:
        yield f"- {_advice(item)}\n"
    yield "\n" if items else ""


def _advice(item: str) -> str:
    """Keep the code of an item of advice as it is: it is Markdown, from the cause's own page."""
    parts = _CODE.split(printable(item))
    return "".join(part if place % 2 else _escape(part) for place, part in enumerate(parts))


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_|<>\[\]&#])", r"\\\1", printable(text))
