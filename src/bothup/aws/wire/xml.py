"""An answer's XML to plain values with the SDK's names, driven by the operation's shape.

The tree is built by the C parser behind `xml.etree`, which costs less than callbacks in Python do.
What a shape does not know, and what is secret, is passed over. A text that is not what its shape
says (a timestamp, a number) is kept as it is: it must not cost its neighbours, and whoever reads
the record judges it.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

from bothup.aws.wire.shapes import Ref, ServiceModel
from bothup.errors import Unreachable

# Reads an element; the number is the length of the "{namespace}" in front of its tags.
Reader = Callable[[Element, int], Any]


def parse(body: bytes) -> Element:
    """Return the root of an answer; raise Unreachable, without quoting it, where it is not XML."""
    if b"<!DOCTYPE" in body:
        # No answer of AWS has one; a proxy's or a hotel's login page does.
        raise Unreachable("the answer is a web page, not one of AWS", retryable=False)
    parser = XMLParser(encoding="utf-8")  # noqa: S314 - without a document type, no entities
    try:
        parser.feed(body)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        raise Unreachable(
            f"the answer was cut off or is not XML (line {line}, column {column})"
        ) from None
    return root


def namespace_length(root: Element) -> int:
    """Return the length of the "{namespace}" in front of the root's name."""
    return root.tag.rfind("}") + 1


def child(parent: Element, name: str) -> Element | None:
    """Return the first child of this name, whatever its namespace."""
    return next((part for part in parent if part.tag.rpartition("}")[2] == name), None)


def reader(model: ServiceModel, output: Ref | None, *, keep_secrets: bool = False) -> Reader:
    """Compile a shape into a function that turns the element around an answer into values."""
    return _Compiler(model, keep_secrets=keep_secrets).reader(output) if output else _nothing


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
            return _map(key_name, self.reader(shape.key), value_name, self.reader(shape.value))
        return _scalar(_CONVERT.get(shape.type))

    def _structure(self, name: str) -> Reader:
        if name not in self._structures:
            members: dict[str, _Member] = {}
            # Known before its members are, as a shape may contain itself.
            self._structures[name] = _structure(members)
            for member, ref in self._model.shapes[name].members.items():
                if self._keep_secrets or not self._model.is_secret(ref):
                    members[self._model.xml_name(ref, member)] = self._member(member, ref)
        return self._structures[name]

    def _member(self, name: str, ref: Ref) -> "_Member":
        item = self._model.shapes[ref.shape].member
        if item and self._model.is_flat(ref):
            return name, self.reader(item), True
        return name, self.reader(ref), False


# A member's name, what reads its element, and whether each such element is an item of a list.
_Member = tuple[str, Reader, bool]


def _structure(members: dict[str, _Member]) -> Reader:
    find = members.get

    def read(element: Element, cut: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in element:
            member = find(part.tag[cut:]) or find(part.tag.rpartition("}")[2])
            if member:
                name, read_part, repeated = member
                if repeated:
                    found.setdefault(name, []).append(read_part(part, cut))
                else:
                    found[name] = read_part(part, cut)
        return found

    return read


def _list(item: Reader) -> Reader:
    return lambda element, cut: [item(part, cut) for part in element]


def _map(key_name: str, key: Reader, value_name: str, value: Reader) -> Reader:
    def read(element: Element, cut: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for entry in element:
            name, part = child(entry, key_name), child(entry, value_name)
            if name is not None and part is not None:
                found[key(name, cut)] = value(part, cut)
        return found

    return read


def _scalar(convert: Callable[[str], Any] | None) -> Reader:
    if convert is None:
        return lambda element, _: element.text or ""

    def read(element: Element, _: int) -> Any:
        text = element.text or ""
        try:
            return convert(text)
        except (ValueError, LookupError, ArithmeticError, OSError):
            return text

    return read


def _nothing(_: Element, __: int) -> dict[str, Any]:
    return {}


def _timestamp(text: str) -> datetime:
    """Read ISO 8601, which all of these services send; the protocols allow two more forms."""
    if text[4:5] == "-":
        when = datetime.fromisoformat(text)
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
