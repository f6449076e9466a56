"""`bothup iam apply`: what it allows suffices for exactly its plan, and all of it is needed."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bothup.iam.plan import plan_policy
from bothup.model.plan import Action, Plan
from bothup.read.plan_file import read_plan
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.apply.test_apply_cli import QUICK
from tests.cli.conftest import Run, bothup, clean_env

__all__ = ["bothup"]
# A connection to harden, one whose maintenance is pending, and a Client VPN endpoint.
SCENARIO = """
name = "quick"
regions = ["eu-central-1"]
[timing]
modify = 0.25
initiate = 0.05
[[accounts]]
id = "111122223333"
name = "Example"
management = true
{policy}
[[accounts.connections]]
name = "office"
region = "eu-central-1"
options = {{ EnableTunnelLifecycleControl = true }}
[[accounts.connections]]
name = "hardened"
region = "eu-central-1"
kind = "hardened"
tunnels = [{{ maintenance = "pending" }}, {{ maintenance = "pending" }}]
"""
ENDPOINT = {
    "ClientVpnEndpointId": "cvpn-endpoint-0a1b2c3d",
    "Status": {"Code": "available"},
    "ConnectionLogOptions": {"Enabled": False},
}
# What AWS asks for beside the calls themselves; the simulated AWS does not.
BESIDE = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
NEEDED = (
    "ec2:DescribeClientVpnEndpoints",
    "ec2:DescribeVpnConnections",
    "ec2:GetVpnTunnelReplacementStatus",
    "ec2:ModifyClientVpnEndpoint",
    "ec2:ModifyVpnTunnelOptions",
    "ec2:ReplaceVpnTunnel",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutRetentionPolicy",
)


def serve(actions: tuple[str, ...] = ()) -> SimServer:
    """A simulated AWS that allows these actions alone, or all where none is named."""
    policy = f"policy = {json.dumps(actions)}" if actions else ""
    made = SimServer(parse_scenario(SCENARIO.format(policy=policy), "quick.toml"))
    place = made.world.place("111122223333", "eu-central-1")
    place.client_vpn["cvpn-endpoint-0a1b2c3d"] = dict(ENDPOINT)
    return made


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with a step of every kind."""
    folder = tmp_path_factory.mktemp("policy")
    hour = datetime.now(UTC).hour
    window = f"daily {hour:02}:00-{(hour - 1) % 24:02}:59 UTC"
    words = ("plan", "-q", "-o", "json=plan.json", "--skip", "lifecycle-control")
    with serve() as server:
        done = subprocess.run(
            [sys.executable, "-m", "bothup", *words, "--window", window],
            env=clean_env() | server.env(),
            cwd=folder,
        )
    assert done.returncode == 0
    return folder / "plan.json"


@pytest.fixture(scope="module")
def wanted(file: Path) -> Plan:
    return read_plan(file.read_bytes(), "plan.json")


def apply_with(actions: tuple[str, ...], file: Path, run: Run, tmp_path: Path) -> Any:
    with serve(actions) as server:
        state = str(tmp_path / "state")
        return run("apply", str(file), *QUICK, "-q", **server.env(), XDG_STATE_HOME=state)


def test_the_plan_has_a_step_of_every_kind(wanted: Plan) -> None:
    assert {step.action for step in wanted.steps} == {
        Action.CREATE_LOG_GROUP,
        Action.CREATE_LOG_STREAM,
        Action.MODIFY_CLIENT_VPN,
        Action.MODIFY_TUNNEL,
        Action.REPLACE_TUNNEL,
    }


def test_the_policy_names_the_plans_own_resources(wanted: Plan) -> None:
    statements = {each["Sid"]: each for each in plan_policy(wanted)["Statement"]}
    office, hardened = (
        next(step.resource for step in wanted.steps if step.action is action)
        for action in (Action.MODIFY_TUNNEL, Action.REPLACE_TUNNEL)
    )
    ec2, logs = "arn:aws:ec2:eu-central-1:111122223333:", "arn:aws:logs:eu-central-1:111122223333:"
    own = {name: each["Resource"] for name, each in statements.items() if each["Resource"] != ["*"]}
    stream = "log-group:/aws/clientvpn/connections:log-stream:cvpn-endpoint-0a1b2c3d"
    assert own == {
        "ModifyTunnels": [f"{ec2}vpn-connection/{office}"],
        "ReplaceTunnels": [f"{ec2}vpn-connection/{hardened}"],
        "ModifyClientVpnEndpoints": [f"{ec2}client-vpn-endpoint/cvpn-endpoint-0a1b2c3d"],
        "CreateLogGroups": [
            f"{logs}log-group:/aws/clientvpn/connections:*",
            f"{logs}log-group:/aws/vendedlogs/vpn:*",
        ],
        "CreateLogStreams": [f"{logs}{stream}"],
    }
    anywhere = {name for name, each in statements.items() if each["Resource"] == ["*"]}
    assert all(name.startswith("Read") for name in anywhere - {"DeliverTunnelLogs"})


def test_the_policy_names_no_other_action(wanted: Plan) -> None:
    actions = {action for each in plan_policy(wanted)["Statement"] for action in each["Action"]}
    assert actions == BESIDE | set(NEEDED)


def test_the_policy_allows_all_of_the_plan(file: Path, bothup: Run, tmp_path: Path) -> None:
    done = apply_with(NEEDED, file, bothup, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("action", NEEDED)
def test_without_one_of_them_it_is_denied(
    file: Path, bothup: Run, tmp_path: Path, action: str
) -> None:
    left = tuple(each for each in NEEDED if each != action)
    done = apply_with(left, file, bothup, tmp_path)
    assert done.returncode == 5
    assert action.partition(":")[2] in done.stdout + done.stderr


def test_iam_apply_asks_for_its_plan(bothup: Run) -> None:
    for arguments, problem in (
        (("apply",), "for which plan?"),
        (("scan", "plan.json"), "has no part in the policy for scan"),
        (("apply", "plan.json", "--org"), "takes a plan and -o"),
    ):
        done = bothup("iam", *arguments)
        assert done.returncode == 2
        assert problem in done.stderr
