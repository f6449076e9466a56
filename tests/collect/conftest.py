"""One simulated AWS for the collectors, with logs on; its faults end with each test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bothup.aws import clients
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]

SCENARIO = """
regions = ["eu-central-1", "eu-west-1", "us-east-1"]
[[sites]]
name = "harbour"
ip = "203.0.113.130"
[[accounts]]
id = "111122223333"
name = "One"
management = true
[[accounts.connections]]
name = "broken"
region = "eu-central-1"
kind = "psk-mismatch"
[[accounts.connections]]
name = "static"
region = "eu-central-1"
kind = "dpd-timeout"
routing = "static"
target = "vgw"
static_routes = ["10.20.0.0/16"]
[[accounts.connections]]
name = "quiet"
region = "eu-central-1"
kind = "second-tunnel-never-configured"
logs = true
created = "312d"
[[accounts.connections]]
name = "healthy"
region = "eu-central-1"
[[accounts.connections]]
name = "quay-1"
region = "eu-central-1"
kind = "site-down"
logs = true
site = "harbour"
[[accounts.connections]]
name = "quay-2"
region = "eu-west-1"
kind = "site-down"
logs = true
site = "harbour"
"""


@pytest.fixture(scope="session")
def shared_sim() -> Iterator[SimServer]:
    with SimServer(parse_scenario(SCENARIO, "test")) as server:
        yield server


@pytest.fixture
def sim(shared_sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimServer]:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    for name, value in shared_sim.env().items():
        monkeypatch.setenv(name, value)
    # CloudTrail's own pace has a test of its own.
    monkeypatch.setitem(clients._RATES, "LookupEvents", (50.0, 50.0))
    shared_sim.faults.clear()
    shared_sim.calls.clear()
    yield shared_sim
    shared_sim.faults.clear()


@pytest.fixture
def bothup(tmp_path: Path, shared_sim: SimServer) -> Run:
    """`bothup …` in a process of its own, against the simulated AWS unless `sim` is None."""

    def run(*arguments: str, stdin: str | None = None, sim: SimServer | None = shared_sim) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "bothup", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=clean_env() | (sim.env() if sim else {}),
            cwd=tmp_path,
            timeout=90,
        )

    return run
