"""Whole texts without their secrets: gone from every syntax, and the rest as it was."""

import pytest
from device_texts import EXPECTED, MARK, NAMES, TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from bothup.read.device_config import read_device_config
from bothup.read.mask import MASK, masked
from bothup.read.mask import masked_config as mask

# Each line has a secret at the {}; what stands around it must stay.
SYNTAXES = (
    "crypto isakmp key {} address 203.0.113.11",
    "crypto isakmp key 6 {} address 203.0.113.11 255.255.255.255",
    "crypto isakmp key {}",
    "isakmp key {} address 203.0.113.11",
    " pre-shared-key address 203.0.113.11 key {}",
    " pre-shared-key address 0.0.0.0 0.0.0.0 key 6 {}",
    " pre-shared-key hostname peer.example.com key {}",
    "  pre-shared-key local 6 {}",
    " pre-shared-key {}",
    " ikev1 pre-shared-key {}",
    " ikev2 remote-authentication pre-shared-key 0 {}",
    " key-string 7 {}",
    " neighbor 169.254.10.1 password 7 {}",
    "enable secret 5 {}",
    "username admin privilege 15 password 7 {}",
    "snmp-server community {} RO",
    "snmp-server host 192.0.2.9 version 2c {}",
    "radius-server host 192.0.2.9 auth-port 1812 key 7 {}",
    "tacacs-server key {}",
    " ip ospf message-digest-key 1 md5 {}",
    "ntp authentication-key 1 md5 {} 7",
    "        set psksecret ENC {}",
    "        set psksecret {}",
    "        set password ENC {}",
    "        set passwd {}",
    "set security ike policy P pre-shared-key ascii-text {}",
    'set security ike policy P pre-shared-key ascii-text "{}"',
    'pre-shared-key hexadecimal "{}"; ## SECRET-DATA',
    'policy P {{ mode main; pre-shared-key ascii-text "{}"; proposals X; }}',
    'encrypted-password "{}"; ## SECRET-DATA',
    "set network ike gateway G authentication pre-shared-key key {}",
    "set mgt-config users admin phash {}",
    "    secret = {}",
    '    secret = "{}"',
    "    secret-1={}",
    "    secret:{}",
    'set ike gateway "g" preshare "{}"',
    'sharedKey = "{}"',
    '{{\\"PreSharedKey\\": \\"{}\\"}}',
    '192.0.2.10 203.0.113.11 : PSK "{}"',
    "192.0.2.10 203.0.113.11: PSK {}",
    ": RSA device.pem {}",
    "   PrivateExponent: 0x{}",
    "  - Pre-Shared Key           : {}",
    "<pre-shared-key>{}</pre-shared-key>",
    "<pre_shared_key>{}</pre_shared_key>",
    "<preSharedKey><Key>{}</Key></preSharedKey>",
    "<pre-shared-key><![CDATA[{}]]></pre-shared-key>",
    "<key>{}</key>",
    "<prv>{}</prv>",
    "<bcrypt-hash>{}</bcrypt-hash>",
    '<user password="{}" name="x"/>',
    '{{"PreSharedKey": "{}"}}',
    'psk = "{}"',
    "something else entirely $9${}",
    "set system login user admin authentication plain $6$salt${}",
    "set whatever -AQ=={}",
    "set whatever ENC {}",
    "PrivateKey = {}",
    "psk: {}",
    "  vpn_password: '{}'",
    'tunnel1_preshared_key = "{}"',
    "    set auth-pwd {}",
)
KEYS = st.text(st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ23456789._"), min_size=7, max_size=40).map(
    "K{}".format
)


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_stays(name: str) -> None:
    assert MARK not in mask(TEXTS[name])


def test_the_texts_have_secrets() -> None:
    assert sum(MARK in text for text in TEXTS.values()) > len(TEXTS) * 0.9


@pytest.mark.parametrize("name", NAMES)
def test_a_masked_text_reads_as_before(name: str) -> None:
    assert read_device_config(mask(TEXTS[name])) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_masking_twice_is_masking_once(name: str) -> None:
    once = mask(TEXTS[name])
    assert mask(once) == once


@pytest.mark.parametrize("syntax", SYNTAXES)
@settings(max_examples=20)
@given(key=KEYS)
def test_a_secret_goes_from_every_syntax(syntax: str, key: str) -> None:
    line = syntax.format(key)
    assert key not in mask(line)
    assert key not in mask(f"hostname x\n{line}\nend\n")
    assert key not in mask(f"hostname x\r\n{line}\r\nend\r\n")


@pytest.mark.parametrize("syntax", SYNTAXES)
@settings(max_examples=20)
@given(key=KEYS)
def test_a_secret_goes_from_a_log_that_repeats_a_setting(syntax: str, key: str) -> None:
    line = syntax.format(key)
    assert key not in masked(line)
    assert key not in masked(f"Nov 22 09:00:00 gw mgd[77]: UI_CMDLINE: command: {line}")


# What only a log says.
LOGGED = (
    'cfgattr="psksecret[{}->{}]"',
    'cfgattr="psksecret[ENC {}->ENC {}]" msg="Edit vpn.ipsec.phase1-interface to-aws"',
    "%PARSER-5-CFGLOG_LOGGEDCMD: User:eve  logged command:crypto isakmp key 0 {} address 192.0.2.1",
    "%ASA-5-111008: User 'eve' executed the 'ikev1 pre-shared-key {}' command.",
    "UI_CMDLINE_READ_LINE: command 'set security ike policy p pre-shared-key ascii-text {} '",
    "1,2026/11/22 09:00:00,0123,CONFIG,0,set,eve,Web,Succeeded,pre-shared-key {};",
    "vyos: set vpn ipsec site-to-site peer 203.0.113.11 authentication pre-shared-secret {}",
    "set vpn ipsec authentication psk aws secret {}",
    "{{'pre_shared_key': '{}', 'id': 1}}",
    "09[CFG] loaded IKE secret = {}",
)


@pytest.mark.parametrize("syntax", LOGGED)
@settings(max_examples=20)
@given(key=KEYS)
def test_a_secret_goes_from_every_log(syntax: str, key: str) -> None:
    line = syntax.replace("{{", "{").replace("}}", "}") if "{{" in syntax else syntax
    assert key not in masked(line.replace("{}", key))
    assert key not in mask(line.replace("{}", key))


def test_a_secret_goes_from_a_dump_of_memory() -> None:
    lines = (
        "09[LIB]    0: 46 61 6B 65 2E 4B 65 79 5F 30 66 2E 4E 6F 62 6F  Fake.Key_0f.Nobo",
        "ike 0:to-aws:17: IKE SA 6d2e5f key 16:9D1FAABBCCDDEEFF00112233445566",
    )
    assert masked(lines[0]) == f"09[LIB]    0: {MASK}"
    assert masked(lines[1]).endswith(f"key 16:{MASK}")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (
            "crypto isakmp key FAKE address 203.0.113.11",
            "crypto isakmp key ***** address 203.0.113.11",
        ),
        ('  secret = "a \\" FAKE" # note', '  secret = "*****" # note'),
        ("  secret = a FAKE pass phrase", "  secret = *****"),
        ('pre-shared-key ascii-text "FA;KE"; ## x', 'pre-shared-key ascii-text "*****"; ## x'),
        ("key FAKE;key", "key FAKE;key"),
        (" pre-shared-key FA;KE", " pre-shared-key *****"),
        ("  auth = psk", "  auth = psk"),
        ("set security ike proposal P authentication-method pre-shared-keys", None),
        ("set security ipsec policy P perfect-forward-secrecy keys group14", None),
        ("  - Authentication Method    : Pre-Shared Key", None),
        ("   set keylifeseconds 3600", None),
        ("crypto keyring keyring-1", None),
        ("crypto ikev2 keyring KEYS", None),
        ("conn secret-vpn", None),
        ("secrets {", None),
        ("psk-conn : defaults {", None),
        ("authby=secret auto=start", None),
        ("<pre-shared-key></pre-shared-key>", None),
        ("<pre-shared-key/>", None),
        ('<preSharedKey uuid="1"><ident>192.0.2.1</ident></preSharedKey>', None),
    ],
)
def test_what_goes_and_what_stays(line: str, left: str | None) -> None:
    assert mask(line) == (line if left is None else left)


@pytest.mark.parametrize(
    "end", ["-----END RSA PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----", ""]
)
def test_private_keys_go_line_by_line(end: str) -> None:
    kind = end[9:-5] or "EC PRIVATE KEY"
    text = f"before\n-----BEGIN {kind}-----\nFAKEfake\nFAKEfake==\n{end}\nafter\n"
    masked = mask(text)
    assert MARK not in masked
    assert masked.count("\n") == text.count("\n")
    assert masked.startswith("before\n")
    assert masked.endswith("after\n") is bool(end)


@given(st.text(max_size=400))
def test_any_text_keeps_its_lines(text: str) -> None:
    assert mask(text).count("\n") == text.count("\n")
