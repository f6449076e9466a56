"""One record of DescribeVpnConnections: every field, and what makes a record malformed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from read_records import FULL, HERE, NOW, SECRET, connection, options, telemetry

from bothup.model.connection import (
    LogOptions,
    Malformed,
    Routing,
    Tunnel,
    TunnelOptions,
    TunnelStatus,
    VpnConnection,
)
from bothup.read.describe import read_connection


def read(record: object) -> VpnConnection:
    found = read_connection(record, HERE, NOW)
    assert isinstance(found, VpnConnection), found
    return found


def refuse(record: object) -> Malformed:
    found = read_connection(record, HERE, NOW)
    assert isinstance(found, Malformed), found
    return found


FULL_OPTIONS = TunnelOptions(
    inside_cidr="169.254.10.0/30",
    inside_ipv6_cidr="fd00::/126",
    ike_versions=("ikev1", "ikev2"),
    startup_action="start",
    dpd_timeout=40,
    dpd_action="restart",
    phase1_lifetime=28800,
    phase2_lifetime=3600,
    rekey_margin=270,
    rekey_fuzz=100,
    replay_window=1024,
    phase1_encryption=("AES256",),
    phase2_encryption=("AES256-GCM-16",),
    phase1_integrity=("SHA2-256",),
    phase2_integrity=("SHA2-512",),
    phase1_dh_groups=(14, 20),
    phase2_dh_groups=(21,),
    lifecycle_control=True,
    logs=LogOptions(
        activity_enabled=True,
        activity_group_arn="arn:aws:logs:eu-west-1:111122223333:log-group:vpn",
        activity_format="json",
        bgp_enabled=True,
        bgp_group_arn="arn:aws:logs:eu-west-1:111122223333:log-group:bgp",
        bgp_format="text",
    ),
)


def test_every_field_of_a_connection_is_read():
    up = Tunnel(
        outside_ip="198.51.100.1",
        status=TunnelStatus.UP,
        reported_status="UP",
        status_message="3 BGP ROUTES",
        last_status_change=datetime(2026, 2, 1, 8, 32, 20, tzinfo=UTC),
        accepted_routes=3,
        options=FULL_OPTIONS,
    )
    down = Tunnel(
        outside_ip="203.0.113.9",
        status=TunnelStatus.DOWN,
        reported_status="DOWN",
        status_message="IPSEC IS DOWN",
        last_status_change=datetime(2026, 2, 1, 8, 32, 20, tzinfo=UTC),
        accepted_routes=0,
        certificate_arn="arn:aws:acm:eu-west-1:111122223333:certificate/1",
        options=FULL_OPTIONS,
    )
    certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
    entry = telemetry("203.0.113.9", "DOWN", AcceptedRouteCount=0, CertificateArn=certificate)
    assert read(connection([entry, telemetry()])) == VpnConnection(
        id="vpn-0123456789abcdef0",
        target=HERE,
        state="available",
        category="VPN",
        customer_gateway_id="cgw-0a1b2c3d4e5f60718",
        gateway_id="tgw-00112233445566778",
        association="associated",
        routing=Routing.BGP,
        accelerated=True,
        local_cidr="10.0.0.0/8",
        remote_cidr="0.0.0.0/0",
        outside_address_type="PublicIpv4",
        tags={"Name": "Zürich", "env": "prod"},
        tunnels=(up, down),
        observed_at=NOW,
    )


def test_all_but_the_id_may_be_absent_or_null():
    bare = VpnConnection(id="vpn-1", target=HERE, observed_at=NOW)
    assert read({"VpnConnectionId": "vpn-1"}) == bare
    nulls = dict.fromkeys(connection(), None) | {"VpnConnectionId": "vpn-1"}
    assert read(nulls) == bare
    assert read({"VpnConnectionId": "vpn-1", "Options": {"TunnelOptions": None}}) == bare


def test_options_may_stand_in_the_casing_of_the_modify_call():
    asked = {
        "DPDTimeoutSeconds": 30,
        "DPDTimeoutAction": "none",
        "IKEVersions": [{"Value": "ikev2"}],
    }
    (tunnel,) = read(connection([], [options(**asked)])).tunnels
    assert tunnel.options == TunnelOptions(
        dpd_timeout=30, dpd_action="none", ike_versions=("ikev2",)
    )


@pytest.mark.parametrize(
    ("record", "gateway"),
    [
        ({"VpnGatewayId": "vgw-1"}, "vgw-1"),
        ({"VpnGatewayId": "", "TransitGatewayId": "tgw-1"}, "tgw-1"),
        ({"CoreNetworkArn": "arn:aws:networkmanager::1:c"}, "arn:aws:networkmanager::1:c"),
        ({"VpnConcentratorId": "vpnc-1"}, "vpnc-1"),
        ({}, None),
    ],
)
def test_the_gateway_is_the_one_that_is_set(record: dict[str, str], gateway: str | None):
    assert read({"VpnConnectionId": "vpn-1", **record}).gateway_id == gateway


@pytest.mark.parametrize(
    ("static", "message", "routing"),
    [
        (True, "1 BGP ROUTES", Routing.STATIC),
        (False, "IPSEC IS UP", Routing.BGP),
        (None, "12 BGP ROUTES", Routing.BGP),
        (None, " 0 bgp routes ", Routing.BGP),
        (None, "IPSEC IS UP", Routing.UNKNOWN),
        (None, "BGP ROUTES", Routing.UNKNOWN),
        (None, None, Routing.UNKNOWN),
    ],
)
def test_routing(static: bool | None, message: str | None, routing: Routing):
    entries = [telemetry("203.0.113.9", "DOWN"), telemetry(StatusMessage=message)]
    record = connection(entries, Options={"StaticRoutesOnly": static})
    assert read(record).routing is routing


def test_state_is_in_lower_case():
    assert read(connection(State=" Modifying\n")).state == "modifying"


@pytest.mark.parametrize(
    "time",
    [
        "2026-02-01T08:32:20Z",
        "2026-02-01t08:32:20z",
        "2026-02-01T08:32:20.000Z",
        "2026-02-01 08:32:20+00:00",
        "2026-02-01T10:02:20.000000001+01:30",
        datetime(2026, 2, 1, 8, 32, 20, tzinfo=UTC),
        datetime(2026, 2, 1, 3, 32, 20, tzinfo=timezone(timedelta(hours=-5))),
        1769934740,
        1769934740.0,
        1769934740000,
    ],
)
def test_times(time: object):
    (tunnel,) = read(connection([telemetry(LastStatusChange=time)], [])).tunnels
    assert tunnel.last_status_change == datetime(2026, 2, 1, 8, 32, 20, tzinfo=UTC)
    assert tunnel.last_status_change.tzinfo is UTC


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}], {"a": "2"}),
        ([{"Key": "a"}, {"Key": 5, "Value": "x"}, {"Value": "x"}, None, "b"], {"a": ""}),
        ([{"Key": "half \ud83d", "Value": "\udc00 pair"}], {"half \ufffd": "\ufffd pair"}),
        ([{"Key": "a", "Value": 5}], {"a": ""}),
        ({"a": "1"}, {}),
        ("a", {}),
        (None, {}),
    ],
)
def test_odd_tags_cost_nothing(tags: object, expected: dict[str, str]):
    assert read(connection(Tags=tags)).tags == expected


def test_half_a_surrogate_pair_never_gets_into_a_value():
    found = read(connection([telemetry(StatusMessage="odd \ud83d")], VpnConnectionId="vpn-\udc00"))
    assert (found.id, found.tunnels[0].status_message) == ("vpn-\ufffd", "odd \ufffd")
    assert refuse({"VpnConnectionId": "vpn-\udc00", "State": 5}).id == "vpn-\ufffd"


def test_a_record_of_any_depth_gets_a_name():
    record: Any = []
    for _ in range(100_000):
        record = [record]
    assert refuse(record).problem == "expected an object, got a list"
    assert refuse({"VgwTelemetry": record}).id.startswith("malformed-")


def one_option(**option: Any) -> dict[str, Any]:
    return connection(tunnel_options=[options(), options("203.0.113.9", **option)])


def second_entry(**field: Any) -> dict[str, Any]:
    return connection([telemetry("203.0.113.9"), telemetry(**field)])


TIME, NUMBER = "a time with its offset", "a whole number"
V, O = "VgwTelemetry[1]", "Options.TunnelOptions[1]"  # noqa: E741

MALFORMED = [
    (None, "", "an object", "null"),
    (5, "", "an object", "a number"),
    (SECRET, "", "an object", "a string"),
    ([connection()], "", "an object", "a list"),
    ({}, "VpnConnectionId", "a connection id", "nothing"),
    (connection(VpnConnectionId=7), "VpnConnectionId", "a string", "a number"),
    (connection(VpnConnectionId=" "), "VpnConnectionId", "a connection id", "an empty string"),
    (connection(State=["available"]), "State", "a string", "a list"),
    (connection(VgwTelemetry={}), "VgwTelemetry", "a list", "an object"),
    (connection(VgwTelemetry=SECRET), "VgwTelemetry", "a list", "a string"),
    (connection([telemetry(), 5]), "VgwTelemetry[1]", "an object", "a number"),
    (connection([None]), "VgwTelemetry[0]", "an object", "null"),
    (second_entry(Status=True), f"{V}.Status", "a string", "a boolean"),
    (second_entry(OutsideIpAddress=1), f"{V}.OutsideIpAddress", "a string", "a number"),
    (second_entry(StatusMessage={}), f"{V}.StatusMessage", "a string", "an object"),
    (
        second_entry(LastStatusChange=SECRET),
        f"{V}.LastStatusChange",
        TIME,
        "a string that is not one",
    ),
    (
        second_entry(LastStatusChange="2026-02-01T08:32:20"),
        f"{V}.LastStatusChange",
        TIME,
        "a string that is not one",
    ),
    (
        second_entry(LastStatusChange=NOW.replace(tzinfo=None)),
        f"{V}.LastStatusChange",
        TIME,
        "a value of another type",
    ),
    (
        second_entry(LastStatusChange=float("nan")),
        f"{V}.LastStatusChange",
        TIME,
        "a number that is not one",
    ),
    (
        second_entry(LastStatusChange=10**400),
        f"{V}.LastStatusChange",
        TIME,
        "a number that is not one",
    ),
    (second_entry(LastStatusChange=False), f"{V}.LastStatusChange", TIME, "a boolean"),
    (
        second_entry(LastStatusChange="0001-01-01T00:00:00+14:00"),
        f"{V}.LastStatusChange",
        TIME,
        "a string that is not one",
    ),
    (
        second_entry(AcceptedRouteCount=-1),
        f"{V}.AcceptedRouteCount",
        NUMBER,
        "a number that is not one",
    ),
    (
        second_entry(AcceptedRouteCount=1.5),
        f"{V}.AcceptedRouteCount",
        NUMBER,
        "a number that is not one",
    ),
    (
        second_entry(AcceptedRouteCount=2**63),
        f"{V}.AcceptedRouteCount",
        NUMBER,
        "a number that is not one",
    ),
    (second_entry(AcceptedRouteCount=True), f"{V}.AcceptedRouteCount", NUMBER, "a boolean"),
    (second_entry(AcceptedRouteCount="3"), f"{V}.AcceptedRouteCount", NUMBER, "a string"),
    (connection(Options=[]), "Options", "an object", "a list"),
    (
        connection(Options={"StaticRoutesOnly": "true"}),
        "Options.StaticRoutesOnly",
        "a boolean",
        "a string",
    ),
    (connection(Options={"TunnelOptions": {}}), "Options.TunnelOptions", "a list", "an object"),
    (connection(tunnel_options=[SECRET]), "Options.TunnelOptions[0]", "an object", "a string"),
    (one_option(IkeVersions=["ikev2"]), f"{O}.IkeVersions[0]", "an object", "a string"),
    (one_option(IkeVersions=[{}]), f"{O}.IkeVersions[0].Value", "a string", "null"),
    (
        one_option(Phase1DHGroupNumbers=[{"Value": "14"}]),
        f"{O}.Phase1DHGroupNumbers[0].Value",
        NUMBER,
        "a string",
    ),
    (
        one_option(Phase1DHGroupNumbers=[{"Value": None}]),
        f"{O}.Phase1DHGroupNumbers[0].Value",
        NUMBER,
        "null",
    ),
    (one_option(DPDTimeoutSeconds="x"), f"{O}.DPDTimeoutSeconds", NUMBER, "a string"),
    (
        one_option(LogOptions={"CloudWatchLogOptions": {"LogEnabled": 1}}),
        f"{O}.LogOptions.CloudWatchLogOptions.LogEnabled",
        "a boolean",
        "a number",
    ),
]


@pytest.mark.parametrize(("record", "path", "expected", "got"), MALFORMED)
def test_a_wrong_type_makes_the_record_malformed(
    record: object, path: str, expected: str, got: str
):
    found = refuse(record)
    assert found.problem == (f"{path}: " if path else "") + f"expected {expected}, got {got}"
    assert (found.target, found.observed_at) == (HERE, NOW)
    assert SECRET not in repr(found)


def test_a_malformed_record_keeps_its_id_where_that_can_be_read():
    assert refuse(connection(VgwTelemetry=5)).id == "vpn-0123456789abcdef0"


def test_a_malformed_record_without_id_is_named_after_its_content():
    nameless = connection(VpnConnectionId=None)
    name = refuse(nameless).id
    assert name.startswith("malformed-")
    assert len(name) == len("malformed-") + 12
    assert name == refuse(dict(reversed(nameless.items()))).id
    assert name == refuse(nameless | {"VgwTelemetry": nameless["VgwTelemetry"][::-1]}).id
    assert name != refuse(nameless | {"State": "deleted"}).id
    assert name != refuse(nameless | {"Routes": [{}]}).id


def test_the_name_of_a_malformed_record_does_not_depend_on_secrets():
    nameless = connection(VpnConnectionId=None)
    other = connection(VpnConnectionId=None, CustomerGatewayConfiguration="other")
    for entry in other["Options"]["TunnelOptions"]:
        entry["PreSharedKey"] = "other"
    assert refuse(nameless).id == refuse(other).id


def test_the_full_options_name_every_option():
    names = set(TunnelOptions.__struct_fields__)
    unset = {
        name for name in names if getattr(FULL_OPTIONS, name) == getattr(TunnelOptions(), name)
    }
    assert not unset
    assert len(FULL) == len(names)
