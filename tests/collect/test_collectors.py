"""Each collector over HTTP: what it brings, and that it fails alone, saying how to do better."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bothup.aws.collect.incident import Incident
from bothup.aws.collect.same_gateway import Devices
from bothup.aws.collect.trail import Trail
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.evidence import collect
from bothup.aws.survey import Survey
from bothup.aws.ways import Ways
from bothup.engine.diagnose import diagnose
from bothup.errors import AwsError
from bothup.model.connection import VpnConnection
from bothup.model.target import Target
from bothup.read.bundle import bundle_of
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.collect.ground import (
    ACCOUNT,
    Document,
    commands,
    connection,
    gathered,
    missing,
    on_the_ground,
)

Found = Callable[[Document], Any]

# What each call brings into the document, and as what it is missed.
BRINGS: dict[str, tuple[str, Found]] = {
    "ec2:DescribeCustomerGateways": ("customer_gateway", lambda told: told.get("customer_gateway")),
    "ec2:GetActiveVpnTunnelStatus": (
        "active_status",
        lambda told: of_tunnels(told, "active_status"),
    ),
    "ec2:GetVpnTunnelReplacementStatus": (
        "replacement_status",
        lambda told: of_tunnels(told, "replacement"),
    ),
    "logs:DescribeLogStreams": ("activity_log", lambda told: logs(told, "aws")),
    "logs:FilterLogEvents": ("activity_log", lambda told: logs(told, "aws")),
    "cloudwatch:ListMetrics": ("metrics", lambda told: told.get("metrics")),
    "cloudwatch:GetMetricData": ("metrics", lambda told: told.get("metrics")),
    "cloudtrail:LookupEvents": ("changes", lambda told: told.get("changes") is not None),
    "health:DescribeEvents": ("health", lambda told: told.get("health") is not None),
    "ec2:DescribeTransitGatewayAttachments": ("telemetry", lambda told: told.get("attachments")),
}


def of_tunnels(document: Document, member: str) -> list[Any]:
    return [each[member] for each in document.get("tunnels", {}).values() if member in each]


def logs(document: Document, source: str) -> dict[str, list[Any]]:
    """The lines of one kind of log, by tunnel."""
    listed = document.get("logs", [])
    return {each["tunnel"]: each["lines"] for each in listed if each["source"] == source}


def test_everything_is_there_for_a_tunnel_with_logs(sim: SimServer) -> None:
    told = gathered(sim, "broken")
    for operation, (_, found) in BRINGS.items():
        assert found(told), operation
    addresses = {each.outside_ip for each in connection(sim, "broken").tunnels}
    assert set(told["tunnels"]) == set(logs(told, "aws")) == set(logs(told, "aws-bgp")) == addresses
    assert told["schema"] == "bothup.evidence/1"
    assert (told["account"], told["region"]) == (ACCOUNT, "eu-central-1")
    assert told["same_gateway"] == []
    assert "missing_evidence" not in told
    names = {(each["tunnel"], each["name"]) for each in told["metrics"]}
    assert {name for _, name in names} == {"TunnelState", "TunnelDataIn", "TunnelDataOut"}
    assert {tunnel for tunnel, _ in names} == addresses


def test_the_reading_room_reads_all_of_it(sim: SimServer) -> None:
    bundle = bundle_of(gathered(sim, "broken"), now=datetime.now(UTC))
    assert bundle.problems == ()
    assert bundle.customer_gateway
    assert bundle.customer_gateway.ip_address
    assert len(bundle.active) == len(bundle.replacements) == 2
    assert any(log.events for log in bundle.logs)
    assert bundle.metrics


@pytest.mark.parametrize("operation", BRINGS)
def test_a_denied_call_costs_its_evidence_alone(sim: SimServer, operation: str) -> None:
    code = "UnauthorizedOperation" if operation.startswith("ec2:") else "AccessDeniedException"
    sim.faults.add(Fault(operation=operation, code=code))
    told = gathered(sim, "broken")
    kind, found = BRINGS[operation]
    assert not found(told)
    assert kind in missing(told)
    assert all("may not" in why and code in why for why in missing(told)[kind])
    assert all(each.startswith("aws ") and "--region" in each for each in commands(told))
    for other, (lost, brought) in BRINGS.items():
        if lost != kind and not {operation, other} <= {"ec2:DescribeCustomerGateways"}:
            assert brought(told), other


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("ec2:GetActive*", "hang"),
        ("ec2:Describe*Attachments", "malformed"),
        ("logs:Filter*", "hang"),
        ("logs:Filter*", "malformed"),
        ("cloudtrail:*", "malformed"),
        ("cloudtrail:*", "reset"),
        ("logs:Describe*", "truncated"),
        ("health:*", "reset-mid-body"),
    ],
)
def test_an_answer_that_never_comes_or_is_broken_costs_as_little(
    sim: SimServer, operation: str, kind: Any
) -> None:
    sim.faults.add(Fault(operation=operation, kind=kind))
    told = gathered(sim, "broken", seconds=3)
    assert told["connection"]["VpnConnectionId"] == connection(sim, "broken").id
    assert told["metrics"]
    assert any("could not be read" in why for whys in missing(told).values() for why in whys)


def test_a_call_that_had_to_queue_has_its_own_time(sim: SimServer) -> None:
    async def work(ways: Ways, _: Devices, __: Survey) -> tuple[bool, bool]:
        target = Target(account=ACCOUNT, region="eu-central-1")
        shared, own = (ways.to(target, 0.5, each=each) for each in (False, True))
        await asyncio.sleep(0.6)
        return await answered(shared), await answered(own)

    async def answered(call: Call) -> bool:
        try:
            return "VpnConnections" in await call("ec2", "DescribeVpnConnections", {})
        except AwsError:
            return False

    assert on_the_ground(work) == (False, True)


def test_a_connection_that_cannot_be_described_is_missed_itself(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="ec2:DescribeVpnConnections", code="UnauthorizedOperation"))
    told = gathered(sim, "broken")
    assert told["connection"] == {"VpnConnectionId": connection(sim, "broken").id}
    (why,) = missing(told)["telemetry"]
    assert "UnauthorizedOperation" in why
    name = connection(sim, "broken").id
    assert commands(told) == [
        f"aws ec2 describe-vpn-connections --region eu-central-1 --vpn-connection-ids {name}"
    ]


def test_a_connection_that_was_surveyed_is_told_where_it_cannot_be_read_again(
    sim: SimServer,
) -> None:
    one, denied = connection(sim, "broken"), "UnauthorizedOperation"
    now = datetime.now(UTC)

    async def work(_: Ways, devices: Devices, survey: Survey) -> Document:
        known = (await survey.find([one.id]))[one.id]
        assert isinstance(known, VpnConnection)
        sim.faults.add(Fault(operation="ec2:DescribeVpnConnections", code=denied))
        where, asked = known.target, Incident(now=now)
        return await collect(one.id, where, asked, devices, Trail(), seen=known)

    told = on_the_ground(work)
    bundle = bundle_of(told, now=now)
    assert isinstance(bundle.connection, VpnConnection)
    tunnels = {each.outside_ip: each.status.value == "UP" for each in bundle.connection.tunnels}
    assert tunnels == {each.outside_ip: each.now.up for each in one.tunnels}
    assert bundle.connection.customer_gateway_id == one.customer_gateway_id
    assert bundle.problems == ()
    assert logs(told, "aws")
    assert told["metrics"]
    (why,) = missing(told)["telemetry"]
    assert denied in why
    assert "its tunnels are as they were at " in why
    (down,) = [each for each in diagnose(bundle, now=now).tunnels if each.status.value == "DOWN"]
    assert (down.causes[0].id, down.causes[0].verdict) == ("psk-mismatch", "confirmed")


def test_passing_faults_are_ridden_out(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:*", code="ThrottlingException", times=2))
    sim.faults.add(Fault(operation="cloudwatch:*", code="InternalError", times=1, status=500))
    told = gathered(sim, "broken")
    assert "missing_evidence" not in told
    assert logs(told, "aws")


def test_without_a_support_plan_the_health_api_says_so(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="health:*", code="SubscriptionRequiredException"))
    told = gathered(sim, "broken")
    assert list(missing(told)) == ["health"]
    assert "support plan" in missing(told)["health"][0]


def test_routes_and_the_private_gateway_come_along(sim: SimServer) -> None:
    told = gathered(sim, "static")
    assert told["connection"]["Routes"][0]["DestinationCidrBlock"] == "10.20.0.0/16"
    (gateway,) = told["attachments"]
    assert gateway["VpcAttachments"][0]["State"] == "attached"
    assert "bgp_log" not in missing(told)
    assert logs(told, "aws-bgp") == {}


def test_an_old_change_is_beyond_cloudtrail(sim: SimServer) -> None:
    told = gathered(sim, "quiet")
    assert "changes" not in told
    assert "90 days" in missing(told)["changes"][0]


def test_a_tunnel_that_was_never_up_is_known_as_that(sim: SimServer) -> None:
    told = gathered(sim, "quiet")
    down, up = sorted(connection(sim, "quiet").tunnels, key=lambda each: each.now.up)
    days = [each for each in told["metrics"] if each["period"] == 86_400]
    assert [each["tunnel"] for each in days] == [down.outside_ip]
    (series,) = days
    first = datetime.fromtimestamp(series["points"][0][0], UTC)
    assert first < datetime.now(UTC) - timedelta(days=300)
    assert {value for _, value in series["points"]} == {0}
    assert not logs(told, "aws")[down.outside_ip]
    assert logs(told, "aws")[up.outside_ip] is not None


def test_two_readings_tell_a_flap(sim: SimServer) -> None:
    healthy = connection(sim, "healthy")
    tunnel = healthy.tunnels[0].outside_ip
    calm = gathered(sim, "healthy", interval=0.2)
    assert calm["notes"] == []
    assert len(calm["telemetry"]) == 2

    def flip(*, up: bool) -> None:
        sim.set_tunnel(ACCOUNT, "eu-central-1", healthy.id, tunnel, up=up)

    sim.faults.add(Fault(operation="ec2:Get*", kind="latency", seconds=0.3))
    flip(up=False)
    try:
        before = gathered(sim, "healthy")
        assert before["notes"] == []
        from threading import Timer

        timer = Timer(0.8, flip, kwargs={"up": True})
        timer.start()
        told = gathered(sim, "healthy", interval=2.0)
        timer.join()
    finally:
        flip(up=True)
    (note,) = told["notes"]
    assert note.startswith(f"{tunnel} is changing right now: DOWN, and ")
    assert note.endswith("UP; look again in a while")
