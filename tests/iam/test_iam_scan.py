"""A scan that is allowed what `bothup iam` prints, and nothing else, reads everything."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bothup.iam.policy import permissions
from bothup.iam.template import template
from bothup.sim.load import parse_scenario
from bothup.sim.organizations import root_id
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env

HOME, MEMBERS = "111122223333", ("222233334444", "333344445555")
REGIONS = ["eu-west-1", "us-east-1"]
# Nobody can be denied this call (AWS STS API Reference, GetCallerIdentity).
FREE = {"sts:GetCallerIdentity"}


def actions(policy: dict[str, Any]) -> list[str]:
    return [action for statement in policy["Statement"] for action in statement["Action"]]


def caller_policy() -> list[str]:
    return actions(permissions("scan", role_name="bothup-read", org=True))


def role_policy() -> list[str]:
    (role,) = template("scan")["Resources"].values()
    return actions(role["Properties"]["Policies"][0]["PolicyDocument"])


def simulated(caller: list[str], role: list[str]) -> SimServer:
    """An organization whose management account and whose roles may do just that."""
    management = f"""
        [[accounts]]
        id = "{HOME}"
        name = "Management"
        management = true
        policy = {json.dumps(caller)}
        """
    members = [
        f"""
        [[accounts]]
        id = "{member}"
        name = "Member"
        ou = "Network"
        tags = {{ env = "prod" }}
        [[accounts.roles]]
        name = "bothup-read"
        external_id = "x-1"
        policy = {json.dumps(role)}
        [[accounts.connections]]
        name = "site"
        region = "eu-west-1"
        kind = "hardened"
        """
        for member in MEMBERS
    ]
    text = "\n".join([f"regions = {json.dumps(REGIONS)}", management, *members])
    return SimServer(parse_scenario(text, "test"))


def scan(sim: SimServer, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bothup", "scan", "-o", "json", *flags],
        capture_output=True,
        text=True,
        env=clean_env() | sim.env(),
        cwd=folder,
        timeout=90,
    )


def whole_org(sim: SimServer) -> list[tuple[str, ...]]:
    """Flags with which a scan reads the whole organization, each by other calls."""
    role = ("--org", "--role-name", "bothup-read", "--external-id", "x-1")
    return [role, (*role, "--ou", root_id(sim.scenario), "--include", "env=*")]


def read(ran: subprocess.CompletedProcess[str]) -> set[tuple[str, str]]:
    """The accounts and Regions that were read; none where the scan did not get so far."""
    covered = json.loads(ran.stdout)["coverage"] if ran.stdout else []
    return {(each["account"], each["region"]) for each in covered if each["status"] == "read"}


def test_one_account_needs_no_more_than_the_policy(tmp_path: Path) -> None:
    with simulated(actions(permissions("scan")), []) as sim:
        ran = scan(sim, tmp_path)
        assert read(ran) == {(HOME, region) for region in REGIONS}
        assert ran.returncode == 0, ran.stderr
        called = {operation for _, _, operation in sim.calls.counts()}
        assert called - FREE == set(actions(permissions("scan")))


def test_an_organization_needs_both_policies_and_no_part_of_them_in_vain(tmp_path: Path) -> None:
    with simulated(caller_policy(), role_policy()) as sim:
        everywhere, below = whole_org(sim)
        ran = scan(sim, tmp_path, *everywhere)
        assert ran.returncode == 0, ran.stderr
        assert read(ran) == {(each, region) for each in (HOME, *MEMBERS) for region in REGIONS}
        ran = scan(sim, tmp_path, *below)
        assert ran.returncode == 0, ran.stderr
        assert read(ran) == {(each, region) for each in MEMBERS for region in REGIONS}
        assert {each.outcome for each in sim.calls.all()} == {"ok"}
        by_caller = {operation for account, _, operation in sim.calls.counts() if account == HOME}
        by_roles = {operation for account, _, operation in sim.calls.counts() if account in MEMBERS}
        assert by_caller - FREE == set(caller_policy())
        assert by_roles - FREE == set(role_policy())


@pytest.mark.parametrize("missing", ["ec2:DescribeVpnConnections", "sts:AssumeRole"])
def test_without_one_of_the_actions_something_is_not_read(tmp_path: Path, missing: str) -> None:
    caller, role = caller_policy(), role_policy()
    left = [action for action in caller if action != missing]
    with simulated(left, [action for action in role if action != missing]) as sim:
        ran = scan(sim, tmp_path, *whole_org(sim)[0])
        assert ran.returncode == 4, ran.stderr
        everything = {(each, region) for each in (HOME, *MEMBERS) for region in REGIONS}
        assert read(ran) < everything
