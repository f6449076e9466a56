"""`bothup plan` as people run it: live over HTTP, from bundles, and by mistake."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from bothup.read.plan_file import read_plan
from bothup.sim.faults import Fault
from bothup.sim.load import load_scenario, parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import Run, bothup

__all__ = ["bothup"]
MAINTENANCE = "apply-pending-maintenance"
SCENARIO = """
regions = ["eu-central-1", "us-east-1"]
[[accounts]]
id = "111122223333"
name = "Example"
management = true
[[accounts.connections]]
name = "office"
region = "eu-central-1"
tags = { owner = "network-eu" }
[[accounts.connections]]
name = "idle"
region = "eu-central-1"
kind = "idle"
tags = { owner = "network-eu", terraform = "true" }
[[accounts.connections]]
name = "hardened"
region = "us-east-1"
kind = "hardened"
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[SimServer]:
    with SimServer(parse_scenario(SCENARIO, "plan")) as server:
        yield server


@pytest.fixture
def sim(shared: SimServer) -> Iterator[SimServer]:
    shared.faults.clear()
    yield shared
    shared.faults.clear()


def plan(sim: SimServer, run: Run, *arguments: str) -> dict[str, Any]:
    done = run("plan", "--quiet", "-o", "json", *arguments, **sim.env())
    assert done.returncode == 0, done.stderr
    read_plan(done.stdout.encode(), "stdout")
    return dict(json.loads(done.stdout))


def names(found: dict[str, Any]) -> set[str]:
    return {each["name"] for each in found["connections"]}


def vpn(sim: SimServer, name: str) -> str:
    return next(each.id for each in sim.world.connections() if each.name == name)


def test_the_table_and_the_file(sim: SimServer, bothup: Run, tmp_path: Path) -> None:
    done = bothup("plan", "-o", "json=plan.json", **sim.env())
    assert done.returncode == 0, done.stderr
    written = read_plan((tmp_path / "plan.json").read_bytes(), "plan.json")
    assert f"plan {written.id}" in done.stdout
    assert "a DOWN tunnel" in done.stdout
    assert "! idle: Terraform (tag terraform) owns the connection" in done.stdout
    assert written.steps[0].action == "create-log-group"


def test_nothing_is_changed(sim: SimServer, bothup: Run) -> None:
    sim.calls.clear()
    plan(sim, bothup)
    called = {operation.partition(":")[2] for _, _, operation in sim.calls.counts()}
    assert called == {
        "DescribeClientVpnEndpoints",
        "DescribeCustomerGateways",
        "DescribeLogGroups",
        "DescribeRegions",
        "DescribeVpnConnections",
        "GetActiveVpnTunnelStatus",
        "GetCallerIdentity",
        "GetVpnTunnelReplacementStatus",
    }


def test_a_remedy_asks_for_no_more_than_it_reads(sim: SimServer, bothup: Run) -> None:
    sim.calls.clear()
    plan(sim, bothup, "--only", "lifecycle-control", "--region", "eu-central-1")
    assert sim.calls.count("ec2:Get*") == 0
    assert sim.calls.count("logs:*") == 0
    assert sim.calls.count("ec2:DescribeC*") == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), {"office", "idle", "hardened"}),
        (("--region", "us-east-1"), {"hardened"}),
        (("--tag", "owner=network-*"), {"office", "idle"}),
        (("--tag", "owner=network-*", "--tag", "terraform"), {"idle"}),
        (("--tag", "owner=other"), set()),
        (("--only", "startup-start"), {"office", "idle"}),
        (("--skip", "lifecycle-control"), {"office", "idle"}),
        (("--only", "startup-start", "--max-steps", "1"), {"idle"}),
    ],
)
def test_what_is_planned_for(
    sim: SimServer, bothup: Run, arguments: tuple[str, ...], expected: set[str]
) -> None:
    assert names(plan(sim, bothup, *arguments)) == expected


def test_named_connections(sim: SimServer, bothup: Run) -> None:
    office, idle = vpn(sim, "office"), vpn(sim, "idle")
    assert names(plan(sim, bothup, office, "--connection", idle)) == {"office", "idle"}
    missing = bothup("plan", "vpn-00000000000000000", **sim.env())
    assert missing.returncode == 2
    assert "vpn-00000000000000000 is nowhere" in missing.stderr


def test_what_cannot_be_read_costs_itself_alone(sim: SimServer, bothup: Run) -> None:
    sim.faults.add(Fault(operation="ec2:GetActiveVpnTunnelStatus", code="UnauthorizedOperation"))
    done = bothup("plan", "-o", "json", **sim.env())
    assert done.returncode == 4
    found = json.loads(done.stdout)
    assert {step["remedy"] for step in found["steps"] if step["tunnel"]} == {
        "dpd-restart+lifecycle-control+tunnel-logs",
        "lifecycle-control",
    }
    refused = {each["remedy"]: each["reason"] for each in found["refused"]}
    assert "not authorized" in refused["ikev2-only"]
    assert {each["status"] for each in found["coverage"]} == {"read", "denied"}
    assert "not read" in done.stderr


def test_a_region_that_cannot_be_read_is_no_green_one(sim: SimServer, bothup: Run) -> None:
    denied = Fault(
        operation="ec2:DescribeVpnConnections", region="us-east-1", code="UnauthorizedOperation"
    )
    sim.faults.add(denied)
    done = bothup("plan", **sim.env())
    assert done.returncode == 4
    assert "! not read: 111122223333 us-east-1" in done.stdout
    nothing = bothup("plan", "--only", "apply-pending-maintenance", **sim.env())
    assert nothing.stdout.endswith("Nothing to do in what was read\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--only", "ikev2"), "did you mean ikev2-only"),
        (("--window", "whenever"), "expected days"),
        (("--max-steps", "0"), "--max-steps"),
        (("-o", "yaml"), "a plan has no form called 'yaml'"),
        (("-o", "json="), "the name of the file is missing"),
        (("-o", "json", "-o", "table"), "only one -o format can go to stdout"),
        (("--log-group", "a b"), "--log-group"),
        (("--log-retention", "31"), "CloudWatch takes"),
        (("--evidence", "/nonexistent/file"), "/nonexistent/file"),
    ],
)
def test_mistakes(sim: SimServer, bothup: Run, arguments: tuple[str, ...], problem: str) -> None:
    done = bothup("plan", *arguments, **sim.env())
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_client_vpn(sim: SimServer, bothup: Run) -> None:
    env = sim.env()
    ec2 = boto3.client(
        "ec2",
        endpoint_url=sim.url,
        region_name="eu-central-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    made = ec2.create_client_vpn_endpoint(
        ClientCidrBlock="10.0.0.0/22",
        ServerCertificateArn="arn:aws:acm:eu-central-1:111122223333:certificate/x",
        AuthenticationOptions=[{"Type": "certificate-authentication"}],
        ConnectionLogOptions={"Enabled": False},
    )["ClientVpnEndpointId"]
    found = plan(sim, bothup, made)
    assert [step["action"] for step in found["steps"]] == [
        "create-log-group",
        "create-log-stream",
        "modify-client-vpn-endpoint",
    ]
    sim.world.place("111122223333", "eu-central-1").client_vpn.clear()
    sim.world.machine.version += 1


def bundle(sim: SimServer, run: Run, folder: Path, name: str) -> Path:
    """A bundle of a connection, by the calls that `bothup collect` makes as well."""
    env = sim.env()
    ec2 = boto3.client(
        "ec2",
        endpoint_url=sim.url,
        region_name="eu-central-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    (described,) = ec2.describe_vpn_connections(VpnConnectionIds=[vpn(sim, name)])["VpnConnections"]
    (gateway,) = ec2.describe_customer_gateways(
        CustomerGatewayIds=[described["CustomerGatewayId"]]
    )["CustomerGateways"]
    document: dict[str, Any] = {
        "schema": "bothup.evidence/1",
        "account": "111122223333",
        "region": "eu-central-1",
        "connection": described,
        "customer_gateway": gateway,
        "tunnels": {},
    }
    for each in described["Options"]["TunnelOptions"]:
        address = each["OutsideIpAddress"]
        where = {
            "VpnConnectionId": described["VpnConnectionId"],
            "VpnTunnelOutsideIpAddress": address,
        }
        active = ec2.get_active_vpn_tunnel_status(**where)["ActiveVpnTunnelStatus"]
        document["tunnels"][address] = {"active_status": active}
    line = {
        "event_timestamp": 1772359200,
        "details": "AWS tunnel received a keepalive",
        "nat_t_detected": True,
        "ike_phase1_state": "established",
        "ike_phase2_state": "established",
    }
    document["logs"] = [{"source": "aws", "tunnel": address, "lines": [json.dumps(line)]}]
    document["device_config"] = [
        {"vendor": "strongswan", "text": "connections { aws { remote_addrs = 192.0.2.1\n } }"}
    ]
    file = folder / f"{name}.json"
    file.write_text(json.dumps(document, default=lambda at: at.isoformat()))
    return file


def test_from_a_bundle_nothing_is_asked(sim: SimServer, bothup: Run, tmp_path: Path) -> None:
    file = bundle(sim, bothup, tmp_path, "office")
    sim.calls.clear()
    done = bothup("plan", "--evidence", file.name, "-o", "json", "--only", "startup-start")
    assert done.returncode == 0, done.stderr
    assert sim.calls.counts() == {}
    found = json.loads(done.stdout)
    assert found["steps"] == []
    assert {each["reason"] for each in found["refused"]} == {
        "the device is behind NAT and has no IKE identity that AWS could tell it by"
    }
    assert "SIMPSK" not in done.stdout
    done = bothup("plan", "--evidence", file.name, "-o", "json", "--only", "ikev2-only")
    assert len(json.loads(done.stdout)["steps"]) == 2
    done = bothup("plan", "--evidence", file.name, "-o", "json", "--only", MAINTENANCE)
    assert done.returncode == 4, "the bundle does not tell of maintenance"
    assert all(each["unread"] for each in json.loads(done.stdout)["refused"])
    done = bothup("plan", "--evidence", file.name, "vpn-0123")
    assert done.returncode == 2


def test_a_bundle_of_no_connection_is_an_error(bothup: Run, tmp_path: Path) -> None:
    (tmp_path / "nothing.json").write_text('{"schema": "bothup.evidence/1"}')
    done = bothup("plan", "--evidence", "nothing.json")
    assert done.returncode == 2
    assert "nothing.json, $.connection: no connection is in it" in done.stderr


def test_every_kind_of_connection_can_be_planned(bothup: Run) -> None:
    with SimServer(load_scenario("one-of-each")) as server:
        found = plan(server, bothup)
    risks = [step["risk"] for step in found["steps"]]
    order = ["none", "interrupts_down_tunnel", "interrupts_up_tunnel", "interrupts_last_up_tunnel"]
    assert risks == sorted(risks, key=order.index)
    assert {each["resource"] for each in found["refused"] if each["remedy"] == "all"}
