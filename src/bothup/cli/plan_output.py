"""-o FORM[=FILE] of a plan: what is written where."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bothup.cli.draft import save
from bothup.cli.output import look, say
from bothup.errors import UsageError
from bothup.export import Render, renderer
from bothup.model.plan import Plan
from bothup.report._look import Look


class PlanOutput(msgspec.Struct, frozen=True):
    """One document to write; `path` is None for stdout."""

    render: Render
    path: Path | None


def parse(wanted: Sequence[str]) -> tuple[PlanOutput, ...]:
    """Read the -o options; the table goes to stdout where nothing else does.

    Raises UsageError for an unknown form, an unusable file name, or two documents for one place.
    """
    outputs = [_parse(each) for each in wanted]
    places = [output.path for output in outputs]
    if len(set(places)) < len(places):
        raise UsageError("two -o forms go to the same place; give each a FILE: -o json=FILE")
    if None not in places:
        outputs.append(PlanOutput(renderer("table"), None))
    return tuple(outputs)


def _parse(option: str) -> PlanOutput:
    name, equals, file = option.partition("=")
    if equals and not file:
        raise UsageError(f"-o {option}: the name of the file is missing")
    path = Path(file) if file and file != "-" else None
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise UsageError(f"-o {option}: {path} cannot be a file")
    return PlanOutput(renderer(name), path)


def write(output: PlanOutput, plan: Plan, *, verbose: bool) -> None:
    """Write one document to its place."""
    if output.path is None:
        say(output.render(plan, look(verbose=verbose)))
    else:
        save(output.path, output.render(plan, Look(verbose=verbose)))
