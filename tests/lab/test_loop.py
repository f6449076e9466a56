"""The closed loop, on a fault that the device's side cures and one that AWS's does."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.cli.conftest import clean_env

pytestmark = pytest.mark.usefixtures("buildable")


def test_faults_are_seen_named_and_cured() -> None:
    faults = ("psk-wrong", "both-passive")
    done = subprocess.run(
        [sys.executable, "-m", "bothup", "lab", "run", *faults, "--quiet", "-o", "json"],
        env=clean_env(),
        capture_output=True,
        text=True,
        timeout=400,
    )
    told = {each["fault"]: each for each in json.loads(done.stdout)}
    assert done.returncode == 0, told
    assert [told[name]["cure"] for name in faults] == ["device", "aws"]
    for each in told.values():
        assert each["named"] == each["cause"]
        assert each["detected"] < each["seconds"]
        assert each["cured"] > 0
        assert each["sibling_lost"] is False


def test_where_namespaces_are_not_allowed_it_says_so_loudly() -> None:
    setpriv = shutil.which("setpriv")
    assert setpriv, "util-linux is essential in Debian"
    done = subprocess.run(
        [setpriv, "--bounding-set=-sys_admin", sys.executable, "-m", "bothup", "lab", "run"],
        env=clean_env(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 4
    assert done.stderr.startswith("SKIPPED: the laboratory cannot run here: network namespaces")
    assert done.stdout == ""
