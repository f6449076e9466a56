"""The parts of a JSON document, each still text, so that a bad one costs itself alone."""

from collections.abc import Iterator
from typing import Any

import msgspec

from bothup.read.fields import WrongField, kind
from bothup.read.items import Aside, Members, NotOurs, Origin
from bothup.read.labels import LABELS, target_of
from bothup.read.wanted import Undecodable, everything

_MEMBERS = msgspec.json.Decoder(Members)
_ENTRIES = msgspec.json.Decoder(list[msgspec.Raw])


def first_byte(raw: msgspec.Raw) -> bytes:
    """Give the byte that tells an object (`{`) from a list (`[`) and anything else."""
    return bytes(memoryview(raw)[:1])


def members(raw: msgspec.Raw, path: str = "$") -> Members:
    """Give the members of an object; raises NotOurs."""
    found: Members = _parts(_MEMBERS, raw, path, "an object")
    return found


def entries(raw: msgspec.Raw, path: str = "$") -> list[msgspec.Raw]:
    """Give the entries of a list; raises NotOurs."""
    found: list[msgspec.Raw] = _parts(_ENTRIES, raw, path, "a list")
    return found


def value(raw: msgspec.Raw, path: str = "$", expected: str = "a value") -> Any:
    """Build a value; raises NotOurs."""
    try:
        return everything(raw)
    except Undecodable as error:
        raise NotOurs(path, str(error), expected) from None


def around(parts: Members, origin: Origin) -> Origin:
    """Give the Origin of what stands in a document that may be labelled itself; raises NotOurs."""
    labels = {key: value(parts[key], f"$.{key}") for key in LABELS & parts.keys()}
    try:
        return Origin(target_of(labels, origin.target), origin.now)
    except WrongField as wrong:
        raise NotOurs(f"$.{wrong.path}", wrong.got, wrong.expected) from None


def next_page(parts: Members) -> Iterator[Aside]:
    """Yield a remark where the document says that it is one page of several."""
    for key in ("NextToken", "nextToken"):
        if key in parts and value(parts[key], f"$.{key}"):
            yield Aside.ONE_PAGE


def _parts(decoder: msgspec.json.Decoder[Any], raw: msgspec.Raw, path: str, expected: str) -> Any:
    try:
        return decoder.decode(raw)
    except (ValueError, RecursionError):
        raise NotOurs(path, kind(value(raw, path, expected)), expected) from None
