"""Statements that the recorded texts do not have, defaults, and texts that lost their form."""

import pytest
from device_texts import TEXTS, read, settings

VTI = """interface Tunnel1
 tunnel source 192.0.2.10
 tunnel destination 203.0.113.11
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
"""
SRX = """set security ike policy P proposals X
set security ike gateway G ike-policy P
set security ike gateway G address 203.0.113.11
set security ipsec policy Q proposals Y
set security ipsec vpn V bind-interface st0.1
set security ipsec vpn V ike gateway G
set security ipsec vpn V ike ipsec-policy Q
"""
SWAN = """connections {{
 a {{
  remote_addrs = 203.0.113.11
  {}
  children {{
   a {{
    {}
   }}
  }}
 }}
}}
"""
FORTI = "config vpn ipsec phase1-interface\n edit a\n  set remote-gw 203.0.113.11\n  {}\n"
PF = """<pfsense><ipsec>
<phase1><ikeid>1</ikeid>{}</phase1>
<phase2><ikeid>1</ikeid>{}</phase2>
</ipsec></pfsense>
"""
OLD_ASA = """crypto isakmp policy 1
 encryption aes-256
 hash sha
 group 2
 lifetime 86400
crypto ipsec transform-set T esp-aes-256 esp-sha-hmac
crypto map M 1 set peer 203.0.113.11
crypto map M 1 set transform-set T
crypto map M 1 set ikev1 phase1-mode aggressive
tunnel-group 203.0.113.11 type ipsec-l2l
tunnel-group 203.0.113.11 ipsec-attributes
 pre-shared-key *****
"""
ASA = """crypto map M 1 set peer 203.0.113.11
crypto map M 1 set ikev1 transform-set T
crypto map M 1 set ikev2 ipsec-proposal U
group-policy G attributes
 {}
tunnel-group 203.0.113.11 general-attributes
 default-group-policy G
"""
PROFILE = """crypto isakmp profile X
 match identity address 203.0.113.11
 initiate mode aggressive
 keepalive 20 retry 3
"""
TICKET = (
    "conn Tunnel1 authby=secret auto=start left=192.0.2.10 right=203.0.113.11 ikelifetime=8h "
    "keylife=1h phase2alg=aes128-sha1;modp1024 ike=aes128-sha1;modp1024 dpddelay=10 "
    "dpdtimeout=30"
)

ROWS: list[tuple[str, str, dict[str, object]]] = [
    # IOS: what an ISAKMP policy leaves out, unless the policy may be cut off.
    (
        "cisco-ios",
        VTI + "crypto isakmp policy 1\n group 14\nend\n",
        {"phase1_integrity": ("SHA1",)},
    ),
    ("cisco-ios", VTI + "crypto isakmp policy 1\n group 14\nend\n", {"phase1_lifetime": 86400}),
    ("cisco-ios", VTI + "crypto isakmp policy 1\n group 14\n", {"phase1_integrity": None}),
    ("cisco-ios", VTI + "crypto isakmp policy 1\n group 14\n", {"phase1_lifetime": None}),
    (
        "cisco-ios",
        VTI
        + "crypto isakmp policy 1\n lifetime 3600\ncrypto isakmp policy 2\n lifetime 7200\nend\n",
        {"phase1_lifetime": None, "ike_versions": ("ikev1",)},
    ),
    ("cisco-ios", VTI + "no crypto isakmp keepalive 10\n", {"dpd": False}),
    ("cisco-ios", VTI + "crypto ipsec profile P\n set pfs group14\nend\n", {"pfs": True}),
    ("cisco-ios", VTI + "crypto ipsec profile P\n set transform-set T\nend\n", {"pfs": False}),
    ("cisco-ios", VTI + "crypto ipsec profile P\n set transform-set T\n", {"pfs": None}),
    (
        "cisco-ios",
        VTI + "crypto ipsec security-association lifetime kilobytes 1000\n",
        {"phase2_lifebytes": 1024000},
    ),
    (
        "cisco-ios",
        VTI + "crypto keyring K\n  pre-shared-key address 0.0.0.0 0.0.0.0 key FAKE\n",
        {"has_key": True},
    ),
    (
        "cisco-ios",
        VTI + "crypto keyring K\n  pre-shared-key address 198.51.100.22 key FAKE\n",
        {"has_key": None},
    ),
    (
        "cisco-ios",
        VTI + PROFILE,
        {"mode": "aggressive", "dpd_delay": 20, "peer_identity": "203.0.113.11"},
    ),
    # What follows is another's, though it is not known.
    ("cisco-ios", VTI + "monitor session 1\n shutdown\nend\n", {"enabled": None}),
    # ASA: the group policy allows less than the profile has.
    ("cisco-asa", ASA.format("vpn-tunnel-protocol ikev2"), {"ike_versions": ("ikev2",)}),
    ("cisco-asa", ASA.format("vpn-tunnel-protocol ikev1"), {"ike_versions": ("ikev1",)}),
    ("cisco-asa", ASA.format("vpn-filter none"), {"ike_versions": ("ikev1", "ikev2")}),
    # ASA before 8.4.
    (
        "cisco-asa",
        OLD_ASA,
        {
            "phase1_encryption": ("AES256",),
            "phase2_encryption": ("AES256",),
            "mode": "aggressive",
            "has_key": True,
        },
    ),
    # Junos: what a gateway and a policy leave out.
    ("juniper", SRX, {"ike_versions": ("ikev1",), "pfs": False, "local_selectors": None}),
    ("juniper", SRX + "set security ike gateway G no-nat-traversal\n", {"ike_versions": None}),
    ("juniper", SRX + "set security ike gateway G version v2-only\n", {"ike_versions": ("ikev2",)}),
    ("juniper", SRX + "set system host-name x\n", {"local_selectors": ("0.0.0.0/0",)}),
    ("juniper", SRX + "deactivate security ike gateway G\n", {"peer_address": None}),
    (
        "juniper",
        SRX + "set security ike gateway G dead-peer-detection interval 10 threshold 3\n",
        {"dpd": True, "dpd_delay": 10, "dpd_timeout": 30},
    ),
    (
        "juniper",
        SRX + "set security ipsec vpn V traffic-selector t local-ip 10.0.0.0/8\n",
        {"local_selectors": ("10.0.0.0/8",)},
    ),
    (
        "juniper",
        TEXTS["juniper-braces"]
        .replace("    bgp {", "    inactive: bgp {")
        .partition("vpn AWS-2")[0],
        {"bgp_neighbor": None, "peer_address": "203.0.113.11"},
    ),
    # swanctl: defaults of a whole section, and none of an open one.
    ("strongswan", SWAN.format("", ""), {"ike_versions": ("ikev1", "ikev2"), "dpd": False}),
    ("strongswan", SWAN.format("", ""), {"startup_action": "add", "dpd_action": "clear"}),
    ("strongswan", SWAN.format("", "")[:40], {"ike_versions": None, "dpd": None}),
    ("strongswan", SWAN.format("version = 2\n  dpd_timeout = 5s", ""), {"dpd_timeout": None}),
    ("strongswan", SWAN.format("version = 1\n  dpd_timeout = 5s", ""), {"dpd_timeout": 5}),
    ("strongswan", SWAN.format("encap = no", ""), {"nat_t": None}),
    ("strongswan", SWAN.format("reauth_time = 0", ""), {"reauthentication": False}),
    ("strongswan", SWAN.format("", "rekey_time = 0"), {"rekey": False, "phase2_lifetime": None}),
    ("strongswan", SWAN.format("", "life_time = 2h"), {"phase2_lifetime": 7200}),
    ("strongswan", SWAN.format("", "start_action = trap"), {"startup_action": "start"}),
    ("strongswan", SWAN.format("", "esp_proposals = aes256-sha256"), {"pfs": False}),
    ("strongswan", SWAN.format("proposals = default", ""), {"phase1_encryption": None}),
    # FortiOS: what `show` leaves out.
    (
        "fortigate",
        FORTI.format("next\nend"),
        {"ike_versions": ("ikev1",), "phase1_lifetime": 86400},
    ),
    ("fortigate", FORTI.format(""), {"ike_versions": None, "phase1_lifetime": None, "dpd": None}),
    ("fortigate", FORTI.format("set ike-version 2\nnext"), {"ike_versions": ("ikev2",)}),
    ("fortigate", FORTI.format("set psksecret FAKE\nunset psksecret\nnext"), {"has_key": None}),
    ("fortigate", FORTI.format("set nattraversal forced\nnext"), {"nat_t": True}),
    (
        "fortigate",
        FORTI.format("set authmethod signature\nnext"),
        {"authentication": "certificate"},
    ),
    # pfSense.
    ("pfsense", PF.format("<iketype>auto</iketype>", ""), {"ike_versions": ("ikev2", "ikev1")}),
    ("pfsense", PF.format("<pre-shared-key></pre-shared-key>", ""), {"has_key": False}),
    ("pfsense", PF.format("", "<disabled/>"), {"enabled": False}),
    ("pfsense", PF.format("<disabled/>", ""), {"enabled": False}),
    # ipsec.conf.
    (
        "libreswan",
        "conn a\n left=203.0.113.11\n right=%defaultroute\n rightid=@me\n auto=add\n",
        {"peer_address": "203.0.113.11", "local_identity": "me", "startup_action": "add"},
    ),
    ("libreswan", "conn a\n left=192.0.2.10\n auto=start\n", {"local_address": None}),
    ("libreswan", "conn a\n right=203.0.113.11\n ike=aes-sha1\n", {"phase1_encryption": None}),
    ("libreswan", "conn a\n right=203.0.113.11\n ikev2=no\n", {"ike_versions": ("ikev1",)}),
    (
        "strongswan",
        "conn a\n right=203.0.113.11\n leftauth=psk\n keyexchange=ike\n esp=aes-sha256!\n",
        {"ike_versions": ("ikev1", "ikev2"), "phase2_encryption": ("AES128",), "pfs": False},
    ),
    (
        "openswan",
        'conn a\n left=192.0.2.10\n right=203.0.113.11\n%any %any : PSK "FAKE"\n',
        {"has_key": True},
    ),
    (
        "openswan",
        'conn a\n left=192.0.2.10\n right=203.0.113.11\n192.0.2.10 9.9.9.9 : PSK "FAKE"\n',
        {"has_key": None},
    ),
]


@pytest.mark.parametrize(("vendor", "text", "told"), ROWS)
def test_a_statement_says(vendor: str, text: str, told: dict[str, object]) -> None:
    (tunnel,) = read(text, vendor).tunnels
    said = settings(tunnel)
    assert {field: said.get(field) for field in told} == told


def test_a_conn_without_its_line_breaks() -> None:
    """As in a ticket: the last setting may be cut off, unless a line break ends it."""
    (whole,) = read(TICKET + "\n").tunnels
    assert settings(whole) == {
        "local_address": "192.0.2.10",
        "peer_address": "203.0.113.11",
        "authentication": "psk",
        "phase1_encryption": ("AES128",),
        "phase1_integrity": ("SHA1",),
        "phase1_dh_groups": (2,),
        "phase1_lifetime": 28800,
        "phase2_encryption": ("AES128",),
        "phase2_integrity": ("SHA1",),
        "phase2_dh_groups": (2,),
        "phase2_lifetime": 3600,
        "pfs": True,
        "dpd": True,
        "dpd_delay": 10,
        "dpd_timeout": 30,
        "startup_action": "start",
    }
    (cut,) = read(TICKET).tunnels
    assert settings(cut) == {k: v for k, v in settings(whole).items() if k != "dpd_timeout"}


@pytest.mark.parametrize(
    "name", ["cisco-ios-ikev1", "cisco-ios-ikev2", "cisco-asa-vti", "cisco-asa-crypto-map"]
)
def test_a_cisco_text_that_lost_its_indentation(name: str) -> None:
    flat = "\n".join(line.strip() for line in TEXTS[name].split("\n"))
    assert [settings(each) for each in read(flat).tunnels] == [
        settings(each) for each in read(TEXTS[name]).tunnels
    ]


def test_text_around_the_configuration_is_no_hindrance() -> None:
    text = f"Hello,\nthis is ours:\n```\n{TEXTS['cisco-ios-ikev1']}```\nThank you\n"
    assert [settings(each) for each in read(text).tunnels] == [
        settings(each) for each in read(TEXTS["cisco-ios-ikev1"]).tunnels
    ]
