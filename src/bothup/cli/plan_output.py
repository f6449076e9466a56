"""-o FORM[=FILE] of a plan: what is written where."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bothup.cli.draft import save
from bothup.cli.output import look
from bothup.cli.place import expect_apart, split
from bothup.cli.stdout import say
from bothup.export import renderer
from bothup.report._look import Look

Render = Callable[[Any, Look], Iterable[str]]
Find = Callable[[str], Render]


class PlanOutput(msgspec.Struct, frozen=True):
    """One document to write; `path` is None for stdout."""

    render: Render
    path: Path | None


def parse(wanted: Sequence[str], find: Find = renderer) -> tuple[PlanOutput, ...]:
    """Read the -o options; the table goes to stdout where nothing else does.

    `find` gives what renders a form, by its name.

    Raises UsageError for an unknown form, an unusable file name, or two documents for one place.
    """
    outputs = [_parse(each, find) for each in wanted]
    places = [output.path for output in outputs]
    expect_apart(places)
    if None not in places:
        outputs.append(PlanOutput(find("table"), None))
    return tuple(outputs)


def _parse(option: str, find: Find) -> PlanOutput:
    name, path = split(option)
    return PlanOutput(find(name), path)


def write(output: PlanOutput, plan: Any, *, verbose: bool) -> None:
    """Write one document to its place."""
    if output.path is None:
        say(output.render(plan, look(verbose=verbose)))
    else:
        save(output.path, output.render(plan, Look(verbose=verbose)))
