"""`bothup apply`, `undo` and `history` as people run them: processes of their own, in real time.

The simulated AWS is quick here, and the settle time short.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from bothup.sim.vpn import SimConnection
from tests.cli.conftest import Run, bothup, clean_env

__all__ = ["bothup"]
SCENARIO = """
name = "quick"
regions = ["eu-central-1"]
[timing]
modify = {modify}
initiate = 0.05
[[accounts]]
id = "111122223333"
name = "Example"
management = true
{policy}
[[accounts.connections]]
name = "office"
region = "eu-central-1"
{office}
"""
QUICK = ("--yes", "--settle", "0.2", "--come-back", "2")


def serve(office: str = "", policy: str = "", modify: float = 0.25) -> SimServer:
    text = SCENARIO.format(office=office, policy=policy, modify=modify)
    return SimServer(parse_scenario(text, "quick.toml"))


@pytest.fixture
def modify() -> float:
    """How many seconds AWS needs for a change."""
    return 0.25


@pytest.fixture
def sim(modify: float) -> Iterator[SimServer]:
    with serve(modify=modify) as server:
        yield server


# An AWS that is as slow as the real one is caught in the middle of a change for certain.
slow = pytest.mark.parametrize("modify", [600])


@contextmanager
def time_flies(sim: SimServer) -> Iterator[None]:
    """Let minutes pass at AWS in each fraction of a second."""
    landed = threading.Event()

    def fly() -> None:
        while not landed.wait(0.2):
            sim.clock.advance(timedelta(seconds=400))

    flying = threading.Thread(target=fly)
    flying.start()
    yield
    landed.set()
    flying.join()


@pytest.fixture
def run(sim: SimServer, bothup: Run, tmp_path: Path) -> Run:
    """A command line with credentials, and a state directory of its own."""

    def call(*arguments: str, **env: str) -> Any:
        return bothup(*arguments, **sim.env(), XDG_STATE_HOME=str(tmp_path / "state"), **env)

    return call


def office(sim: SimServer) -> SimConnection:
    return next(sim.world.connections())


def changes(sim: SimServer) -> int:
    """How many changes AWS took; a dry run is none."""
    return sum(call.outcome == "ok" for call in sim.calls.all("ec2:ModifyVpnTunnelOptions"))


def plan(run: Run, *only: str) -> None:
    wanted = [word for name in only for word in ("--only", name)]
    done = run("plan", "-o", "json=plan.json", *wanted)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def dpd_restart(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A plan of two steps: the same scenario has the same connections in every simulated AWS."""
    folder = tmp_path_factory.mktemp("plan")
    with serve() as server:
        words = ("plan", "-q", "-o", "json=plan.json", "--only", "dpd-restart")
        env = clean_env() | server.env()
        done = subprocess.run([sys.executable, "-m", "bothup", *words], env=env, cwd=folder)
    assert done.returncode == 0
    return (folder / "plan.json").read_text()


@pytest.fixture
def planned(dpd_restart: str, tmp_path: Path) -> Path:
    """That plan, in a file that is the test's own."""
    file = tmp_path / "plan.json"
    file.write_text(dpd_restart)
    return file


def start(sim: SimServer, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bothup", *arguments],
        env=clean_env() | sim.env() | {"XDG_STATE_HOME": str(folder / "state")},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def test_apply_undo_and_history(sim: SimServer, run: Run, tmp_path: Path) -> None:
    plan(run, "startup-start", "tunnel-logs", "lifecycle-control")
    former = [dict(tunnel.options) for tunnel in office(sim).tunnels]
    done = run("apply", "plan.json", *QUICK)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].endswith("/aws/vendedlogs/vpn: 1 of 1 done")
    assert lines[1].endswith(f"{office(sim).id}: 2 of 2 done")
    assert ": changed" in done.stderr
    assert {tunnel.options["StartupAction"] for tunnel in office(sim).tunnels} == {"start"}
    assert all(tunnel.now.up for tunnel in office(sim).tunnels)

    again = run("plan", "--only", "startup-start", "--only", "tunnel-logs")
    assert again.stdout == "Nothing to do\n"

    told = run("history", "changes")
    assert told.returncode == 0
    assert "StartupAction: not set → start" in told.stdout
    assert "by arn:aws:iam::111122223333:user/operator (" in told.stdout
    happened = json.loads(run("history", "changes", "-o", "json").stdout)
    states = [each["state"] for each in happened if each["step"]["tunnel"]]
    assert states == ["calling", "called", "done"] * 2

    back = run("undo", "plan.json", *QUICK, "-o", "json")
    assert back.returncode == 0, back.stderr
    assert "log group /aws/vendedlogs/vpn stays" in back.stderr
    document = json.loads(back.stdout)
    assert document["schema"] == "bothup.apply/1"
    assert document["outcomes"][0]["done"] == 2
    for was, tunnel in zip(former, office(sim).tunnels, strict=True):
        assert tunnel.options["StartupAction"] == "add"
        assert tunnel.options["PreSharedKey"] == was["PreSharedKey"]
        logs = tunnel.options["LogOptions"]["CloudWatchLogOptions"]
        assert logs == {"LogEnabled": False, "BgpLogEnabled": False}
    once_more = run("undo", "plan.json", *QUICK)
    assert (once_more.returncode, once_more.stdout) == (0, "Nothing to do\n")
    assert once_more.stderr == (
        "! log group /aws/vendedlogs/vpn stays, with what was written to it\n"
    )
    for file in [*tmp_path.rglob("*.db*"), tmp_path / "plan.json"]:
        assert b"SIMPSK" not in file.read_bytes()


def test_nothing_to_do_is_said(sim: SimServer, run: Run) -> None:
    plan(run, "apply-pending-maintenance")
    done = run("apply", "plan.json", *QUICK)
    assert (done.returncode, done.stdout) == (0, "Nothing to do\n")
    assert changes(sim) == 0
    assert run("history", "changes").stdout == "Nothing was changed\n"


@slow
def test_a_killed_apply_is_gone_on_with(
    planned: Path, sim: SimServer, run: Run, tmp_path: Path
) -> None:
    first = start(sim, tmp_path, "apply", "plan.json", *QUICK)
    wait_for(lambda: office(sim).state == "modifying")
    first.kill()
    first.communicate(timeout=30)
    refused = run("apply", "plan.json", *QUICK)
    assert refused.returncode == 2
    assert "go on with --resume" in refused.stderr
    another = json.loads(planned.read_text()) | {"made_at": "2026-01-01T00:00:00Z"}
    planned.write_text(json.dumps(another))
    other = run("apply", "plan.json", *QUICK)
    assert other.returncode == 5
    (go_on,) = re.findall(r"bothup (apply \w+ --resume)", other.stdout)
    with time_flies(sim):
        done = run(*go_on.split(), *QUICK)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("2 of 2 done\n")
    assert run("undo", "plan.json", *QUICK).stdout == "Nothing to do\n"
    assert changes(sim) == 2
    nothing = run("apply", "--resume", *QUICK)
    assert nothing.returncode == 2
    assert "unfinished" in nothing.stderr


@slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_journals_what_was_begun(
    planned: Path, sim: SimServer, run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    first = start(sim, tmp_path, "apply", "plan.json", *QUICK)
    wait_for(lambda: office(sim).state == "modifying")
    first.send_signal(number)
    _, told = first.communicate(timeout=30)
    assert first.returncode == 130
    assert told.endswith("bothup: interrupted; what was begun is journaled\n")
    states = [each["state"] for each in json.loads(run("history", "changes", "-o", "json").stdout)]
    assert states == ["calling", "called"]
    with time_flies(sim):
        assert run("apply", "--resume", *QUICK).returncode == 0
    assert changes(sim) == 2


@slow
def test_two_applies_at_once(planned: Path, sim: SimServer, run: Run, tmp_path: Path) -> None:
    first = start(sim, tmp_path, "apply", "plan.json", *QUICK)
    wait_for(lambda: office(sim).state == "modifying")
    plan_again = json.loads((tmp_path / "plan.json").read_text())
    plan_again["made_at"] = "2026-01-01T00:00:00Z"
    (tmp_path / "other.json").write_text(json.dumps(plan_again))
    second = run("apply", "other.json", *QUICK)
    with time_flies(sim):
        out, told = first.communicate(timeout=60)
    assert first.returncode == 0, told
    assert "2 of 2 done" in out
    assert second.returncode == 5
    assert f"is being changed by process {first.pid}" in second.stdout
    assert changes(sim) == 2


def test_a_guard_stops_it(planned: Path, run: Run, sim: SimServer) -> None:
    tunnels = office(sim).tunnels
    for tunnel in tunnels:
        sim.set_tunnel("111122223333", "eu-central-1", office(sim).id, tunnel.outside_ip, up=False)
    done = run("apply", "plan.json", *QUICK)
    assert done.returncode == 5
    assert "stopped (guard)" in done.stdout
    assert "bothup apply --resume goes on once the reason is gone" in done.stderr
    allowed = run("apply", "--resume", *QUICK, "--allow-outage", office(sim).id)
    assert allowed.returncode == 0, allowed.stdout


def test_a_missing_permission(planned: Path, run: Run, sim: SimServer) -> None:
    sim.faults.add(Fault(operation="ec2:ModifyVpnTunnelOptions", code="UnauthorizedOperation"))
    done = run("apply", "plan.json", *QUICK)
    assert done.returncode == 5
    assert "a dry run was denied, so nothing is changed" in done.stderr
    assert "bothup iam apply PLAN" in done.stderr
    assert done.stdout == ""
    sim.faults.clear()
    assert run("apply", "plan.json", *QUICK).returncode == 0
    assert run("apply", "--resume").returncode == 2  # nothing is left of the first one


def test_a_window_that_is_closed(run: Run, sim: SimServer, tmp_path: Path) -> None:
    day = time.strftime("%a", time.gmtime(time.time() + 3 * 86400))
    done = run(
        "plan",
        "-o",
        "json=plan.json",
        "--only",
        "dpd-restart",
        "--only",
        "tunnel-logs",
        "--window",
        f"{day} 02:00-03:00 UTC",
    )
    assert done.returncode == 0
    done = run("apply", "plan.json", *QUICK)
    assert done.returncode == 5
    assert "the window is closed; it opens" in done.stdout
    assert changes(sim) == 0
    assert list(sim.calls.all("logs:CreateLogGroup")) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "which plan?"),
        (("nowhere.json",), "nowhere.json"),
        (("plan.json",), "there is no terminal to ask on: say --yes"),
        (("plan.json", "--yes", "--settle", "0"), "--settle"),
        (
            ("plan.json", "--yes", "--allow-outage", "vpn-0"),
            "--allow-outage vpn-0: the plan has no",
        ),
        (("plan.json", "--yes", "--parallel", "0"), "--parallel"),
        (("plan.json", "--yes", "--journal", "/proc/none/journal.db"), "journal /proc/none"),
        (("scan.json", "--yes"), "not a plan"),
        (("-", "--yes"), "stdin: not JSON"),
        (("--yes", "-"), "stdin: not JSON"),
        (("plan.json", "--mistyped"), "--mistyped"),
    ],
)
def test_mistakes(
    planned: Path, run: Run, tmp_path: Path, arguments: tuple[str, ...], problem: str
) -> None:
    (tmp_path / "scan.json").write_text('{"schema": "bothup.scan/1"}')
    done = run("apply", *arguments)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_undo_of_what_never_was(planned: Path, run: Run) -> None:
    done = run("undo", "plan.json", *QUICK)
    assert done.returncode == 2
    assert "was never applied" in done.stderr


def test_the_credentials_of_another_account(planned: Path, run: Run, tmp_path: Path) -> None:
    text = (tmp_path / "plan.json").read_text().replace("111122223333", "999999999999")
    (tmp_path / "plan.json").write_text(text)
    done = run("apply", "plan.json", *QUICK)
    assert done.returncode == 2
    assert "the credentials are of account 111122223333, not 999999999999" in done.stderr


def test_it_asks_on_a_terminal(planned: Path, sim: SimServer, run: Run, tmp_path: Path) -> None:
    for answer, code, said in (("no\n", 2, "nothing is changed"), ("yes\n", 0, ": changed")):
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "bothup", "apply", "plan.json", *QUICK[1:]],
            env=clean_env()
            | sim.env()
            | {"XDG_STATE_HOME": str(tmp_path / "state"), "TERM": "dumb"},
            cwd=tmp_path,
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
        )
        os.close(theirs)
        os.write(ours, answer.encode())
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        process.communicate(timeout=60)
        os.close(ours)
        assert process.returncode == code, shown
        assert b"Make these 2 steps? [yes/no]" in shown
        assert said.encode() in shown


@pytest.mark.parametrize("more", [(), ("--rollback",)])
def test_a_tunnel_that_stays_down_is_diagnosed(
    sim: SimServer, run: Run, more: tuple[str, ...]
) -> None:
    plan(run, "startup-start", "tunnel-logs")
    first, second = office(sim).tunnels
    first.device = msgspec.structs.replace(first.device, configured=False)
    second.device = msgspec.structs.replace(second.device, configured=False)
    done = run("apply", "plan.json", *QUICK, *more)
    assert done.returncode == 5
    assert re.search(r"By the evidence: (confirmed|likely) ike-no-response", done.stdout), (
        done.stdout
    )
    assert ", on the device: " in done.stdout
    restoring = "To restore the former options: aws ec2 modify-vpn-tunnel-options"
    assert (restoring in done.stdout) is not bool(more)
    actions = {tunnel.options.get("StartupAction") for tunnel in (first, second)}
    assert actions == ({None, "add"} if more else {None, "start"})
