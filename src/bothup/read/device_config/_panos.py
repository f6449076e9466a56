"""The text of a PAN-OS configuration: `set` lines, `edit` and `set`, or XML, as statements.

All three give the same words: `<entry name="X">` in XML is the word X, and `edit A` before `set B`
is `A B`. Samples leave out a `top` here and there, so that an `edit` that begins at the top is
taken for one.
"""

import re
from collections.abc import Iterable, Iterator

from bothup.read.device_config._lines import Line, lines_of
from bothup.read.device_config._statements import Statement, Statements, statements_of
from bothup.read.device_config._tree import Section
from bothup.read.device_config._xml import document

_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"?|'[^']*'?|[^\s\[\]]+")
_XML = re.compile(r"^\s*<[?A-Za-z]", re.MULTILINE)
_SET = re.compile(r"^\s*(?:set|edit)\s+\S", re.MULTILINE)
_ROOTS = frozenset({"network", "vsys", "shared", "deviceconfig", "mgt-config", "zone", "rulebase"})
# A sample says something of "the" tunnel interface, once for each.
TUNNEL_INTERFACE = ("network", "interface", "tunnel")
# What leads to `network` in XML and in Panorama's templates.
_LEADING = "network"


def text_of(text: str) -> Statements:
    """Read a text in any of the three forms."""
    if _XML.search(text) and not _SET.search(text):
        read = document(text)
        found = tuple(_elements(read.root))
        return statements_of(found, complete=not read.notices, notices=read.notices)
    lines = lines_of(text)
    return statements_of(
        _set_lines(lines.whole), complete=False, notices=lines.notices, repeatable=TUNNEL_INTERFACE
    )


def _set_lines(lines: Iterable[Line]) -> Iterator[Statement]:
    context: tuple[str, ...] = ()
    for number, text in lines:
        if text.lstrip()[:1] in ("!", "#"):
            continue
        words = tuple(token.strip("\"'") for token in _TOKEN.findall(text))
        verb, rest = (words[0], words[1:]) if words else ("", ())
        if verb == "top":
            context = ()
        elif verb in ("up", "exit"):
            context = context[:-1]
        elif verb == "edit" and rest:
            context = rest if rest[0] in _ROOTS else (*context, *rest)
        elif verb == "set" and rest:
            yield Statement(_below(rest if rest[0] in _ROOTS else (*context, *rest)), number)


def _below(words: tuple[str, ...]) -> tuple[str, ...]:
    """Begin at `network`, which a template or a device may stand in front of."""
    return words[words.index(_LEADING) :] if _LEADING in words[:8] else words


def _elements(root: Section) -> Iterator[Statement]:
    """Yield a statement for each element without elements in it."""
    waiting: list[tuple[Section, tuple[str, ...]]] = [(root, ())]
    while waiting:
        section, path = waiting.pop()
        here = path
        if section.name == "entry":
            here = (*path, section.label)
        elif section.name not in ("", "member"):
            here = (*path, section.name)
        if not section.parts and section.closed and here:
            words = (*here, section.text) if section.text else here
            yield Statement(_below(words), section.line)
        waiting.extend((part, here) for part in reversed(section.parts))
