"""-o FORM[=FILE] of a diagnosis: what is written where."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bothup.cli.draft import save
from bothup.cli.output import look, say
from bothup.cli.place import expect_apart, split
from bothup.pages import Found, Render, renderer
from bothup.report._look import Look


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
    """Write one document to its place."""
    if output.path is None:
        say(output.render(found, look(verbose=verbose)))
    else:
        save(output.path, output.render(found, Look(verbose=verbose)))
