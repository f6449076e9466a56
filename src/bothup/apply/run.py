"""A whole plan: checked by dry runs first, then carried out, connections side by side."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from bothup.apply import other_steps
from bothup.apply.connection import Connection
from bothup.apply.dry_run import dry_runs
from bothup.apply.journal import State, resource_of
from bothup.apply.means import Means
from bothup.apply.stops import Stopped, Why
from bothup.errors import AwsError
from bothup.model.plan import Action, Plan, Step

_ON_TUNNELS = (Action.MODIFY_TUNNEL, Action.REPLACE_TUNNEL)
# What others need comes first, and what nothing needs any more goes last. An alarm that falls
# silent does so once the one that speaks for it is there.
_FIRST, _USUAL, _COMPOSITE, _SILENT, _LAST = range(5)
_TURNS = {
    Action.CREATE_LOG_GROUP: _FIRST,
    Action.CREATE_LOG_STREAM: _FIRST,
    Action.PUT_COMPOSITE: _COMPOSITE,
    Action.DELETE_ALARM: _LAST,
}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one resource: how many of its steps are done, and why not all of them.

    `why` is None where nothing is left to be done; `text` says more of it.
    """

    resource: str
    done: int
    steps: int
    why: Why | None = None
    text: str = ""


async def carry_out(plan: Plan, means: Means, *, parallel: int) -> tuple[Outcome, ...]:
    """Carry the plan out, or what is left of it, so many resources at a time.

    Raises NotPermitted, before anything changes, where a dry run is denied; Interrupted where
    somebody asked to stop, with everything at rest.
    """
    left = [step for step in plan.steps if means.entry(step).state is not State.DONE]
    free = asyncio.Semaphore(parallel)
    refused = await dry_runs(left, means, free)
    outcomes: list[Outcome] = []
    for turn in range(_LAST + 1):
        groups: defaultdict[str, list[Step]] = defaultdict(list)
        for step in plan.steps:
            if _turn(step) == turn:
                groups[resource_of(step)].append(step)
        workers = [_Worker(tuple(steps), means, free, refused) for steps in groups.values()]
        ended = await asyncio.gather(*(each.work() for each in workers), return_exceptions=True)
        for one in ended:
            if isinstance(one, BaseException):
                raise one
            outcomes.append(one)
    if all(means.entry(step).state is State.DONE for step in plan.steps):
        means.journal.finish(means.apply_id, means.clock.now())
    return tuple(outcomes)


def _turn(step: Step) -> int:
    falls_silent = step.before.get("AlarmActions") and not step.after.get("AlarmActions")
    if step.action is Action.PUT_ALARM and falls_silent:
        return _SILENT
    return _TURNS.get(step.action, _USUAL)


class _Worker:
    """Carries out the steps on one resource, under its lock."""

    def __init__(
        self,
        steps: Sequence[Step],
        means: Means,
        free: asyncio.Semaphore,
        refused: dict[str, AwsError],
    ) -> None:
        self._steps, self._means, self._free, self._refused = steps, means, free, refused

    async def work(self) -> Outcome:
        """Make the steps; whatever stops them is said in the outcome, and stops nothing else."""
        try:
            if self._left():
                async with self._free:
                    await self._under_lock()
        except Stopped as stopped:
            return self._outcome(stopped.why, str(stopped))
        except AwsError as error:
            return self._outcome(Why.AWS, str(error))
        return self._outcome(None, "")

    async def _under_lock(self) -> None:
        means, resource = self._means, resource_of(self._steps[0])
        means.locks.take(resource, means.clock.now())
        try:
            self._check(resource)
            if self._steps[0].action in _ON_TUNNELS:
                await Connection(self._left(), means).carry_out()
                return
            for step in self._left():
                await other_steps.carry_out(step, means)
        finally:
            means.locks.release(resource)

    def _left(self) -> tuple[Step, ...]:
        states = ((step, self._means.entry(step).state) for step in self._steps)
        return tuple(step for step, state in states if state is not State.DONE)

    def _check(self, resource: str) -> None:
        """Raise Stopped where something that must come first has not."""
        means = self._means
        other = means.journal.unfinished(resource, means.supersedes | {means.apply_id})
        if other is not None:
            raise Stopped(
                Why.LOCKED,
                f"{resource}: plan {other} left a change of it unsettled: go on with it (bothup "
                f"apply {other} --resume) or take it back (bothup undo {other})",
            )
        own = {step.id for step in self._steps}
        for step in self._left():
            if error := self._refused.get(step.id):
                raise Stopped(Why.AWS, f"{step.resource}: refused by a dry run: {error}")
            for needed in set(step.needs) - own:
                if means.journal.entry(means.apply_id, needed).state is not State.DONE:
                    raise Stopped(Why.NEEDS, f"{step.resource}: {needed} is missing")

    def _outcome(self, why: Why | None, text: str) -> Outcome:
        states = [self._means.entry(step).state for step in self._steps]
        return Outcome(
            resource=resource_of(self._steps[0]),
            done=states.count(State.DONE),
            steps=len(states),
            why=why,
            text=text,
        )
