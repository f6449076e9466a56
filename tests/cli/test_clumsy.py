"""What people do by mistake gets one clear line, and never a green answer."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bothup.sim.faults import Fault
from tests.cli.conftest import Run, clean_env, coverage, findings, serve
from tests.cli.test_scan_fleet import ORGANIZATION, ROLE

GOOD = (
    '{"VpnConnections": [{"VpnConnectionId": "vpn-0a1b2c3d", "State": "available", "VgwTelemetry": '
    '[{"OutsideIpAddress": "203.0.113.1", "Status": "UP"},'
    ' {"OutsideIpAddress": "203.0.113.2", "Status": "UP"}]}]%s}'
)
TUNNELS = ("--control", "EC2.20")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--in-flight", "0"], "--in-flight 0; expected 1 or more"),
        (["--timeout", "0"], "--timeout 0; expected seconds, more than 0"),
        (["--timeout", "nan"], "--timeout nan; expected seconds, more than 0"),
        (["--deadline", "-3"], "--deadline -3; expected seconds, more than 0"),
        (["--accounts", ","], "No such file or directory"),
        (["--accounts", "empty.txt"], "no account is listed there"),
        (["--org", "--account", "100000000002", *ROLE], "--include chooses some"),
        (["--org", "--include", "nobody", *ROLE], "no ACTIVE account of the organization fits"),
        (["--org", "--ou", "ou-none-nowhere0", *ROLE], "--ou: "),
    ],
)
def test_a_run_that_would_read_nothing_is_an_error(
    bothup: Run, tmp_path: Path, flags: list[str], message: str
) -> None:
    (tmp_path / "empty.txt").write_text("# nobody\n")
    with serve(ORGANIZATION) as server:
        done = bothup("scan", *flags, **server.env())
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_an_organization_that_refuses_is_not_green(bothup: Run) -> None:
    with serve(ORGANIZATION) as server:
        server.faults.add(Fault(operation="organizations:*", code="AccessDeniedException"))
        done = bothup("scan", "--org", *ROLE, "-o", "json", **server.env())
    assert done.returncode == 4
    assert '"status": "denied"' in done.stdout
    assert "cannot list the organization's accounts" in done.stdout


def test_an_organization_that_does_not_answer_costs_no_more_than_the_deadline(bothup: Run) -> None:
    with serve(ORGANIZATION) as server:
        server.faults.add(Fault(operation="organizations:*", kind="hang"))
        began = time.monotonic()
        done = bothup("scan", "--org", *ROLE, "--deadline", "2", "-o", "json", **server.env())
    assert time.monotonic() - began < 20
    assert done.returncode == 4
    assert '"status": "unreachable"' in done.stdout


def test_one_page_of_several_is_not_the_whole(bothup: Run) -> None:
    whole = bothup("scan", *TUNNELS, "--input", "-", "-o", "json", stdin=GOOD % "")
    assert whole.returncode == 0
    page = bothup(
        "scan", *TUNNELS, "--input", "-", "-o", "json", stdin=GOOD % ', "NextToken": "more"'
    )
    assert page.returncode == 4
    assert list(coverage(page.stdout).values()) == ["failed"]
    assert findings(page.stdout)["vpn-0a1b2c3d"]["status"] == "PASSED"


def test_what_is_muted_is_counted(bothup: Run, tmp_path: Path) -> None:
    down = (GOOD % "").replace('"UP"', '"DOWN"', 1)
    (tmp_path / "bothup.toml").write_text(
        '[[mutes]]\nresource = "vpn-*"\nredundancy = "DEGRADED"\nreason = "r"\n'
        "expires = 2099-01-01\n"
    )
    done = bothup("scan", *TUNNELS, "--input", "-", stdin=down)
    assert done.returncode == 0
    assert "1 FAILED · 1 muted" in done.stdout
    cut_off = bothup("scan", *TUNNELS, "--input", "-", stdin=down.replace('"UP"', '"DOWN"'))
    assert cut_off.returncode == 3, "the mute was of one tunnel, not of both"


@pytest.mark.parametrize(
    "arguments", ["scan --input -", "scan --input - -o json", "--help", "scan --help", "--version"]
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told_in_one_line(arguments: str, unbuffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bothup", *arguments.split()],
            input=GOOD % "",
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_env() | {"PYTHONUNBUFFERED": unbuffered},
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "bothup: cannot write to stdout: No space left on device"
    )


def test_an_encoding_that_lacks_a_character_stops_no_report(bothup: Run) -> None:
    done = bothup("scan", *TUNNELS, "--input", "-", "-q", stdin=GOOD % "", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "203.0.113.2  UP" in done.stdout


def test_closed_streams_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD % "")
    script = f"{sys.executable} -m bothup scan --control EC2.20 --input good.json >&- 2>&-"
    env = clean_env() | {"PATH": os.environ["PATH"]}
    assert subprocess.run(["bash", "-c", script], cwd=tmp_path, env=env).returncode == 0


def test_the_demo_minds_nobodys_settings(bothup: Run, tmp_path: Path) -> None:
    (tmp_path / "bothup.toml").write_text("nonsense = true\n")
    done = bothup(
        "demo", AWS_PROFILE="nosuch", AWS_ENDPOINT_URL_EC2="http://127.0.0.1:1", BOTHUP_FAIL_ON="x"
    )
    assert done.returncode == 0
    assert "24 connections in 11 Targets · 12 FAILED" in done.stdout
    assert "1 Target NOT READ" in done.stdout


def test_a_port_that_is_none_is_a_usage_error(bothup: Run) -> None:
    done = bothup("sim", "serve", "--port", "99999")
    assert done.returncode == 2
    assert "--port 99999" in done.stderr


def test_the_simulated_settings_survive_a_shell(bothup: Run) -> None:
    odd = "*.example.com,it's here;touch gone"
    exports = bothup("sim", "env", no_proxy=odd).stdout
    script = f'{exports}printf %s "$no_proxy"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"127.0.0.1,{odd}"
