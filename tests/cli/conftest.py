"""The command line as users run it: a process of its own, against the simulated AWS over HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bothup.sim.load import load_scenario, parse_scenario
from bothup.sim.server import SimServer

Run = Callable[..., subprocess.CompletedProcess[str]]
FLEET = """
regions = ["eu-central-1", "eu-west-1", "us-east-1"]
[[accounts]]
id = "111122223333"
name = "One"
management = true
[[accounts.connections]]
name = "a-healthy"
region = "eu-central-1"
kind = "hardened"
[[accounts.connections]]
name = "b-degraded"
region = "eu-west-1"
kind = "wrong-key"
[[accounts.connections]]
name = "c-healthy"
region = "us-east-1"
kind = "hardened"
"""


def clean_env() -> dict[str, str]:
    """The environment without anything that the SDK or the terminal would read."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "BOTHUP_")) and name not in ("NO_COLOR", "TERM", "COLUMNS")
    }
    return kept | {
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def bothup(tmp_path: Path) -> Run:
    def run(*arguments: str, stdin: str | None = None, **env: str) -> Any:
        return subprocess.run(
            [sys.executable, "-m", "bothup", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=clean_env() | env,
            cwd=tmp_path,
            timeout=90,
        )

    return run


def serve(text: str) -> SimServer:
    """Make a simulated AWS from the text of a scenario."""
    return SimServer(parse_scenario(text, "test"))


@pytest.fixture(scope="module")
def shared_sim() -> Iterator[SimServer]:
    with serve(FLEET) as server:
        yield server


@pytest.fixture
def sim(shared_sim: SimServer) -> Iterator[SimServer]:
    """A small fleet in which one tunnel is down; its faults end with the test."""
    shared_sim.faults.clear()
    yield shared_sim
    shared_sim.faults.clear()


@pytest.fixture(scope="module")
def every_kind() -> Iterator[SimServer]:
    with SimServer(load_scenario("one-of-each")) as server:
        yield server


def findings(output: str) -> dict[str, dict[str, Any]]:
    """The findings of a JSON document by the connection's Name tag, or its id without one."""
    found = json.loads(output)["findings"]
    return {each["resource"]["name"] or each["resource"]["id"]: each for each in found}


def coverage(output: str) -> dict[str, str]:
    """What became of each Region, of a JSON document with one account."""
    return {each["region"]: each["status"] for each in json.loads(output)["coverage"]}
