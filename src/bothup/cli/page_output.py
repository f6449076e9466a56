"""-o FORM[=FILE] of a diagnosis: what is written where."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bothup.cli.draft import save
from bothup.cli.output import look, say
from bothup.errors import UsageError
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
    places = [output.path for output in outputs]
    if len(set(places)) < len(places):
        raise UsageError("two -o forms go to the same place; give each a FILE: -o html=FILE")
    return outputs


def _parse(option: str) -> PageOutput:
    name, equals, file = option.partition("=")
    if equals and not file:
        raise UsageError(f"-o {option}: the name of the file is missing")
    path = Path(file) if file and file != "-" else None
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise UsageError(f"-o {option}: {path} cannot be a file")
    return PageOutput(name, renderer(name), path)


def write(output: PageOutput, found: Found, *, verbose: bool) -> None:
    """Write one document to its place."""
    if output.path is None:
        say(output.render(found, look(verbose=verbose)))
    else:
        save(output.path, output.render(found, Look(verbose=verbose)))
