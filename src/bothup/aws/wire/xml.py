"""An answer's XML to plain values with the SDK's names, driven by the operation's shape.

What a shape does not know, and what is secret, is passed over. A text that is not what its shape
says (a timestamp, a number) is kept as it is: it must not cost its neighbours, and whoever reads
the record judges it.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bothup.aws.wire.pieces import NAME, Odd, Pieces
from bothup.aws.wire.shapes import Ref, ServiceModel

# Reads one element: all tags and texts, where its start tag is among them, and its end tag. Gives
# its value, and where the next tag is. Raises Odd where it holds what is not plain XML, and
# IndexError where it has no end.
Element = Callable[[list[str], list[str], int, str], tuple[Any, int]]
Reader = Callable[[Pieces], Any]


def reader(
    model: ServiceModel,
    output: Ref | None,
    *,
    wrapper: str | None = None,
    keep_secrets: bool = False,
) -> Reader:
    """Compile a shape into a function that turns an answer's pieces into values.

    `wrapper` is the name of the element around them, if there is one; where an answer lacks it the
    function returns None. It raises Odd where the XML is not plain, or goes on after its root.
    """
    compiler = _Compiler(model, keep_secrets=keep_secrets)
    root = inside = compiler.element(output) if output else _structure({})
    if wrapper:
        root = _structure({wrapper: (wrapper, f"/{wrapper}", None, inside, False)})

    def read(pieces: Pieces) -> Any:
        # The root's own start tag is not among the tags: it would be the one before the first.
        try:
            value, behind = root(pieces.tags, pieces.texts, -1, f"/{pieces.root}")
        except IndexError:
            raise Odd from None
        if behind != len(pieces.tags):
            raise Odd
        return value.get(wrapper) if wrapper else value

    return read


# A member's name; the end tag of its element; what makes a value of the text of an element that can
# hold nothing else; what reads any element; whether each such element is an item of a list.
# (A plain tuple: one with names takes twice as long to unpack.)
_Member = tuple[str, str, Callable[[str], Any] | None, Element, bool]


class _Compiler:
    def __init__(self, model: ServiceModel, *, keep_secrets: bool) -> None:
        self._model, self._keep_secrets = model, keep_secrets
        self._structures: dict[str, dict[str, _Member]] = {}

    def element(self, ref: Ref) -> Element:
        shape = self._model.shapes[ref.shape]
        if shape.type == "structure":
            return _structure(self._members(ref.shape))
        if shape.member:
            return self._list(shape.member)
        if shape.key and shape.value:
            key_name = self._model.own_name(shape.key) or "key"
            value_name = self._model.own_name(shape.value) or "value"
            return _map(
                _structure(
                    {
                        key_name: self._member("key", key_name, shape.key),
                        value_name: self._member("value", value_name, shape.value),
                    }
                )
            )
        return _scalar(_CONVERT.get(shape.type, _same))

    def _members(self, name: str) -> dict[str, _Member]:
        if name not in self._structures:
            # Known before its members are, as a shape may contain itself.
            members = self._structures[name] = {}
            for member, ref in self._model.shapes[name].members.items():
                if self._keep_secrets or not self._model.is_secret(ref):
                    tag = self._model.xml_name(ref, member)
                    members[tag] = self._member(member, tag, ref)
        return self._structures[name]

    def _member(self, name: str, tag: str, ref: Ref) -> _Member:
        shape = self._model.shapes[ref.shape]
        if shape.member and self._model.is_flat(ref):
            return name, f"/{tag}", None, self.element(shape.member), True
        scalar = shape.type != "structure" and not shape.member and not shape.key
        convert = _CONVERT.get(shape.type, _same) if scalar else None
        return name, f"/{tag}", convert, self.element(ref), False

    def _list(self, item: Ref) -> Element:
        read = _list(self.element(item))
        if self._model.shapes[item.shape].type != "structure":
            return read
        members = self._members(item.shape)
        if len(members) != 1:
            return read
        [(tag, (name, end, convert, _, _))] = members.items()
        return _list_of_one(["item", tag, end, "/item"], name, convert, read) if convert else read


def _structure(members: Mapping[str, _Member]) -> Element:
    find = members.get

    def read(tags: list[str], texts: list[str], at: int, end: str) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at += 1
        while (tag := tags[at]) != end:
            if member := find(tag):
                name, its_end, convert, read_part, repeated = member
                if convert and tags[at + 1] == its_end:  # as most are: a call for each is saved
                    found[name] = texts[at] if convert is _same else convert(texts[at])
                    at += 2
                    continue
                value, at = read_part(tags, texts, at, its_end)
                if repeated:
                    found.setdefault(name, []).append(value)
                else:
                    found[name] = value
            else:
                at = _behind(tags, at)
        return found, at + 1

    return read


def _list(item: Element) -> Element:
    def read(tags: list[str], texts: list[str], at: int, end: str) -> tuple[list[Any], int]:
        found: list[Any] = []
        at += 1
        while (tag := tags[at]) != end:
            _check(tag)
            value, at = item(tags, texts, at, f"/{tag}")
            found.append(value)
        return found, at + 1

    return read


def _list_of_one(
    usual: list[str], name: str, convert: Callable[[str], Any], read_any: Element
) -> Element:
    """Read a list of structures with one plain member, as EC2 has many, all at once.

    `usual` are the tags of each of them, unless there is something odd about one.
    """

    def read(tags: list[str], texts: list[str], at: int, end: str) -> tuple[list[Any], int]:
        try:
            behind = tags.index(end, at + 1)
        except ValueError:
            raise Odd from None
        inside = tags[at + 1 : behind]
        if inside != usual * (len(inside) // 4):
            return read_any(tags, texts, at, end)
        items = texts[at + 2 : behind : 4]
        if convert is _same:
            return [{name: text} for text in items], behind + 1
        return [{name: convert(text)} for text in items], behind + 1

    return read


def _map(entry: Element) -> Element:
    read_entries = _list(entry)

    def read(tags: list[str], texts: list[str], at: int, end: str) -> tuple[dict[Any, Any], int]:
        entries, behind = read_entries(tags, texts, at, end)
        return {each["key"]: each["value"] for each in entries if len(each) == 2}, behind

    return read


def _scalar(convert: Callable[[str], Any]) -> Element:
    def read(tags: list[str], texts: list[str], at: int, end: str) -> tuple[Any, int]:
        value = convert(texts[at])
        at += 1
        while tags[at] != end:
            # There is something in it that does not belong there.
            at = _behind(tags, at)
        return value, at + 1

    return read


def _behind(tags: list[str], at: int) -> int:
    """Pass over an element whose start tag is there; return where the next tag is."""
    inside: list[str] = []
    while True:
        tag = tags[at]
        at += 1
        if not tag.startswith("/"):
            _check(tag)
            inside.append(tag)
        elif not inside or inside.pop() != tag[1:]:
            raise Odd
        if not inside:
            return at


def _check(tag: str) -> None:
    if not NAME.fullmatch(tag):
        raise Odd


def _same(text: str) -> str:
    return text


def _or_text(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    def converted(text: str) -> Any:
        try:
            return convert(text)
        except (ValueError, LookupError, ArithmeticError, OSError):
            return text

    return converted


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


_CONVERT = {
    "boolean": _or_text({"true": True, "false": False}.__getitem__),
    "integer": _or_text(int),
    "long": _or_text(int),
    "float": _or_text(float),
    "double": _or_text(float),
    "timestamp": _or_text(_timestamp),
    "blob": _or_text(base64.b64decode),
}
