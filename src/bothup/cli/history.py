"""`bothup history`: what was done."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from bothup.apply.journal import Happened, Journal
from bothup.cli.changing import journal_path
from bothup.cli.document import deliver
from bothup.cli.keepalive_run import history_path
from bothup.cli.moments import since_time
from bothup.errors import UsageError
from bothup.history.probes import Minute, ProbeHistory
from bothup.model.plan import differences
from bothup.model.shown import shown

history = App(
    name="history",
    help="Show what was done, and when.",
    help_formatter="default",
    result_action="return_value",
)


@history.command
def changes(
    plan: str | None = None,
    /,
    *,
    journal: Path | None = None,
    output: Annotated[str, Parameter(name=("--output", "-o"), show_default=False)] = "text",
) -> int:
    """Show every change that was begun: who, when, what, and what became of it.

    Parameters
    ----------
    plan
        Id of a plan; without it, the changes of all plans.
    journal
        Journal file (~/.local/state/bothup/journal.db).
    output
        FORMAT[=FILE]: text (the default), json.
    """
    with Journal(journal_path(journal)) as record:
        happened = tuple(record.events(plan))
    encoded = msgspec.json.format(msgspec.json.encode(happened), indent=2).decode()
    deliver(output, {"text": lambda: _lines(happened), "json": lambda: [encoded, "\n"]})
    return 0


@history.command
def probes(
    target: str | None = None,
    /,
    *,
    since: str | None = None,
    history: Path | None = None,
    output: Annotated[str, Parameter(name=("--output", "-o"), show_default=False)] = "text",
) -> int:
    """Show what `bothup keepalive run` measured: loss and round trips, minute by minute.

    Parameters
    ----------
    target
        Only this target, as it was said to `keepalive run`.
    since
        Only from this time on: 2026-11-24T05:30Z, or 90m, 6h, 2d ago.
    history
        History file (~/.local/state/bothup/history.db).
    output
        FORMAT[=FILE]: text (the default), json.
    """
    if history is not None and not history.exists():
        raise UsageError(f"--history {history}: there is no such file")
    with ProbeHistory(history_path(history)) as kept:
        minutes = kept.minutes(target, since_time(since, datetime.now(UTC)) if since else None)
    encoded = msgspec.json.format(msgspec.json.encode(minutes), indent=2).decode()
    deliver(output, {"text": lambda: _measured(minutes), "json": lambda: [encoded, "\n"]})
    return 0


def _measured(minutes: Sequence[Minute]) -> Iterator[str]:
    for each in minutes:
        trips = (each.shortest, each.mean, each.longest)
        shown_trips = "/".join(f"{1000 * trip:.1f}" for trip in trips if trip is not None)
        took = f"  {shown_trips} ms" if shown_trips else ""
        lost = f"{each.lost} of {each.sent} lost"
        yield f"{each.minute:%Y-%m-%d %H:%M}  {each.target}  {lost}{took}\n"
    if not minutes:
        yield "Nothing was measured\n"


def _lines(happened: Sequence[Happened]) -> Iterator[str]:
    for each in happened:
        where = f"{each.step.resource} {each.step.tunnel or ''}".strip() if each.step else ""
        yield f"{each.at:%Y-%m-%d %H:%M:%S}  {where}  {each.state}  {each.note}\n"
        if each.step and each.state == "calling":
            for name, old, new in differences(each.step.before, each.step.after):
                yield f"    {name}: {shown(name, old)} → {shown(name, new)}\n"
            yield f"    plan {each.plan}, by {each.actor}\n"
    if not happened:
        yield "Nothing was changed\n"
