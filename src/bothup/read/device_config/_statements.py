"""Configurations that are statements of words from the top: Junos's and PAN-OS's."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

# Objects are named by the fourth word at the latest.
_INDEXED = 4


class Statement(NamedTuple):
    """The words of a statement, from the top, and its line."""

    words: tuple[str, ...]
    line: int


class Statements(msgspec.Struct, frozen=True):
    """The statements of a text; `complete` says that nothing can be missing at its end."""

    all: tuple[Statement, ...]
    complete: bool
    notices: tuple[str, ...]
    index: dict[tuple[str, ...], list[Statement]]

    def under(self, *prefix: str) -> Iterator[Statement]:
        """Yield what stands under a prefix, without it."""
        size = len(prefix)
        for words, line in self.index.get(prefix[:_INDEXED], ()):
            if words[:size] == prefix and len(words) > size:
                yield Statement(words[size:], line)

    def names(self, *prefix: str) -> dict[str, int]:
        """Name the objects under a prefix, each with the line that it begins on."""
        found: dict[str, int] = {}
        for words, line in self.under(*prefix):
            found.setdefault(words[0], line)
        return found

    def closed(self, *prefix: str) -> bool:
        """Say whether the object under a prefix is whole: something else follows it."""
        return self.complete or (bool(self.all) and self.all[-1].words[: len(prefix)] != prefix)


def statements_of(
    found: Iterable[Statement],
    *,
    complete: bool,
    notices: Iterable[str],
    repeatable: tuple[str, ...] = (),
) -> Statements:
    """Put statements in order for looking them up.

    One that is there already is left out, unless it is under the `repeatable` prefix.
    """
    every: list[Statement] = []
    seen: set[tuple[str, ...]] = set()
    index: dict[tuple[str, ...], list[Statement]] = {}
    for statement in found:
        words = statement.words
        if words in seen and (not repeatable or words[: len(repeatable)] != repeatable):
            continue
        seen.add(words)
        every.append(statement)
        for size in range(1, min(_INDEXED, len(words)) + 1):
            index.setdefault(words[:size], []).append(statement)
    return Statements(tuple(every), complete, tuple(notices), index)
