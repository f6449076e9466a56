"""An answer's XML as its tags, in their order, and the text behind each of them.

`<a><b>1</b></a>` has the root `a`, the tags `b`, `/b` and `/a`, and behind the first of them the
text `1`. AWS writes plain XML: no comments, no CDATA, no attributes but the root's namespace,
references only where a text needs them. An answer without any of these is taken apart by splitting
it at each `<` and `>`, which costs a tenth of what a parser costs. Any other goes through a parser,
which makes the same of it.
"""

import re
from typing import NamedTuple

from bothup.errors import Unreachable

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The root and what may stand before it. What follows is looked at when it is read.
_START = re.compile(
    r'(?:<\?xml version="1\.0"(?: encoding="UTF-8")?\?>\s*)?'
    rf'<({NAME.pattern})(?: xmlns="https?://[\w.-]+\.amazonaws\.com/[\w./-]*")?>',
    re.ASCII,
)
_EMPTY = re.compile(rf"<({NAME.pattern})/>")
_END_OF_EMPTY = re.compile("/>")  # finds two letters in half the time that `in` takes
# What a text or a name may hold without any ado: all but the marks of XML, and but what XML forbids
# or has read as something else.
_PLAIN = bytes(set(range(256)) - set(b"<>&") - (set(range(32)) - set(b"\t\n")))


class Pieces(NamedTuple):
    """The name of the root; the tags that follow its start tag, without brackets; their texts."""

    root: str
    tags: list[str]
    texts: list[str]


class Odd(Exception):
    """The answer is not plain XML, so that only a parser can tell what it says, if anything."""


def plain(body: bytes) -> Pieces:
    """Take a plain answer apart; raise Odd where it is no such.

    Names and nesting are for the reader of the pieces to check.
    """
    start = _START.match(text) if (text := _plain_text(body)) else None
    if start is None:
        raise Odd
    # The text behind the root's start tag, and then tags and texts by turns.
    split = text[start.end() :].replace(">", "<").split("<")
    if split[-1].strip("\n\t "):
        raise Odd
    return Pieces(start[1], split[1::2], split[2::2])


def _plain_text(body: bytes) -> str:
    """Decode an answer; return nothing for one with references or what XML has no place for."""
    marks = body.translate(None, _PLAIN)
    if marks != b"<>" * (len(marks) // 2):
        return ""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ""
    if _END_OF_EMPTY.search(text):
        text = _EMPTY.sub(r"<\1></\1>", text)
    if not text.isascii() and ("\ufffe" in text or "\uffff" in text):
        return ""
    return text


def parsed(body: bytes) -> Pieces:
    """Take any answer apart, namespaces dropped.

    Raises Unreachable, without quoting it, where it is not XML.
    """
    if b"<!DOCTYPE" in body:
        # No answer of AWS has one; a proxy's or a hotel's login page does.
        raise Unreachable("the answer is a web page, not one of AWS", retryable=False)
    from xml.parsers.expat import ExpatError, ParserCreate  # most runs need none

    tags: list[str] = []
    texts: list[str] = []

    def add_tag(tag: str) -> None:
        tags.append(tag)
        texts.append("")

    def add_text(text: str) -> None:
        texts[-1] += text

    parser = ParserCreate("utf-8", "}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, _: add_tag(_local(name))
    parser.EndElementHandler = lambda name: add_tag(f"/{_local(name)}")
    parser.CharacterDataHandler = add_text
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise Unreachable(
            f"the answer was cut off or is not XML (line {error.lineno}, column {error.offset})"
        ) from None
    return Pieces(tags[0], tags[1:], texts[1:])


def _local(name: str) -> str:
    """Drop the namespace; a name that no answer of AWS has becomes one that nobody knows."""
    name = name.rpartition("}")[2]
    return name if NAME.fullmatch(name) else "_"
