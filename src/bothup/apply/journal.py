"""Journal: the durable record of every change, written before the change is made.

One SQLite file, in write-ahead mode with every commit flushed to disk: after a crash, a kill or a
power cut at any point it says what was begun, and what to send to have the former state back.
"""

import enum
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from bothup.errors import InputError, UsageError
from bothup.model.plan import Plan, Step
from bothup.model.tunnel_settings import Settings

VERSION = 1
_BUSY_SECONDS = 30.0
_TABLES = """
CREATE TABLE applies (
  id INTEGER PRIMARY KEY, plan_id TEXT NOT NULL, plan TEXT NOT NULL, actor TEXT NOT NULL,
  started_at TEXT NOT NULL, finished_at TEXT
) STRICT;
CREATE TABLE steps (
  apply_id INTEGER NOT NULL REFERENCES applies, step_id TEXT NOT NULL, resource TEXT NOT NULL,
  state TEXT NOT NULL, was TEXT, restore TEXT, PRIMARY KEY (apply_id, step_id)
) STRICT;
CREATE TABLE events (
  id INTEGER PRIMARY KEY, apply_id INTEGER NOT NULL REFERENCES applies, step_id TEXT,
  at TEXT NOT NULL, actor TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE locks (
  resource TEXT PRIMARY KEY, owner TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
  beat TEXT NOT NULL
) STRICT;
CREATE INDEX steps_by_resource ON steps (resource, state);
"""


class State(enum.StrEnum):
    """How far a step is.

    CALLING: the call is about to be made, or was made and its answer is not known. CALLED: it took
    effect, and the tunnel is waited for. NOT_BACK: the tunnel did not come back up in time.
    DRIFTED: somebody else changed it meanwhile, so there is nothing left to wait for.
    """

    PLANNED = "planned"
    CALLING = "calling"
    CALLED = "called"
    NOT_BACK = "not_back"
    DONE = "done"
    DRIFTED = "drifted"
    UNDONE = "undone"


# A step in one of these states has, or may have, changed something that is not yet settled.
IN_FLIGHT = (State.CALLING, State.CALLED, State.NOT_BACK)


class Was(msgspec.Struct, frozen=True, kw_only=True):
    """How a tunnel was before the call: whether UP, for all that is known, and since when."""

    up: bool = True
    last_change: datetime | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal knows of one step of one apply; `restore` is what to send to take it back.

    `was` and `restore` are None where no call was ever begun.
    """

    state: State = State.PLANNED
    was: Was | None = None
    restore: Settings | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """An apply: a plan that somebody began to carry out."""

    id: int
    plan: Plan
    actor: str
    started_at: datetime
    finished_at: datetime | None = None


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the record: what became of a step, when, and by whom."""

    at: datetime
    actor: str
    plan: str
    step: Step | None
    state: str
    note: str


class Journal:
    """The record in one file; a context manager. Several processes may have it open at once."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; raises UsageError where that cannot be done."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"journal {path}: {error}") from None

    def __enter__(self) -> Self:
        """Give the journal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; what was written is there already."""
        self._db.close()

    def begin(self, plan: Plan, actor: str, at: datetime) -> int:
        """Record that a plan is going to be carried out; gives the number of the apply."""
        with self.transaction() as db:
            row = db.execute(
                "INSERT INTO applies (plan_id, plan, actor, started_at) VALUES (?, ?, ?, ?)",
                (plan.id, msgspec.json.encode(plan).decode(), actor, at.isoformat()),
            )
            number = row.lastrowid or 0
            db.executemany(
                "INSERT INTO steps (apply_id, step_id, resource, state) VALUES (?, ?, ?, ?)",
                [(number, step.id, resource_of(step), State.PLANNED) for step in plan.steps],
            )
        return number

    def finish(self, apply_id: int, at: datetime) -> None:
        """Record that nothing of an apply is left to be done."""
        with self.transaction() as db:
            db.execute(
                "UPDATE applies SET finished_at = ? WHERE id = ?", (at.isoformat(), apply_id)
            )

    def applies(self, plan_id: str | None = None) -> tuple[Begun, ...]:
        """Give every apply, the newest first, or those of one plan."""
        rows = self._db.execute(
            "SELECT id, plan, actor, started_at, finished_at FROM applies "
            "WHERE ?1 IS NULL OR plan_id = ?1 ORDER BY id DESC",
            (plan_id,),
        )
        return tuple(
            Begun(
                id=number,
                plan=msgspec.json.decode(plan, type=Plan),
                actor=actor,
                started_at=datetime.fromisoformat(started),
                finished_at=datetime.fromisoformat(finished) if finished else None,
            )
            for number, plan, actor, started, finished in rows
        )

    def touched(self, apply_id: int) -> bool:
        """Say whether an apply came as far as a step: where not, it has changed nothing."""
        row = self._db.execute("SELECT 1 FROM events WHERE apply_id = ?", (apply_id,)).fetchone()
        return row is not None

    def entry(self, apply_id: int, step_id: str) -> Entry:
        """Give what is known of a step; PLANNED where nothing is."""
        row = self._db.execute(
            "SELECT state, was, restore FROM steps WHERE apply_id = ? AND step_id = ?",
            (apply_id, step_id),
        ).fetchone()
        if row is None:
            return Entry()
        state, was, restore = row
        return Entry(
            state=State(state),
            was=None if was is None else msgspec.json.decode(was, type=Was),
            restore=None if restore is None else msgspec.json.decode(restore),
        )

    def unfinished(self, resource: str, but: frozenset[int]) -> str | None:
        """Name the plan of another apply that left a change of the resource unsettled."""
        rows = self._db.execute(
            "SELECT steps.apply_id, applies.plan_id, state FROM steps "
            "JOIN applies ON applies.id = apply_id WHERE resource = ? ORDER BY apply_id DESC",
            (resource,),
        )
        return next(
            (plan for number, plan, state in rows if number not in but and state in IN_FLIGHT), None
        )

    def record(
        self,
        apply_id: int,
        step: Step,
        state: State,
        *,
        at: datetime,
        actor: str,
        note: str = "",
        **known: Any,
    ) -> None:
        """Record where a step stands now; `known` are `was` and `restore`."""
        with self.transaction() as db:
            self.write(db, apply_id, step, state, at=at, actor=actor, note=note, **known)

    def write(
        self,
        db: sqlite3.Connection,
        apply_id: int,
        step: Step,
        state: State,
        *,
        at: datetime,
        actor: str,
        note: str,
        was: Was | None = None,
        restore: Settings | None = None,
    ) -> None:
        """Do so inside a transaction."""
        db.execute(
            "INSERT INTO steps (apply_id, step_id, resource, state, was, restore) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET state = ?4, "
            "was = coalesce(?5, was), restore = coalesce(?6, restore)",
            (apply_id, step.id, resource_of(step), state, _text(was), _text(restore)),
        )
        db.execute(
            "INSERT INTO events (apply_id, step_id, at, actor, state, note) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (apply_id, step.id, at.isoformat(), actor, state, note),
        )

    def events(self, plan_id: str | None = None) -> Iterator[Happened]:
        """Yield what happened, the oldest first."""
        plans = {begun.id: begun.plan for begun in self.applies(plan_id)}
        rows = self._db.execute(
            "SELECT apply_id, step_id, at, actor, state, note FROM events ORDER BY id"
        )
        for number, step_id, at, actor, state, note in rows:
            if number in plans:
                steps = {step.id: step for step in plans[number].steps}
                yield Happened(
                    at=datetime.fromisoformat(at),
                    actor=actor,
                    plan=plans[number].id,
                    step=steps.get(step_id),
                    state=state,
                    note=note,
                )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of it or nothing; another process waits meanwhile."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise InputError(
                str(self.path), "", "a newer bothup wrote this journal", "an older one"
            )
        if version < VERSION:
            self._create()

    def _create(self) -> None:
        with self.transaction() as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == VERSION:
                return  # another process was faster
            for statement in _TABLES.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")


def _text(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def resource_of(step: Step) -> str:
    """Name what a step changes, for locks and lookups."""
    return f"{step.account}/{step.region}/{step.resource}"
