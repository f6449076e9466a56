"""-o FORM[=FILE] of a plan: what is written where."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bothup.cli.draft import save
from bothup.cli.output import look, say
from bothup.errors import UsageError
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
    if len(set(places)) < len(places):
        raise UsageError("two -o forms go to the same place; give each a FILE: -o json=FILE")
    if None not in places:
        outputs.append(PlanOutput(find("table"), None))
    return tuple(outputs)


def _parse(option: str, find: Find) -> PlanOutput:
    name, equals, file = option.partition("=")
    if equals and not file:
        raise UsageError(f"-o {option}: the name of the file is missing")
    path = Path(file) if file and file != "-" else None
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise UsageError(f"-o {option}: {path} cannot be a file")
    return PlanOutput(find(name), path)


def write(output: PlanOutput, plan: Any, *, verbose: bool) -> None:
    """Write one document to its place."""
    if output.path is None:
        say(output.render(plan, look(verbose=verbose)))
    else:
        save(output.path, output.render(plan, Look(verbose=verbose)))
