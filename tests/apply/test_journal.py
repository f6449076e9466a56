"""The journal and its locks: durable, shared, and taken from the dead alone."""

import os
import socket
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bothup.apply.journal import VERSION, Journal, State, Was, resource_of
from bothup.apply.lock import Locks, Owner, has_ended
from bothup.apply.stops import Stopped
from bothup.errors import InputError, UsageError
from tests.plan.subjects import NOW, A, connection, planned, subject

PLAN = planned(subject(connection()), only=("dpd-restart",))
STEP = PLAN.steps[0]
ONE = Owner(id="one", host="here", pid=1)
TWO = Owner(id="two", host="there", pid=2)
VPN = resource_of(STEP)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "journal.db")


def locks(journal: Journal, owner: Owner, ended: tuple[Owner, ...] = ()) -> Locks:
    return Locks(journal, owner, 300, ended=lambda holder: holder in ended)


def test_it_survives_power_cuts(journal: Journal) -> None:
    mode = journal._db.execute("PRAGMA journal_mode").fetchone()
    synchronous = journal._db.execute("PRAGMA synchronous").fetchone()
    assert (mode, synchronous) == (("wal",), (2,))  # 2 is FULL


def test_what_is_written_is_there_for_the_next_process(journal: Journal) -> None:
    number = journal.begin(PLAN, "somebody", NOW)
    assert journal.entry(number, STEP.id).state is State.PLANNED
    note = {"at": NOW, "actor": "somebody"}
    restore = {"DPDTimeoutAction": "clear"}
    journal.record(
        number, STEP, State.CALLING, **note, was=Was(up=True, last_change=NOW), restore=restore
    )
    journal.record(number, STEP, State.CALLED, **note, note="changed")
    with Journal(journal.path) as again:
        entry = again.entry(number, STEP.id)
        assert (entry.state, entry.restore) == (State.CALLED, restore)
        assert entry.was == Was(up=True, last_change=NOW)
        (begun,) = again.applies(PLAN.id)
        assert (begun.plan, begun.actor, begun.finished_at) == (PLAN, "somebody", None)
        assert [(each.state, each.note) for each in again.events()] == [
            ("calling", ""),
            ("called", "changed"),
        ]
        assert [each.step for each in again.events(PLAN.id)] == [STEP, STEP]
        assert list(again.events("0" * 12)) == []


def test_what_is_unsettled_keeps_other_plans_away(journal: Journal) -> None:
    number = journal.begin(PLAN, "somebody", NOW)
    assert journal.unfinished(VPN, frozenset()) is None
    for state, unsettled in {
        State.CALLING: True,
        State.CALLED: True,
        State.NOT_BACK: True,
        State.DONE: False,
        State.UNDONE: False,
        State.PLANNED: False,
    }.items():
        journal.record(number, STEP, state, at=NOW, actor="somebody")
        assert (journal.unfinished(VPN, frozenset()) == PLAN.id) is unsettled
        assert journal.unfinished(VPN, frozenset({number})) is None


def test_half_a_transaction_is_none(journal: Journal) -> None:
    number = journal.begin(PLAN, "somebody", NOW)

    def write_half() -> None:
        with journal.transaction() as db:
            journal.write(db, number, STEP, State.CALLED, at=NOW, actor="somebody", note="")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert journal.entry(number, STEP.id).state is State.PLANNED
    assert list(journal.events()) == []


def test_a_journal_of_a_newer_version_is_left_alone(journal: Journal) -> None:
    journal._db.execute(f"PRAGMA user_version = {VERSION + 1}")
    journal.close()
    with pytest.raises(InputError, match="newer"):
        Journal(journal.path)


def test_what_is_no_journal_is_said(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, and much too long to be taken for one")
    for path in (tmp_path / "text", tmp_path, tmp_path / "text" / "journal.db"):
        with pytest.raises(UsageError, match="journal"):
            Journal(path)


def test_two_processes_make_the_journal_at_once(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from bothup.apply.journal import Journal\n"
    script += f"Journal(Path({str(tmp_path / 'journal.db')!r})).close()"
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
    assert [each.wait(60) for each in running] == [0] * 4


def test_a_lock_is_held_by_one(journal: Journal) -> None:
    locks(journal, ONE).take(VPN, NOW)
    locks(journal, ONE).take(VPN, NOW)
    with pytest.raises(Stopped, match="being changed by process 1 on here"):
        locks(journal, TWO).take(VPN, NOW + timedelta(seconds=300))
    locks(journal, TWO).take("another", NOW)
    locks(journal, TWO).release(VPN)
    with pytest.raises(Stopped):
        locks(journal, TWO).take(VPN, NOW)
    locks(journal, ONE).release(VPN)
    locks(journal, TWO).take(VPN, NOW)


def test_a_lock_is_taken_from_who_gives_no_sign_of_life(journal: Journal) -> None:
    first, second = locks(journal, ONE), locks(journal, TWO)
    first.take(VPN, NOW)
    first.beat(VPN, NOW + timedelta(seconds=200))
    with pytest.raises(Stopped):
        second.take(VPN, NOW + timedelta(seconds=400))
    second.take(VPN, NOW + timedelta(seconds=501))
    with pytest.raises(Stopped, match="taken"):
        first.beat(VPN, NOW + timedelta(seconds=502))


def test_a_lock_is_taken_from_the_dead_at_once(journal: Journal) -> None:
    locks(journal, ONE).take(VPN, NOW)
    locks(journal, TWO, ended=(ONE,)).take(VPN, NOW)


def test_nothing_is_written_without_the_lock(journal: Journal) -> None:
    number = journal.begin(PLAN, "somebody", NOW)

    def write() -> None:
        with journal.transaction() as db:
            journal.write(db, number, STEP, State.CALLING, at=NOW, actor="somebody", note="")
            locks(journal, ONE).hold(db, VPN, NOW)

    with pytest.raises(Stopped):
        write()
    assert journal.entry(number, STEP.id).state is State.PLANNED


def test_who_is_dead() -> None:
    here = socket.gethostname()
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait(60)
    assert has_ended(Owner(id="x", host=here, pid=done.pid))
    assert not has_ended(Owner(id="x", host=here, pid=os.getpid()))
    assert not has_ended(Owner(id="x", host="elsewhere.example", pid=done.pid))
    assert Owner.this() != Owner.this()


def test_the_schema_holds_no_place_for_keys(journal: Journal) -> None:
    with sqlite3.connect(journal.path) as db:
        text = " ".join(row[0] or "" for row in db.execute("SELECT sql FROM sqlite_master"))
    assert "key" not in text.lower().replace("primary key", "")
    assert A not in text
