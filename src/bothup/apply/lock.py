"""Lock: one apply at a time on a connection; kept in the journal, with a heartbeat.

A lock is taken over only from a holder that is gone: its process ended on this machine, or it gave
no sign of life for the whole lease. One that was taken over all the same notices before its next
call, for the journal is written and the lock is looked at in one transaction.
"""

import os
import socket
import sqlite3
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from bothup.apply.journal import Journal
from bothup.apply.stops import Stopped, Why


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds locks: one run of one process."""

    id: str
    host: str
    pid: int

    @classmethod
    def this(cls) -> "Owner":
        """Make an owner of this run."""
        return cls(id=uuid.uuid4().hex, host=socket.gethostname(), pid=os.getpid())


def has_ended(owner: Owner) -> bool:
    """Say whether the owner's process is known to have ended; of other machines none is."""
    if owner.host != socket.gethostname():
        return False
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class Locks:
    """The locks of one owner."""

    def __init__(
        self,
        journal: Journal,
        owner: Owner,
        lease: float,
        ended: Callable[[Owner], bool] = has_ended,
    ) -> None:
        """A lock is good for `lease` seconds after its last heartbeat."""
        self._journal, self.owner, self._ended = journal, owner, ended
        self._lease = timedelta(seconds=lease)

    def take(self, resource: str, at: datetime) -> None:
        """Take the lock of a resource; raises Stopped where somebody else holds it."""
        with self._journal.transaction() as db:
            row = db.execute(
                "SELECT owner, host, pid, beat FROM locks WHERE resource = ?", (resource,)
            ).fetchone()
            if row is not None:
                holder = Owner(id=row[0], host=row[1], pid=row[2])
                self._check_free(holder, datetime.fromisoformat(row[3]), resource, at)
            db.execute(
                "INSERT OR REPLACE INTO locks (resource, owner, host, pid, beat) "
                "VALUES (?, ?, ?, ?, ?)",
                (resource, self.owner.id, self.owner.host, self.owner.pid, at.isoformat()),
            )

    def beat(self, resource: str, at: datetime) -> None:
        """Give a sign of life; raises Stopped where the lock was taken over."""
        with self._journal.transaction() as db:
            self.hold(db, resource, at)

    def hold(self, db: sqlite3.Connection, resource: str, at: datetime) -> None:
        """Do so inside a transaction, so that what else is written in it is under the lock."""
        held = db.execute(
            "UPDATE locks SET beat = ? WHERE resource = ? AND owner = ?",
            (at.isoformat(), resource, self.owner.id),
        )
        if held.rowcount != 1:
            raise Stopped(Why.LOCKED, f"another apply has taken {resource} over")

    def release(self, resource: str) -> None:
        """Give the lock back, if it is still held."""
        with self._journal.transaction() as db:
            db.execute(
                "DELETE FROM locks WHERE resource = ? AND owner = ?", (resource, self.owner.id)
            )

    def _check_free(self, holder: Owner, beat: datetime, resource: str, at: datetime) -> None:
        if holder.id == self.owner.id or self._ended(holder) or at - beat > self._lease:
            return
        raise Stopped(
            Why.LOCKED,
            f"{resource} is being changed by process {holder.pid} on {holder.host} (last sign of "
            f"life {beat:%Y-%m-%d %H:%M:%S} UTC)",
        )
