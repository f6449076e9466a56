"""A fleet: accounts of an organization, roles, shards, resuming, deadlines, interruption."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.cli.conftest import Run, clean_env, serve

DESCRIBE = "ec2:DescribeVpnConnections"
MEMBER = """
[[accounts]]
id = "{id}"
name = "{name}"
ou = "{ou}"
status = "{status}"
tags = {{ stage = "{stage}" }}
[[accounts.roles]]
name = "bothup-read"
external_id = "tell-me"
policy = ["ec2:DescribeRegions", "ec2:DescribeVpnConnections"]
[[accounts.connections]]
name = "{name}-healthy"
region = "eu-central-1"
kind = "hardened"
[[accounts.connections]]
name = "{name}-down"
region = "us-east-1"
kind = "site-down"
"""
ORGANIZATION = """
regions = ["eu-central-1", "us-east-1"]
[[accounts]]
id = "100000000001"
name = "management"
management = true
[[accounts.connections]]
name = "management-healthy"
region = "eu-central-1"
kind = "hardened"
""" + "".join(
    MEMBER.format(id=f"10000000000{number}", name=name, ou=ou, status=status, stage=stage)
    for number, name, ou, status, stage in (
        (2, "alpha", "Workloads/Production", "ACTIVE", "prod"),
        (3, "beta", "Workloads", "ACTIVE", "test"),
        (4, "gamma", "Network", "ACTIVE", "prod"),
        (5, "closed", "", "SUSPENDED", "prod"),
    )
)
ROLE = ("--role-name", "bothup-read", "--external-id", "tell-me")


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


def targets(document: str, status: str = "read") -> set[tuple[str, str]]:
    covered = json.loads(document)["coverage"]
    return {(each["account"], each["region"]) for each in covered if each["status"] == status}


def accounts(document: str) -> set[str]:
    return {account[-1] for account, _ in targets(document)}


def test_an_organization_is_read_in_one_run(bothup: Run, org: SimServer) -> None:
    done = bothup("scan", "--org", *ROLE, "-o", "json", **org.env())
    assert done.returncode == 3
    assert accounts(done.stdout) == {"1", "2", "3", "4"}
    assert len(targets(done.stdout)) == 8
    assert json.loads(done.stdout)["summary"]["connections"] == 7
    assumed = org.calls.all("sts:AssumeRole")
    assert len(assumed) == 3, "one AssumeRole an account, none in the credentials' own"
    assert org.calls.count(DESCRIBE) == 8


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--include", "alpha"], {"2"}),
        (["--include", "*a", "--exclude", "gam*"], {"2", "3"}),
        (["--include", "stage=prod"], {"2", "4"}),
        (["--exclude", "stage=*"], {"1"}),
        (["--include", "10000000000[34]"], {"3", "4"}),
    ],
)
def test_accounts_are_chosen_by_id_name_and_tag(
    bothup: Run, org: SimServer, flags: list[str], expected: set[str]
) -> None:
    done = bothup("scan", "--org", *flags, *ROLE, "-o", "json", **org.env())
    assert accounts(done.stdout) == expected


def test_a_unit_brings_the_units_below_it(bothup: Run, org: SimServer) -> None:
    unit = unit_id(org, "Workloads")
    done = bothup("scan", "--org", "--ou", unit, *ROLE, "-o", "json", **org.env())
    assert accounts(done.stdout) == {"2", "3"}


def unit_id(org: SimServer, name: str) -> str:
    import boto3

    client = boto3.client(
        "organizations",
        endpoint_url=org.url,
        region_name="us-east-1",
        aws_access_key_id=org.env()["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=org.env()["AWS_SECRET_ACCESS_KEY"],
    )
    root = client.list_roots()["Roots"][0]["Id"]
    units = client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    return next(str(unit["Id"]) for unit in units if unit["Name"] == name)


def test_accounts_come_from_a_list_or_a_file(bothup: Run, org: SimServer, tmp_path: Path) -> None:
    listed = bothup(
        "scan", "--accounts", "100000000002,100000000004", *ROLE, "-o", "json", **org.env()
    )
    assert accounts(listed.stdout) == {"2", "4"}
    (tmp_path / "fleet.txt").write_text("100000000002  # alpha\n\n100000000004\n")
    filed = bothup("scan", "--accounts", "fleet.txt", *ROLE, "-o", "json", **org.env())
    assert targets(filed.stdout) == targets(listed.stdout)


def test_a_role_that_may_not_be_assumed_costs_its_account(bothup: Run, org: SimServer) -> None:
    wrong = ("--role-name", "bothup-read", "--external-id", "guessed")
    done = bothup(
        "scan", "--account", "100000000001", "--account", "100000000002", *wrong, "-o", "json",
        **org.env(),
    )  # fmt: skip
    assert done.returncode == 4
    assert accounts(done.stdout) == {"1"}
    assert targets(done.stdout, "denied") == {("100000000002", None)}
    named = bothup(
        "scan", "--account", "100000000002", *wrong, "--region", "us-east-1", "-o", "json",
        **org.env(),
    )  # fmt: skip
    assert targets(named.stdout, "denied") == {("100000000002", "us-east-1")}


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--org"], "which role shall be assumed"),
        (["--role-name", "x"], "in which accounts?"),
        (["--account", "100000000002"], "the credentials are of account 100000000001"),
        (["--ou", "r-1"], "choose among the accounts of --org"),
        (["--account", "12"], "expected twelve digits"),
        (["--accounts", "nowhere.txt"], "No such file"),
        (["--shard", "3/2"], "expected i/n"),
        (["--region", "us-east-1", "--region", "cn-north-1"], "of several partitions"),
        (["--shard", "half"], "expected i/n"),
        (["--role-chain", "admin"], "expected the ARN of a role"),
        (
            ["--org", "--role-name", "arn:aws:iam::100000000002:role/x"],
            "the name that the role has",
        ),
        (["--org", "--role-name", "a b"], "--role-name 'a b': expected"),
        (["--session-name", "x"], "--session-name 'x': expected 2 to 64"),
        (["--org", "--role-name", "x", "--external-id", "x"], "expected 2 to 1224"),
        (["--account", "\u0661" * 12], "expected twelve digits"),
        (["--resume", "nowhere.jsonl"], "No such file"),
    ],
)
def test_a_selection_that_cannot_be_is_a_usage_error(
    bothup: Run, org: SimServer, flags: list[str], message: str
) -> None:
    done = bothup("scan", *flags, **org.env())
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_role_chain_is_followed(bothup: Run) -> None:
    scenario = (
        ORGANIZATION
        + """
[[accounts]]
id = "100000000009"
name = "hub"
[[accounts.roles]]
name = "hub-role"
[[accounts]]
id = "100000000008"
name = "spoke"
[[accounts.roles]]
name = "spoke-read"
trusts = ["100000000009"]
"""
    )
    with serve(scenario) as server:
        spoke = ("--account", "100000000008", "--role-name", "spoke-read", "-o", "json")
        hub = ("--role-chain", "arn:aws:iam::100000000009:role/hub-role")
        assert targets(bothup("scan", *spoke, **server.env()).stdout) == set()
        through = bothup("scan", *spoke, *hub, **server.env())
        assert accounts(through.stdout) == {"8"}


def test_shards_divide_the_fleet(bothup: Run, org: SimServer) -> None:
    whole = targets(bothup("scan", "--org", *ROLE, "-o", "json", **org.env()).stdout)
    parts = [
        targets(
            bothup("scan", "--org", *ROLE, "--shard", f"{i}/3", "-o", "json", **org.env()).stdout
        )
        for i in (1, 2, 3)
    ]
    assert set.union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)


def test_what_the_deadline_cuts_off_is_unreachable(bothup: Run, org: SimServer) -> None:
    org.faults.add(Fault(kind="hang", region="us-east-1", operation=DESCRIBE))
    began = time.monotonic()
    done = bothup("scan", "--org", *ROLE, "--deadline", "2", "-o", "json", **org.env())
    assert time.monotonic() - began < 10
    assert done.returncode == 4
    assert {region for _, region in targets(done.stdout)} == {"eu-central-1"}
    assert {region for _, region in targets(done.stdout, "unreachable")} == {"us-east-1"}


def test_ctrl_c_ends_with_what_was_read(org: SimServer, tmp_path: Path) -> None:
    org.faults.add(Fault(kind="hang", region="us-east-1", operation=DESCRIBE))
    command = ["scan", "--org", *ROLE, "-o", "jsonl=run.jsonl", "-o", "json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "bothup", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=clean_env() | org.env(),
    )
    until(lambda: org.calls.count(DESCRIBE) == 8 and (tmp_path / "run.jsonl").exists())
    until(lambda: (tmp_path / "run.jsonl").read_text().count('"kind":"coverage"') == 4)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert len(targets(out)) == 4
    assert {region for _, region in targets(out, "unreachable")} == {"us-east-1"}
    assert "interrupted before it was read" in out
    assert "Traceback" not in err


def test_ctrl_c_while_accounts_are_listed_is_not_green(org: SimServer, tmp_path: Path) -> None:
    org.faults.add(Fault(kind="hang", operation="organizations:ListAccounts"))
    process = subprocess.Popen(
        [sys.executable, "-m", "bothup", "scan", "--org", *ROLE, "-o", "json"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=clean_env() | org.env(),
    )
    until(lambda: org.calls.count("organizations:ListAccounts") == 1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    (covered,) = json.loads(out)["coverage"]
    assert (covered["status"], covered["message"]) == (
        "unreachable",
        "interrupted before it was read",
    )


def until(condition: Any, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not come to that in time"
        time.sleep(0.02)


def test_json_lines_flow_while_the_run_goes_on(org: SimServer, tmp_path: Path) -> None:
    org.faults.add(Fault(kind="latency", seconds=5, region="us-east-1", operation=DESCRIBE))
    process = subprocess.Popen(
        [sys.executable, "-m", "bothup", "scan", "--org", *ROLE, "-o", "jsonl", "-q"],
        stdout=subprocess.PIPE,
        text=True,
        env=clean_env() | org.env(),
    )
    assert process.stdout
    began = time.monotonic()
    kinds = [json.loads(process.stdout.readline())["kind"] for _ in range(6)]
    assert time.monotonic() - began < 4, "the first Targets came before the slow ones were read"
    assert kinds[0] == "scan"
    assert "coverage" in kinds
    process.communicate(timeout=30)
    assert process.returncode == 3
