"""`bothup undo`: restore what a plan changed, as carefully as it was changed."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from bothup.apply.journal import Begun, Journal
from bothup.apply.undoing import mark_undone, undo_plan
from bothup.cli import logs
from bothup.cli.apply import _carry_out, finish
from bothup.cli.applying import local_user
from bothup.cli.changing import Changing, Way, journal_path, plan_id
from bothup.cli.flags import flag
from bothup.cli.settings import Configuration
from bothup.errors import UsageError


def undo(
    plan: Annotated[
        str,
        flag("File of the plan, or its id in the journal.", hyphen=True),
    ],
    /,
    *,
    output: Annotated[
        str,
        Parameter(
            name=("--output", "-o"),
            help="FORMAT[=FILE]: text (the default), json.",
            show_default=False,
        ),
    ] = "text",
    changing: Changing = Changing(),  # noqa: B008 - frozen
    way: Way = Way(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Restore the options that a plan changed, under the same guard, the last change first.

    Log groups that were created stay. Exit codes as those of apply; an undo that
    was cut off goes on with: bothup apply --resume
    """
    if changing.debug:
        logs.debug()
    changing.check()
    with Journal(journal_path(changing.journal)) as journal:
        begun = _applies(plan, journal)
        back = undo_plan(begun, journal, datetime.now(UTC).replace(microsecond=0))
        if not back.steps:
            mark_undone(back, 0, journal, back.made_at, local_user())
        outcomes = _carry_out(back, None, journal, changing, way, rollback=False, wait=False)
    return finish(back, outcomes, output)


def _applies(plan: str, journal: Journal) -> tuple[Begun, ...]:
    named = plan_id(plan)
    begun = journal.applies(named)
    if not begun:
        raise UsageError(f"plan {named} was never applied, by all that {journal.path} knows")
    return begun
