"""The plan for the alarms of all Targets, with everything that there should be in the end."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from bothup import __version__
from bothup.alarms.cost import cost_line
from bothup.alarms.here import Here
from bothup.alarms.reconcile import Reconciled, reconcile
from bothup.alarms.want import Wanted, Wish
from bothup.model.alarm import Topic, Watched
from bothup.model.connection import Malformed
from bothup.model.plan import Action, Plan, Step
from bothup.model.scan import Tool
from bothup.model.target import Coverage

# An alarm comes before the one whose rule it is in, and goes after it.
_ORDER = (Action.PUT_ALARM, Action.PUT_COMPOSITE, Action.DELETE_ALARM)


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A plan, and all alarms that are wanted, those that are right already among them."""

    plan: Plan
    wanted: tuple[Wanted, ...] = ()


def plan_alarms(
    reads: Sequence[Watched],
    topics: dict[str, Topic],
    wish: Wish,
    *,
    coverage: Iterable[Coverage] = (),
    made_at: datetime,
) -> Made:
    """Compare what was read with what is wanted, Target by Target."""
    found = [reconcile(Here(each, topics, made_at), wish) for each in reads]
    wanted = tuple(each for one in found for each in one.wanted)
    steps = (step for each in found for step in each.steps)
    plan = Plan(
        tool=Tool(name="bothup", version=__version__),
        made_at=made_at,
        coverage=tuple(coverage),
        steps=tuple(sorted(steps, key=_order)),
        refused=tuple(each for one in found for each in one.refused),
        notices=(*_notices(reads, found), *([cost_line(wanted)] if wanted else ())),
    )
    return Made(plan=plan, wanted=wanted)


def _order(step: Step) -> tuple[object, ...]:
    # Of the alarms that go, the shorter name is a composite one's, which looks at the longer ones.
    return _ORDER.index(step.action), step.account, step.region, step.resource


def _notices(reads: Sequence[Watched], found: Sequence[Reconciled]) -> tuple[str, ...]:
    unclear = (
        f"{each.id} cannot be read, so its alarms stay as they are: {each.problem}"
        for read in reads
        for each in read.records
        if isinstance(each, Malformed)
    )
    return (*unclear, *(notice for each in found for notice in each.notices))
