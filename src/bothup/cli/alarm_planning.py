"""Read what there is and plan what is missing; which forms such a plan has."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from bothup.alarms.plan import Made, plan_alarms
from bothup.alarms.routes import topic_for
from bothup.alarms.scope import Kind
from bothup.alarms.want import Wish
from bothup.cli.alarm_reading import read_alarms
from bothup.cli.reached import Reached
from bothup.errors import UsageError
from bothup.export import renderer
from bothup.model.alarm import Watched
from bothup.model.connection import VpnConnection
from bothup.model.target import CoverageStatus
from bothup.report._look import Look

# Forms that hold all alarms that are wanted, and not what is to be done.
_WHOLE = ("cloudformation", "terraform")

Render = Callable[[Made, Look], Iterable[str]]


async def plan_live(
    way: Reached, regions: Sequence[str] | None, wish: Wish, *, quiet: bool
) -> Made:
    """Read every Target and plan; raises UsageError for an alarm that is named and nowhere."""
    read = await read_alarms(way, regions, quiet=quiet, owned=True, others=partial(_topics, wish))
    made = plan_alarms(
        read.reads,
        read.topics,
        wish,
        coverage=read.coverage,
        made_at=datetime.now(UTC).replace(microsecond=0),
    )
    known = {alarm.name for each in read.reads for alarm in each.alarms}
    whole = all(each.status is CoverageStatus.READ for each in read.coverage)
    for name in sorted(wish.foreign - known if whole else ()):
        raise UsageError(f"--foreign {name}: no alarm about a tunnel has that name")
    return made


def form(name: str) -> Render:
    """Find what renders a plan of alarms in a form; raises UsageError for one that is none."""
    if name in _WHOLE:
        render: Render = importlib.import_module(f"bothup.alarms.{name}").render
        return render
    of_plan = renderer(name)
    return lambda made, look: of_plan(made.plan, look)


def _topics(wish: Wish, read: Watched) -> Iterator[str]:
    for each in read.records:
        if isinstance(each, VpnConnection):
            for kind in Kind:
                if arn := topic_for(wish.routes, each, kind):
                    yield arn
