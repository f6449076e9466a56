"""The pages as one HTML file that needs nothing else, and that prints well."""

from collections.abc import Iterator, Sequence

from bothup.model.diagnosis import CauseVerdict, Certainty, Diagnosis
from bothup.pages import Found
from bothup.pages._outline import (
    HEALTHY,
    UNKNOWN,
    Outline,
    heading,
    outlines,
    strongest,
    title,
    verdict,
    weight,
    where,
)
from bothup.report._html import CLOSING, marked, opening, text
from bothup.report._look import Look
from bothup.report._words import unread


def render(found: Found, look: Look) -> Iterator[str]:
    """Yield the file: a page for each connection, then the Targets that could not be read."""
    names = ", ".join(heading(each)[0] for each in found.diagnoses) or "no connection"
    yield opening(f"Diagnosis of {names}")
    for diagnosis in found.diagnoses:
        yield from _connection(diagnosis, look)
    if found.unread:
        yield from _list("Not read, so not known to be up", [unread(each) for each in found.unread])
    yield CLOSING


def _connection(diagnosis: Diagnosis, look: Look) -> Iterator[str]:
    yield f"<h1>{text(' · '.join(heading(diagnosis)))}</h1>\n"
    for notice in diagnosis.notices:
        yield f'<p class="notice">{text(notice)}</p>\n'
    for page in outlines(diagnosis, verbose=look.verbose):
        yield from _page(page)


def _page(page: Outline) -> Iterator[str]:
    status = f' <span class="{page.status}">{page.status}</span>' if page.status else ""
    state = f' <small class="state">{text(page.state)}</small>' if page.state else ""
    yield f"<h2>{text(page.title)}{status}{state}</h2>\n"
    for cause in page.causes:
        yield from _whole(cause)
    yield from _brief("Also possible" if page.causes else "", page.possible)
    yield from _brief("Ruled out", page.ruled_out)
    yield from _settings(page)
    if page.missing:
        yield "<h3>What would tell more</h3>\n<ul>\n"
        for each in page.missing:
            command = f"<pre>{text(each.how_to_get)}</pre>" if each.how_to_get else ""
            yield f"<li>{text(each.why)}{command}</li>\n"
        yield "</ul>\n"
    yield from _list("To do on AWS", page.do_on_aws)
    yield from _list("To do on the device", page.do_on_device)


def _whole(cause: CauseVerdict) -> Iterator[str]:
    kind = {HEALTHY: "ok", UNKNOWN: ""}.get(cause.id, cause.verdict.value)
    yield f'<h3><span class="{kind}">{text(title(cause))}</span> {verdict(cause)}</h3>\n'
    if cause.clues:
        yield '<table class="clues">\n'
        for clue in cause.clues:
            at = f'<div class="where">{text(where(clue.evidence))}</div>'
            yield f"<tr><td>{weight(clue)}</td><td>{text(clue.text)}{at}</td></tr>\n"
        yield "</table>\n"


def _brief(heading: str, causes: Sequence[CauseVerdict]) -> Iterator[str]:
    if not causes:
        return
    yield f"<h3>{heading}</h3>\n<ul>\n" if heading else "<ul>\n"
    for cause in causes:
        sure = "" if cause.verdict is Certainty.RULED_OUT else f"{verdict(cause)}: "
        clue = strongest(cause)
        at = f' <span class="where">{text(where(clue.evidence))}</span>' if clue else ""
        why = f": {text(clue.text)}{at}" if clue else ""
        yield f"<li>{sure}{text(title(cause))}{why}</li>\n"
    yield "</ul>\n"


def _settings(page: Outline) -> Iterator[str]:
    if not page.tally:
        return
    yield f"<h3>Both sides, setting by setting</h3>\n<p>{text(page.tally)}</p>\n"
    if not page.settings:
        return
    names = "".join(f"<th>{each}</th>" for each in ("Setting", "AWS", "Device", "What follows"))
    yield f'<table class="settings">\n<tr>{names}</tr>\n'
    for row in page.settings:
        at = f'<div class="where">{text(row.config_line)}</div>'
        yield f"<tr><td>{text(row.setting)}{at}</td>"
        for side, value in (("AWS", row.aws), ("Device", row.device)):
            yield f'<td data-side="{side}">{text(value)}</td>'
        kind = f'<span class="{row.agreement}">{row.agreement}</span>'
        yield f"<td>{kind} {text(row.why)}</td></tr>\n"
    yield "</table>\n"


def _list(heading: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield f"<h3>{heading}</h3>\n<ul>\n"
    for item in items:
        yield f"<li>{marked(item)}</li>\n"
    yield "</ul>\n"
