"""XML as a tree with line numbers, of which the end may be missing.

Elements without elements in them are values of their parent; the rest are sections. A document
type is refused, so that no entity is ever expanded. Only elements whose end has been seen count.
"""

import re
from typing import NamedTuple
from xml.parsers import expat

from bothup.read.device_config._tree import Section, Value

_DEEPEST = 60
_ELEMENT = re.compile(r"<[A-Za-z_]")


class _Refused(ValueError):
    """The document has what no configuration has."""


class Document(NamedTuple):
    """The tree of a document and what is wrong with it."""

    root: Section
    notices: tuple[str, ...] = ()


def document(text: str) -> Document:
    """Read XML as far as it goes; the root has the outermost element in it."""
    tree = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: tree.start(
        name, attributes, parser.CurrentLineNumber
    )
    parser.EndElementHandler = lambda _name: tree.end()
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(_body(text).encode("utf-8", "replace"), True)
    except (expat.ExpatError, _Refused) as error:
        return Document(tree.root, (_complaint(error, parser.ErrorLineNumber),))
    return Document(tree.root)


def _body(text: str) -> str:
    """Leave only line breaks of what stands before the first element, so that lines keep theirs."""
    begin = _ELEMENT.search(text)
    at = begin.start() if begin else len(text)
    head = text[:at]
    declared = "<!DOCTYPE x>" if "<!DOCTYPE" in head.upper() else ""
    return declared + "\n" * head.count("\n") + text[at:]


def _refuse(*_declaration: object) -> None:
    raise _Refused("a document type, which no configuration has")


def _complaint(error: Exception, line: int) -> str:
    if isinstance(error, _Refused):
        return f"line {line}: {error}; the rest was not read"
    return f"line {line}: the XML is cut off or broken here; what follows was not read"


class _Builder:
    """Makes the tree of the parser's events."""

    def __init__(self) -> None:
        self.root = Section(name="")
        self._open = [self.root]
        self._texts: list[list[str]] = [[]]

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        if len(self._open) > _DEEPEST:
            raise _Refused("elements nested deeper than any configuration's")
        label = attributes.get("name") or attributes.get("uuid") or attributes.get("id") or ""
        section = Section(name=name.rpartition(":")[2], line=line, label=label)
        self._open[-1].add(section)
        self._open.append(section)
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self) -> None:
        section = self._open.pop()
        section.text = "".join(self._texts.pop()).strip()
        section.closed = True
        parent = self._open[-1]
        if not section.parts:
            parent.values[section.name] = Value(section.text, section.line)
