"""The prober sends real packets on this machine, counts what is lost, and tells Prometheus."""

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from bothup.cli.app import run
from bothup.history.probes import KEPT, Minute, ProbeHistory
from bothup.keepalive.asking import Host, ask, can_echo
from bothup.keepalive.metrics import Metrics
from bothup.keepalive.prober import Sample, Tally, probe
from tests.cli.conftest import clean_env

HOME = "127.0.0.1"
NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
echo = pytest.mark.skipif(not can_echo(), reason="this process may not send ICMP echo requests")


@pytest.fixture
def listening() -> Iterator[int]:
    with closing(socket.create_server((HOME, 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture
def full() -> Iterator[int]:
    """A port whose queue is full, so that a connection is neither taken nor refused."""
    with closing(socket.create_server((HOME, 0), backlog=0)) as server:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        time.sleep(0.05)
        yield server.getsockname()[1]
        for each in waiting:
            each.close()


def closed_port() -> int:
    with closing(socket.create_server((HOME, 0))) as server:
        return int(server.getsockname()[1])


@echo
def test_an_echo_is_answered_and_timed() -> None:
    took = asyncio.run(ask(Host(HOME), 7, 1.0))
    assert took is not None
    assert 0 < took < 1


@echo
def test_an_echo_goes_from_the_address_that_is_said() -> None:
    assert asyncio.run(ask(Host(HOME, bind="127.0.0.2"), 7, 1.0)) is not None
    assert asyncio.run(ask(Host(HOME, bind="192.0.2.77"), 7, 1.0)) is None


@pytest.mark.skipif(not can_echo(socket.AF_INET6), reason="no ICMPv6 for this process")
def test_an_echo_over_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert asyncio.run(ask(Host("::1"), 7, 1.0)) is not None


def test_a_port_that_takes_or_refuses_has_answered(listening: int) -> None:
    assert asyncio.run(ask(Host(HOME, listening), 1, 1.0)) is not None
    assert asyncio.run(ask(Host(HOME, closed_port()), 1, 1.0)) is not None


def test_silence_is_loss(full: int) -> None:
    assert asyncio.run(ask(Host(HOME, full), 1, 0.2)) is None


def test_hosts_take_turns_and_keep_their_pace(listening: int, full: int) -> None:
    told: list[Sample] = []
    hosts = (Host(HOME, listening), Host(HOME, full))
    started = time.monotonic()
    asyncio.run(probe(hosts, interval=0.2, patience=0.1, count=3, tell=told.append))
    assert 0.5 <= time.monotonic() - started < 1.5
    by_host = {host: [s.seconds for s in told if s.host == host] for host in hosts}
    assert [taken is not None for taken in by_host[hosts[0]]] == [True] * 3
    assert by_host[hosts[1]] == [None] * 3
    assert told[0].host == hosts[0]


def test_minutes_add_up_across_probers(tmp_path: Path) -> None:
    tally = Tally()
    for seconds in (0.010, None, 0.030):
        tally.add(Sample(Host(HOME), NOW, seconds))
    minutes = tally.take()
    assert tally.take() == ()
    with ProbeHistory(tmp_path / "h" / "history.db") as history:
        history.add(minutes)
        history.add(
            [Minute(target=HOME, minute=NOW.replace(second=0), sent=1, lost=1)],
        )
        [kept] = history.minutes()
    assert (kept.sent, kept.lost, kept.shortest, kept.longest) == (4, 2, 0.010, 0.030)
    assert kept.mean == pytest.approx(0.020)


def test_what_is_too_old_is_forgotten(tmp_path: Path) -> None:
    with ProbeHistory(tmp_path / "history.db") as history:
        old = NOW - KEPT - timedelta(minutes=2)
        history.add([Minute(target=HOME, minute=old, sent=1, lost=0, total=0.1)])
        assert len(history.minutes()) == 1
        history.add([Minute(target=HOME, minute=NOW, sent=1, lost=0, total=0.1)])
        assert [each.minute for each in history.minutes()] == [NOW]


def test_prometheus_is_told_by_target() -> None:
    metrics = Metrics()
    port = metrics.serve(HOME, 0)
    metrics.add(Sample(Host(HOME), NOW, 0.004))
    metrics.add(Sample(Host(HOME), NOW, None))
    with urlopen(f"http://{HOME}:{port}/metrics", timeout=5) as answer:
        told = answer.read().decode()
    for line in (
        'bothup_keepalive_sent_total{target="127.0.0.1"} 2.0',
        'bothup_keepalive_lost_total{target="127.0.0.1"} 1.0',
        'bothup_keepalive_up{target="127.0.0.1"} 0.0',
        'bothup_keepalive_round_trip_seconds_bucket{le="0.005",target="127.0.0.1"} 1.0',
    ):
        assert line in told


def test_the_verb_measures_and_the_history_tells(
    tmp_path: Path, listening: int, capsys: pytest.CaptureFixture[str]
) -> None:
    history = ("--history", str(tmp_path / "history.db"))
    target = f"{HOME}:{listening}"
    pace = ("--count", "2", "--interval", "0.2", "--timeout", "0.2")
    assert run(["keepalive", "run", "--target", target, *pace, *history]) == 0
    assert f"{target} answers after" in capsys.readouterr().err
    assert run(["history", "probes", *history]) == 0
    told = capsys.readouterr().out
    assert f"{target}  0 of " in told
    assert run(["history", "probes", "10.0.0.1", *history]) == 0
    assert capsys.readouterr().out == "Nothing was measured\n"


def test_packets_go_on_while_the_history_cannot_be_written(
    tmp_path: Path,
    listening: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bothup.cli.keepalive_run._SAVED_EVERY", 0.1)
    path = tmp_path / "history.db"
    ProbeHistory(path).__exit__(None, None, None)
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON probe_minutes WHEN NEW.sent < 3 "
            "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    pace = ("--interval", "0.3", "--timeout", "0.2", "--count", "3", "--quiet")
    target = ("--target", f"{HOME}:{listening}")
    while datetime.now(UTC).second > 57:  # all packets in one minute
        time.sleep(0.1)
    assert run(["keepalive", "run", *target, *pace, "--history", str(path)]) == 0
    assert f"{path}: cannot write what was measured: disk is full" in capsys.readouterr().err
    with ProbeHistory(path) as kept:
        assert sum(each.sent for each in kept.minutes()) == 3


def test_packets_keep_their_pace_while_another_process_holds_the_history(
    tmp_path: Path, listening: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bothup.cli.keepalive_run._SAVED_EVERY", 0.1)
    told: list[Sample] = []
    monkeypatch.setattr("bothup.cli.keepalive_run._Watch.take", lambda _, each: told.append(each))
    path = tmp_path / "history.db"
    ProbeHistory(path).__exit__(None, None, None)
    pace = ("--interval", "0.2", "--timeout", "0.2", "--count", "5")
    target = ("--target", f"{HOME}:{listening}")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        letting_go = threading.Timer(2.5, other.rollback)
        letting_go.start()
        assert run(["keepalive", "run", *target, *pace, "--history", str(path)]) == 0
        letting_go.join()
    assert (told[-1].at - told[0].at).total_seconds() < 2.2
    with ProbeHistory(path) as kept:
        assert sum(each.sent for each in kept.minutes()) == len(told) == 5


def test_a_history_that_is_not_there_is_not_made_by_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "no" / "history.db"
    assert run(["history", "probes", "--history", str(path)]) == 2
    assert f"{path}: there is no such file" in capsys.readouterr().err
    assert not path.parent.exists()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_when_told_and_loses_nothing(
    tmp_path: Path, listening: int, sent: signal.Signals, code: int
) -> None:
    history = tmp_path / "history.db"
    command = [sys.executable, "-m", "bothup", "keepalive", "run", "--interval", "0.2"]
    command += ["--timeout", "0.1", "--target", f"{HOME}:{listening}", "--history", str(history)]
    running = subprocess.Popen(command, env=clean_env(), stderr=subprocess.PIPE, text=True)
    assert running.stderr
    assert "answers" in running.stderr.readline()
    running.send_signal(sent)
    running.communicate(timeout=20)
    assert running.returncode == code
    with ProbeHistory(history) as kept:
        assert sum(each.sent for each in kept.minutes()) >= 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--target", "nowhere"), "expected IP"),
        (("--target", "10.0.0.1:0"), "1 to 65535"),
        (("--target", "[::1]"), "1 to 65535"),
        (("--target", "127.0.0.1:9", "--target", "127.0.0.1:9"), "twice"),
        (("--target", "127.0.0.1:9", "--interval", "0"), "--interval"),
        (("--target", "127.0.0.1:9", "--interval", "1", "--timeout", "2"), "--timeout"),
        (("--target", "127.0.0.1:9", "--count", "0"), "--count"),
        (("--target", "127.0.0.1:9", "--bind", "127.0.0.1", "--bind", "127.0.0.1"), "--bind"),
        (("--target", "127.0.0.1:9", "--bind", "NOSUCH0"), "--bind NOSUCH0: "),
        (("--target", "127.0.0.1:9", "--bind", "192.0.2.77"), "--bind 192.0.2.77: "),
        (("--target", "127.0.0.1:9", "--bind", "::1"), "--bind ::1: "),
        (("--target", "127.0.0.1:9", "--metrics", "here"), "ADDRESS:PORT"),
        (("--target", "127.0.0.1:9", "--metrics", "127.0.0.1:²"), "ADDRESS:PORT"),
    ],
)
def test_nonsense_is_a_usage_error(
    arguments: tuple[str, ...], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["keepalive", "run", *arguments, "--history", str(tmp_path / "h.db")])
    assert code == 2
    assert why in capsys.readouterr().err
