"""Columns of text for a terminal: rows of cells, cells of lines, each line with a style.

rich's own table measures and wraps every cell, which takes seconds for thousands of rows; here a
column is as wide as its widest line, and lines are wrapped only where that is asked for.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from bothup.report._look import Look

Line = tuple[str, str]
Cell = tuple[Line, ...]
GAP = "  "
_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "1;31",
    "green": "32",
    "yellow": "33",
    "bold yellow": "1;33",
}


def styled(text: str, style: str, look: Look) -> str:
    """Colour a text, where the reader's screen can show it."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style and text and look.colour else text


def columns(headings: Sequence[str], rows: Sequence[Sequence[Cell]], look: Look) -> Iterator[str]:
    """Yield lines of text, headings and a rule first."""
    head, widths = _head(headings), _widths(headings, rows)
    yield from _row(head, widths, look)
    yield "─" * _sum(widths) + "\n"
    for row in rows:
        yield from _row(row, widths, look)


def total(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> int:
    """Say how wide the columns are together."""
    return _sum(_widths(headings, rows))


def widest(cells: Iterable[Cell]) -> int:
    """Say how wide a column of these cells is."""
    return max((cell_len(text) for cell in cells for text, _ in cell), default=0)


def wrapped(cell: Cell, room: int) -> Cell:
    """Give what is wider than the room a line more, or several."""
    return tuple((part, style) for text, style in cell for part in chop_cells(text, room))


def folded(cell: Cell, room: int) -> Cell:
    """Wrap what is wider than the room between words; what goes on is indented."""
    return tuple((part, style) for text, style in cell for part in _parts(text, room))


def _parts(text: str, room: int) -> Iterator[str]:
    if cell_len(text) <= room:
        yield text
        return
    for line in textwrap.wrap(text, room, subsequent_indent="  ", break_on_hyphens=False):
        yield from [line] if cell_len(line) <= room else chop_cells(line, room)


def cut_short(cell: Cell, room: int) -> Cell:
    """Cut what is wider than the room, and show that it is cut."""
    return tuple(
        (text if cell_len(text) <= room else set_cell_size(text, room - 1).rstrip() + "…", style)
        for text, style in cell
    )


def _head(headings: Sequence[str]) -> Sequence[Cell]:
    return [((heading, "bold"),) for heading in headings]


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    head = _head(headings)
    return [widest(row[place] for row in (head, *rows)) for place in range(len(headings))]


def _sum(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _row(row: Sequence[Cell], widths: Sequence[int], look: Look) -> Iterator[str]:
    for number in range(max(map(len, row))):
        line = ""
        margin = 0
        for cell, width in zip(row, widths, strict=True):
            text, style = cell[number] if number < len(cell) else ("", "")
            if text:
                line += " " * margin + styled(text, style, look)
                margin = 0
            margin += width - cell_len(text) + len(GAP)
        yield line + "\n"
