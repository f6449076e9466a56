"""Columns of text for a terminal: rows of cells, cells of lines, each line with a style.

rich's own table measures and wraps every cell, which takes seconds for thousands of rows; here a
column is as wide as its widest line, and lines are never wrapped.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

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
    head: Sequence[Cell] = [((heading, "bold"),) for heading in headings]
    widths = [
        max((cell_len(text) for row in (head, *rows) for text, _ in row[place]), default=0)
        for place in range(len(headings))
    ]
    yield from _row(head, widths, look)
    yield "─" * (sum(widths) + len(GAP) * (len(widths) - 1)) + "\n"
    for row in rows:
        yield from _row(row, widths, look)


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
