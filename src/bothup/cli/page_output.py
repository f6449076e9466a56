"""-o FORM[=FILE] of a diagnosis: what is written where."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bothup.cli.draft import save
from bothup.cli.output import look
from bothup.cli.place import expect_apart, split
from bothup.cli.stdout import say
from bothup.pages import Found, Render, renderer
from bothup.report._look import Look

# Columns and lines of what is no screen.
_LETTER = (80, 24)


class PageOutput(msgspec.Struct, frozen=True):
    """One document to write; `path` is None for stdout."""

    name: str
    render: Render
    path: Path | None

    @property
    def on_screen(self) -> bool:
        """Whether it is the text for people, on stdout."""
        return self.name == "text" and self.path is None


def parse(wanted: Sequence[str]) -> tuple[PageOutput, ...]:
    """Read the -o options; without any, the text goes to stdout.

    Raises UsageError for an unknown form, an unusable file name, or two documents for one place.
    """
    outputs = tuple(_parse(each) for each in wanted or ("text",))
    expect_apart([output.path for output in outputs])
    return outputs


def _parse(option: str) -> PageOutput:
    name, path = split(option)
    return PageOutput(name, renderer(name), path)


def write(output: PageOutput, found: Found, *, verbose: bool) -> None:
    """Write one document to its place; prose is as wide as the terminal, COLUMNS, or a letter."""
    width = shutil.get_terminal_size(_LETTER).columns
    if output.path is None:
        shown = msgspec.structs.replace(look(verbose=verbose), width=width)
        say(output.render(found, shown))
    else:
        save(output.path, output.render(found, Look(verbose=verbose, width=width)))
