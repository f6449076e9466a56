"""Probes are planned for what has none, made by apply, taken back by undo; devices are told."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from bothup.aws.collect.probe_sources import _read
from bothup.cli.app import run
from bothup.keepalive.cost import prices
from bothup.keepalive.plan import Found, Wish, host_of, plan_probes
from bothup.model.connection import VpnConnection
from bothup.model.probing import Subnet
from bothup.model.target import Target
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer

SCENARIO = """
regions = ["eu-central-1", "eu-west-1"]
[[accounts]]
id = "111122223333"
name = "One"
management = true
[[accounts.connections]]
name = "by-vgw"
region = "eu-central-1"
target = "vgw"
[[accounts.connections]]
name = "by-tgw"
region = "eu-west-1"
"""
HOST = "10.20.0.10"

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    with (
        SimServer(parse_scenario(SCENARIO, "keepalive")) as server,
        pytest.MonkeyPatch.context() as at,
    ):
        for name, value in server.env().items():
            at.setenv(name, value)
        yield server


@pytest.fixture
def bothup(sim: SimServer, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    sim.faults.clear()
    sim.calls.clear()
    yield call
    sim.faults.clear()


def connection(sim: SimServer, name: str) -> str:
    account = sim.world.scenario.accounts[0]
    return next(each.id for each in places(sim, account.id) if each.name == name)


def places(sim: SimServer, account: str) -> Iterator[object]:
    for region in ("eu-central-1", "eu-west-1"):
        yield from sim.world.place(account, region).connections.values()


def monitors(region: str) -> list[dict[str, object]]:
    client = boto3.Session().client("networkmonitor", region_name=region)
    return [client.get_monitor(monitorName=f"bothup-{each}") for each in _ids(region)]


def _ids(region: str) -> list[str]:
    ec2 = boto3.Session().client("ec2", region_name=region)
    return [each["VpnConnectionId"] for each in ec2.describe_vpn_connections()["VpnConnections"]]


def test_planned_made_in_force_and_taken_back(bothup: Call, sim: SimServer, tmp_path: Path) -> None:
    file, journal = tmp_path / "plan.json", str(tmp_path / "journal.db")
    code, table, _ = bothup("keepalive", "plan", "--host", HOST, "-o", f"json={file}", "-q")
    assert code == 0
    assert table.count("create the monitor") == 2
    assert "2 monitors cost about 160.60 USD a month" in table
    assert not [each for each in sim.calls.all() if "networkmonitor:Create" in each.operation]

    code, told, _ = bothup("apply", str(file), "--yes", "--journal", journal, "-q")
    assert code == 0, told
    for region in ("eu-central-1", "eu-west-1"):
        [monitor] = monitors(region)
        [probe] = monitor["probes"]
        assert (probe["destination"], probe["protocol"]) == (HOST, "ICMP")
        assert probe["sourceArn"].startswith(f"arn:aws:ec2:{region}:111122223333:subnet/subnet-")
        assert monitor["tags"] == {"managed-by": "bothup"}

    code, table, _ = bothup("keepalive", "plan", "--host", HOST, "-q")
    assert (code, table) == (0, "Nothing to do\n")
    code, table, _ = bothup("keepalive", "plan", "--host", "10.20.0.11", "-q")
    assert "is there and probes otherwise" in table
    assert "create the monitor" not in table

    code, told, _ = bothup("undo", str(file), "--yes", "--journal", journal, "-q")
    assert code == 0, told
    with pytest.raises(boto3.Session().client("networkmonitor").exceptions.ClientError):
        monitors("eu-central-1")


def test_an_answer_that_is_lost_makes_no_second_monitor(
    bothup: Call, sim: SimServer, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    arguments = ("--host", HOST, "--port", "443", "--region", "eu-west-1", "-q")
    bothup("keepalive", "plan", *arguments, "-o", f"json={file}")
    sim.faults.add(Fault(kind="reset-mid-body", operation="networkmonitor:CreateMonitor", times=1))
    code, told, _ = bothup("apply", str(file), "--yes", "--journal", str(tmp_path / "j.db"), "-q")
    assert code == 0, told
    assert sim.calls.count("networkmonitor:CreateMonitor") == 1
    [monitor] = monitors("eu-west-1")
    assert monitor["probes"][0]["destinationPort"] == 443
    bothup("undo", str(file), "--yes", "--journal", str(tmp_path / "j.db"), "-q")


def test_what_cannot_be_probed_is_refused_with_the_reason(bothup: Call, sim: SimServer) -> None:
    code, table, _ = bothup("keepalive", "plan", "-q")
    assert code == 0
    assert "no host across it is known" in table
    assert "bothup keepalive plan -o VENDOR" in table
    one = connection(sim, "by-vgw")
    code, table, _ = bothup("keepalive", "plan", "--host", f"{one}={HOST}", "-q")
    assert table.count("create the monitor") == 1
    assert table.count("no host across it is known") == 1
    code, table, _ = bothup(
        "keepalive", "plan", one, "--host", HOST, "--subnet", "subnet-0123456789abcdef0", "-q"
    )
    assert "--subnet subnet-0123456789abcdef0: none of them is behind its gateway" in table
    code, table, _ = bothup("keepalive", "plan", one, "--host", "2001:db8::1", "-q")
    assert "--host 2001:db8::1 is IPv6, and no subnet" in table


def test_what_is_denied_costs_that_connection(bothup: Call, sim: SimServer) -> None:
    sim.faults.add(
        Fault(
            code="AccessDeniedException",
            operation="networkmonitor:GetMonitor",
            region="eu-west-1",
        )
    )
    code, table, _ = bothup("keepalive", "plan", "--host", HOST, "-q")
    assert code == 4
    assert table.count("create the monitor") == 1
    assert "AccessDeniedException" in table


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--host", "nowhere"), "expected IP or VPN_ID=IP"),
        (("--host", "127.0.0.1"), "no host across a tunnel"),
        (("--host", "a=10.0.0.1"), "no id of a connection"),
        (("--host", "10.0.0.1", "--host", "10.0.0.2"), "10.0.0.1 is asked already"),
        (("--port", "0"), "--port"),
        (("--period", "45"), "30 or 60"),
        (("-o", "cisco"), "there are"),
        (("vpn-0123456789abcdef0",), "nowhere in what was read"),
        (("--host", "vpn-0123456789abcdef0=10.0.0.1"), "nowhere in what was read"),
    ],
)
def test_nonsense_is_a_usage_error(bothup: Call, arguments: tuple[str, ...], why: str) -> None:
    code, out, err = bothup("keepalive", "plan", *arguments, "-q")
    assert (code, out) == (2, "")
    assert why in err


V4, V6, BOTH = (
    Subnet(id=f"subnet-{name}", arn=f"arn:{name}", vpc="vpc-1", ipv4=ipv4, ipv6=ipv6)
    for name, ipv4, ipv6 in (("a4", True, False), ("b6", False, True), ("c46", True, True))
)


@pytest.mark.parametrize(
    ("subnets", "host", "source"),
    [
        ((V4, V6, BOTH), HOST, V4.arn),
        ((V4, V6, BOTH), "2001:db8::1", V6.arn),
        ((V4, BOTH), "2001:db8::1", BOTH.arn),
        ((V6, BOTH), HOST, BOTH.arn),
        ((V4,), "2001:db8::1", "--host 2001:db8::1 is IPv6, and no subnet behind its gateway"),
        ((V6,), HOST, f"--host {HOST} is IPv4, and no subnet behind its gateway"),
    ],
)
def test_a_probe_starts_where_there_are_addresses_of_the_hosts_family(
    subnets: tuple[Subnet, ...], host: str, source: str
) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    where = Target(account="111122223333", region="eu-west-1")
    one = VpnConnection(id="vpn-1", target=where, state="available", observed_at=now)
    found = [Found(connection=one, subnets=subnets)]
    plan = plan_probes(found, Wish(hosts={"": host}), made_at=now).plan
    sources = [probe["sourceArn"] for step in plan.steps for probe in step.after["probes"]]
    assert sources or plan.refused[0].reason.startswith(source)
    assert sources in ([], [source])


def test_a_subnet_has_addresses_of_ipv6_once_a_block_is_associated() -> None:
    def said(state: str, **more: bool) -> dict[str, object]:
        blocks = [{"Ipv6CidrBlock": "2001:db8::/64", "Ipv6CidrBlockState": {"State": state}}]
        names = {"SubnetId": "subnet-1", "SubnetArn": "arn:1", "VpcId": "vpc-1"}
        return {**names, "Ipv6CidrBlockAssociationSet": blocks, **more}

    entries = [said("associated"), said("associated", Ipv6Native=True), said("disassociated")]
    entries.append({"SubnetId": "subnet-1", "SubnetArn": "arn:1"})
    families = [(each.ipv4, each.ipv6) for each in _read(entries)]
    assert families == [(True, True), (False, True), (True, False), (True, False)]


def test_a_host_may_be_ipv6() -> None:
    assert host_of("vpn-0123456789abcdef0=2001:db8::1") == ("vpn-0123456789abcdef0", "2001:db8::1")


def test_each_tunnel_of_a_connection_is_kept_by_its_device(bothup: Call, sim: SimServer) -> None:
    [one] = sim.world.place("111122223333", "eu-central-1").connections.values()
    code, told, _ = bothup("keepalive", "plan", one.id, "-o", "cisco-ios", "-q")
    assert code == 0
    for tunnel in one.tunnels:
        assert f"outside address {tunnel.outside_ip}" in told
    assert told.count("icmp-echo 169.254.") == 2


def test_the_policy_for_planning_is_enough_and_no_more(bothup: Call, sim: SimServer) -> None:
    code, told, _ = bothup("iam", "keepalive")
    assert code == 0
    allowed = {
        action for each in json.loads(told)["Statement"] for action in _listed(each["Action"])
    }
    bothup("keepalive", "plan", "--host", HOST, "-q")
    called = {each.operation for each in sim.calls.all()} - {"sts:GetCallerIdentity"}
    assert called <= allowed
    assert {each for each in allowed if each.startswith("networkmonitor:")} == {
        "networkmonitor:GetMonitor"
    }


def _listed(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


def test_the_price_says_of_when_it_is() -> None:
    assert prices().as_of
    assert prices().source.startswith("https://aws.amazon.com/")
