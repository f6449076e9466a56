"""The examples of the README and the docs, run as they stand, against the simulated AWS."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bothup.config.load import load
from bothup.sim.load import load_scenario, parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env
from tests.cli.test_scan_fleet import ORGANIZATION, unit_id

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# What the AWS CLI prints, for it is not a dependency of the tests.
AWS = """#!{python}
import json, sys
import boto3
assert sys.argv[1:] == ["ec2", "describe-vpn-connections"], sys.argv
told = boto3.client("ec2").describe_vpn_connections()
print(json.dumps({{"VpnConnections": told["VpnConnections"]}}, default=lambda at: at.isoformat()))
"""


BEGUN = """{"kind": "scan", "schema": "bothup.scan/1", "asked": %s}
"""
WHY = """{"schema": "bothup.diagnoses/1", "diagnoses": [], "not_read": []}"""
PLAN = """{"schema": "bothup.plan/1", "tool": {"name": "bothup", "version": "1"},
"made_at": "2026-03-01T12:00:00Z"}"""
SCAN = """{"schema": "bothup.scan/1", "coverage": [], "findings": []}"""


def examples() -> list[str]:
    """Every line of every `sh` block that calls bothup, without its comment."""
    blocks = [
        block
        for document in DOCUMENTS
        for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    ]
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return list(dict.fromkeys(line for line in lines if "bothup " in line))


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    scenario = ORGANIZATION.replace('external_id = "tell-me"\n', "")
    with SimServer(parse_scenario(scenario, "docs")) as server:
        yield server


@pytest.mark.parametrize("example", [each for each in examples() if "sim " not in each])
def test_example(example: str, sim: SimServer, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aws").write_text(AWS.format(python=sys.executable))
    (tmp_path / "bin" / "aws").chmod(0o755)
    (tmp_path / "fleet.txt").write_text("100000000002\n")
    (tmp_path / "connections.json").write_text('{"VpnConnections": []}')
    (tmp_path / "run.jsonl").write_text(
        BEGUN % '{"org": true, "control": ["EC2.20", "EC2.171", "EC2.183"]}'
    )
    (tmp_path / "scan.json").write_text(SCAN)
    (tmp_path / "why.json").write_text(WHY)
    (tmp_path / "plan.json").write_text(PLAN)
    path = f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = example.replace("eu-west-1", "eu-central-1").replace("111122223333", "100000000002")
    told = told.replace("444455556666", "100000000003").replace(
        "ou-ab12-prod1234", unit_id(sim, "Workloads")
    )
    told = told.replace("vpn-0a1b2c3d4e5f60718", some_connection(sim))
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", told],
        env=clean_env() | sim.env() | {"PATH": path, "XDG_STATE_HOME": str(tmp_path / "state")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in (0, 3, 4), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr or list(tmp_path.glob("*.jsonl"))


def some_connection(sim: SimServer) -> str:
    """The id of a connection that the examples' own account has."""
    account = next(each for each in sim.world.scenario.accounts if each.connections)
    region = account.connections[0].region
    return next(iter(sim.world.place(account.id, region).connections))


def test_the_simulator_example(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "simulator.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "mine.toml").write_text(block)
    assert load_scenario(tmp_path / "mine.toml").accounts[0].connections[0].kind == "wrong-key"


def test_the_configuration_example(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "bothup.toml").write_text(block)
    loaded = load(None, {}, tmp_path)
    assert loaded.layer["role-name"].value == "bothup-read"
    assert [rule.control for rule in loaded.mutes] == ["EC2.20"]


def test_the_simulator_serves_what_its_env_says(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = clean_env() | {"PATH": path}
    serve = subprocess.Popen(
        shlex.split("bothup sim serve --scenario healthy --port 0"),
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serve.stdout
        port = re.search(r":(\d+)", serve.stdout.readline())
        assert port
        script = (
            f'eval "$(bothup sim env --scenario healthy --port {port[1]})"; bothup scan -o json'
        )
        done = subprocess.run(
            ["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60
        )
    finally:
        serve.terminate()
        serve.communicate(timeout=10)
    assert serve.returncode == 0
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"]["tunnels_up"] == 4


def test_the_exit_codes_in_the_readme_are_the_ones_in_the_code() -> None:
    from bothup.cli import exits

    table = re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    codes = {value for name, value in vars(exits).items() if name.isupper() and name != "FAIL_ON"}
    assert {int(code) for code in table} == codes


def test_the_reason_codes_in_the_docs_are_the_ones_in_the_code() -> None:
    source = (ROOT / "src/bothup/controls/ec2_20.py").read_text("utf-8")
    told = (ROOT / "docs/scan-json.md").read_text("utf-8")
    for code in re.findall(r'code="([a-z-]+)"', source):
        assert f"`{code}`" in told
