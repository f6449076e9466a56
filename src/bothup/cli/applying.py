"""Carry a plan out with real time and real AWS, and stop in order when somebody presses Ctrl-C."""

import asyncio
import contextlib
import getpass
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from bothup.apply.clock import Clock, SystemClock
from bothup.apply.journal import Begun, Journal
from bothup.apply.lock import Locks, Owner
from bothup.apply.means import Means, Told
from bothup.apply.pace import Pace
from bothup.apply.run import Outcome, carry_out
from bothup.apply.undoing import mark_undone
from bothup.aws.account import identity
from bothup.aws.signer import OwnCredentials
from bothup.cli import selected
from bothup.cli.explaining import explain
from bothup.cli.options import Reach
from bothup.cli.reached import Reached, reached
from bothup.errors import AwsError, UsageError
from bothup.model.plan import Plan
from bothup.model.window import parse_window

MakeClock = Callable[[asyncio.Event], Clock]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be carried out and how; `begun` is the apply to go on with, None for a new one."""

    plan: Plan
    reach: Reach
    pace: Pace
    parallel: int
    outages: frozenset[str]
    rollback: bool
    wait: bool
    tell: Callable[[Told], None]
    begun: Begun | None = None


def carry_out_live(
    job: Job, journal: Journal, *, clock: MakeClock = SystemClock
) -> tuple[Outcome, ...]:
    """Carry the job out.

    Raises UsageError where there are no credentials for its accounts, NotPermitted where a dry run
    is denied, Interrupted where somebody asked to stop.
    """
    return asyncio.run(_carry_out(job, journal, clock))


async def _carry_out(job: Job, journal: Journal, make: MakeClock) -> tuple[Outcome, ...]:
    stop = asyncio.Event()
    clock = make(stop)
    with _stopping(stop):
        async with reached(job.reach, selected.selection(job.reach), None) as way:
            actor = await _actor(way)
            if job.begun is None:
                number = journal.begin(job.plan, actor, clock.now())
            else:
                number = job.begun.id
            window = parse_window(job.plan.window) if job.plan.window else None
            if window and job.wait:
                while not window.contains(clock.now()):
                    await clock.sleep(job.pace.poll)
            means = Means(
                access=way.access,
                journal=journal,
                locks=Locks(journal, Owner.this(), job.pace.lease),
                clock=clock,
                pace=job.pace,
                tell=job.tell,
                apply_id=number,
                actor=actor,
                window=window,
                outages=job.outages,
                rollback=job.rollback,
                supersedes=_superseded(job.plan, journal),
                explain=partial(explain, way, job.reach.profile),
            )
            try:
                return await carry_out(job.plan, means, parallel=job.parallel)
            finally:
                if job.plan.undoes is not None:
                    mark_undone(job.plan, number, journal, clock.now(), actor)


def _superseded(plan: Plan, journal: Journal) -> frozenset[int]:
    """The applies whose changes this plan takes back, unsettled or not."""
    if plan.undoes is None:
        return frozenset()
    return frozenset(begun.id for begun in journal.applies(plan.undoes))


def local_user() -> str:
    """Name the person at this machine."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


async def _actor(way: Reached) -> str:
    """Say who makes the changes: the principal on AWS, and the person at this machine."""
    here = local_user()
    own = OwnCredentials(way.session)
    try:
        who = await identity(own, way.session.home_region, caller=way.caller, budget=way.run)
    except UsageError:
        raise
    except AwsError:
        return here
    return f"{who.arn} ({here})"


@contextlib.contextmanager
def _stopping(stop: asyncio.Event) -> Iterator[None]:
    """Have Ctrl-C and SIGTERM set `stop`; a step that was begun is journaled, then all rest."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
        for each in signals:
            loop.add_signal_handler(each, stop.set)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for each in signals:
                loop.remove_signal_handler(each)
