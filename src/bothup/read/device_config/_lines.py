"""A text as numbered lines, of which the last may be cut off."""

from typing import NamedTuple

# No device writes longer lines of settings; a longer one is data (an image, a certificate).
_LONGEST = 8192


class Line(NamedTuple):
    """A line: its number, from 1, and its text without its end."""

    number: int
    text: str


class Lines(NamedTuple):
    """The lines of a text.

    `cut` is a last line without a line break: half of `group 14` is `group 1`, so that such a line
    is not read unless nothing can be missing from it.
    """

    whole: tuple[Line, ...]
    cut: Line | None = None
    notices: tuple[str, ...] = ()


# Words that a cut line may consist of: nothing that could follow would change their meaning.
_ENDINGS = frozenset({"", "}", "};", "!", "end", "next", "exit", "top", "quit"})


def lines_of(text: str) -> Lines:
    """Split a text into lines."""
    *whole, last = text.split("\n")
    if last.strip() in _ENDINGS or last.lstrip().startswith(("!", "#")):
        whole.append(last)
        last = ""
    long = [number for number, line in enumerate(whole, 1) if len(line) > _LONGEST]
    notices = [f"line {number}: too long to be a setting, not read" for number in long]
    kept = tuple(
        Line(number, line) for number, line in enumerate(whole, 1) if len(line) <= _LONGEST
    )
    if not last:
        return Lines(kept, None, tuple(notices))
    number = len(whole) + 1
    notices.append(f"line {number}: the last line has no end and may be cut off, not read")
    return Lines(kept, Line(number, last[:_LONGEST]), tuple(notices))
