"""Probes as they went, minute by minute, in SQLite: what was sent, lost, and how long it took."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from bothup.errors import UsageError

KEPT = timedelta(days=400)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS probe_minutes (
    target TEXT NOT NULL, minute INTEGER NOT NULL, sent INTEGER NOT NULL, lost INTEGER NOT NULL,
    shortest REAL, longest REAL, total REAL NOT NULL, PRIMARY KEY (target, minute)
) WITHOUT ROWID
"""
_ADD = """
INSERT INTO probe_minutes VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    sent = sent + excluded.sent, lost = lost + excluded.lost,
    shortest = min(ifnull(shortest, excluded.shortest), ifnull(excluded.shortest, shortest)),
    longest = max(ifnull(longest, excluded.longest), ifnull(excluded.longest, longest)),
    total = total + excluded.total
"""


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """One target's probes in one minute; `shortest`, `longest` and `total` are seconds of the
    round trips of those that were answered.
    """

    target: str
    minute: datetime
    sent: int
    lost: int
    shortest: float | None = None
    longest: float | None = None
    total: float = 0.0

    @property
    def mean(self) -> float | None:
        """Seconds of the mean round trip, None where nothing was answered."""
        answered = self.sent - self.lost
        return self.total / answered if answered else None


class ProbeHistory:
    """The file; several probers may write to it, and what they write of one minute adds up.

    Threads may take turns with it.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made anew where there is none; raises UsageError where it cannot be."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"{path}: cannot be the history: {error}") from None

    def __enter__(self) -> Self:
        """Give the open file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._db.close()

    def add(self, minutes: Iterable[Minute]) -> None:
        """Add what was measured, and forget what is older than 400 days.

        Raises UsageError where it cannot be written: then none of it is.
        """
        rows = [
            (m.target, int(m.minute.timestamp()), m.sent, m.lost, m.shortest, m.longest, m.total)
            for m in minutes
        ]
        if not rows:
            return
        oldest = max(row[1] for row in rows) - int(KEPT.total_seconds())
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(_ADD, rows)
                self._db.execute("DELETE FROM probe_minutes WHERE minute < ?", (oldest,))
        except sqlite3.Error as error:
            raise UsageError(f"{self.path}: cannot write what was measured: {error}") from None

    def minutes(
        self, target: str | None = None, since: datetime | None = None
    ) -> tuple[Minute, ...]:
        """List what was measured, of one target or all, by target and time."""
        start = int(since.timestamp()) if since else 0
        found = self._db.execute(
            "SELECT * FROM probe_minutes WHERE minute >= ? AND (?2 IS NULL OR target = ?2) "
            "ORDER BY target, minute",
            (start, target),
        )
        return tuple(
            Minute(
                target=name,
                minute=datetime.fromtimestamp(minute, UTC),
                sent=sent,
                lost=lost,
                shortest=shortest,
                longest=longest,
                total=total,
            )
            for name, minute, sent, lost, shortest, longest, total in found
        )
