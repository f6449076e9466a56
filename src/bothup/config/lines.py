"""On which line of a TOML text a key stands: the parser does not tell, and people want to know.

Keys inside inline tables are not found; the key around them is.
"""

import re
from collections.abc import Iterator, Sequence

Step = str | int
Lines = dict[tuple[Step, ...], int]

_HEADING = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")


def lines(text: str) -> Lines:
    """Find the line, from 1, of every key, by its path: ("mutes", 2, "tag")."""
    return dict(_lines(text))


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
            table = tuple(part.strip(" \t\"'") for part in name.split("."))
            if array:
                table = (*table, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, key[1]), number
