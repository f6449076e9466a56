"""-o FORMAT[=FILE]: what is written where. Files are written whole or not at all."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bothup.cli.draft import save
from bothup.cli.place import expect_apart, split
from bothup.cli.stdout import say
from bothup.model.scan import Scan
from bothup.report import Render, renderer
from bothup.report._look import Look


class Output(msgspec.Struct, frozen=True):
    """One document to write; `path` is None for stdout."""

    name: str
    render: Render
    path: Path | None

    @property
    def streams(self) -> bool:
        """Whether it is written while the run goes on."""
        return self.name == "jsonl"


def parse(wanted: Sequence[str]) -> tuple[Output, ...]:
    """Read the -o options; without any, the table goes to stdout.

    Raises UsageError for an unknown format, an empty file name, two documents for stdout, or two
    for one file.
    """
    outputs = tuple(_parse(each) for each in wanted or ("table",))
    expect_apart([output.path for output in outputs])
    return outputs


def _parse(option: str) -> Output:
    name, path = split(option)
    return Output(name, renderer(name), path)


def write(output: Output, scan: Scan, *, verbose: bool) -> None:
    """Write one document to its place."""
    if output.path is None:
        say(output.render(scan, look(verbose=verbose)))
    else:
        save(output.path, output.render(scan, Look(verbose=verbose)))


def _columns() -> int:
    import shutil  # for a terminal alone

    return shutil.get_terminal_size().columns


def look(*, verbose: bool) -> Look:
    """Find out what stdout can show; without a terminal, lines are as wide as they need to be."""
    terminal = sys.stdout.isatty()
    dull = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Look(
        width=_columns() if terminal else 200,
        colour=terminal and not dull,
        verbose=verbose,
    )
