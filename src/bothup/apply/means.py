"""Means: what carrying a plan out needs, shared by all that do so together."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from bothup.apply.clock import Clock
from bothup.apply.journal import Entry, Journal, State, Was, resource_of
from bothup.apply.lock import Locks
from bothup.apply.pace import Pace
from bothup.apply.stops import Stopped, Why
from bothup.aws.change.access import Access
from bothup.model.plan import Step
from bothup.model.tunnel_settings import Settings
from bothup.model.window import Window

Explain = Callable[[Step], Awaitable[str]]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, for whoever watches."""

    at: datetime
    resource: str
    tunnel: str | None = None
    text: str


async def no_explanation(step: Step) -> str:  # noqa: ARG001 - an Explain
    """Say nothing more than AWS's own words tell."""
    return ""


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """How one apply reaches AWS, keeps time and records.

    `outages` are ids of connections that somebody allowed to be cut. `rollback` has the former
    options restored where a tunnel does not come back. `supersedes` are the applies whose
    unsettled changes this one takes back. `explain` says why a step's tunnel does not come back.
    """

    access: Access
    journal: Journal
    locks: Locks
    clock: Clock
    pace: Pace
    tell: Callable[[Told], None]
    apply_id: int
    actor: str
    window: Window | None = None
    outages: frozenset[str] = frozenset()
    rollback: bool = False
    supersedes: frozenset[int] = frozenset()
    explain: Explain = no_explanation

    def entry(self, step: Step) -> Entry:
        """Give what the journal knows of a step."""
        return self.journal.entry(self.apply_id, step.id)

    def record(self, step: Step, state: State, note: str = "") -> None:
        """Record where a step stands now, and tell it."""
        self.journal.record(
            self.apply_id, step, state, at=self.clock.now(), actor=self.actor, note=note
        )
        self.say(step, note or state.value)

    def calling(self, step: Step, restore: Settings, was: Was) -> None:
        """Record that the call is about to be made, under the lock; raises Stopped without it."""
        now = self.clock.now()
        with self.journal.transaction() as db:
            self.locks.hold(db, resource_of(step), now)
            self.journal.write(
                db,
                self.apply_id,
                step,
                State.CALLING,
                at=now,
                actor=self.actor,
                note="",
                was=was,
                restore=restore,
            )

    def check_window(self, name: str) -> None:
        """Raise Stopped where the window is closed: nothing is begun outside of it."""
        now = self.clock.now()
        if self.window is not None and not self.window.contains(now):
            opens = f"{self.window.opens(now):%Y-%m-%d %H:%M} UTC"
            raise Stopped(Why.WINDOW, f"{name}: the window is closed; it opens {opens}")

    def say(self, step: Step, text: str) -> None:
        """Tell whoever watches."""
        told = Told(at=self.clock.now(), resource=step.resource, tunnel=step.tunnel, text=text)
        self.tell(told)
