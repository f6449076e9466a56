"""Both sides' settings, one by one: what agrees, what differs and works, what cannot work."""

from typing import Any

import pytest
from tests.diagnosis.lab import NOW

from bothup.engine.compare import compare
from bothup.model.bundle import CustomerGateway
from bothup.model.comparison import Agreement, Comparison, Setting
from bothup.model.connection import Tunnel, TunnelOptions, TunnelStatus, VpnConnection
from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.model.target import Target

HERE, DEVICE = "203.0.113.11", "192.0.2.10"
S, A = Setting, Agreement


def compared(
    device: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    connection: dict[str, Any] | None = None,
) -> Comparison:
    theirs = DeviceTunnel(**{"peer_address": HERE, "line": 4, **(device or {})})
    tunnel = Tunnel(
        outside_ip=HERE, status=TunnelStatus.DOWN, options=TunnelOptions(**(options or {}))
    )
    ours = VpnConnection(id="vpn-1", target=Target(), observed_at=NOW, **(connection or {}))
    config = DeviceConfig(vendor="acme", source="gw.conf", tunnels=(theirs,))
    gateway = CustomerGateway(ip_address="8.8.4.4", bgp_asn=65000)
    return compare([config], ours, tunnel, gateway)


CLASHES: list[tuple[Setting, dict[str, Any], dict[str, Any]]] = [
    (S.IKE_VERSION, {"ike_versions": ("ikev1",)}, {"ike_versions": ("ikev2",)}),
    (S.MODE, {"ike_versions": ("ikev1",), "mode": "aggressive"}, {}),
    (S.PHASE1_ENCRYPTION, {"phase1_encryption": ("3DES",)}, {}),
    (S.PHASE1_INTEGRITY, {"phase1_integrity": ("SHA1",)}, {"phase1_integrity": ("SHA2-256",)}),
    (S.PHASE1_DH_GROUP, {"phase1_dh_groups": (5,)}, {}),
    (S.PHASE2_ENCRYPTION, {"phase2_encryption": ("AES128",)}, {"phase2_encryption": ("AES256",)}),
    (S.PHASE2_DH_GROUP, {"phase2_dh_groups": (14,)}, {"phase2_dh_groups": (20,)}),
    (S.PHASE2_DH_GROUP, {"pfs": False}, {}),
    (S.AWS_IDENTITY, {"peer_identity": "203.0.113.12"}, {}),
    (S.DEVICE_IDENTITY, {"local_identity": "172.16.0.10"}, {}),
    (S.DEVICE_ADDRESS, {"local_address": "8.8.8.8"}, {}),
    (S.INSIDE_ADDRESS, {"inside_address": "169.254.8.2/30"}, {"inside_cidr": "169.254.9.0/30"}),
    (S.BGP_NEIGHBOR, {"bgp_neighbor": "169.254.9.2"}, {"inside_cidr": "169.254.9.0/30"}),
    (S.DEVICE_ASN, {"bgp_local_asn": 65001}, {}),
]


@pytest.mark.parametrize(("setting", "device", "options"), CLASHES)
def test_what_cannot_work_clashes(
    setting: Setting, device: dict[str, Any], options: dict[str, Any]
) -> None:
    found = compared(device, options).clashes(setting)
    assert [each.setting for each in found] == [setting]
    assert found[0].line == 4


AGREES: list[tuple[Setting, dict[str, Any], dict[str, Any]]] = [
    (S.IKE_VERSION, {"ike_versions": ("ikev1", "ikev2")}, {"ike_versions": ("ikev2",)}),
    (S.MODE, {"ike_versions": ("ikev1",), "mode": "main"}, {}),
    (S.PHASE1_ENCRYPTION, {"phase1_encryption": ("3DES", "AES256")}, {}),
    (S.PHASE1_DH_GROUP, {"phase1_dh_groups": (14, 5)}, {}),
    (S.PHASE2_DH_GROUP, {"phase2_dh_groups": (20,), "pfs": True}, {"phase2_dh_groups": (20,)}),
    (S.AWS_IDENTITY, {"peer_identity": HERE}, {}),
    (S.DEVICE_IDENTITY, {"local_identity": "8.8.4.4"}, {}),
    (S.INSIDE_ADDRESS, {"inside_address": "169.254.9.2"}, {"inside_cidr": "169.254.9.0/30"}),
    (S.BGP_NEIGHBOR, {"bgp_neighbor": "169.254.9.1"}, {"inside_cidr": "169.254.9.0/30"}),
    (S.DEVICE_ASN, {"bgp_local_asn": 65000}, {}),
    (S.PHASE2_LIFETIME, {"phase2_lifetime": 3600}, {}),
]


@pytest.mark.parametrize(("setting", "device", "options"), AGREES)
def test_what_has_something_in_common_agrees(
    setting: Setting, device: dict[str, Any], options: dict[str, Any]
) -> None:
    assert [each.agreement for each in compared(device, options).of(setting)] == [A.AGREES]


DIFFERS: list[tuple[Setting, dict[str, Any]]] = [
    (S.PHASE1_LIFETIME, {"phase1_lifetime": 86400}),
    (S.NAT_T, {"nat_t": False}),
    (S.DPD, {"dpd": False}),
    (S.STARTUP_ACTION, {"startup_action": "add"}),
    (S.IDLE_TIMEOUT, {"idle_timeout": 300}),
    (S.MTU, {"inside_mtu": 1500}),
    (S.MSS, {"tcp_mss": 1460}),
    (S.DEVICE_ADDRESS, {"local_address": "172.16.0.10"}),
]


@pytest.mark.parametrize(("setting", "device"), DIFFERS)
def test_what_differs_and_can_work_is_told_as_that(
    setting: Setting, device: dict[str, Any]
) -> None:
    assert [each.agreement for each in compared(device).of(setting)] == [A.DIFFERS]


def test_what_the_text_does_not_say_is_not_compared() -> None:
    assert compared().settings == ()


@pytest.mark.parametrize(
    "device",
    [
        {"peer_identity": "%any"},
        {"peer_identity": "vpn.example.net"},
        {"local_identity": "CN=gw, O=Example"},
        {"phase1_encryption": ("AES256-GCM-16",), "phase1_integrity": ("SHA2-999",)},
        {"local_address": "0.0.0.0"},
        {"local_selectors": ("dynamic",)},
    ],
)
def test_what_cannot_be_judged_is_no_clash(device: dict[str, Any]) -> None:
    assert not compared(device).clashes(*Setting)


SELECTORS = [
    (("10.1.0.0/16",), None, A.AGREES),
    (("10.1.0.0/24",), "10.1.0.0/16", A.AGREES),
    (("10.1.0.0/16", "10.2.0.0/16"), "10.1.0.0/16", A.DIFFERS),
    (("0.0.0.0/0",), "10.1.0.0/16", A.DIFFERS),
    (("10.2.0.0/16",), "10.1.0.0/16", A.CLASHES),
]


@pytest.mark.parametrize(("theirs", "ours", "agreement"), SELECTORS)
def test_selectors_are_compared_as_networks(
    theirs: tuple[str, ...], ours: str | None, agreement: Agreement
) -> None:
    found = compared({"local_selectors": theirs}, connection={"local_cidr": ours})
    assert [each.agreement for each in found.of(S.SELECTORS)] == [agreement]


def test_a_text_without_this_tunnel_says_which_it_has() -> None:
    found = compared({"peer_address": "198.51.100.22"})
    assert found.present
    assert found.device is None
    assert found.others == ("198.51.100.22",)


def test_a_tunnel_without_peer_address_is_known_by_its_inside_network() -> None:
    device = {"peer_address": None, "inside_address": "169.254.9.2/30"}
    assert compared(device, {"inside_cidr": "169.254.9.0/30"}).device is not None
    assert compared(device, {"inside_cidr": "169.254.8.0/30"}).device is None
