"""An answer's XML to plain values with the SDK's names, driven by the operation's shape.

What a shape does not know, and what is secret, is passed over. A text that is not what its shape
says (a timestamp, a number) is kept as it is: it must not cost its neighbours, and whoever reads
the record judges it.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

from bothup.aws.wire.pieces import NAME, Odd
from bothup.aws.wire.shapes import Ref, ServiceModel

# Reads one element: the pieces that follow its start tag, up to its end tag, which is read as well;
# how that begins ("/name>"); the text right behind its start tag. Raises Odd where the element has
# no end or holds what is not plain XML.
Reader = Callable[[Iterator[str], str, str], Any]


def reader(
    model: ServiceModel,
    output: Ref | None,
    *,
    wrapper: str | None = None,
    keep_secrets: bool = False,
) -> Reader:
    """Compile a shape into a function that turns an answer's root into values.

    `wrapper` is the name of the element around them, if there is one; where an answer lacks it the
    function returns None.
    """
    compiler = _Compiler(model, keep_secrets=keep_secrets)
    read = compiler.reader(output) if output else _nothing
    if wrapper is None:
        return read
    root = _structure({wrapper: _Member(wrapper, f"/{wrapper}>", read)})
    return lambda pieces, end, text: root(pieces, end, text).get(wrapper)


class _Member(NamedTuple):
    """A member's name, how the end tag of its element begins, and what reads the element.

    `repeated` says that each such element is an item of a list.
    """

    name: str
    end: str
    read: Reader
    repeated: bool = False


class _Compiler:
    def __init__(self, model: ServiceModel, *, keep_secrets: bool) -> None:
        self._model, self._keep_secrets = model, keep_secrets
        self._structures: dict[str, Reader] = {}

    def reader(self, ref: Ref) -> Reader:
        shape = self._model.shapes[ref.shape]
        if shape.type == "structure":
            return self._structure(ref.shape)
        if shape.member:
            return _list(self.reader(shape.member))
        if shape.key and shape.value:
            key_name = self._model.own_name(shape.key) or "key"
            value_name = self._model.own_name(shape.value) or "value"
            entry = _structure(
                {
                    key_name: _Member("key", f"/{key_name}>", self.reader(shape.key)),
                    value_name: _Member("value", f"/{value_name}>", self.reader(shape.value)),
                }
            )
            return _map(entry)
        convert = _CONVERT.get(shape.type)
        return _scalar(convert) if convert else _text

    def _structure(self, name: str) -> Reader:
        if name not in self._structures:
            members: dict[str, _Member] = {}
            # Known before its members are, as a shape may contain itself.
            self._structures[name] = _structure(members)
            for member, ref in self._model.shapes[name].members.items():
                if self._keep_secrets or not self._model.is_secret(ref):
                    tag = self._model.xml_name(ref, member)
                    members[tag] = self._member(member, f"/{tag}>", ref)
        return self._structures[name]

    def _member(self, name: str, end: str, ref: Ref) -> _Member:
        item = self._model.shapes[ref.shape].member
        if item and self._model.is_flat(ref):
            return _Member(name, end, self.reader(item), repeated=True)
        return _Member(name, end, self.reader(ref))


def _structure(members: Mapping[str, _Member]) -> Reader:
    find = members.get

    def read(pieces: Iterator[str], end: str, _: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for piece in pieces:
            tag, mark, text = piece.partition(">")
            if not mark:
                raise Odd
            if member := find(tag):
                key, its_end, read_part, repeated = member
                inside = pieces
                if read_part is _text and not repeated:  # as most are: a call for each is saved
                    following = next(pieces, "")
                    if following.startswith(its_end):
                        found[key] = text
                        continue
                    inside = chain((following,), pieces)
                value = read_part(inside, its_end, text)
                if repeated:
                    found.setdefault(key, []).append(value)
                else:
                    found[key] = value
            elif piece.startswith(end):
                return found
            else:
                _pass_over(pieces, tag)
        raise Odd

    return read


def _list(item: Reader) -> Reader:
    def read(pieces: Iterator[str], end: str, _: str) -> list[Any]:
        found: list[Any] = []
        for piece in pieces:
            tag, mark, text = piece.partition(">")
            if not mark:
                raise Odd
            if tag == "item":
                found.append(item(pieces, "/item>", text))
            elif piece.startswith(end):
                return found
            else:
                _check(tag)
                found.append(item(pieces, f"/{tag}>", text))
        raise Odd

    return read


def _map(entry: Reader) -> Reader:
    read_entries = _list(entry)

    def read(pieces: Iterator[str], end: str, text: str) -> dict[Any, Any]:
        entries = read_entries(pieces, end, text)
        return {each["key"]: each["value"] for each in entries if len(each) == 2}

    return read


def _text(pieces: Iterator[str], end: str, text: str) -> str:
    while not (piece := next(pieces, "")).startswith(end):
        # There is something in it that does not belong there.
        tag, mark, _ = piece.partition(">")
        if not mark:
            raise Odd
        _pass_over(pieces, tag)
    return text


def _scalar(convert: Callable[[str], Any]) -> Reader:
    def read(pieces: Iterator[str], end: str, text: str) -> Any:
        _text(pieces, end, text)
        try:
            return convert(text)
        except (ValueError, LookupError, ArithmeticError, OSError):
            return text

    return read


def _nothing(pieces: Iterator[str], end: str, _: str) -> dict[str, Any]:
    _pass_over(pieces, end[1:-1])
    return {}


def _pass_over(pieces: Iterator[str], name: str) -> None:
    """Read what is in an element of that name, and its end tag, and forget it."""
    _check(name)
    inside = [name]
    for piece in pieces:
        tag, mark, _ = piece.partition(">")
        if not mark:
            raise Odd
        if not tag.startswith("/"):
            _check(tag)
            inside.append(tag)
        elif inside.pop() != tag[1:]:
            raise Odd
        elif not inside:
            return
    raise Odd


def _check(tag: str) -> None:
    if not NAME.fullmatch(tag):
        raise Odd


def _timestamp(text: str) -> datetime:
    """Read ISO 8601, which all of these services send; the protocols allow two more forms."""
    if text[4:5] == "-":
        when = datetime.fromisoformat(text)
        if when.tzinfo is UTC:
            return when
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(text).astimezone(UTC)


_CONVERT: dict[str, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "timestamp": _timestamp,
    "blob": base64.b64decode,
}
