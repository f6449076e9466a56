"""The record of calls, the token buckets, and the control calls that turn it all from outside."""

import contextlib
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from raw_aws import DESCRIBE, control, post, signed_headers

from bothup.sim import SimServer, parse_scenario

SCENARIO = parse_scenario(
    """
    regions = ["eu-central-1", "us-east-1"]
    throttle = true
    [[accounts]]
    id = "111122223333"
    name = "One"
    roles = [{name = "bothup"}]
    connections = [{name = "office", region = "eu-central-1"}]
    [[accounts]]
    id = "444455556666"
    name = "Two"
    """,
    "calls.toml",
)
ONE, TWO = "111122223333", "444455556666"


@pytest.fixture(autouse=True)
def nothing_called(sim: SimServer) -> None:
    sim.calls.clear()


def test_calls_are_counted_by_account_region_and_operation(sim: SimServer, client: Any) -> None:
    before = datetime.now(UTC)
    for _ in range(3):
        client("ec2").describe_vpn_connections()
    client("ec2", "us-east-1").describe_vpn_connections()
    client("ec2", account=TWO).describe_vpn_connections()
    client("sts").get_caller_identity()
    assert sim.calls.count("ec2:DescribeVpnConnections") == 5
    assert sim.calls.count("ec2:*", account=ONE) == 4
    assert sim.calls.count(account=ONE, region="us-east-1") == 1
    assert sim.calls.count("ec2:ModifyVpnTunnelOptions") == 0
    [identity] = sim.calls.all("sts:*")
    assert before <= identity.time <= datetime.now(UTC)
    assert (identity.account, identity.outcome) == (ONE, "ok")


def test_refused_calls_are_recorded_with_their_codes(sim: SimServer, client: Any) -> None:
    with pytest.raises(ClientError):
        client("ec2", "me-south-1").describe_vpn_connections()
    env = sim.env() | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    post(sim.url, signed_headers(sim.url, env, DESCRIBE), DESCRIBE)
    post(sim.url, {}, DESCRIBE)
    told = [(call.account, call.operation, call.outcome) for call in sim.calls.all()]
    assert told == [
        (ONE, "ec2:DescribeVpnConnections", "AuthFailure"),
        ("", "ec2:DescribeVpnConnections", "AuthFailure"),
        ("", "ec2:DescribeVpnConnections", "AuthFailure"),
    ]


def test_a_bucket_of_a_hundred_for_each_account_and_region(sim: SimServer, client: Any) -> None:
    time.sleep(0.5)  # the buckets fill up again at 20 a second
    ec2 = client("ec2")
    start = time.monotonic()
    for _ in range(160):
        with contextlib.suppress(ClientError):
            ec2.describe_vpn_connections()
    lasted = time.monotonic() - start
    outcomes = Counter(call.outcome for call in sim.calls.all())
    refused = outcomes["RequestLimitExceeded"]
    assert outcomes == {"ok": 160 - refused, "RequestLimitExceeded": refused}
    assert 60 - 20 * (lasted + 0.5) - 5 < refused <= 60
    assert sim.overruns == refused
    for other in (client("ec2", "us-east-1"), client("ec2", account=TWO)):
        for _ in range(60):
            assert other.describe_vpn_connections()
    assert client("sts").get_caller_identity()


def test_changes_have_a_smaller_bucket(sim: SimServer, client: Any) -> None:
    ec2 = client("ec2", "us-east-1")
    codes = []
    for _ in range(60):
        with pytest.raises(ClientError) as refused:
            ec2.delete_vpn_connection(VpnConnectionId="vpn-00000000000000000")
        codes.append(refused.value.response["Error"]["Code"])
    assert 50 <= codes.index("RequestLimitExceeded") < 60


def test_control_tells_the_calls(sim: SimServer, client: Any) -> None:
    client("sts").get_caller_identity()
    status, told = control(sim.url, "GET", "calls")
    assert status == 200
    assert told["calls"] == [
        {
            "account": ONE,
            "region": "eu-central-1",
            "operation": "sts:GetCallerIdentity",
            "count": 1,
        }
    ]
    assert control(sim.url, "DELETE", "calls") == (200, {})
    assert control(sim.url, "GET", "calls")[1]["calls"] == []


def test_control_turns_the_clock(sim: SimServer) -> None:
    _, before = control(sim.url, "GET", "clock")
    _, after = control(sim.url, "POST", "clock", {"advance": 600})
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert timedelta(minutes=10) <= moved < timedelta(minutes=11)
    status, told = control(sim.url, "POST", "clock", {"advance": -1})
    assert status == 400
    assert "cannot go back" in told["error"]


def test_control_sets_faults(sim: SimServer, client: Any) -> None:
    status, told = control(sim.url, "POST", "faults", {"code": "OptInRequired", "times": 1})
    assert status == 200
    assert told["faults"][0]["code"] == "OptInRequired"
    with pytest.raises(ClientError, match="OptInRequired"):
        client("sts").get_caller_identity()
    control(sim.url, "POST", "faults", {"kind": "hang"})
    assert control(sim.url, "DELETE", "faults") == (200, {"faults": []})
    assert client("sts").get_caller_identity()


def test_control_flips_a_tunnel(sim: SimServer, client: Any) -> None:
    time.sleep(0.2)
    [one] = client("ec2").describe_vpn_connections()["VpnConnections"]
    outside = one["VgwTelemetry"][0]["OutsideIpAddress"]
    flip = {
        "account": ONE,
        "region": "eu-central-1",
        "connection": one["VpnConnectionId"],
        "outside_ip": outside,
        "up": False,
    }
    assert control(sim.url, "POST", "tunnel", flip) == (200, {})
    [one] = client("ec2").describe_vpn_connections()["VpnConnections"]
    assert one["VgwTelemetry"][0]["Status"] == "DOWN"
    status, told = control(sim.url, "POST", "tunnel", flip | {"connection": "vpn-0"})
    assert (status, "vpn-0" in told["error"]) == (404, True)


@pytest.mark.parametrize(
    ("method", "what", "value", "status"),
    [
        ("GET", "nothing", None, 404),
        ("POST", "faults", {"kind": "explosion"}, 400),
        ("POST", "faults", {"colour": "red"}, 400),
        ("POST", "clock", {"advance": "soon"}, 400),
    ],
)
def test_control_refuses_what_it_does_not_know(
    sim: SimServer, method: str, what: str, value: Any, status: int
) -> None:
    told = control(sim.url, method, what, value)
    assert (told[0], bool(told[1]["error"])) == (status, True)
