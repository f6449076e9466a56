"""Work in a thread: it may end late, when nobody waits any more."""

import asyncio
import threading

import pytest

from bothup.aws.aside import aside
from bothup.aws.budget import Budget
from bothup.errors import Unreachable


def test_work_that_ends_after_the_run_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, raised = threading.Event(), []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    before = set(threading.enumerate())
    with pytest.raises(Unreachable, match="no answer on it in time"):
        asyncio.run(aside(may_end.wait, "it", Budget.of(0.01)))
    may_end.set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert not raised


def test_what_the_work_does_is_returned_or_raised() -> None:
    assert asyncio.run(aside(lambda: None, "it", Budget.of(5))) is None
    with pytest.raises(ZeroDivisionError):
        asyncio.run(aside(lambda: 1 // 0, "it", Budget.of(5)))
