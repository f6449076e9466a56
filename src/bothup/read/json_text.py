"""JSON text to its documents: one, several after each other, or one a line.

The documents come as msgspec.Raw: checked for syntax, not yet built, so that what nobody asks for
(CustomerGatewayConfiguration, which is most of the bytes and full of keys) never comes into being.
"""

import json
import re
from collections.abc import Iterator

import msgspec

_RAW = msgspec.json.Decoder(msgspec.Raw)
# Of trailing characters msgspec tells the second one.
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_BYTE = re.compile(r"\(byte (\d+)\)")
_NOISE = re.compile(r"^JSON is malformed: | \(byte \d+\)$")
_SPACE = re.compile(rb"[ \t\r\n]*")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# All escapes are matched, so that the second half of "\\\\ud800" is not taken for one.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<alone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class Piece(msgspec.Struct, frozen=True):
    """One document and the line that it begins on."""

    raw: msgspec.Raw
    line: int


class BadLine(msgspec.Struct, frozen=True):
    """A line that is no JSON, among lines that are."""

    text: bytes
    line: int
    problem: str


class BadJson(Exception):
    """The document that begins at byte `begin` of the text is no JSON from byte `offset` on."""

    def __init__(self, problem: str, expected: str, offset: int, begin: int) -> None:
        self.problem, self.expected, self.offset, self.begin = problem, expected, offset, begin
        super().__init__(f"{problem}; expected {expected}" if expected else problem)


def json_pieces(text: bytes) -> list[Piece | BadLine]:
    """Split a text into its documents; raises BadJson.

    Where the documents stand one a line, a bad line costs itself alone.
    """
    try:
        return list(_documents(text))
    except BadJson:
        text = _whole_pairs(text)
    try:
        return list(_documents(text))
    except BadJson as bad:
        if pieces := _lines(text, bad):
            return pieces
        raise


def _whole_pairs(text: bytes) -> bytes:
    r"""Put \ufffd, which is as long, for each escaped half of a surrogate pair that stands alone.

    JSON allows such halves (RFC 8259, section 8.2), but msgspec does not read them.
    """
    if not _SURROGATE.search(text):
        return text
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["alone"] else found[0], text)


def _documents(text: bytes) -> Iterator[Piece]:
    view, line, counted = memoryview(text), 1, 0
    begin = _skip_space(text, 0)
    while begin < len(text):
        end = _end(text, view, begin)
        line, counted = line + text.count(b"\n", counted, begin), begin
        yield Piece(msgspec.Raw(view[begin:end]), line)
        begin = _skip_space(text, end)


def _skip_space(text: bytes, begin: int) -> int:
    found = _SPACE.match(text, begin)
    return found.end() if found else begin


def _end(text: bytes, view: memoryview, begin: int) -> int:
    """Find where the document that begins here ends, and with it that it is whole."""
    try:
        _RAW.decode(view[begin:])
    except RecursionError:
        raise BadJson("nested too deeply", "", begin, begin) from None
    except msgspec.DecodeError as error:
        if trailing := _TRAILING.search(str(error)):
            return begin + int(trailing[1]) - 1
        raise _bad(text, str(error), begin) from None
    return len(text)


def _bad(text: bytes, message: str, begin: int) -> BadJson:
    if "truncated" in message:
        return BadJson("the JSON is cut off", "", len(text.rstrip()), begin)
    what = _NOISE.sub("", message)
    offset = _offset(text, begin, message)
    if what.startswith("expected "):
        return BadJson("not JSON", what.removeprefix("expected "), offset, begin)
    return BadJson(f"not JSON: {what}", "", offset, begin)


def _offset(text: bytes, begin: int, message: str) -> int:
    """Find the byte of an error; of an invalid word or escape msgspec tells the end or so."""
    found = _BYTE.search(message)
    told = begin + int(found[1]) if found else begin
    if "invalid" not in message:
        return told
    try:
        json.loads(text[begin:].decode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        return begin + len(error.doc[: error.pos].encode())
    except (ValueError, RecursionError):
        return told
    return told


def _lines(text: bytes, bad: BadJson) -> list[Piece | BadLine]:
    """Read one document a line, or give nothing where the text is not meant so.

    Where the first bad document is bad on the line that it begins on, a single good line tells
    what is meant. Where it goes on beyond that line, it may be a document of many lines that was
    cut off, and nothing that is half read may be judged: then most lines must be good.
    """
    if not text.startswith(b"{") and b"\n{" not in text:
        return []
    rows = [(n, row) for n, row in enumerate(text.split(b"\n"), 1) if row.strip()]
    goes_on = b"\n" in text[bad.begin : bad.offset]
    if goes_on and sum(row.startswith(b"{") for _, row in rows) * 2 <= len(rows):
        return []
    pieces = [_row(row, n) for n, row in rows]
    good = sum(isinstance(piece, Piece) for piece in pieces)
    return pieces if good and (not goes_on or good * 2 > len(rows)) else []


def _row(row: bytes, number: int) -> Piece | BadLine:
    try:
        pieces = list(_documents(row))
    except BadJson as bad:
        return BadLine(row, number, str(bad))
    if len(pieces) == 1 and row.startswith(b"{"):
        return Piece(pieces[0].raw, number)
    return BadLine(row, number, "not one JSON object")
