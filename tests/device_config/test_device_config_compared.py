"""Both sides, setting by setting: what cannot work, what does not last, what fits."""

from datetime import UTC, datetime
from typing import Any

import pytest
from device_texts import TEXTS, read

from bothup.engine.compare import compare
from bothup.engine.compare._pairs import pairs
from bothup.model.bundle import CustomerGateway
from bothup.model.comparison import Agreement, Compared, Comparison, Setting
from bothup.model.connection import Routing, Tunnel, TunnelOptions, TunnelStatus, VpnConnection
from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.model.target import Target

ONE, TWO, DEVICE = "203.0.113.11", "198.51.100.22", "192.0.2.10"
CLASHES, DIFFERS, AGREES, UNKNOWN = (
    Agreement.CLASHES,
    Agreement.DIFFERS,
    Agreement.AGREES,
    Agreement.UNKNOWN,
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
) -> dict[str, Compared]:
    """The rows of the first tunnel, by setting."""
    theirs = DeviceTunnel(**({"peer_address": ONE, "line": 4} | device))
    config = DeviceConfig(vendor=vendor, source="gw.conf", tunnels=(theirs,))
    here = CustomerGateway(**({"ip_address": DEVICE, "bgp_asn": 65000} | (gateway or {})))
    return {row.setting: row for row in both(config, connection, here)[ONE].settings}


def both(
    config: DeviceConfig,
    connection: VpnConnection | None = None,
    gateway: CustomerGateway | None = None,
) -> dict[str, Comparison]:
    """The comparison of each tunnel, by its outside IP."""
    ours = connection or aws()
    here = gateway or CustomerGateway()
    return {
        each.outside_ip: compare([config], ours, ours.tunnels, each, here) for each in ours.tunnels
    }


ROWS: list[tuple[str, Agreement, dict[str, Any], VpnConnection]] = [
    ("switched on", CLASHES, {"enabled": False}, aws()),
    ("switched on", AGREES, {"enabled": True}, aws()),
    ("address of AWS", AGREES, {}, aws()),
    ("address of the device", AGREES, {"local_address": DEVICE}, aws()),
    ("address of the device", CLASHES, {"local_address": "192.0.2.99"}, aws()),
    ("address of the device", AGREES, {"local_address": "10.0.0.5"}, aws()),
    ("address of the device", UNKNOWN, {"local_address": "outside0"}, aws()),
    ("address of the device", UNKNOWN, {"local_address": "0.0.0.0"}, aws()),
    ("NAT traversal", CLASHES, {"local_address": "10.0.0.5", "nat_t": False}, aws()),
    ("NAT traversal", AGREES, {"local_address": DEVICE, "nat_t": False}, aws()),
    ("address of the device", UNKNOWN, {}, aws()),
    ("identity of AWS", AGREES, {"peer_identity": ONE}, aws()),
    ("identity of AWS", AGREES, {"peer_identity": "%any"}, aws()),
    ("identity of AWS", CLASHES, {"peer_identity": TWO}, aws()),
    ("identity of AWS", UNKNOWN, {"peer_identity": "CN=vpn-0a.endpoint-0"}, aws()),
    ("identity of the device", AGREES, {"local_identity": DEVICE}, aws()),
    ("identity of the device", CLASHES, {"local_identity": "192.0.2.99"}, aws()),
    ("identity of the device", CLASHES, {"local_identity": "10.0.0.5"}, aws()),
    ("identity of the device", CLASHES, {"local_identity": "@branch"}, aws()),
    ("identity of the device", UNKNOWN, {"local_identity": "CN=gw, O=Example"}, aws()),
    (
        "identity of the device",
        UNKNOWN,
        {"local_identity": "branch", "authentication": "certificate"},
        aws(),
    ),
    ("authentication", AGREES, {"authentication": "psk"}, aws()),
    ("authentication", UNKNOWN, {"authentication": "certificate"}, aws()),
    (
        "authentication",
        CLASHES,
        {"authentication": "psk"},
        aws(tunnel={"certificate_arn": "arn:aws:acm:x"}),
    ),
    (
        "authentication",
        AGREES,
        {"authentication": "certificate"},
        aws(tunnel={"certificate_arn": "arn:aws:acm:x"}),
    ),
    ("pre-shared key", CLASHES, {"authentication": "psk", "has_key": False}, aws()),
    ("pre-shared key", AGREES, {"authentication": "psk", "has_key": True}, aws()),
    ("pre-shared key", UNKNOWN, {"authentication": "psk"}, aws()),
    ("NAT traversal", CLASHES, {"nat_t": False}, aws(accelerated=True)),
    ("NAT traversal", AGREES, {"nat_t": True}, aws(accelerated=True)),
    ("NAT traversal", UNKNOWN, {}, aws(accelerated=True)),
    ("NAT traversal", AGREES, {"nat_t": False}, aws()),
    ("local traffic selectors", UNKNOWN, {}, aws()),
    ("local traffic selectors", AGREES, {"local_selectors": ("10.10.0.0/16",)}, aws()),
    (
        "local traffic selectors",
        CLASHES,
        {"local_selectors": ("10.99.0.0/16",)},
        aws(local_cidr="10.10.0.0/16"),
    ),
    (
        "remote traffic selectors",
        DIFFERS,
        {"remote_selectors": ("0.0.0.0/0",), "ike_versions": V2},
        aws(remote_cidr="10.20.0.0/16"),
    ),
    (
        "remote traffic selectors",
        CLASHES,
        {"remote_selectors": ("0.0.0.0/0",), "ike_versions": V1},
        aws(remote_cidr="10.20.0.0/16"),
    ),
    (
        "pairs of SAs",
        DIFFERS,
        {"local_selectors": NETS, "remote_selectors": FAR},
        aws(),
    ),
    ("IKE version", UNKNOWN, {}, aws()),
    ("IKE version", AGREES, {"ike_versions": V1}, aws()),
    ("IKE version", CLASHES, {"ike_versions": V1}, aws({"ike_versions": V2})),
    ("IKE version", CLASHES, {"ike_versions": V2}, aws(category="VPN-Classic")),
    ("exchange mode", CLASHES, {"mode": "aggressive", "ike_versions": V1}, aws()),
    ("exchange mode", AGREES, {"mode": "main"}, aws()),
    ("phase 1 encryption", CLASHES, {"phase1_encryption": ("3DES",)}, aws()),
    ("phase 1 encryption", AGREES, {"phase1_encryption": ("3DES", "AES256")}, aws()),
    ("phase 1 encryption", UNKNOWN, {}, aws()),
    ("phase 1 integrity", CLASHES, {"phase1_integrity": ("MD5",)}, aws()),
    ("phase 1 integrity", AGREES, {"phase1_encryption": ("AES256-GCM-16",)}, aws()),
    ("phase 1 DH group", CLASHES, {"phase1_dh_groups": (5,)}, aws()),
    ("phase 1 DH group", CLASHES, {"phase1_dh_groups": (14,)}, aws({"phase1_dh_groups": (20,)})),
    ("phase 1 DH group", AGREES, {"phase1_dh_groups": (14, 31)}, aws()),
    ("phase 2 encryption", CLASHES, {"phase2_encryption": ("AES192",)}, aws()),
    ("phase 2 integrity", UNKNOWN, {"phase2_encryption": ("AES256-GCM-16", "AES256")}, aws()),
    ("phase 2 DH group (PFS)", AGREES, {"phase2_dh_groups": (5,)}, aws()),
    ("phase 2 DH group (PFS)", CLASHES, {"phase2_dh_groups": (31,)}, aws()),
    ("phase 2 DH group (PFS)", CLASHES, {"pfs": False}, aws()),
    ("phase 2 DH group (PFS)", UNKNOWN, {"pfs": True}, aws()),
    ("phase 1 lifetime", AGREES, {"phase1_lifetime": 28800}, aws()),
    ("phase 1 lifetime", DIFFERS, {"phase1_lifetime": 86400}, aws()),
    ("phase 1 lifetime", AGREES, {"phase1_lifetime": 3600}, aws({"phase1_lifetime": 3600})),
    ("phase 2 lifetime", UNKNOWN, {}, aws()),
    ("phase 2 lifetime", DIFFERS, {"phase2_lifetime": 28800}, aws()),
    ("rekey by volume", DIFFERS, {"phase2_lifebytes": 1000}, aws()),
    ("rekey by volume", AGREES, {"phase2_lifebytes": 0}, aws()),
    ("who initiates", DIFFERS, {"startup_action": "add"}, aws()),
    ("who initiates", AGREES, {"startup_action": "start"}, aws()),
    ("who initiates", AGREES, {"startup_action": "add"}, aws({"startup_action": "start"})),
    (
        "who initiates",
        DIFFERS,
        {"startup_action": "add", "ike_versions": V1},
        aws({"startup_action": "start"}),
    ),
    ("who initiates", UNKNOWN, {}, aws()),
    ("dead peer detection", DIFFERS, {"dpd": False}, aws()),
    ("dead peer detection", AGREES, {"dpd": True}, aws()),
    ("dead peer detection", UNKNOWN, {}, aws()),
    ("dead peer time-out", DIFFERS, {"dpd_timeout": 150}, aws()),
    ("dead peer time-out", AGREES, {"dpd_timeout": 150}, aws({"dpd_timeout": 180})),
    ("after a dead peer", DIFFERS, {"dpd_action": "clear"}, aws()),
    ("after a dead peer", AGREES, {"dpd_action": "restart"}, aws()),
    ("after a dead peer", AGREES, {"dpd_action": "clear"}, aws({"dpd_action": "restart"})),
    ("idle time-out", DIFFERS, {"idle_timeout": 1800}, aws()),
    ("idle time-out", AGREES, {"idle_timeout": 0}, aws()),
    ("device rekeys", DIFFERS, {"rekey": False}, aws()),
    ("device rekeys", CLASHES, {"rekey": False}, aws(accelerated=True)),
    ("device rekeys", AGREES, {"rekey": True}, aws()),
    ("reauthentication", DIFFERS, {"reauthentication": True, "ike_versions": V2}, aws()),
    ("inside address", AGREES, {"inside_address": "169.254.10.2/30"}, aws(INSIDE)),
    ("inside address", CLASHES, {"inside_address": "169.254.20.2"}, aws(INSIDE)),
    ("inside address", CLASHES, {"inside_address": "169.254.10.1/30"}, aws(INSIDE)),
    ("BGP neighbour", AGREES, {"bgp_neighbor": "169.254.10.1"}, aws(INSIDE)),
    ("BGP neighbour", CLASHES, {"bgp_neighbor": "169.254.10.2"}, aws(INSIDE)),
    ("routing", AGREES, {"bgp_neighbor": "169.254.10.1"}, aws(routing=Routing.BGP)),
    ("routing", CLASHES, {"bgp_neighbor": "169.254.10.1"}, aws(routing=Routing.STATIC)),
    ("routing", UNKNOWN, {}, aws(routing=Routing.BGP)),
    ("ASN of the device", AGREES, {"bgp_local_asn": 65000}, aws(routing=Routing.BGP)),
    ("ASN of the device", CLASHES, {"bgp_local_asn": 65001}, aws(routing=Routing.BGP)),
    ("ASN of AWS", UNKNOWN, {"bgp_remote_asn": 64512, "bgp_local_asn": 65000}, aws()),
    ("ASN of AWS", CLASHES, {"bgp_remote_asn": 65000, "bgp_local_asn": 65000}, aws()),
    ("BGP hold time", DIFFERS, {"bgp_hold_time": 9}, aws()),
    ("BGP hold time", AGREES, {"bgp_hold_time": 180}, aws()),
    ("MTU", DIFFERS, {"inside_mtu": 1500}, aws()),
    ("MTU", AGREES, {"inside_mtu": 1436}, aws()),
    ("TCP MSS", DIFFERS, {"tcp_mss": 1460}, aws()),
    ("TCP MSS", AGREES, {"tcp_mss": 1379}, aws()),
]


@pytest.mark.parametrize(("setting", "agreement", "device", "connection"), ROWS)
def test_a_setting(
    setting: str, agreement: Agreement, device: dict[str, Any], connection: VpnConnection
) -> None:
    row = rows(device, connection)[setting]
    assert row.agreement is agreement
    assert bool(row.why) or agreement in (AGREES, UNKNOWN)


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
    assert row.aws_field == f"Options.TunnelOptions[{ONE}].Phase1DHGroupNumbers"
    assert row.config_line == "gw.conf, line 7"
    own = rows({"local_address": DEVICE})["address of the device"]
    assert own.aws_field == "CustomerGateway.IpAddress"
    assert own.config_line == "gw.conf, line 4"


def test_the_worst_comes_first() -> None:
    found = rows({"phase1_dh_groups": (5,), "phase1_lifetime": 60, "dpd": True})
    order = [row.agreement for row in found.values()]
    assert order == sorted(order, key=list(Agreement).index)
    assert order[0] is CLASHES


def test_without_a_gateway_its_settings_are_unknown() -> None:
    device = DeviceTunnel(peer_address=ONE, local_address=DEVICE, bgp_local_asn=65000)
    by_name = {row.setting: row.agreement for row in both(config(device))[ONE].settings}
    assert by_name["address of the device"] is UNKNOWN
    assert by_name["ASN of the device"] is UNKNOWN


def config(*tunnels: DeviceTunnel) -> DeviceConfig:
    return DeviceConfig(vendor="acme", tunnels=tunnels)


def test_a_missing_tunnel_clashes_where_the_other_is_there() -> None:
    text = config(DeviceTunnel(peer_address=ONE), DeviceTunnel(peer_address="192.0.2.77"))
    found = both(text)
    assert found[ONE].device is not None
    assert found[TWO].device is None
    assert found[TWO].others == (ONE, "192.0.2.77")
    (row,) = found[TWO].settings
    assert (row.setting, row.agreement) == ("tunnel", CLASHES)


def test_a_text_of_other_tunnels_says_nothing_of_ours() -> None:
    found = both(config(DeviceTunnel(peer_address="192.0.2.77")))
    assert {row.agreement for each in found.values() for row in each.settings} == {UNKNOWN}


def test_of_two_texts_the_one_that_has_the_tunnel_counts() -> None:
    texts = [config(DeviceTunnel(peer_address=each)) for each in ("192.0.2.77", ONE)]
    ours = aws()
    found = compare(texts, ours, ours.tunnels, ours.tunnels[0], CustomerGateway())
    assert found.device == texts[1].tunnels[0]


def test_no_text_is_no_comparison() -> None:
    assert both(config())[ONE] == Comparison()


def test_a_tunnel_is_found_by_its_inside_address_when_its_peer_is_wrong() -> None:
    connection = aws(INSIDE)
    device = DeviceTunnel(peer_address="192.0.2.77", inside_address="169.254.10.2/30")
    found = both(config(device), connection)[ONE]
    assert found.device == device
    row = found.settings[0]
    assert (row.setting, row.agreement, row.device) == ("address of AWS", CLASHES, "192.0.2.77")


def test_of_two_for_one_peer_the_one_that_is_switched_on_counts() -> None:
    off = DeviceTunnel(name="old", peer_address=ONE, enabled=False)
    on = DeviceTunnel(name="new", peer_address=ONE)
    assert pairs(aws().tunnels, config(off, on)) == {ONE: on}
    assert pairs(aws().tunnels, config(on, off)) == {ONE: on}


def test_a_tunnel_without_an_address_is_not_looked_for() -> None:
    nameless = Tunnel(outside_ip="", status=TunnelStatus.UNKNOWN)
    assert pairs((nameless,), config(DeviceTunnel())) == {}


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
    found = both(read(TEXTS[name]), connection, gateway)
    assert all(each.device for each in found.values())
    assert not [each for one in found.values() for each in one.clashes(*Setting)]
