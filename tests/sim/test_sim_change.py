"""What changes to a tunnel are taken, and what they do to it as the clock goes on."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sim_sdk import sdk_client

from bothup.sim import SimServer, TunnelChange, parse_scenario

ACCOUNT, REGION = "111122223333", "eu-central-1"
SCENARIO = parse_scenario(
    """
    regions = ["eu-central-1"]
    [[accounts]]
    id = "111122223333"
    name = "Example"
    """
    + "".join(
        f"""
    [[accounts.connections]]
    name = "{name}"
    region = "eu-central-1"
    {rest}
    """
        for name, rest in {
            "validated": "",
            "peer-initiates": "",
            "nobody-initiates": "peer = {initiates = false}",
            "aws-initiates": "peer = {initiates = false}",
            "ikev1-only": "peer = {initiates = false, ike = ['ikev1']}",
            "never-configured": "kind = 'second-tunnel-never-configured'",
            "wrong-key": "kind = 'wrong-key'",
            "weak-peer": "peer = {encryption = ['AES128'], dh_groups = [2]}",
            "bgp-down": "peer = {bgp = false}",
            "static": "routing = 'static'",
            "kept": "options = {StartupAction = 'start', RekeyFuzzPercentage = 50}",
            "busy": "",
            "replaced": "",
            "lifecycle": "",
            "pending": "tunnels = [{maintenance = 'pending'}]",
            "deleted": "",
            "coming": "kind = 'provisioning'",
            "flipped": "",
            "half-deleted": "kind = 'deleting'",
            "just-deleted": "kind = 'deleted'",
            "undeletable": "",
            "events": "",
        }.items()
    ),
    "change.toml",
)


class Vpn:
    """One connection of the scenario, seen through the SDK."""

    def __init__(self, sim: SimServer, ec2: Any, name: str) -> None:
        self.sim, self.ec2 = sim, ec2
        place = sim.world.place(ACCOUNT, REGION)
        self.live = next(one for one in place.connections.values() if one.name == name)
        self.id = self.live.id
        self.first, self.second = (tunnel.outside_ip for tunnel in self.live.tunnels)

    def modify(self, outside_ip: str, options: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.ec2.modify_vpn_tunnel_options(
            VpnConnectionId=self.id,
            VpnTunnelOutsideIpAddress=outside_ip,
            TunnelOptions=options,
            **more,
        )
        return dict(answer["VpnConnection"])

    def shown(self) -> dict[str, Any]:
        answer = self.ec2.describe_vpn_connections(VpnConnectionIds=[self.id])
        return dict(answer["VpnConnections"][0])

    def tunnel(self, outside_ip: str) -> tuple[str, str]:
        for one in self.shown()["VgwTelemetry"]:
            if one["OutsideIpAddress"] == outside_ip:
                return one["Status"], one["StatusMessage"]
        raise AssertionError(f"no telemetry of {outside_ip}")

    def options(self, outside_ip: str) -> dict[str, Any]:
        options = self.shown()["Options"]["TunnelOptions"]
        return next(one for one in options if one["OutsideIpAddress"] == outside_ip)

    def wait(self, minutes: float) -> None:
        self.sim.clock.advance(timedelta(minutes=minutes))


@pytest.fixture
def vpn(sim: SimServer, client: Any) -> Any:
    return lambda name: Vpn(sim, client("ec2"), name)


def test_a_modified_tunnel_is_down_for_minutes_and_its_sibling_is_not_touched(vpn: Any) -> None:
    one = vpn("peer-initiates")
    before = one.tunnel(one.second)
    answer = one.modify(one.first, {"IKEVersions": [{"Value": "ikev2"}]})
    assert answer["State"] == "modifying"
    assert "SIMPSK" in answer["CustomerGatewayConfiguration"]
    assert {t["Status"] for t in answer["VgwTelemetry"] if t["OutsideIpAddress"] == one.first} == {
        "DOWN"
    }
    assert one.tunnel(one.first) == ("DOWN", "")
    assert one.tunnel(one.second) == before
    one.wait(3.9)
    assert one.shown()["State"] == "modifying"
    assert one.tunnel(one.first) == ("DOWN", "")
    one.wait(0.2)
    assert one.shown()["State"] == "available"
    assert one.tunnel(one.first) == ("DOWN", "IPSEC IS DOWN")
    one.wait(0.5)
    assert one.tunnel(one.first)[0] == "UP"
    assert one.tunnel(one.second) == before
    assert one.options(one.first)["IkeVersions"] == [{"Value": "ikev2"}]
    assert "IkeVersions" not in one.options(one.second)


IKEV2, START = {"IKEVersions": [{"Value": "ikev2"}]}, {"StartupAction": "start"}


@pytest.mark.parametrize(
    ("name", "options", "after"),
    [
        ("nobody-initiates", IKEV2, "DOWN"),
        ("nobody-initiates", {"DPDTimeoutAction": "restart"}, "DOWN"),
        ("aws-initiates", IKEV2 | START, "UP"),
        ("ikev1-only", START, "DOWN"),
        ("ikev1-only", IKEV2 | START, "DOWN"),
        ("weak-peer", {"Phase1EncryptionAlgorithms": [{"Value": "AES256"}]}, "DOWN"),
        ("weak-peer", {"Phase1EncryptionAlgorithms": [{"Value": "AES128"}]}, "UP"),
        ("weak-peer", {"Phase2DHGroupNumbers": [{"Value": 14}]}, "DOWN"),
    ],
)
def test_it_comes_back_only_if_somebody_initiates_and_both_agree(
    vpn: Any, name: str, options: dict[str, Any], after: str
) -> None:
    one = vpn(name)
    kept = dict(one.live.tunnels[0].options)
    one.modify(one.first, options)
    one.wait(10)
    assert one.tunnel(one.first)[0] == after
    one.live.tunnels[0].options = kept


def test_a_tunnel_that_the_device_never_configured_stays_down_whatever_is_set(vpn: Any) -> None:
    one = vpn("never-configured")
    one.modify(one.second, IKEV2 | START)
    one.wait(60)
    assert one.tunnel(one.second) == ("DOWN", "IPSEC IS DOWN")


def test_the_key_that_the_device_has_brings_the_tunnel_up(vpn: Any) -> None:
    one = vpn("wrong-key")
    one.modify(one.second, {"PreSharedKey": one.live.tunnels[1].device.key})
    one.wait(10)
    assert one.tunnel(one.second)[0] == "UP"
    one.modify(one.second, {"PreSharedKey": "another.key_1"})
    one.wait(10)
    assert one.tunnel(one.second)[0] == "DOWN"


def test_bgp_that_does_not_come_up_keeps_the_tunnel_down(vpn: Any) -> None:
    one = vpn("bgp-down")
    one.modify(one.first, {"DPDTimeoutSeconds": 40})
    one.wait(10)
    assert one.tunnel(one.first) == ("DOWN", "IPSEC IS UP")


def test_a_static_tunnel_comes_back_without_routes(vpn: Any) -> None:
    one = vpn("static")
    one.modify(one.first, {"DPDTimeoutSeconds": 40})
    one.wait(10)
    assert one.tunnel(one.first) == ("UP", "IPSEC IS UP")


def test_options_that_the_call_does_not_name_stay(vpn: Any) -> None:
    one = vpn("kept")
    before = one.options(one.first)
    logs = {
        "LogOptions": {
            "CloudWatchLogOptions": {
                "LogEnabled": True,
                "LogGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/vpn",
                "LogOutputFormat": "json",
            }
        }
    }
    one.modify(one.first, logs | {"DPDTimeoutSeconds": 60})
    assert one.options(one.first) == before | logs | {"DpdTimeoutSeconds": 60}


def test_one_change_at_a_time(vpn: Any) -> None:
    one = vpn("busy")
    one.modify(one.first, START)
    with pytest.raises(ClientError, match="IncorrectState"):
        one.modify(one.second, START)
    with pytest.raises(ClientError, match="IncorrectState"):
        one.ec2.replace_vpn_tunnel(
            VpnConnectionId=one.id, VpnTunnelOutsideIpAddress=one.second, DryRun=False
        )
    one.wait(5)
    one.modify(one.second, START)


@pytest.mark.parametrize("option", ["PreSharedKey", "StartupAction"])
def test_dry_run_changes_nothing(vpn: Any, option: str) -> None:
    one = vpn("validated")
    before = one.shown()
    value = {"PreSharedKey": "abcdefgh", "StartupAction": "start"}[option]
    with pytest.raises(ClientError, match="DryRunOperation") as refused:
        one.modify(one.first, {option: value}, DryRun=True)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert one.shown() == before


@pytest.mark.parametrize(
    "good",
    [
        {"TunnelInsideCidr": "169.254.100.4/30"},
        {"TunnelInsideIpv6Cidr": "fd12::4/126"},
        {"PreSharedKey": "a_valid.Key0"},
        {"PreSharedKey": "x" * 64},
        {"Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 900},
        {"RekeyMarginTimeSeconds": 1800},
        {"RekeyFuzzPercentage": 0},
        {"ReplayWindowSize": 2048},
        {"DPDTimeoutSeconds": 30},
        {"DPDTimeoutAction": "none"},
        {"Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}, {"Value": "AES128"}]},
        {"Phase2IntegrityAlgorithms": [{"Value": "SHA2-512"}]},
        {"Phase1DHGroupNumbers": [{"Value": 35}]},
        {"Phase2DHGroupNumbers": [{"Value": 5}]},
        {"EnableTunnelLifecycleControl": True},
        {"LogOptions": {"CloudWatchLogOptions": {"LogEnabled": False}}},
        {
            "Phase1AdditionalKeyExchanges": [
                {"AdditionalKeyExchangeRound": 1, "KeyExchangeMethods": [{"Value": 36}]}
            ]
        },
    ],
    ids=lambda good: next(iter(good)),
)
def test_values_that_are_taken(vpn: Any, good: dict[str, Any]) -> None:
    one = vpn("validated")
    with pytest.raises(ClientError, match="DryRunOperation"):
        one.modify(one.first, good, DryRun=True)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"TunnelInsideCidr": "169.254.0.0/30"}, "InvalidParameterValue"),
        ({"TunnelInsideCidr": "169.254.169.252/30"}, "InvalidParameterValue"),
        ({"TunnelInsideCidr": "169.254.100.4/29"}, "InvalidParameterValue"),
        ({"TunnelInsideCidr": "169.254.100.5/30"}, "InvalidParameterValue"),
        ({"TunnelInsideCidr": "10.0.0.0/30"}, "InvalidParameterValue"),
        ({"TunnelInsideIpv6Cidr": "2001:db8::/126"}, "InvalidParameterValue"),
        ({"PreSharedKey": "short.1"}, "InvalidParameterValue"),
        ({"PreSharedKey": "0startswithzero"}, "InvalidParameterValue"),
        ({"PreSharedKey": "has-a-hyphen"}, "InvalidParameterValue"),
        ({"PreSharedKey": "x" * 65}, "InvalidParameterValue"),
        ({"Phase1LifetimeSeconds": 899}, "InvalidParameterValue"),
        ({"Phase1LifetimeSeconds": 28801}, "InvalidParameterValue"),
        ({"Phase2LifetimeSeconds": 3601}, "InvalidParameterValue"),
        ({"Phase1LifetimeSeconds": 900}, "InvalidParameterCombination"),
        ({"Phase2LifetimeSeconds": 900, "RekeyMarginTimeSeconds": 451}, "InvalidParameterComb"),
        ({"RekeyMarginTimeSeconds": 59}, "InvalidParameterValue"),
        ({"RekeyFuzzPercentage": 101}, "InvalidParameterValue"),
        ({"ReplayWindowSize": 63}, "InvalidParameterValue"),
        ({"DPDTimeoutSeconds": 29}, "InvalidParameterValue"),
        ({"DPDTimeoutAction": "hold"}, "InvalidParameterValue"),
        ({"Phase1EncryptionAlgorithms": [{"Value": "3DES"}]}, "InvalidParameterValue"),
        ({"Phase2IntegrityAlgorithms": [{"Value": "MD5"}]}, "InvalidParameterValue"),
        ({"Phase1DHGroupNumbers": [{"Value": 5}]}, "InvalidParameterValue"),
        ({"Phase2DHGroupNumbers": [{"Value": 13}]}, "InvalidParameterValue"),
        ({"IKEVersions": [{"Value": "ikev3"}]}, "InvalidParameterValue"),
        ({"StartupAction": "restart"}, "InvalidParameterValue"),
        ({"LogOptions": {"CloudWatchLogOptions": {"LogEnabled": True}}}, "MissingParameter"),
        (
            {"LogOptions": {"CloudWatchLogOptions": {"LogGroupArn": "my-group"}}},
            "InvalidParameterValue",
        ),
        (
            {"Phase1AdditionalKeyExchanges": [{"AdditionalKeyExchangeRound": 8}]},
            "InvalidParameterValue",
        ),
    ],
)
def test_values_that_are_refused(vpn: Any, bad: dict[str, Any], code: str) -> None:
    one = vpn("validated")
    before = one.shown()
    with pytest.raises(ClientError, match=code) as refused:
        one.modify(one.first, bad)
    assert bad.get("PreSharedKey", "SIMPSK") not in str(refused.value)
    assert one.shown() == before


def test_what_is_not_there_cannot_be_changed(vpn: Any) -> None:
    one, other = vpn("validated"), vpn("kept")
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        one.modify(other.first, START)
    one.id = "vpn-00000000000000000"
    with pytest.raises(ClientError, match=r"InvalidVpnConnectionID\.NotFound"):
        one.modify(one.first, START)


def test_a_tunnel_is_replaced_with_options_and_address_kept(vpn: Any) -> None:
    one = vpn("replaced")
    before = one.options(one.first)
    answer = one.ec2.replace_vpn_tunnel(VpnConnectionId=one.id, VpnTunnelOutsideIpAddress=one.first)
    assert answer["Return"] is True
    assert one.shown()["State"] == "modifying"
    assert one.tunnel(one.first) == ("DOWN", "")
    one.wait(5)
    assert one.tunnel(one.first)[0] == "UP"
    assert one.options(one.first) == before
    status = one.ec2.get_vpn_tunnel_replacement_status(
        VpnConnectionId=one.id, VpnTunnelOutsideIpAddress=one.first
    )
    assert "LastMaintenanceApplied" in status["MaintenanceDetails"]


def test_lifecycle_control_can_be_switched_without_a_replacement(vpn: Any) -> None:
    one = vpn("lifecycle")
    switch = {"EnableTunnelLifecycleControl": True}
    assert one.modify(one.first, switch, SkipTunnelReplacement=True)["State"] == "available"
    assert one.options(one.first)["EnableTunnelLifecycleControl"] is True
    assert one.tunnel(one.first)[0] == "UP"
    assert one.modify(one.second, switch)["State"] == "modifying"


def test_pending_maintenance_cannot_be_skipped_but_be_applied(vpn: Any) -> None:
    one = vpn("pending")
    where = {"VpnConnectionId": one.id, "VpnTunnelOutsideIpAddress": one.first}
    status = one.ec2.get_vpn_tunnel_replacement_status(**where)["MaintenanceDetails"]
    assert status["PendingMaintenance"] == "Available"
    assert "MaintenanceAutoAppliedAfter" in status
    off = {"EnableTunnelLifecycleControl": False}
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        one.modify(one.first, off, SkipTunnelReplacement=True)
    one.ec2.replace_vpn_tunnel(ApplyPendingMaintenance=True, **where)
    status = one.ec2.get_vpn_tunnel_replacement_status(**where)["MaintenanceDetails"]
    assert status["PendingMaintenance"] == "None"


def test_a_deleted_connection_stays_listed_for_a_while(vpn: Any) -> None:
    one = vpn("deleted")
    one.ec2.delete_vpn_connection(VpnConnectionId=one.id)
    assert one.shown()["State"] == "deleting"
    assert one.tunnel(one.first)[0] == "DOWN"
    with pytest.raises(ClientError, match=r"InvalidVpnConnectionID\.NotFound"):
        one.modify(one.first, START)
    one.wait(6)
    assert one.shown()["State"] == "deleted"
    one.wait(61)
    with pytest.raises(ClientError, match=r"InvalidVpnConnectionID\.NotFound"):
        one.shown()


@pytest.mark.parametrize(("name", "left"), [("half-deleted", 64), ("just-deleted", 59)])
def test_connections_that_were_being_deleted_vanish_in_their_time(name: str, left: int) -> None:
    with SimServer(SCENARIO) as sim:
        one = Vpn(sim, sdk_client(sim, "ec2"), name)
        assert one.shown()["State"] in ("deleting", "deleted")
        one.wait(left)
        assert one.shown()["State"] == "deleted"
        one.wait(2)
        with pytest.raises(ClientError, match=r"InvalidVpnConnectionID\.NotFound"):
            one.shown()


def test_a_connection_in_the_middle_of_a_change_cannot_be_deleted(vpn: Any) -> None:
    one = vpn("undeletable")
    one.modify(one.first, START)
    with pytest.raises(ClientError, match="IncorrectState"):
        one.ec2.delete_vpn_connection(VpnConnectionId=one.id)


def test_a_tunnel_can_be_flipped(vpn: Any, sim: SimServer) -> None:
    one = vpn("flipped")
    before = {t["OutsideIpAddress"]: t for t in one.shown()["VgwTelemetry"]}
    sim.set_tunnel(ACCOUNT, REGION, one.id, one.first, up=False)
    assert one.tunnel(one.first) == ("DOWN", "IPSEC IS DOWN")
    after = {t["OutsideIpAddress"]: t for t in one.shown()["VgwTelemetry"]}
    assert after[one.second] == before[one.second]
    assert after[one.first]["LastStatusChange"] > before[one.first]["LastStatusChange"]
    sim.set_tunnel(ACCOUNT, REGION, one.id, one.first, up=True, message="7 BGP ROUTES")
    assert one.tunnel(one.first) == ("UP", "7 BGP ROUTES")


def test_a_new_connection_becomes_available_and_its_tunnels_come_up() -> None:
    with SimServer(SCENARIO) as sim:
        place = sim.world.place(ACCOUNT, REGION)
        one = next(one for one in place.connections.values() if one.name == "coming")
        assert (one.state, one.shown) == ("pending", "nameless")
        sim.clock.advance(timedelta(minutes=6))
        assert (one.state, one.shown) == ("available", "both")
        assert all(tunnel.now.up for tunnel in one.tunnels)


def test_every_change_is_told_at_its_own_time(vpn: Any, sim: SimServer) -> None:
    one, told = vpn("events"), list[TunnelChange]()
    sim.on_change(told.append)
    start = sim.clock.now()
    one.modify(one.first, {"DPDTimeoutSeconds": 40})
    one.wait(60)
    told = [change for change in told if change.connection is one.live]
    assert [(change.after.status, change.after.message, change.why) for change in told] == [
        ("DOWN", "", "modified"),
        ("DOWN", "IPSEC IS DOWN", "endpoint ready"),
        ("UP", told[-1].after.message, "initiated by customer"),
    ]
    minutes = [(change.time - start) / timedelta(minutes=1) for change in told]
    assert minutes == pytest.approx([0, 4, 4.33], abs=0.1)


def test_an_hour_at_once_is_sixty_minutes_one_by_one(vpn: Any) -> None:
    def run(step: timedelta) -> list[Any]:
        with SimServer(SCENARIO) as sim:
            place, told = sim.world.place(ACCOUNT, REGION), list[Any]()
            sim.on_change(lambda change: told.append((change.connection.id, change.after)))
            for connection in place.connections.values():
                if connection.state == "available":
                    sim.world.machine.replace(connection, connection.tunnels[0])
            for _ in range(int(timedelta(hours=1) / step)):
                sim.clock.advance(step)
            return told

    assert run(timedelta(hours=1)) == run(timedelta(minutes=1))
