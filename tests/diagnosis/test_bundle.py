"""An evidence bundle is read leniently, and says what of it could not be read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.engine.diagnose import diagnose
from bothup.errors import InputError
from bothup.model.bundle import Bundle, LogSource
from bothup.model.connection import Malformed, VpnConnection
from bothup.read.bundle import bundle_of, read_bundle

NOW = datetime(2026, 2, 1, tzinfo=UTC)
SCHEMA = {"schema": "bothup.evidence/1"}


def read(**members: Any) -> Bundle:
    return read_bundle(json.dumps(SCHEMA | members).encode(), "case.json", now=NOW)


def test_a_schema_alone_is_a_bundle() -> None:
    assert read() == Bundle()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "case.json: no evidence bundle"),
        (b"[]", "case.json: no evidence bundle"),
        (b"{", "case.json: no evidence bundle"),
        (b"{}", r"case.json, \$.schema: null; expected bothup.evidence/1"),
        (b'{"schema": "bothup.scan/1"}', "bothup.scan/1; expected bothup.evidence/1"),
        (b'{"schema": 1}', "a number; expected bothup.evidence/1"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_bundle(data, "case.json", now=NOW)


def test_every_member_is_read() -> None:
    found = read(
        collected_at="2026-01-31T12:00:00Z",
        account="111122223333",
        region="eu-west-1",
        connection={"VpnConnectionId": "vpn-1", "State": "available"},
        customer_gateway={"IpAddress": "192.0.2.10", "BgpAsn": "65000"},
        tunnels={"203.0.113.11": {
            "active_status": {"ActiveVpnTunnelStatus": {"Phase1DHGroup": 14}},
            "replacement": {"MaintenanceDetails": {"PendingMaintenance": "Available",
                            "LastMaintenanceApplied": "2026-01-30T00:00:00Z"}}}},
        logs=[{"source": "aws", "tunnel": "203.0.113.11",
               "lines": ["AWS tunnel DPD timed out after 3 retransmits"]}],
        metrics=[{"name": "TunnelState", "tunnel": "203.0.113.11", "period": 60,
                  "points": [[1769860800, 1], [1769857200, 0]]}],
        changes=[{"EventName": "ReplaceVpnTunnel", "EventTime": 1769860800, "Username": "eve"}],
        health=[{"eventTypeCode": "AWS_VPN_REDUNDANCY_LOSS", "startTime": "2026-01-30T00:00:00Z"}],
        same_gateway=[{"VpnConnectionId": "vpn-2"}],
        missing_evidence=[{"kind": "health", "why": "no support plan", "how_to_get": "buy one"}],
    )  # fmt: skip
    assert found.problems == ()
    assert found.collected_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert isinstance(found.connection, VpnConnection)
    assert found.connection.target.region == found.target.region == "eu-west-1"
    assert found.customer_gateway is not None
    assert found.customer_gateway.bgp_asn == 65000
    assert found.active["203.0.113.11"].phase1_dh_group == 14
    assert found.replacements["203.0.113.11"].pending
    assert found.logs[0].source is LogSource.AWS
    assert [value for _, value in found.metrics[0].points] == [0.0, 1.0]
    assert (found.changes[0].name, found.changes[0].actor) == ("ReplaceVpnTunnel", "eve")
    assert found.health[0].code == "AWS_VPN_REDUNDANCY_LOSS"
    assert found.same_gateway[0].id == "vpn-2"
    assert found.missing[0].why == "no support plan"
    assert "metrics" in found.has


def test_a_change_names_its_options_and_never_their_values() -> None:
    event = {
        "eventName": "ModifyVpnTunnelOptions",
        "requestParameters": {
            "ModifyVpnTunnelOptionsRequest": {
                "VpnTunnelOutsideIpAddress": "203.0.113.11",
                "TunnelOptions": {"PreSharedKey": "Fake_0nly", "StartupAction": "start"},
            }
        },
    }
    found = read(changes=[{"CloudTrailEvent": json.dumps(event), "EventName": "x"}])
    assert found.changes[0].settings == ("PreSharedKey", "StartupAction")
    assert found.changes[0].tunnel == "203.0.113.11"
    assert "Fake_0nly" not in repr(found)


BAD: list[tuple[str, Any, str]] = [
    ("collected_at", "yesterday", "collected_at: expected a time"),
    ("account", 7, "account: expected a string"),
    ("customer_gateway", [], "customer_gateway: expected an object"),
    ("logs", {}, "logs: expected a list"),
    ("logs", [7], "logs[0]: expected an object"),
    ("logs", [{"source": "moon", "lines": []}], "logs[0]: source"),
    ("metrics", [{"name": "TunnelState", "points": [[1]]}], "metrics[0]: points[0]"),
    ("changes", [{"eventTime": "soon"}], "changes[0]: eventTime"),
    ("tunnels", {"x": {"replacement": {"LastMaintenanceApplied": []}}}, "tunnels.x.replacement"),
    ("same_gateway", [{}], "same_gateway: malformed-"),
]


@pytest.mark.parametrize(("name", "value", "problem"), BAD)
def test_a_bad_member_costs_itself_alone(name: str, value: Any, problem: str) -> None:
    good = {"health": [{"eventTypeCode": "AWS_VPN_REDUNDANCY_LOSS"}]}
    found = read(**good, **{name: value})
    assert len(found.problems) == 1
    assert found.problems[0].startswith(problem)
    assert found.health


def test_a_connection_that_cannot_be_read_is_malformed() -> None:
    assert isinstance(read(connection={"VpnConnectionId": 7}).connection, Malformed)
    assert read(connection=None).connection is None


def test_log_lines_may_be_events_of_cloudwatch_or_decoded_json() -> None:
    lines = [
        {"timestamp": 1769860800000, "message": "AWS tunnel DPD timed out after 3 retransmits"},
        {
            "event_timestamp": 1769860801,
            "details": "AWS tunnel received DELETE for IKE_SA from CGW",
        },
    ]
    found = read(logs=[{"source": "aws", "lines": lines}])
    assert [event.kind.value for event in found.logs[0].events] == ["dpd-timeout", "delete"]
    assert all(event.time for event in found.logs[0].events)


NAMES = st.sampled_from(
    ["source", "lines", "points", "name", "tunnel", "kind", "eventName", "eventTime", "detail",
     "requestParameters", "MaintenanceDetails", "replacement", "active_status", "vendor", "text",
     "VpnConnectionId", "VgwTelemetry", "Options", "BgpAsn", "period"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    ["collected_at", "account", "region", "connection", "customer_gateway", "tunnels", "logs",
     "metrics", "changes", "health", "device_config", "same_gateway", "missing_evidence", "more"]
)  # fmt: skip


@given(st.dictionaries(MEMBERS, JSON, max_size=5))
def test_whatever_the_members_are_a_diagnosis_comes_of_it(members: dict[str, Any]) -> None:
    found = diagnose(bundle_of(SCHEMA | members, now=NOW), now=NOW)
    assert found.tunnels
    assert all(each.causes for each in found.tunnels)
