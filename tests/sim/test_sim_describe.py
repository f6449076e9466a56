"""What DescribeVpnConnections and the calls around it answer, kind by kind."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest
from botocore.exceptions import ClientError

from bothup.sim.kinds import KINDS
from bothup.sim.kinds_of_causes import CAUSES

PLAIN = set(KINDS) - set(CAUSES)


@pytest.fixture(scope="module")
def connections(client: Any) -> dict[str, dict[str, Any]]:
    answer = client("ec2").describe_vpn_connections()
    return {one["Tags"][0]["Value"]: one for one in answer["VpnConnections"]}


def statuses(connection: dict[str, Any]) -> list[tuple[str, str]]:
    """Status and message in the order of the tunnel options, joined by outside IP."""
    told = {one["OutsideIpAddress"]: one for one in connection["VgwTelemetry"]}
    tunnels = [told[one["OutsideIpAddress"]] for one in connection["Options"]["TunnelOptions"]]
    return [(one["Status"], one["StatusMessage"]) for one in tunnels]


def test_every_kind_is_there(connections: dict[str, Any]) -> None:
    assert set(connections) == PLAIN


UP, DOWN = ("UP", "n BGP ROUTES"), ("DOWN", "IPSEC IS DOWN")


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("healthy", "available", [UP, UP]),
        ("hardened", "available", [UP, UP]),
        ("second-tunnel-never-configured", "available", [UP, DOWN]),
        ("idle", "available", [UP, DOWN]),
        ("wrong-key", "available", [UP, DOWN]),
        ("ike-version-mismatch", "available", [UP, DOWN]),
        ("proposal-mismatch", "available", [UP, DOWN]),
        ("replaced", "available", [UP, DOWN]),
        ("bgp-down", "available", [UP, ("DOWN", "IPSEC IS UP")]),
        ("site-down", "available", [DOWN, DOWN]),
        ("up-no-routes", "available", [UP, ("UP", "0 BGP ROUTES")]),
        ("modifying", "modifying", [("DOWN", ""), UP]),
        ("deleting", "deleting", [DOWN, DOWN]),
        ("deleted", "deleted", [DOWN, DOWN]),
        ("not-associated", "available", [UP, UP]),
        ("unknown-status", "available", [UP, ("IMPAIRED", "TUNNEL IS IMPAIRED")]),
        ("lower-case", "available", [("up", "n BGP ROUTES"), ("down", "IPSEC IS DOWN")]),
    ],
)
def test_state_and_tunnels(
    connections: dict[str, Any], kind: str, state: str, expected: list[tuple[str, str]]
) -> None:
    one = connections[kind]
    assert one["State"] == state
    told = [(status, re.sub(r"^[1-9]\d*", "n", text)) for status, text in statuses(one)]
    assert told == expected


def test_telemetry_that_says_little(connections: dict[str, Any]) -> None:
    assert "VgwTelemetry" not in connections["no-telemetry"]
    assert connections["empty-telemetry"]["VgwTelemetry"] == []
    assert len(connections["one-telemetry"]["VgwTelemetry"]) == 1
    provisioning = connections["provisioning"]
    assert provisioning["State"] == "pending"
    assert [t["OutsideIpAddress"] for t in provisioning["VgwTelemetry"]] == ["", ""]
    assert all(t["OutsideIpAddress"] for t in provisioning["Options"]["TunnelOptions"])


def test_telemetry_is_not_in_the_order_of_the_options(connections: dict[str, Any]) -> None:
    orders = {
        [t["OutsideIpAddress"] for t in one["VgwTelemetry"]]
        == [t["OutsideIpAddress"] for t in one["Options"]["TunnelOptions"]]
        for one in connections.values()
        if len(one.get("VgwTelemetry", [])) == 2 and one["State"] != "pending"
    }
    assert orders == {True, False}


def test_accepted_routes_are_those_of_the_message(connections: dict[str, Any]) -> None:
    for one in connections["up-no-routes"]["VgwTelemetry"]:
        assert one["StatusMessage"] == f"{one['AcceptedRouteCount']} BGP ROUTES"


def test_times_are_whole_seconds_in_the_past(connections: dict[str, Any]) -> None:
    for tunnel in connections["idle"]["VgwTelemetry"]:
        when = tunnel["LastStatusChange"]
        assert when.microsecond == 0
        assert timedelta(hours=8) < datetime.now(UTC) - when < timedelta(days=14)


def test_options_that_are_not_set_are_absent(connections: dict[str, Any]) -> None:
    for tunnel in connections["healthy"]["Options"]["TunnelOptions"]:
        assert set(tunnel) == {"OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"}


def test_options_have_the_spelling_of_describe(connections: dict[str, Any]) -> None:
    first, second = connections["hardened"]["Options"]["TunnelOptions"]
    assert first["IkeVersions"] == second["IkeVersions"] == [{"Value": "ikev2"}]
    assert first["DpdTimeoutAction"] == "restart"
    assert first["StartupAction"] == "start"
    logs = first["LogOptions"]["CloudWatchLogOptions"]
    group = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/vendedlogs/vpn/hardened"
    assert (logs["LogEnabled"], logs["LogGroupArn"]) == (True, group)
    assert (logs["BgpLogEnabled"], logs["BgpLogGroupArn"]) == (True, group)


def test_keys_are_in_the_configuration_and_known_at_sight(connections: dict[str, Any]) -> None:
    one = connections["healthy"]
    keys = [tunnel["PreSharedKey"] for tunnel in one["Options"]["TunnelOptions"]]
    xml = one["CustomerGatewayConfiguration"]
    assert re.findall(r"<pre_shared_key>(.+)</pre_shared_key>", xml) == keys
    assert all(key.startswith("SIMPSK") and len(key) == 32 for key in keys)
    assert len(set(keys)) == 2
    assert 5000 < len(escape(xml)) < 8000


def test_configuration_only_while_pending_or_available(connections: dict[str, Any]) -> None:
    shown = {one["State"] for one in connections.values() if "CustomerGatewayConfiguration" in one}
    assert shown == {"pending", "available"}


def test_static_routing(client: Any) -> None:
    answer = client("ec2", "us-east-1").describe_vpn_connections(
        Filters=[{"Name": "option.static-routes-only", "Values": ["true"]}]
    )
    [one] = answer["VpnConnections"]
    assert one["Options"]["StaticRoutesOnly"] is True
    assert statuses(one) == [("UP", "IPSEC IS UP")] * 2
    assert [route["DestinationCidrBlock"] for route in one["Routes"]] == [
        "10.10.0.0/16",
        "10.20.0.0/16",
    ]
    assert "NoBGPVPNConnection" in one["CustomerGatewayConfiguration"]
    assert one["VpnGatewayId"].startswith("vgw-")


def test_targets_and_association(connections: dict[str, Any]) -> None:
    assert connections["healthy"]["TransitGatewayId"].startswith("tgw-")
    assert connections["healthy"]["GatewayAssociationState"] == "associated"
    alone = connections["not-associated"]
    assert alone["GatewayAssociationState"] == "not-associated"
    assert not {"TransitGatewayId", "VpnGatewayId"} & set(alone)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("state", "deleting", {"deleting"}),
        ("tag:Name", "idle", {"idle"}),
        ("tag:Name", "*-telemetry", {"no-telemetry", "empty-telemetry", "one-telemetry"}),
        ("tag:owner", "nobody", set()),
    ],
)
def test_filters(client: Any, name: str, value: str, found: set[str]) -> None:
    answer = client("ec2").describe_vpn_connections(Filters=[{"Name": name, "Values": [value]}])
    assert {one["Tags"][0]["Value"] for one in answer["VpnConnections"]} == found


def test_by_id(client: Any, connections: dict[str, Any]) -> None:
    wanted = connections["idle"]["VpnConnectionId"]
    answer = client("ec2").describe_vpn_connections(VpnConnectionIds=[wanted])
    assert [one["VpnConnectionId"] for one in answer["VpnConnections"]] == [wanted]


def test_unknown_id_and_unknown_filter(client: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidVpnConnectionID\.NotFound"):
        client("ec2").describe_vpn_connections(VpnConnectionIds=["vpn-00000000000000000"])
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        client("ec2").describe_vpn_connections(Filters=[{"Name": "colour", "Values": ["x"]}])


@pytest.mark.parametrize(
    "call",
    [
        "describe_regions",
        "describe_vpn_connections",
        "describe_customer_gateways",
        "describe_vpn_gateways",
        "describe_transit_gateway_attachments",
    ],
)
def test_dry_runs(client: Any, call: str) -> None:
    with pytest.raises(ClientError, match="DryRunOperation"):
        getattr(client("ec2"), call)(DryRun=True)


def test_gateways(client: Any, connections: dict[str, Any]) -> None:
    ec2 = client("ec2")
    wanted = connections["healthy"]["CustomerGatewayId"]
    [gateway] = ec2.describe_customer_gateways(CustomerGatewayIds=[wanted])["CustomerGateways"]
    assert gateway["IpAddress"].startswith("203.0.113.")
    assert gateway["BgpAsn"] == "65000"
    [cloud] = client("ec2", "us-east-1").describe_vpn_gateways()["VpnGateways"]
    assert cloud["VpcAttachments"][0]["State"] == "attached"


def test_transit_gateway_attachments_come_in_pages(client: Any) -> None:
    pages = client("ec2").get_paginator("describe_transit_gateway_attachments")
    found = [
        one["ResourceId"]
        for page in pages.paginate(PaginationConfig={"PageSize": 5})
        for one in page["TransitGatewayAttachments"]
    ]
    assert len(found) == len(set(found)) == len(PLAIN) - 1  # not-associated has none


def test_a_region_with_nothing_in_it(client: Any) -> None:
    answer = client("ec2", "us-east-1").describe_vpn_connections(
        Filters=[{"Name": "state", "Values": ["pending"]}]
    )
    assert answer["VpnConnections"] == []


def test_what_was_negotiated(client: Any, connections: dict[str, Any]) -> None:
    ec2 = client("ec2")

    def status(kind: str, number: int) -> dict[str, Any]:
        one = connections[kind]
        outside = one["Options"]["TunnelOptions"][number]["OutsideIpAddress"]
        answer = ec2.get_active_vpn_tunnel_status(
            VpnConnectionId=one["VpnConnectionId"], VpnTunnelOutsideIpAddress=outside
        )
        return dict(answer["ActiveVpnTunnelStatus"])

    assert status("healthy", 0) == {
        "ProvisioningStatus": "available",
        "IkeVersion": "ikev2",
        "Phase1EncryptionAlgorithm": "AES128",
        "Phase1IntegrityAlgorithm": "SHA1",
        "Phase1DHGroup": 2,
        "Phase2EncryptionAlgorithm": "AES128",
        "Phase2IntegrityAlgorithm": "SHA1",
        "Phase2DHGroup": 2,
    }
    assert status("idle", 1) == {"ProvisioningStatus": "available"}
    assert status("modifying", 0) == {"ProvisioningStatus": "pending"}
    assert status("bgp-down", 1)["IkeVersion"] == "ikev2"


def test_replacement_status(client: Any, connections: dict[str, Any]) -> None:
    one = connections["replaced"]
    tunnel = one["Options"]["TunnelOptions"][1]["OutsideIpAddress"]
    answer = client("ec2").get_vpn_tunnel_replacement_status(
        VpnConnectionId=one["VpnConnectionId"], VpnTunnelOutsideIpAddress=tunnel
    )
    told = next(t for t in one["VgwTelemetry"] if t["OutsideIpAddress"] == tunnel)
    assert answer["MaintenanceDetails"]["PendingMaintenance"] == "None"
    assert answer["MaintenanceDetails"]["LastMaintenanceApplied"] == told["LastStatusChange"]
    assert answer["TransitGatewayId"] == one["TransitGatewayId"]
