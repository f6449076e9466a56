"""The pages as one HTML file that needs nothing else, and that prints well."""

import re
from collections.abc import Iterator, Sequence
from html import escape

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
from bothup.report._look import Look, printable
from bothup.report._words import unread

_STYLE = """
:root { color-scheme: light dark; --dim: #667; --line: #8884; --red: #c33; --green: #282;
  --amber: #b60; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; border-top: 1px solid var(--line);
  padding-top: 1rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
code, pre, .where { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; margin: .2rem 0; padding: .4rem .6rem; border: 1px solid var(--line);
  border-radius: 4px; }
table { border-collapse: collapse; width: 100%; } td { padding: .25rem .5rem; vertical-align: top;
  border-bottom: 1px solid var(--line); } td:first-child { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.where, .state { color: var(--dim); } .DOWN, .confirmed { color: var(--red); }
.UP, .ok { color: var(--green); } .UNKNOWN, .likely { color: var(--amber); }
.notice { border-left: 3px solid var(--amber); padding-left: .6rem; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-after: avoid; }
  h3 { break-after: avoid; } tr, pre, li { break-inside: avoid; } }
"""
_CODE = re.compile(r"`([^`]*)`")


def render(found: Found, look: Look) -> Iterator[str]:
    """Yield the file: a page for each connection, then the Targets that could not be read."""
    names = ", ".join(heading(each)[0] for each in found.diagnoses) or "no connection"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>Diagnosis of {_text(names)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    for diagnosis in found.diagnoses:
        yield from _connection(diagnosis, look)
    if found.unread:
        yield from _list("Not read, so not known to be up", [unread(each) for each in found.unread])
    yield "</body>\n</html>\n"


def _connection(diagnosis: Diagnosis, look: Look) -> Iterator[str]:
    yield f"<h1>{_text(' · '.join(heading(diagnosis)))}</h1>\n"
    for notice in diagnosis.notices:
        yield f'<p class="notice">{_text(notice)}</p>\n'
    for page in outlines(diagnosis, verbose=look.verbose):
        yield from _page(page)


def _page(page: Outline) -> Iterator[str]:
    status = f' <span class="{page.status}">{page.status}</span>' if page.status else ""
    state = f' <small class="state">{_text(page.state)}</small>' if page.state else ""
    yield f"<h2>{_text(page.title)}{status}{state}</h2>\n"
    for cause in page.causes:
        yield from _whole(cause)
    yield from _brief("Also possible" if page.causes else "", page.possible)
    yield from _brief("Ruled out", page.ruled_out)
    if page.missing:
        yield "<h3>What would tell more</h3>\n<ul>\n"
        for each in page.missing:
            command = f"<pre>{_text(each.how_to_get)}</pre>" if each.how_to_get else ""
            yield f"<li>{_text(each.why)}{command}</li>\n"
        yield "</ul>\n"
    yield from _list("To do on AWS", page.do_on_aws)
    yield from _list("To do on the device", page.do_on_device)


def _whole(cause: CauseVerdict) -> Iterator[str]:
    kind = {HEALTHY: "ok", UNKNOWN: ""}.get(cause.id, cause.verdict.value)
    yield f'<h3><span class="{kind}">{_text(title(cause))}</span> {verdict(cause)}</h3>\n'
    if cause.clues:
        yield "<table>\n"
        for clue in cause.clues:
            at = f'<div class="where">{_text(where(clue.evidence))}</div>'
            yield f"<tr><td>{weight(clue)}</td><td>{_text(clue.text)}{at}</td></tr>\n"
        yield "</table>\n"


def _brief(heading: str, causes: Sequence[CauseVerdict]) -> Iterator[str]:
    if not causes:
        return
    yield f"<h3>{heading}</h3>\n<ul>\n" if heading else "<ul>\n"
    for cause in causes:
        sure = "" if cause.verdict is Certainty.RULED_OUT else f"{verdict(cause)}: "
        clue = strongest(cause)
        at = f' <span class="where">{_text(where(clue.evidence))}</span>' if clue else ""
        why = f": {_text(clue.text)}{at}" if clue else ""
        yield f"<li>{sure}{_text(title(cause))}{why}</li>\n"
    yield "</ul>\n"


def _list(heading: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield f"<h3>{heading}</h3>\n<ul>\n"
    for item in items:
        marked = _CODE.sub(r"<code>\1</code>", _text(item))
        yield f"<li>{marked}</li>\n"
    yield "</ul>\n"


def _text(text: str) -> str:
    return escape(printable(text))
