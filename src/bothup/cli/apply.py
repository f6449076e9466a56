"""`bothup apply`: carry a plan out, guarded, journaled, one tunnel of a connection at a time."""

import sys
from typing import Annotated

import msgspec

from bothup.apply.journal import Begun, Journal
from bothup.apply.other_steps import ON_ALARMS
from bothup.apply.pace import Pace
from bothup.apply.run import Outcome
from bothup.apply.undoing import RESTORABLE
from bothup.cli import exits, logs
from bothup.cli.applying import Job, carry_out_live
from bothup.cli.changing import (
    Applied,
    Changing,
    Way,
    confirm,
    journal_path,
    plan_id,
    plan_of,
    summary,
    tell,
)
from bothup.cli.document import deliver
from bothup.cli.flags import flag
from bothup.cli.output import look
from bothup.cli.settings import Configuration
from bothup.errors import UsageError
from bothup.export import renderer
from bothup.model.plan import Plan


def apply(
    plan: Annotated[
        str | None,
        flag(
            "File that `bothup plan -o json=FILE` wrote; - is stdin. With --resume also the "
            "plan's id in the journal.",
            hyphen=True,
        ),
    ] = None,
    /,
    *,
    resume: Annotated[
        bool, flag("Go on with an apply that was cut off: of PLAN, else the last one.")
    ] = False,
    rollback: Annotated[
        bool, flag("Restore the former options of a tunnel that does not come back.")
    ] = False,
    wait_for_window: Annotated[bool, flag("Wait until the plan's window opens.")] = False,
    output: Annotated[
        str, flag("FORMAT[=FILE]: text (the default), json.", "--output", "-o")
    ] = "text",
    changing: Changing = Changing(),  # noqa: B008 - frozen
    way: Way = Way(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: ARG001, B008 - for the flags' settings
) -> int:
    """Carry a plan out: every call is tried in a dry run first, then step by step.

    No tunnel is interrupted unless its sibling has just been seen UP and has
    stayed UP for the settle time. Exit codes: 0 all is done; 5 a guard, or
    something that changed meanwhile, stopped it; 130 interrupted.
    """
    if changing.debug:
        logs.debug()
    changing.check()
    with Journal(journal_path(changing.journal)) as journal:
        begun = _begun(plan, journal) if resume else None
        chosen = begun.plan if begun else plan_of(plan) if plan is not None else None
        if chosen is None:
            raise UsageError("which plan? Say its file, or --resume for the last one")
        if begun is None:
            begun = _untouched(chosen, journal)
        outcomes = _carry_out(
            chosen, begun, journal, changing, way, rollback=rollback, wait=wait_for_window
        )
    code = finish(chosen, outcomes, output)
    if code == exits.GUARD and not changing.quiet:
        _say_how_to_go_on(chosen)
    return code


def _say_how_to_go_on(plan: Plan) -> None:
    back = [f"bothup undo {plan.id} takes back what is done"]
    if any(step.action in ON_ALARMS for step in plan.steps):
        back = back if any(step.action in RESTORABLE for step in plan.steps) else []
        back.append("what is done to alarms stays, and bothup alarms plan compares them anew")
    on = "not all is done: bothup apply --resume goes on once the reason is gone"
    print(f"bothup: {', '.join((on, *back))}", file=sys.stderr)


def finish(plan: Plan, outcomes: tuple[Outcome, ...], output: str) -> int:
    """Write the outcome, and give the exit code."""
    stopped = next((each.why for each in outcomes if each.why), None)
    document = Applied(plan=plan.id, undoes=plan.undoes, outcomes=outcomes, stopped=stopped)
    encoded = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    deliver(
        output,
        {"text": lambda: summary(outcomes, len(plan.refused)), "json": lambda: [encoded, "\n"]},
    )
    return exits.GUARD if stopped else exits.OK


def _carry_out(
    plan: Plan,
    begun: Begun | None,
    journal: Journal,
    changing: Changing,
    way: Way,
    *,
    rollback: bool,
    wait: bool,
) -> tuple[Outcome, ...]:
    if not plan.steps:
        notices = () if changing.quiet else plan.notices
        sys.stderr.writelines(f"! {notice}\n" for notice in notices)
        return ()
    for name in set(changing.allow_outage) - {step.resource for step in plan.steps}:
        raise UsageError(f"--allow-outage {name}: the plan has no step on it")
    if not changing.quiet:
        sys.stderr.writelines(renderer("table")(plan, look(verbose=False)))
    confirm(f"Make these {len(plan.steps)} steps?", yes=changing.yes)
    job = Job(
        plan=plan,
        reach=way.reach(sorted({step.account for step in plan.steps} - {""})),
        pace=Pace.settling(changing.settle, changing.come_back),
        parallel=changing.parallel,
        outages=frozenset(changing.allow_outage),
        rollback=rollback,
        wait=wait,
        tell=(lambda _: None) if changing.quiet else tell,
        begun=begun,
    )
    return carry_out_live(job, journal)


def _begun(plan: str | None, journal: Journal) -> Begun:
    """Find the apply to go on with: the last one that is not finished."""
    named = plan and plan_id(plan)
    for begun in journal.applies(named):
        if begun.finished_at is None:
            return begun
    which = f"plan {named}" if named else "any plan"
    raise UsageError(f"no apply of {which} in {journal.path} is unfinished")


def _untouched(plan: Plan, journal: Journal) -> Begun | None:
    """Find an apply of the plan that never came to a change: going on with it is beginning it.

    Raises UsageError where one did, and is not finished.
    """
    unfinished = [each for each in journal.applies(plan.id) if each.finished_at is None]
    for begun in unfinished:
        if journal.touched(begun.id):
            raise UsageError(
                f"plan {plan.id} was begun on {begun.started_at:%Y-%m-%d %H:%M} UTC: go on with "
                "--resume, or make a new plan"
            )
    return unfinished[0] if unfinished else None
