"""The way back: the step that restores what another one changed, and the plan of them all."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bothup import __version__
from bothup.apply.journal import IN_FLIGHT, Begun, Journal, State
from bothup.apply.other_steps import ON_ALARMS
from bothup.model.plan import Action, Plan, Step, differences
from bothup.model.resource_calls import CHANGES
from bothup.model.scan import Tool
from bothup.model.shown import shown
from bothup.model.tunnel_settings import former

# Creating a log group or replacing an endpoint changes no setting that could be restored; what
# alarms should be is planned anew from what there is.
RESTORABLE = frozenset(
    {Action.MODIFY_TUNNEL, Action.MODIFY_CLIENT_VPN, Action.CREATE_MONITOR, *CHANGES}
)
_WAYS_BACK = {
    Action.CREATE_MONITOR: Action.DELETE_MONITOR,
    Action.CREATE_FLOW_LOGS: Action.DELETE_FLOW_LOGS,
}
_SUFFIX = "/undo"


def inverse(step: Step) -> Step:
    """Make the step that restores the former settings; what was not set gets AWS's default."""
    after = former(step.before)
    changes = differences(step.after, after)
    return msgspec.structs.replace(
        step,
        id=step.id + _SUFFIX,
        action=_WAYS_BACK.get(step.action, step.action),
        why="restores what was there before",
        before=step.after,
        after=after,
        preconditions=tuple(f"{name} is {shown(name, value)}" for name, value, _ in changes),
        verify=tuple(f"{name} is {shown(name, value)}" for name, _, value in changes),
        needs=(),
    )


def restored_id(step: Step) -> str | None:
    """Give the id of the step that this one takes back, None where it takes none back."""
    return step.id.removesuffix(_SUFFIX) if step.id.endswith(_SUFFIX) else None


def undo_plan(begun: Sequence[Begun], journal: Journal, made_at: datetime) -> Plan:
    """Plan the way back from every change of these applies, the last change first.

    A call that may have been made counts as made: restoring what is in force does nothing.
    """
    plan = begun[0].plan
    changed = [step for step in plan.steps if _changed(step, begun, journal)]
    return Plan(
        tool=Tool(name="bothup", version=__version__),
        made_at=made_at,
        undoes=plan.id,
        connections=plan.connections,
        steps=tuple(inverse(step) for step in reversed(changed) if step.action in RESTORABLE),
        notices=tuple(_staying(changed)),
    )


def mark_undone(undo: Plan, number: int, journal: Journal, at: datetime, actor: str) -> None:
    """Record of what the undo's apply has done that the former changes are undone.

    Where it has done all, nothing is left of the former applies that could be gone on with.
    """
    restored = {
        step.id.removesuffix(_SUFFIX)
        for step in undo.steps
        if journal.entry(number, step.id).state is State.DONE
    }
    for begun in journal.applies(undo.undoes):
        all_restored = len(restored) == len(undo.steps)
        if all_restored:
            journal.finish(begun.id, at)
        for step in begun.plan.steps:
            entry = journal.entry(begun.id, step.id)
            if all_restored and step.action not in RESTORABLE and entry.state in IN_FLIGHT:
                journal.record(begun.id, step, State.UNDONE, at=at, actor=actor, note="stays")
            if step.id in restored and entry.restore is not None and entry.state != State.UNDONE:
                journal.record(begun.id, step, State.UNDONE, at=at, actor=actor, note="undone")


def _changed(step: Step, begun: Sequence[Begun], journal: Journal) -> bool:
    entries = [journal.entry(each.id, step.id) for each in begun]
    return any(each.restore is not None and each.state is not State.UNDONE for each in entries)


def _staying(changed: Sequence[Step]) -> Iterator[str]:
    for step in changed:
        if step.action is Action.CREATE_LOG_GROUP:
            yield f"log group {step.resource} stays, with what was written to it"
        elif step.action is Action.REPLACE_TUNNEL:
            yield f"{step.resource} {step.tunnel}: a replaced endpoint cannot be taken back"
        elif step.action in ON_ALARMS:
            yield f"alarm {step.resource} stays as it is: `bothup alarms apply` is its way back"
