"""The examples of docs/hardening.md, run one after the other as they stand."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bothup.engine.remedies import cures
from bothup.sim.load import load_scenario
from bothup.sim.scenario import Timing
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env

TEXT = (Path(__file__).parents[2] / "docs" / "hardening.md").read_text("utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
LINES = [line.partition(" #")[0].strip() for block in BLOCKS for line in block.splitlines()]


# So much of the examples does not run by itself.
SHELL = ("bothup sim ", 'eval "$(bothup sim ')


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    quick = Timing(modify=0.25, initiate=0.05)
    scenario = msgspec.structs.replace(load_scenario("hardening"), timing=quick)
    with SimServer(scenario) as server:
        yield server


def test_the_examples(sim: SimServer, tmp_path: Path) -> None:
    lines = [line for line in LINES if not line.startswith(SHELL)]
    assert (len(LINES), len(lines)) == (11, 9)
    for line in lines:
        quick = line.replace("--settle 2", "--settle 0.2 --come-back 2")
        done = subprocess.run(
            [sys.executable, "-m", *quick.split()],
            env=clean_env() | sim.env() | {"XDG_STATE_HOME": str(tmp_path / "state")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, line + done.stderr
        if line == "bothup plan --tag owner=network":
            assert re.search(r"^Nothing is planned: 2 refused$", done.stdout, re.MULTILINE)
        if "undo" in line:
            assert "2 of 2 done" in done.stdout
    for name in ("plan.json", "plan.sh", "plan.tf", "plan.template.json"):
        assert (tmp_path / name).stat().st_size


def test_every_remedy_is_in_the_table() -> None:
    firsts = re.findall(r"^\| (`.*?`) \|", TEXT, re.MULTILINE)
    assert {name for first in firsts for name in re.findall(r"`(.*?)`", first)} == {
        cure.remedy.id for cure in cures()
    }
