"""The scenario `causes`: what it means to say, and that no call says it."""

from datetime import timedelta
from typing import Any

import pytest
from evidence_world import NETWORK, group, named
from sim_sdk import sdk_client

from bothup.sim import SimServer, load_scenario

SCENARIO = "causes"
# Every cause but those of which AWS's side shows nothing: large packets that get lost.
IDS = {
    "second-tunnel-not-configured",
    "ike-no-response",
    "nat-t-blocked",
    "psk-mismatch",
    "ike-version-mismatch",
    "ike-proposal-mismatch",
    "ipsec-proposal-mismatch",
    "traffic-selector-mismatch",
    "peer-identity-mismatch",
    "certificate-problem",
    "dpd-timeout",
    "idle-timeout",
    "peer-deleted-sa",
    "rekey-failure",
    "aws-endpoint-replacement",
    "recent-modification",
    "bgp-down",
    "bgp-asn-mismatch",
    "bgp-hold-timer",
    "bgp-prefix-limit",
    "bgp-unreachable",
    "customer-gateway-down",
    "gateway-not-attached",
    "unstable-path",
    "routing-asymmetry",
    "healthy",
}


def test_every_cause_is_there(sim: SimServer) -> None:
    told = sim.intended()
    assert {one.cause for one in told} == IDS
    assert len({one.connection for one in told}) == len(list(sim.world.connections()))


def test_what_is_intended_names_the_tunnels_that_ail(sim: SimServer) -> None:
    told = {one.connection: one for one in sim.intended()}
    kiel, ypres, bonn = (named(sim, name) for name in ("kiel", "ypres", "bonn"))
    assert told[kiel.id].tunnels == (kiel.tunnels[1].outside_ip,)
    assert told[kiel.id].account == NETWORK
    both = [tuple(tunnel.outside_ip for tunnel in one.tunnels) for one in (ypres, bonn)]
    assert [told[ypres.id].tunnels, told[bonn.id].tunnels] == both


@pytest.mark.parametrize("account", ["111122223333", "444455556666"])
@pytest.mark.parametrize("region", ["eu-central-1", "eu-west-1"])
def test_no_call_tells_a_cause(sim: SimServer, account: str, region: str) -> None:
    def ask(service: str, call: str, **params: Any) -> str:
        return str(getattr(sdk_client(sim, service, region, account), call)(**params))

    told = [
        ask("ec2", "describe_vpn_connections"),
        ask("ec2", "describe_customer_gateways"),
        ask("ec2", "describe_vpn_gateways"),
        ask("ec2", "describe_transit_gateways"),
        ask("ec2", "describe_transit_gateway_attachments"),
        ask("cloudwatch", "list_metrics", Namespace="AWS/VPN"),
        ask("cloudtrail", "lookup_events"),
        ask("logs", "describe_log_groups"),
    ]
    for one in sim.world.connections():
        if (one.account, one.region) == (account, region) and one.cause:
            for answer in told:
                assert one.cause not in answer.replace("healthy-", "")


def test_the_site_is_down_with_all_that_ends_on_it(sim: SimServer) -> None:
    one, other = named(sim, "vigo-harbour"), named(sim, "vigo-market")
    gateways = [
        sdk_client(sim, "ec2", each.region).describe_customer_gateways(
            CustomerGatewayIds=[each.customer_gateway_id]
        )["CustomerGateways"][0]["IpAddress"]
        for each in (one, other)
    ]
    assert gateways == ["203.0.113.130"] * 2
    times = {tunnel.changed for each in (one, other) for tunnel in each.tunnels}
    assert len(times) == 1


def test_gateways_that_are_not_attached(sim: SimServer, client: Any) -> None:
    ec2 = client("ec2")
    shown = {
        name: ec2.describe_vpn_connections(VpnConnectionIds=[named(sim, name).id])[
            "VpnConnections"
        ][0]
        for name in ("wels", "xanten", "kiel")
    }
    assert shown["wels"]["GatewayAssociationState"] == "not-associated"
    assert not {"TransitGatewayId", "VpnGatewayId"} & set(shown["wels"])
    [detached] = ec2.describe_vpn_gateways(VpnGatewayIds=[shown["xanten"]["VpnGatewayId"]])[
        "VpnGateways"
    ]
    assert [one["State"] for one in detached["VpcAttachments"]] == ["detached"]
    [gateway] = ec2.describe_transit_gateways(
        TransitGatewayIds=[shown["kiel"]["TransitGatewayId"]]
    )["TransitGateways"]
    assert gateway["State"] == "available"
    [attachment] = ec2.describe_transit_gateway_attachments(
        Filters=[{"Name": "resource-id", "Values": [shown["kiel"]["VpnConnectionId"]]}]
    )["TransitGatewayAttachments"]
    assert (attachment["State"], attachment["Association"]["State"]) == ("available", "associated")


def test_certificates_and_selectors_are_shown(sim: SimServer, client: Any) -> None:
    ec2, jena, halle = client("ec2"), named(sim, "jena"), named(sim, "halle")
    [gateway] = ec2.describe_customer_gateways(CustomerGatewayIds=[jena.customer_gateway_id])[
        "CustomerGateways"
    ]
    answer = ec2.describe_vpn_connections(VpnConnectionIds=[jena.id, halle.id])
    shown = {one["VpnConnectionId"]: one for one in answer["VpnConnections"]}
    arns = {tunnel["CertificateArn"] for tunnel in shown[jena.id]["VgwTelemetry"]}
    assert arns == {gateway["CertificateArn"]}
    assert shown[halle.id]["Options"]["LocalIpv4NetworkCidr"] == "10.20.0.0/16"


def test_replacement_status_agrees_with_the_past(sim: SimServer, client: Any) -> None:
    def applied(name: str, number: int) -> Any:
        one = named(sim, name)
        return (
            client("ec2")
            .get_vpn_tunnel_replacement_status(
                VpnConnectionId=one.id, VpnTunnelOutsideIpAddress=one.tunnels[number].outside_ip
            )["MaintenanceDetails"]
            .get("LastMaintenanceApplied")
        )

    assert applied("oulu", 1) == named(sim, "oulu").tunnels[1].changed
    assert applied("kiel", 1) is None
    # A tunnel that is well came up when AWS had replaced its endpoint.
    before = named(sim, "bonn").tunnels[1].changed - applied("bonn", 1)
    assert timedelta(minutes=1) < before < timedelta(minutes=10)


def test_what_flaps_goes_on_flapping() -> None:
    with SimServer(load_scenario("causes")) as server:
        told: list[tuple[str, bool]] = []
        server.on_change(lambda change: told.append((change.connection.name, change.after.up)))
        for _ in range(24):
            server.clock.advance(timedelta(minutes=5))
        for name, least in (("ypres", 12), ("nantes", 3), ("siena", 6)):
            flips = [up for one, up in told if one == name]
            assert len(flips) >= least
            assert {True, False} <= set(flips)
        assert {name for name, _ in told} == {"ypres", "nantes", "siena", "fulda", "lecce"}


def test_a_tunnel_that_flaps_can_be_put_down_for_good() -> None:
    with SimServer(load_scenario("causes")) as server:
        one = named(server, "nantes")
        outside = one.tunnels[1].outside_ip
        server.set_tunnel(NETWORK, one.region, one.id, outside, up=False, message="OUT OF ORDER")
        for _ in range(60):
            server.clock.advance(timedelta(minutes=10))
            assert one.tunnels[1].now.message == "OUT OF ORDER"


def test_where_logs_are_off_there_is_no_group(sim: SimServer) -> None:
    one = named(sim, "goslar")
    logs = sdk_client(sim, "logs", one.region, one.account)
    groups = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
    assert group(one) not in groups
    assert "LogOptions" not in one.tunnels[1].options
