"""A tree of named sections with values: what swanctl.conf and config.xml have in common."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec


class Value(NamedTuple):
    """A value and the line that it stands on."""

    text: str
    line: int


class Section(msgspec.Struct, kw_only=True):
    """A section: its own values, the sections in it and whether its end has been seen.

    A section whose end is missing was cut off, and nothing follows from what it does not say.
    """

    name: str
    line: int = 0
    label: str = ""
    text: str = ""
    closed: bool = False
    values: dict[str, Value] = {}
    parts: list["Section"] = []
    firsts: dict[str, "Section"] = {}

    def add(self, part: "Section") -> None:
        """Put a section into this one."""
        self.parts.append(part)
        self.firsts.setdefault(part.name, part)

    def named(self, *names: str) -> Iterator["Section"]:
        """Yield the sections directly in this one that have one of these names."""
        return (part for part in self.parts if part.name in names)

    def first(self, name: str) -> "Section | None":
        """Give the first section of this name directly in this one."""
        return self.firsts.get(name)

    def walk(self) -> Iterator["Section"]:
        """Yield this section and all below it, in their order."""
        waiting = [self]
        while waiting:
            section = waiting.pop()
            yield section
            waiting.extend(reversed(section.parts))

    def find(self, *path: str) -> Iterator["Section"]:
        """Yield the sections that a path of names leads to, wherever it begins."""
        first, *rest = path
        for section in self.walk():
            if section.name == first:
                reached = [section]
                for name in rest:
                    reached = [part for each in reached for part in each.named(name)]
                yield from reached
