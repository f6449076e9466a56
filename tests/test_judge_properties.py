"""What must never happen, whatever AWS, or somebody's editor, puts into a record."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bothup.engine.controls import rule
from bothup.engine.judge import judge
from bothup.model.connection import Malformed, TunnelStatus
from bothup.model.finding import Finding, Redundancy, Status
from bothup.model.target import Target
from bothup.read.describe import read_connection

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TARGETS = [Target(account=account, region="eu-west-1") for account in ("111122223333", None)]
RULES = [rule("EC2.20")]

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
addresses = st.sampled_from(["", "203.0.113.11", "198.51.100.22", "192.0.2.9"])
times = st.sampled_from(
    ["2026-11-24T11:30:00+00:00", "2026-11-01T00:00:00.000Z", "2026-11-24T14:00:00+02:00"]
)


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The good value nine times of ten, junk else."""
    return st.integers(0, 9).flatmap(lambda draw: junk if draw == 0 else good)


def record(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A dictionary in which any member may be missing."""
    return st.fixed_dictionaries({}, optional=members)


telemetry = record(
    OutsideIpAddress=mostly(addresses),
    Status=mostly(st.sampled_from(["UP", "DOWN", "up", "IMPAIRED", ""])),
    StatusMessage=mostly(st.sampled_from(["IPSEC IS UP", "IPSEC IS DOWN", "0 BGP ROUTES", ""])),
    LastStatusChange=mostly(times),
    AcceptedRouteCount=mostly(st.integers(0, 3)),
)
options = record(
    OutsideIpAddress=mostly(addresses), StartupAction=mostly(st.sampled_from(["add", "start"]))
)
connections = record(
    VpnConnectionId=mostly(st.sampled_from(["vpn-0aaa", "vpn-0bbb", "vpn-0ccc"])),
    State=mostly(st.sampled_from(["available", "modifying", "pending", "deleting", "odd"])),
    CustomerGatewayId=mostly(st.sampled_from(["cgw-1", "cgw-2"])),
    VgwTelemetry=mostly(st.lists(mostly(telemetry), max_size=4)),
    Options=mostly(
        record(
            StaticRoutesOnly=mostly(st.booleans()),
            TunnelOptions=mostly(st.lists(mostly(options), max_size=4)),
        )
    ),
    Tags=mostly(st.lists(mostly(record(Key=st.just("Name"), Value=st.text())), max_size=2)),
)
fleets = st.lists(st.tuples(mostly(connections), st.sampled_from(TARGETS)), max_size=6)


def findings(fleet: list[tuple[Any, Target]]) -> tuple[Finding, ...]:
    return judge([read_connection(each, target, NOW) for each, target in fleet], RULES)


@given(fleets)
def test_every_record_is_judged_and_passed_means_two_tunnels_up(fleet: Any) -> None:
    found = findings(fleet)
    assert bool(found) == bool(fleet)
    for finding in found:
        assert isinstance(finding.tunnels, tuple)
        statuses = [tunnel.status for tunnel in finding.tunnels]
        if finding.status is Status.PASSED:
            assert statuses.count(TunnelStatus.UP) == 2
            assert TunnelStatus.DOWN not in statuses
            assert finding.redundancy is Redundancy.REDUNDANT
        assert finding.reasons


@given(fleets, st.randoms())
def test_order_of_records_telemetry_and_options_changes_nothing(fleet: Any, random: Random) -> None:
    assert findings(shuffled(fleet, random)) == findings(fleet)


@given(fleets)
def test_ids_are_unique_and_stable(fleet: Any) -> None:
    ids = [finding.id for finding in findings(fleet)]
    assert len(set(ids)) == len(ids)
    assert ids == [finding.id for finding in findings(fleet)]


def shuffled(fleet: list[tuple[Any, Target]], random: Random) -> list[tuple[Any, Target]]:
    """The same fleet with its records, and the telemetry and options inside them, in any order."""
    mixed = [(in_any_order(each, random), target) for each, target in fleet]
    random.shuffle(mixed)
    return mixed


def in_any_order(each: Any, random: Random) -> Any:
    if isinstance(read_connection(each, TARGETS[0], NOW), Malformed):
        return each  # what is wrong with it is told by position
    mixed = dict(each)
    if isinstance(mixed.get("VgwTelemetry"), list):
        mixed["VgwTelemetry"] = random.sample(mixed["VgwTelemetry"], len(mixed["VgwTelemetry"]))
    of_tunnels = mixed.get("Options")
    if isinstance(of_tunnels, dict) and isinstance(of_tunnels.get("TunnelOptions"), list):
        entries = of_tunnels["TunnelOptions"]
        mixed["Options"] = of_tunnels | {"TunnelOptions": random.sample(entries, len(entries))}
    return mixed
