"""What the HTML documents share: one style, escaping, and the Markdown of docstrings as HTML."""

import re
from collections.abc import Iterator
from html import escape

from bothup.report._look import printable

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
.clashes { color: var(--red); font-weight: 600; } .differs { color: var(--amber); }
table.clues td:first-child { width: 3.5rem; } li > .where { display: block; }
li + li { margin-top: .25rem; }
table.settings th { text-align: left; padding: .25rem .5rem; }
table.settings td:first-child { text-align: left; white-space: normal; width: 32%; }
table.settings td { overflow-wrap: anywhere; }
.notice { border-left: 3px solid var(--amber); padding-left: .6rem; }
body:has(table.findings) { max-width: 76rem; } table.findings { font-size: 14px; }
table.findings td { overflow-wrap: anywhere; } table.findings td:nth-child(2) { min-width: 11rem; }
table.findings td:nth-child(3) { min-width: 7rem; }
table.findings td:nth-child(4) { min-width: 15rem; }
table.findings td:nth-child(5) { min-width: 12rem; }
table.findings td li + li { margin-top: .15rem; }
 table.findings th { text-align: left; padding: .25rem .5rem;
  border-bottom: 2px solid var(--line); } table.findings td:first-child { text-align: left; }
.FAILED { color: var(--red); } .PASSED { color: var(--green); }
.NOT_AVAILABLE { color: var(--amber); } .NOT_APPLICABLE { color: var(--dim); }
.FAILED, .NOT_AVAILABLE { font-weight: 600; } ul.plain { list-style: none; margin: 0; padding: 0; }
@media (max-width: 40rem) { table.findings, table.findings tbody, table.findings tr,
  table.findings td { display: block; } table.findings thead { display: none; }
  table.findings tr { border-bottom: 2px solid var(--line); padding: .5rem 0; }
  table.findings td { border: 0; padding: .1rem 0; } table.findings td:empty { display: none; } }
@media (max-width: 40rem) { table.settings, table.settings tbody, table.settings tr,
  table.settings td { display: block; } table.settings tr:first-child { display: none; }
  table.settings td:first-child { width: auto; font-weight: 600; padding-top: .5rem; }
  table.settings td { border: 0; padding: .1rem 0; } table.settings td .where { font-weight: 400; }
  table.settings tr { border-bottom: 1px solid var(--line); padding-bottom: .4rem; }
  table.settings td[data-side]::before { content: attr(data-side) ": "; color: var(--dim); } }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-after: avoid; }
  h3 { break-after: avoid; } tr, pre, li { break-inside: avoid; } }
"""
CLOSING = "</body>\n</html>\n"
_CODE = re.compile(r"`([^`]*)`")
_ITEM = re.compile(r"(?:(?P<number>\d+\.)|-) +(?P<text>.*)")


def opening(title: str) -> str:
    """Begin a document that needs nothing beside itself."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )


def text(shown: str) -> str:
    """Escape a text for the body or an attribute."""
    return escape(printable(shown))


def marked(shown: str) -> str:
    """Escape a text, and set what stands in backquotes as code."""
    return _CODE.sub(r"<code>\1</code>", text(shown))


def prose(markdown: str) -> Iterator[str]:
    """Yield a section of a docstring as HTML: paragraphs, lists with or without numbers, code."""
    for block in re.split(r"\n\s*\n", markdown.strip()):
        listed = ""
        for numbered, item in _items(block):
            kind = {True: "ol", False: "ul", None: ""}[numbered]
            if kind != listed:
                yield f"</{listed}>\n" if listed else ""
                yield f"<{kind}>\n" if kind else ""
                listed = kind
            yield f"<li>{marked(item)}</li>\n" if kind else f"<p>{marked(item)}</p>\n"
        yield f"</{listed}>\n" if listed else ""


def _items(block: str) -> Iterator[tuple[bool | None, str]]:
    """Put the lines of a block together to items; True is a numbered one, None a paragraph."""
    items: list[tuple[bool | None, list[str]]] = []
    for line in block.splitlines():
        found = _ITEM.match(line)
        if found:
            items.append((found["number"] is not None, [found["text"]]))
        elif items:
            items[-1][1].append(line.strip())
        else:
            items.append((None, [line.strip()]))
    yield from ((kind, " ".join(lines)) for kind, lines in items)
