"""The syntax of swanctl.conf: sections in braces, `key = value`, comments, includes, references.

As strongswan.conf(5) has it: a value ends with its line or with a brace, and `name : other {` takes
over what the section `other` says.
"""

import re
from typing import NamedTuple

from bothup.read.device_config._lines import Line, lines_of
from bothup.read.device_config._tree import Section, Value
from bothup.read.device_config._values import unquoted

_DEEPEST = 30
_INCLUDE = re.compile(r"\s*include\s+\S")
_OPEN = re.compile(r"\s*([\w%.*@-]+)\s*(?::\s*([\w%.,\s-]+?))?\s*\{")
_CLOSE = re.compile(r"\s*\}")
_PAIR = re.compile(r"\s*([\w%.*@-]+)\s*=\s*(\"(?:\\.|[^\"\\])*\"|[^{}\n]*)")
_NAME = re.compile(r"\s*([\w%.*@-]+)\s*$")
_COMMENT = re.compile(r"(?:^|\s)#.*|^#.*")
_BLANK = re.compile(r"\s*;?\s*$")


class Tree(NamedTuple):
    """The sections of a file and what could not be read of it."""

    root: Section
    notices: tuple[str, ...]


def tree_of(text: str) -> Tree:
    """Read the sections of a text in swanctl.conf's syntax."""
    lines = lines_of(text)
    reader = _Reader()
    for line in lines.whole:
        reader.read(line)
    return Tree(reader.root, (*lines.notices, *reader.notices, *_unclosed(reader)))


def _unclosed(reader: "_Reader") -> list[str]:
    left = reader.path[1:]
    return [f"line {each.line}: the section {each.name!r} does not end" for each in left[:1]]


class _Reader:
    """Builds the tree line by line."""

    def __init__(self) -> None:
        self.root = Section(name="", closed=True)
        self.path = [self.root]
        self.notices: list[str] = []
        self._waiting: str | None = None

    def read(self, line: Line) -> None:
        text = _COMMENT.sub("", line.text)
        if _INCLUDE.match(text):
            self.notices.append(f"line {line.number}: an included file is not in this text")
            return
        at = 0
        while not _BLANK.match(text, at):
            after = self._statement(text, at, line.number)
            if after is None:
                self.notices.append(f"line {line.number}: not understood, passed over")
                return
            at = after

    def _statement(self, text: str, at: int, number: int) -> int | None:
        """Read one statement and give where the next one begins."""
        if found := _CLOSE.match(text, at):
            self._close()
        elif self._waiting and (found := re.compile(r"\s*\{").match(text, at)):
            self._open(self._waiting, None, number)
        elif found := _OPEN.match(text, at):
            self._open(found[1], found[2], number)
        elif found := _PAIR.match(text, at):
            self.path[-1].values[found[1]] = Value(unquoted(found[2]), number)
        elif found := _NAME.match(text, at):
            self._waiting = found[1]
            return found.end()
        self._waiting = None
        return found.end() if found else None

    def _open(self, name: str, references: str | None, number: int) -> None:
        section = self.path[-1].first(name)
        if section is None:
            section = Section(name=name, line=number)
            self.path[-1].add(section)
        for reference in re.split(r"[\s,]+", references or ""):
            self._take_over(section, reference)
        if len(self.path) < _DEEPEST:
            self.path.append(section)
        section.closed = False

    def _take_over(self, section: Section, reference: str) -> None:
        source = self.path[-1].first(reference) or _at(self.root, reference)
        if source is not None and source is not section:
            section.values = source.values | section.values
            for part in source.parts:
                section.add(part)

    def _close(self) -> None:
        if len(self.path) > 1:
            self.path.pop().closed = True


def _at(root: Section, path: str) -> Section | None:
    here: Section | None = root
    for name in filter(None, path.split(".")):
        here = here.first(name) if here else None
    return here if here is not root else None
