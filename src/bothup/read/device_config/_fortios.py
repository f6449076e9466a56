"""The text of a FortiOS configuration: `config`, `edit`, `set`, `next`, `end`, as a tree.

A table is a section named by its path ("vpn ipsec phase1-interface"), its entries are sections in
it. Samples leave an `end` out here and there, so that a table begins at the top
wherever it turns up.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bothup.read.device_config._lines import Line, lines_of
from bothup.read.device_config._tree import Section, Value

_DEEPEST = 40
_WORD = re.compile(r"\"(?:\\.|[^\"\\])*\"?|\S+")
_QUOTE = re.compile(r"(?<!\\)\"")
_ENTRY = "edit"
# Tables of these never stand in another, whatever `end` is missing before them.
_TOP = frozenset({"vpn", "system", "router", "firewall"})


class Tree(NamedTuple):
    """The tables of a text by name, wherever they stand, and what could not be read of it."""

    tables: dict[str, list[Section]]
    notices: tuple[str, ...]

    def entries(self, *tables: str) -> list[Section]:
        """Give the entries of all tables of these names."""
        found = (section for name in tables for section in self.tables.get(name, ()))
        return [part for section in found for part in section.parts if part.label == _ENTRY]


def tree_of(text: str) -> Tree:
    """Read a text into tables."""
    lines = lines_of(text)
    reader = _Reader()
    reader.read(lines.whole)
    tables: dict[str, list[Section]] = {}
    for section in reader.root.walk():
        tables.setdefault(section.name, []).append(section)
    return Tree(tables, lines.notices)


class _Reader:
    """Builds the tree line by line."""

    def __init__(self) -> None:
        self.root = Section(name="", closed=True)
        self._path = [self.root]

    def read(self, lines: Iterable[Line]) -> None:
        quoted = False
        for line in lines:
            # A certificate is a quoted value of many lines.
            odd = len(_QUOTE.findall(line.text)) % 2 == 1
            if quoted:
                quoted = not odd
                continue
            words = [word.strip('"') for word in _WORD.findall(line.text)]
            if words and words[0][0:1] not in ("!", "#"):
                self._statement(words[0], words[1:], line.number)
            quoted = odd and words[:1] == ["set"]

    def _statement(self, verb: str, words: list[str], number: int) -> None:
        if verb == "config" and words:
            if words[0] in _TOP and len(words) > 1:
                self._path = self._path[:1]
            self._open(" ".join(words), "", number)
        elif verb == _ENTRY and words:
            if self._path[-1].label == _ENTRY:
                self._close()
            self._open(words[0], _ENTRY, number)
        elif verb in ("set", "append") and words:
            self._path[-1].values[words[0]] = Value(" ".join(words[1:]), number)
        elif verb == "unset" and words:
            self._path[-1].values.pop(words[0], None)
        elif verb == "next":
            if self._path[-1].label == _ENTRY:
                self._close()
        elif verb == "end":
            if self._path[-1].label == _ENTRY:
                self._close()
            self._close()

    def _open(self, name: str, label: str, number: int) -> None:
        section = self._path[-1].first(name)
        if section is None:
            section = Section(name=name, label=label, line=number)
            self._path[-1].add(section)
        section.closed = False
        if len(self._path) < _DEEPEST:
            self._path.append(section)

    def _close(self) -> None:
        if len(self._path) > 1:
            self._path.pop().closed = True
