"""--resume: nothing is read twice, nothing is forgotten, and no other run is mixed in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bothup.cli.resume import Resumed
from bothup.errors import InputError, UsageError
from bothup.model.scan import Asked
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.cli.conftest import Run, clean_env, serve
from tests.cli.test_scan_fleet import DESCRIBE, ORGANIZATION, ROLE, until

ASKED = Asked(accounts=("1", "2"), control=("EC2.20",))
HEAD = {
    "kind": "scan",
    "schema": "bothup.scan/1",
    "asked": {"accounts": ["1", "2"], "control": ["EC2.20"]},
}


@pytest.fixture(scope="module")
def organization() -> Iterator[SimServer]:
    with serve(ORGANIZATION) as server:
        yield server


@pytest.fixture
def org(organization: SimServer) -> Iterator[SimServer]:
    organization.faults.clear()
    organization.calls.clear()
    yield organization
    organization.faults.clear()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_run_is_resumed_from_its_json_lines(bothup: Run, org: SimServer, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    org.faults.add(Fault(account="*3", operation=DESCRIBE, code="UnauthorizedOperation"))
    scan = ("scan", "--org", *ROLE, "-o", "jsonl=run.jsonl", "-q")
    bothup(*scan, **org.env())
    whole = run.read_text()
    # as a kill leaves it: no summary, and the last line cut off
    run.write_text(whole[: whole.rindex('{"kind":"summary"')] + '{"kind":"finding","id":"both')

    org.faults.clear()
    org.calls.clear()
    done = bothup(*scan, "--resume", "run.jsonl", **org.env())
    assert done.returncode == 3
    assert org.calls.count(DESCRIBE) == 2, "only what was not read is read"
    read = [line for line in lines(run) if line["kind"] == "coverage"]
    assert [each["status"] for each in read] == ["read"] * 8
    assert lines(run)[-1]["summary"]["connections"] == 7

    fresh = bothup("scan", "--org", *ROLE, "-o", "jsonl", **org.env())
    assert found(run.read_text()) == found(fresh.stdout)


def found(text: str) -> list[str]:
    return sorted(line for line in text.splitlines() if '"kind":"finding"' in line)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--region", "us-east-1"], "--region was not given in that run and is us-east-1 now"),
        (["--exclude", "beta"], "--exclude was not given in that run and is beta now"),
        (["--shard", "1/2"], "--shard was not given in that run and is 1/2 now"),
    ],
)
def test_a_run_is_not_resumed_by_one_that_would_read_less(
    bothup: Run, org: SimServer, tmp_path: Path, flags: list[str], message: str
) -> None:
    run = tmp_path / "run.jsonl"
    run.write_text(HEAD_OF_ORG)
    scan = ("scan", "--org", *ROLE, *flags, "-o", "jsonl=run.jsonl", "--resume", "run.jsonl")
    done = bothup(*scan, **org.env())
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert run.read_text() == HEAD_OF_ORG, "the file is as it was"
    assert not org.calls.count(DESCRIBE)


HEAD_OF_ORG = json.dumps(HEAD | {"asked": {"org": True, "control": ["EC2.20"]}}) + "\n"


def test_other_credentials_do_not_resume_a_run(bothup: Run, org: SimServer, tmp_path: Path) -> None:
    scan = ("scan", "-o", "jsonl=run.jsonl", "-q")
    bothup(*scan, **org.env())
    before = (tmp_path / "run.jsonl").read_text()
    done = bothup(*scan, "--resume", "run.jsonl", **org.env("100000000004"))
    assert done.returncode == 2
    assert "that run read account 100000000001, and the credentials are of" in done.stderr
    assert (tmp_path / "run.jsonl").read_text() == before


def resumed(file: Path, *lines: dict[str, Any], asked: Asked = ASKED) -> Resumed:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Resumed(str(file), asked)


def covered(account: str | None, region: str | None, status: str = "read") -> dict[str, Any]:
    return {"kind": "coverage", "account": account, "region": region, "status": status}


def test_what_neither_run_reads_is_told_of_again(tmp_path: Path) -> None:
    earlier = resumed(
        tmp_path / "run",
        HEAD,
        covered("1", "eu-west-1"),
        covered("1", "us-east-1", "throttled"),
        covered("1", "us-east-2", "denied"),
        covered("2", None, "denied"),
        covered("3", "eu-west-1", "denied"),
        covered("4", None, "denied"),
        covered(None, "eu-west-1"),
    )
    taken = [(each.account, each.region) for each, _ in earlier.blocks()]
    assert taken == [("1", "eu-west-1")]
    assert not earlier.finds(Target(account="1", region="eu-west-1"))
    assert earlier.finds(Target(account="1", region="us-east-1"))
    assert earlier.finds(Target(account="2", region="us-east-1")), "the account is open now"
    status = CoverageStatus.READ
    earlier.covers(Coverage(account="1", region="us-east-1", status=status))
    earlier.covers(Coverage(account="3", region=None, status=CoverageStatus.DENIED))
    left = [(each.account, each.region) for each in earlier.forgotten()]
    assert left == [("1", "us-east-2"), ("4", None)]


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([], "no whole line in it"),
        ([covered("1", "eu-west-1")], "line 1: a scan without its first line"),
        ([HEAD | {"asked": None}], "it was not written while AWS was read"),
        ([HEAD | {"schema": "bothup.scan/9"}], "it was not written while AWS was read"),
        ([HEAD, {"kind": "coverage"}], "line 2"),
        ([HEAD, {"no": "kind"}], "line 2"),
    ],
)
def test_what_is_no_run_is_told(tmp_path: Path, lines: list[dict[str, Any]], error: str) -> None:
    with pytest.raises(InputError, match=error):
        list(resumed(tmp_path / "run", *lines).blocks())


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (
            Asked(accounts=("1",), control=("EC2.20",)),
            "--accounts was 1,2 in that run and is 1 now",
        ),
        (Asked(org=True, control=("EC2.20",)), "--accounts was 1,2 in that run and is not given"),
        (
            Asked(accounts=("1", "2"), control=("X.1",)),
            "--control was EC2.20 in that run and is X.1",
        ),
    ],
)
def test_a_run_that_was_asked_otherwise_is_another_one(
    tmp_path: Path, asked: Asked, error: str
) -> None:
    with pytest.raises(UsageError, match=error):
        list(resumed(tmp_path / "run", HEAD, asked=asked).blocks())


def test_an_older_file_stays_until_something_was_read(
    bothup: Run, org: SimServer, tmp_path: Path
) -> None:
    run = tmp_path / "run.jsonl"
    run.write_text("older\n")
    run.chmod(0o640)
    scan = ("scan", "-o", "jsonl=run.jsonl")
    nobody = org.env() | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    assert bothup(*scan, **nobody).returncode == 2
    assert run.read_text() == "older\n"
    assert [each.name for each in tmp_path.iterdir()] == ["run.jsonl"], "no draft is left"

    assert bothup(*scan, **org.env()).returncode == 0
    assert lines(run)[-1]["kind"] == "summary"
    assert run.stat().st_mode & 0o777 == 0o640


def test_while_nothing_came_in_the_older_file_is_there(org: SimServer, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    run.write_text("older\n")
    org.faults.add(Fault(kind="latency", seconds=1.5, operation="ec2:DescribeRegions"))
    process = subprocess.Popen(
        [sys.executable, "-m", "bothup", "scan", "-o", "jsonl=run.jsonl", "-q"],
        cwd=tmp_path,
        env=clean_env() | org.env(),
    )
    until(lambda: len(list(tmp_path.iterdir())) == 2)
    assert run.read_text() == "older\n"
    assert process.wait(timeout=30) == 0
    assert lines(run)[-1]["kind"] == "summary"


def test_a_new_file_has_the_mode_that_others_have(tmp_path: Path) -> None:
    scan = "scan --input - -q -o json=a -o jsonl=b"
    script = f"umask 027; {sys.executable} -m bothup {scan}"
    subprocess.run(
        ["bash", "-c", script], input=b'{"VpnConnections": []}', cwd=tmp_path, env=clean_env()
    )
    modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert modes == {"a": 0o640, "b": 0o640}


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_a_file_that_cannot_be_written_is_named(bothup: Run, org: SimServer, form: str) -> None:
    done = bothup("scan", "-o", f"{form}=/dev/full", **org.env())
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["bothup: cannot write /dev/full: No space left on device"]
