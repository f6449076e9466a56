"""No pre-shared key and no gateway configuration leaves the edge, whatever is asked for."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bothup.report import formats
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.cli.conftest import Run

KEYS = [f"PSK{number}secretsecret" for number in range(4)]
CONFIGURATION = (
    "<vpn_connection><ipsec_tunnel><ike><pre_shared_key>PSK0secretsecret</pre_shared_key></ike>"
    "</ipsec_tunnel></vpn_connection>"
)
RECORD = {
    "VpnConnectionId": "vpn-0a1b2c3d4e5f60718",
    "State": "available",
    "CustomerGatewayConfiguration": CONFIGURATION,
    "Options": {
        "StaticRoutesOnly": True,
        "TunnelOptions": [
            {"OutsideIpAddress": "203.0.113.11", "PreSharedKey": KEYS[1]},
            {"OutsideIpAddress": "198.51.100.22", "PreSharedKey": KEYS[2]},
        ],
    },
    "VgwTelemetry": [
        {"OutsideIpAddress": "203.0.113.11", "Status": "UP", "StatusMessage": "IPSEC IS UP"},
        {"OutsideIpAddress": "198.51.100.22", "Status": "DOWN", "StatusMessage": "IPSEC IS DOWN"},
    ],
}


def damaged() -> list[dict[str, Any]]:
    """The record whole, and with each part replaced by something that holds a key."""
    records = [RECORD]
    for path in (
        ("VgwTelemetry",),
        ("VgwTelemetry", 0),
        ("VgwTelemetry", 0, "LastStatusChange"),
        ("VgwTelemetry", 0, "AcceptedRouteCount"),
        ("Options",),
        ("Options", "TunnelOptions"),
        ("Options", "TunnelOptions", 1),
        ("Options", "TunnelOptions", 1, "Phase1LifetimeSeconds"),
    ):
        for value in (KEYS[3], [KEYS[3]], {"PreSharedKey": KEYS[3]}):
            broken: Any = copy.deepcopy(RECORD)
            at = broken
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = value
            records.append(broken)
    return [record | {"n": number} for number, record in enumerate(records)]


def config_item(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "AWS::EC2::VPNConnection",
        "awsAccountId": "111122223333",
        "awsRegion": "eu-west-1",
        "configurationItemCaptureTime": "2026-11-24T10:00:00Z",
        "configuration": json.dumps({key[0].lower() + key[1:]: record[key] for key in record}),
    }


def texts() -> dict[str, str]:
    records = damaged()
    whole = json.dumps({"VpnConnections": records}, indent=2)
    return {
        "cli": whole,
        "lines": "\n".join(map(json.dumps, records)),
        "config": json.dumps({"configurationItems": [config_item(each) for each in records]}),
        "cut-off": whole[: whole.index(KEYS[2]) + 8],
        "not-json": whole.replace('"State"', "State", 1),
        "another-schema": json.dumps({"Vpns": records}),
        "one-key": json.dumps(KEYS[3]),
        "text": f"VPNCONNECTIONS\t{KEYS[3]}\t{CONFIGURATION}",
    }


@pytest.mark.parametrize("output", formats())
@pytest.mark.parametrize("form", sorted(texts()))
def test_files_full_of_keys_leave_none(bothup: Run, form: str, output: str) -> None:
    done = bothup("scan", "--input", "-", "-v", "--debug", "-o", output, stdin=texts()[form])
    assert done.returncode in (2, 3, 4)
    assert done.stdout + done.stderr
    assert leaked(done.stdout + done.stderr) == []


def leaked(text: str) -> list[str]:
    """What of the secrets stands in a text; a part of eight characters is a leak too."""
    marks = [
        *KEYS,
        *(key[:12] for key in KEYS),
        "secretsecret",
        "pre_shared_key",
        "vpn_connection>",
    ]
    return [mark for mark in marks if mark in text]


@pytest.mark.parametrize("output", formats())
def test_answers_of_aws_full_of_keys_leave_none(
    bothup: Run, every_kind: SimServer, output: str, tmp_path: Path
) -> None:
    done = bothup("scan", "-v", "--debug", "-o", output, "-o", "json=all", **every_kind.env())
    said = done.stdout + done.stderr + (tmp_path / "all").read_text()
    assert "vpn-" in done.stdout
    assert "DescribeVpnConnections" in done.stderr
    assert "SIMPSK" not in said
    assert "pre_shared_key" not in said
    assert every_kind.env()["AWS_SECRET_ACCESS_KEY"] not in said


@pytest.mark.parametrize("kind", ["malformed", "truncated", "reset-mid-body"])
def test_broken_answers_full_of_keys_leave_none(bothup: Run, sim: SimServer, kind: Any) -> None:
    sim.faults.add(Fault(kind=kind, region="eu-west-1", operation="ec2:DescribeVpnConnections"))
    done = bothup("scan", "--debug", "--timeout", "3", "-o", "json", **sim.env())
    assert '"unreachable"' in done.stdout
    assert "SIMPSK" not in done.stdout + done.stderr
    assert "pre_shared_key" not in done.stdout + done.stderr


def test_the_simulator_does_send_keys(sim: SimServer) -> None:
    """Else the tests above would prove nothing."""
    import boto3

    env = sim.env()
    client = boto3.client(
        "ec2",
        endpoint_url=sim.url,
        region_name="eu-west-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    told = json.dumps(client.describe_vpn_connections(), default=str)
    assert "SIMPSK" in told
    assert "pre_shared_key" in told
