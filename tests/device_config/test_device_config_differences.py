"""Both sides, setting by setting: what cannot work, what does not last, what fits."""

from datetime import UTC, datetime
from typing import Any

import pytest
from device_texts import TEXTS, read

from bothup.engine.differences import (
    Difference,
    Severity,
    configured,
    differences,
    missing_tunnels,
)
from bothup.model.bundle import CustomerGateway
from bothup.model.connection import Routing, Tunnel, TunnelOptions, TunnelStatus, VpnConnection
from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.model.target import Target

ONE, TWO, DEVICE = "203.0.113.11", "198.51.100.22", "192.0.2.10"
CONFLICT, RISK, SAME, UNKNOWN = (
    Severity.CONFLICT,
    Severity.RISK,
    Severity.SAME,
    Severity.UNKNOWN,
)
V1, V2 = ("ikev1",), ("ikev2",)
INSIDE = {"inside_cidr": "169.254.10.0/30"}
NETS, FAR = ("10.1.0.0/16", "10.2.0.0/16"), ("10.3.0.0/16",)


def aws(
    options: dict[str, Any] | None = None, tunnel: dict[str, Any] | None = None, **connection: Any
) -> VpnConnection:
    """A connection of two tunnels, of which the first has the options."""
    tunnels = (
        Tunnel(
            outside_ip=ONE,
            status=TunnelStatus.DOWN,
            options=TunnelOptions(**(options or {})),
            **(tunnel or {}),
        ),
        Tunnel(outside_ip=TWO, status=TunnelStatus.UP),
    )
    return VpnConnection(
        id="vpn-0a",
        target=Target(),
        observed_at=datetime(2026, 11, 22, tzinfo=UTC),
        **({"tunnels": tunnels} | connection),
    )


def rows(
    device: dict[str, Any],
    connection: VpnConnection | None = None,
    gateway: dict[str, Any] | None = None,
    vendor: str = "acme",
) -> dict[str, Difference]:
    """The rows of the first tunnel, by setting."""
    theirs = DeviceTunnel(**({"peer_address": ONE, "line": 4} | device))
    config = DeviceConfig(vendor=vendor, source="gw.conf", tunnels=(theirs,))
    here = CustomerGateway(**({"ip_address": DEVICE, "bgp_asn": 65000} | (gateway or {})))
    found = differences(connection or aws(), here, config)
    return {row.setting: row for row in found if row.tunnel == ONE}


ROWS: list[tuple[str, Severity, dict[str, Any], VpnConnection]] = [
    ("switched on", CONFLICT, {"enabled": False}, aws()),
    ("switched on", SAME, {"enabled": True}, aws()),
    ("address of AWS", SAME, {}, aws()),
    ("address of the device", SAME, {"local_address": DEVICE}, aws()),
    ("address of the device", CONFLICT, {"local_address": "192.0.2.99"}, aws()),
    ("address of the device", SAME, {"local_address": "10.0.0.5"}, aws()),
    ("address of the device", CONFLICT, {"local_address": "10.0.0.5", "nat_t": False}, aws()),
    ("address of the device", UNKNOWN, {}, aws()),
    ("identity of AWS", SAME, {"peer_identity": ONE}, aws()),
    ("identity of AWS", SAME, {"peer_identity": "%any"}, aws()),
    ("identity of AWS", CONFLICT, {"peer_identity": TWO}, aws()),
    ("identity of AWS", UNKNOWN, {"peer_identity": "CN=vpn-0a.endpoint-0"}, aws()),
    ("identity of the device", SAME, {"local_identity": DEVICE}, aws()),
    ("identity of the device", CONFLICT, {"local_identity": "192.0.2.99"}, aws()),
    ("identity of the device", RISK, {"local_identity": "10.0.0.5"}, aws()),
    ("identity of the device", UNKNOWN, {"local_identity": "@branch"}, aws()),
    ("authentication", SAME, {"authentication": "psk"}, aws()),
    ("authentication", UNKNOWN, {"authentication": "certificate"}, aws()),
    (
        "authentication",
        CONFLICT,
        {"authentication": "psk"},
        aws(tunnel={"certificate_arn": "arn:aws:acm:x"}),
    ),
    (
        "authentication",
        SAME,
        {"authentication": "certificate"},
        aws(tunnel={"certificate_arn": "arn:aws:acm:x"}),
    ),
    ("pre-shared key", CONFLICT, {"authentication": "psk", "has_key": False}, aws()),
    ("pre-shared key", SAME, {"authentication": "psk", "has_key": True}, aws()),
    ("pre-shared key", UNKNOWN, {"authentication": "psk"}, aws()),
    ("NAT traversal", CONFLICT, {"nat_t": False}, aws(accelerated=True)),
    ("NAT traversal", SAME, {"nat_t": True}, aws(accelerated=True)),
    ("NAT traversal", UNKNOWN, {}, aws(accelerated=True)),
    ("NAT traversal", SAME, {"nat_t": False}, aws()),
    ("local traffic selectors", UNKNOWN, {}, aws()),
    ("local traffic selectors", SAME, {"local_selectors": ("10.10.0.0/16",)}, aws()),
    (
        "local traffic selectors",
        CONFLICT,
        {"local_selectors": ("10.99.0.0/16",)},
        aws(local_cidr="10.10.0.0/16"),
    ),
    (
        "remote traffic selectors",
        RISK,
        {"remote_selectors": ("0.0.0.0/0",), "ike_versions": V2},
        aws(remote_cidr="10.20.0.0/16"),
    ),
    (
        "remote traffic selectors",
        CONFLICT,
        {"remote_selectors": ("0.0.0.0/0",), "ike_versions": V1},
        aws(remote_cidr="10.20.0.0/16"),
    ),
    (
        "pairs of SAs",
        RISK,
        {"local_selectors": NETS, "remote_selectors": FAR},
        aws(),
    ),
    ("IKE version", UNKNOWN, {}, aws()),
    ("IKE version", SAME, {"ike_versions": V1}, aws()),
    ("IKE version", CONFLICT, {"ike_versions": V1}, aws({"ike_versions": V2})),
    ("IKE version", CONFLICT, {"ike_versions": V2}, aws(category="VPN-Classic")),
    ("exchange mode", CONFLICT, {"mode": "aggressive", "ike_versions": V1}, aws()),
    ("exchange mode", SAME, {"mode": "main"}, aws()),
    ("phase 1 encryption", CONFLICT, {"phase1_encryption": ("3DES",)}, aws()),
    ("phase 1 encryption", SAME, {"phase1_encryption": ("3DES", "AES256")}, aws()),
    ("phase 1 encryption", UNKNOWN, {}, aws()),
    ("phase 1 integrity", CONFLICT, {"phase1_integrity": ("MD5",)}, aws()),
    ("phase 1 integrity", SAME, {"phase1_encryption": ("AES256-GCM-16",)}, aws()),
    ("phase 1 DH group", CONFLICT, {"phase1_dh_groups": (5,)}, aws()),
    ("phase 1 DH group", CONFLICT, {"phase1_dh_groups": (14,)}, aws({"phase1_dh_groups": (20,)})),
    ("phase 1 DH group", SAME, {"phase1_dh_groups": (14, 31)}, aws()),
    ("phase 2 encryption", CONFLICT, {"phase2_encryption": ("AES192",)}, aws()),
    ("phase 2 integrity", UNKNOWN, {"phase2_encryption": ("AES256-GCM-16", "AES256")}, aws()),
    ("phase 2 DH group (PFS)", SAME, {"phase2_dh_groups": (5,)}, aws()),
    ("phase 2 DH group (PFS)", CONFLICT, {"phase2_dh_groups": (31,)}, aws()),
    ("phase 2 DH group (PFS)", CONFLICT, {"pfs": False}, aws()),
    ("phase 2 DH group (PFS)", UNKNOWN, {"pfs": True}, aws()),
    ("phase 1 lifetime", SAME, {"phase1_lifetime": 28800}, aws()),
    ("phase 1 lifetime", RISK, {"phase1_lifetime": 86400}, aws()),
    ("phase 1 lifetime", SAME, {"phase1_lifetime": 3600}, aws({"phase1_lifetime": 3600})),
    ("phase 2 lifetime", UNKNOWN, {}, aws()),
    ("phase 2 lifetime", RISK, {"phase2_lifetime": 28800}, aws()),
    ("rekey by volume", RISK, {"phase2_lifebytes": 1000}, aws()),
    ("rekey by volume", SAME, {"phase2_lifebytes": 0}, aws()),
    ("who initiates", RISK, {"startup_action": "add"}, aws()),
    ("who initiates", SAME, {"startup_action": "start"}, aws()),
    ("who initiates", SAME, {"startup_action": "add"}, aws({"startup_action": "start"})),
    (
        "who initiates",
        RISK,
        {"startup_action": "add", "ike_versions": V1},
        aws({"startup_action": "start"}),
    ),
    ("who initiates", UNKNOWN, {}, aws()),
    ("dead peer detection", RISK, {"dpd": False}, aws()),
    ("dead peer detection", SAME, {"dpd": True}, aws()),
    ("dead peer detection", UNKNOWN, {}, aws()),
    ("dead peer time-out", RISK, {"dpd_timeout": 150}, aws()),
    ("dead peer time-out", SAME, {"dpd_timeout": 150}, aws({"dpd_timeout": 180})),
    ("after a dead peer", RISK, {"dpd_action": "clear"}, aws()),
    ("after a dead peer", SAME, {"dpd_action": "restart"}, aws()),
    ("after a dead peer", SAME, {"dpd_action": "clear"}, aws({"dpd_action": "restart"})),
    ("idle time-out", RISK, {"idle_timeout": 1800}, aws()),
    ("idle time-out", SAME, {"idle_timeout": 0}, aws()),
    ("device rekeys", RISK, {"rekey": False}, aws()),
    ("device rekeys", CONFLICT, {"rekey": False}, aws(accelerated=True)),
    ("device rekeys", SAME, {"rekey": True}, aws()),
    ("reauthentication", RISK, {"reauthentication": True, "ike_versions": V2}, aws()),
    ("inside address", SAME, {"inside_address": "169.254.10.2/30"}, aws(INSIDE)),
    ("inside address", CONFLICT, {"inside_address": "169.254.20.2"}, aws(INSIDE)),
    ("inside address", CONFLICT, {"inside_address": "169.254.10.1/30"}, aws(INSIDE)),
    ("BGP neighbour", SAME, {"bgp_neighbor": "169.254.10.1"}, aws(INSIDE)),
    ("BGP neighbour", CONFLICT, {"bgp_neighbor": "169.254.10.2"}, aws(INSIDE)),
    ("routing", SAME, {"bgp_neighbor": "169.254.10.1"}, aws(routing=Routing.BGP)),
    ("routing", CONFLICT, {"bgp_neighbor": "169.254.10.1"}, aws(routing=Routing.STATIC)),
    ("routing", UNKNOWN, {}, aws(routing=Routing.BGP)),
    ("ASN of the device", SAME, {"bgp_local_asn": 65000}, aws(routing=Routing.BGP)),
    ("ASN of the device", CONFLICT, {"bgp_local_asn": 65001}, aws(routing=Routing.BGP)),
    ("ASN of AWS", UNKNOWN, {"bgp_remote_asn": 64512, "bgp_local_asn": 65000}, aws()),
    ("ASN of AWS", CONFLICT, {"bgp_remote_asn": 65000, "bgp_local_asn": 65000}, aws()),
    ("BGP hold time", RISK, {"bgp_hold_time": 9}, aws()),
    ("BGP hold time", SAME, {"bgp_hold_time": 180}, aws()),
    ("MTU", RISK, {"inside_mtu": 1500}, aws()),
    ("MTU", SAME, {"inside_mtu": 1436}, aws()),
    ("TCP MSS", RISK, {"tcp_mss": 1460}, aws()),
    ("TCP MSS", SAME, {"tcp_mss": 1379}, aws()),
]


@pytest.mark.parametrize(("setting", "severity", "device", "connection"), ROWS)
def test_a_setting(
    setting: str, severity: Severity, device: dict[str, Any], connection: VpnConnection
) -> None:
    row = rows(device, connection)[setting]
    assert row.severity is severity
    assert bool(row.why) or severity in (SAME, UNKNOWN)


@pytest.mark.parametrize(
    ("setting", "device"),
    [
        ("switched on", {}),
        ("identity of AWS", {}),
        ("NAT traversal", {}),
        ("exchange mode", {"mode": "aggressive", "ike_versions": V2}),
        ("rekey by volume", {}),
        ("reauthentication", {"reauthentication": True, "ike_versions": V1}),
        ("pairs of SAs", {"local_selectors": ("10.1.0.0/16",), "remote_selectors": ("::/0",)}),
        ("routing", {"bgp_neighbor": "169.254.10.1"}),
        ("MTU", {}),
    ],
)
def test_what_says_nothing_has_no_row(setting: str, device: dict[str, Any]) -> None:
    assert setting not in rows(device)


def test_daemons_that_keep_one_pair_of_sas_may_have_many_selectors() -> None:
    device = {
        "local_selectors": ("10.1.0.0/16", "10.2.0.0/16"),
        "remote_selectors": ("10.3.0.0/16",),
    }
    assert "pairs of SAs" not in rows(device | {"ike_versions": V2}, vendor="strongswan")
    assert "pairs of SAs" in rows(device | {"ike_versions": V1}, vendor="strongswan")


def test_both_pointers_and_the_values_as_people_write_them() -> None:
    device = {"phase1_dh_groups": (14, 5), "where": {"phase1_dh_groups": 7}}
    row = rows(device, aws({"phase1_dh_groups": (19, 20)}))["phase 1 DH group"]
    assert (row.aws, row.device, row.why) == ("19, 20", "14, 5", "nothing is common")
    assert row.aws_field.pointer == f"Options.TunnelOptions[{ONE}].Phase1DHGroupNumbers"
    assert row.config_line.pointer == "gw.conf, line 7: phase 1 DH group"
    own = rows({"local_address": DEVICE})["address of the device"]
    assert own.aws_field.pointer == "CustomerGateway.IpAddress"
    assert own.config_line.pointer == "gw.conf, line 4: address of the device"


def test_the_worst_comes_first() -> None:
    found = rows({"phase1_dh_groups": (5,), "phase1_lifetime": 60, "dpd": True})
    order = [row.severity for row in found.values()]
    assert order == sorted(order, key=list(Severity).index)
    assert order[0] is CONFLICT


def test_without_a_gateway_its_settings_are_unknown() -> None:
    device = DeviceTunnel(peer_address=ONE, local_address=DEVICE, bgp_local_asn=65000)
    found = differences(aws(), None, DeviceConfig(vendor="acme", tunnels=(device,)))
    by_name = {row.setting: row.severity for row in found if row.tunnel == ONE}
    assert by_name["address of the device"] is UNKNOWN
    assert by_name["ASN of the device"] is UNKNOWN


def config(*tunnels: DeviceTunnel) -> DeviceConfig:
    return DeviceConfig(vendor="acme", tunnels=tunnels)


def test_a_missing_tunnel_is_a_conflict_where_the_other_is_there() -> None:
    text = config(DeviceTunnel(peer_address=ONE), DeviceTunnel(peer_address="192.0.2.77"))
    assert missing_tunnels(aws(), text) == (TWO,)
    (row,) = [row for row in differences(aws(), None, text) if row.tunnel == TWO]
    assert (row.setting, row.severity) == ("tunnel", CONFLICT)


def test_a_text_of_other_tunnels_says_nothing_of_ours() -> None:
    text = config(DeviceTunnel(peer_address="192.0.2.77"))
    assert missing_tunnels(aws(), text) == (ONE, TWO)
    assert {row.severity for row in differences(aws(), None, text)} == {UNKNOWN}


def test_a_tunnel_is_found_by_its_inside_address_when_its_peer_is_wrong() -> None:
    connection = aws(INSIDE)
    device = DeviceTunnel(peer_address="192.0.2.77", inside_address="169.254.10.2/30")
    assert configured(connection, config(device)) == {ONE: device}
    row = differences(connection, None, config(device))[0]
    assert (row.setting, row.severity, row.device) == ("address of AWS", CONFLICT, "192.0.2.77")


def test_of_two_for_one_peer_the_one_that_is_switched_on_counts() -> None:
    off = DeviceTunnel(name="old", peer_address=ONE, enabled=False)
    on = DeviceTunnel(name="new", peer_address=ONE)
    assert configured(aws(), config(off, on)) == {ONE: on}
    assert configured(aws(), config(on, off)) == {ONE: on}


def test_a_tunnel_without_an_address_is_not_looked_for() -> None:
    nameless = Tunnel(outside_ip="", status=TunnelStatus.UNKNOWN)
    connection = aws(tunnels=(nameless,))
    assert missing_tunnels(connection, config(DeviceTunnel())) == ()
    assert differences(connection, None, config(DeviceTunnel())) == ()


SAMPLES = [
    "aws-generic",
    "aws-xml",
    "cisco-ios-ikev1",
    "fortigate-sample",
    "juniper-set",
    "paloalto-edit",
]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_no_conflict_with_what_it_is_made_for(name: str) -> None:
    """The texts name groups 2, AES128 and SHA1, which AWS's defaults allow."""
    connection = aws(INSIDE, routing=Routing.BGP)
    gateway = CustomerGateway(ip_address=DEVICE, bgp_asn=65000)
    text = read(TEXTS[name])
    assert missing_tunnels(connection, text) == ()
    conflicts = [row for row in differences(connection, gateway, text) if row.severity is CONFLICT]
    assert conflicts == []
