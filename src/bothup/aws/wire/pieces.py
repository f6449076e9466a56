"""An answer's XML as pieces of text, each from one tag to the next.

`<a><b>1</b></a>` has the root `a` and the pieces `b>1`, `/b>` and `/a>`. AWS writes plain XML: no
comments, no CDATA, no attributes but the root's namespace, references only where a text needs them.
An answer without any of these is taken apart by splitting it at each `<`, which costs a tenth of
what a parser costs. Any other goes through a parser, which makes the same pieces of it.
"""

import re
from collections.abc import Iterator
from xml.parsers.expat import ExpatError, ParserCreate

from bothup.errors import Unreachable

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The root and what may stand before it. What follows is looked at when it is read.
_START = re.compile(
    r'(?:<\?xml version="1\.0"(?: encoding="UTF-8")?\?>\s*)?'
    rf'<({NAME.pattern})(?: xmlns="https?://[\w.-]+\.amazonaws\.com/[\w./-]*")?>',
    re.ASCII,
)
_EMPTY = re.compile(rf"<({NAME.pattern})/>")
# XML forbids these, or has them read as something else.
_NOT_PLAIN = bytes(set(range(32)) - set(b"\t\n"))

# The name of the root, and the pieces that follow its start tag.
Pieces = tuple[str, Iterator[str]]


class Odd(Exception):
    """The answer is not plain XML, so that only a parser can tell what it says, if anything."""


def plain(body: bytes) -> Pieces:
    """Take a plain answer apart; raise Odd where it is no such.

    Names and nesting are for the reader of the pieces to check.
    """
    start = _START.match(text) if (text := _plain_text(body)) else None
    if start is None:
        raise Odd
    pieces = text[start.end() :].split("<")
    if pieces[-1].partition(">")[2].strip("\n\t "):
        raise Odd
    del pieces[0]  # the text behind the root's start tag
    return start[1], iter(pieces)


def _plain_text(body: bytes) -> str:
    """Decode an answer; return nothing for one with references or what XML has no place for."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ""
    odd = "&" in text or ("]" in text and "]]>" in text)
    if odd or len(body.translate(None, _NOT_PLAIN)) != len(body):
        return ""
    if "/>" in text:
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
    pieces: list[str] = []
    parser = ParserCreate("utf-8", "}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, _: pieces.append(f"{_local(name)}>")
    parser.EndElementHandler = lambda name: pieces.append(f"/{_local(name)}>")

    def add(text: str) -> None:
        pieces[-1] += text

    parser.CharacterDataHandler = add
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise Unreachable(
            f"the answer was cut off or is not XML (line {error.lineno}, column {error.offset})"
        ) from None
    return pieces[0].partition(">")[0], iter(pieces[1:])


def _local(name: str) -> str:
    """Drop the namespace; a name that no answer of AWS has becomes one that nobody knows."""
    name = name.rpartition("}")[2]
    return name if NAME.fullmatch(name) else "_"
