"""On which line of a TOML text a key stands: the parser does not tell, and people want to know.

Keys inside inline tables are not found; the key around them is.
"""

import re
from collections.abc import Iterator, Sequence

Step = str | int
Lines = dict[tuple[Step, ...], int]

_PART = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_NAME = rf"({_PART}(?:\s*\.\s*{_PART})*)"
_HEADING = re.compile(rf"\s*\[(\[?)\s*{_NAME}\s*\]")
_KEY = re.compile(rf"\s*{_NAME}\s*=")
_PARTS = re.compile(_PART)


def lines(text: str) -> Lines:
    """Find the line, from 1, of every key, by its path: ("mutes", 2, "tag").

    A table that has no heading of its own is where the first that stands in it is.
    """
    found: Lines = {}
    for path, number in _lines(text):
        for length in range(1, len(path)):
            found.setdefault(path[:length], number)
        found[path] = number
    return found


def line_of(found: Lines, path: Sequence[Step]) -> int | None:
    """Give the line of a path, or of the closest key around it."""
    around = (tuple(path[:length]) for length in range(len(path), 0, -1))
    return next((found[each] for each in around if each in found), None)


def _lines(text: str) -> Iterator[tuple[tuple[Step, ...], int]]:
    table: tuple[Step, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(line):
            array, name = heading.groups()
            table = _parts(name)
            if array:
                table = (*table, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_parts(key[1])), number


def _parts(name: str) -> tuple[Step, ...]:
    """Take a name apart: a dot between quotes does not part it."""
    return tuple(part.strip("\"'") for part in _PARTS.findall(name))
