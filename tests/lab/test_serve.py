"""The simulated AWS with real endpoints, as somebody tries it by hand."""

import json
import re
import subprocess
import sys

import pytest

from bothup.lab.owner import namespaces
from tests.cli.conftest import clean_env

pytestmark = pytest.mark.usefixtures("buildable")
SERVE = (sys.executable, "-m", "bothup", "sim", "serve", "--endpoints", "lab", "--port", "0")


def test_what_is_served_is_what_the_daemons_make_of_it() -> None:
    serving = subprocess.Popen(SERVE, env=clean_env(), stdout=subprocess.PIPE, text=True)
    try:
        assert serving.stdout
        assert serving.stdout.readline().startswith("lab at http://127.0.0.1:")
        told = [serving.stdout.readline() for _ in range(8)]
        exports = dict(re.findall(r"export (\w+)='?([^'\n]*)", "".join(told)))
        done = subprocess.run(
            [sys.executable, "-m", "bothup", "scan", "--control", "EC2.20", "-o", "json"],
            env=clean_env() | exports,
            capture_output=True,
            text=True,
            timeout=60,
        )
        mine = [name for name in namespaces() if f"-{serving.pid}." in name]
    finally:
        serving.terminate()
        serving.communicate(timeout=60)
    assert len(mine) == 8
    found = {each["resource"]["name"]: each for each in json.loads(done.stdout)["findings"]}
    assert found["hamburg-works"]["redundancy"] == "REDUNDANT"
    assert {each["status_message"] for each in found["hamburg-works"]["tunnels"]} == {
        "3 BGP ROUTES"
    }
    assert found["bremen-depot"]["redundancy"] == "DEGRADED"
    assert serving.returncode == 0
    assert not [name for name in namespaces() if f"-{serving.pid}." in name]
