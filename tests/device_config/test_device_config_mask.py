"""Whole texts without their secrets: gone from every syntax, and the rest as it was."""

import pytest
from device_texts import EXPECTED, MARK, NAMES, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from bothup.read.device_config import mask, read_device_config

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
@given(key=KEYS)
def test_a_secret_goes_from_every_syntax(syntax: str, key: str) -> None:
    line = syntax.format(key)
    assert key not in mask(line)
    assert key not in mask(f"hostname x\n{line}\nend\n")
    assert key not in mask(f"hostname x\r\n{line}\r\nend\r\n")


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
