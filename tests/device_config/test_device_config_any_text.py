"""Whatever the text is: notices, never an error, never a secret, never a value of a wrong type."""

import re

import msgspec
import pytest
from device_texts import MARK, NAMES, TEXTS, read
from hypothesis import given, settings
from hypothesis import strategies as st

from bothup.model.device import DeviceConfig
from bothup.read.device_config import read_device_config
from bothup.read.device_config._choose import parsers

PARSERS = {parser.VENDOR: parser for parser in parsers()}
SPLIT = re.compile(r"(\s+|[{};<>=\"])")


def check(config: DeviceConfig) -> None:
    """What holds for every configuration: JSON brings it back, type by type."""
    assert msgspec.json.decode(msgspec.json.encode(config), type=DeviceConfig) == config


@pytest.mark.parametrize("vendor", PARSERS)
@settings(max_examples=50)
@given(text=st.text(max_size=300))
def test_random_text_is_no_error(vendor: str, text: str) -> None:
    assert 0 <= PARSERS[vendor].detect(text) <= 1
    check(read(text, vendor))
    check(read(text))


@pytest.mark.parametrize("vendor", PARSERS)
@pytest.mark.parametrize("name", NAMES)
def test_another_vendors_text_is_no_error(vendor: str, name: str) -> None:
    config = read(TEXTS[name], vendor)
    check(config)
    assert MARK not in repr(config)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30)
@given(data=st.data())
def test_a_mangled_text_is_no_error(name: str, data: st.DataObject) -> None:
    """Words are dropped, doubled and swapped for others of the same text."""
    words = SPLIT.split(TEXTS[name])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(words) - 1))
        other = data.draw(st.integers(0, len(words) - 1))
        kind = data.draw(st.sampled_from(("drop", "double", "swap", "number")))
        if kind == "drop":
            words[at] = ""
        elif kind == "double":
            words[at] *= 2
        elif kind == "swap":
            words[at], words[other] = words[other], words[at]
        else:
            words[at] = data.draw(st.sampled_from(("9" * 5000, "-1", "٣", "0x10", "1e9", "")))
    check(read_device_config("".join(words)))


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_without_its_last_word_is_no_error(name: str) -> None:
    lines = TEXTS[name].split("\n")
    for at, line in enumerate(lines):
        shorter = line.rstrip().rpartition(" ")[0]
        check(read_device_config("\n".join([*lines[:at], shorter, *lines[at + 1 :]])))


@pytest.mark.parametrize("name", NAMES)
def test_any_cut_is_no_error(name: str) -> None:
    for cut in range(0, len(TEXTS[name]), 29):
        check(read(TEXTS[name][:cut]))
        check(read(TEXTS[name][cut:]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("Dear support,\nour tunnel is down.\n", "looks like no configuration"),
        ("\x00\x01\x02PK\x03\x04", "not text"),
        ("\N{REPLACEMENT CHARACTER}" * 200 + "conn x\n", "not text"),
        ("x" * (16 * 1024 * 1024 + 1), "more than any configuration"),
        (
            "conn %default\n left=192.0.2.1\n" + "#" * 9000 + "\nx" * 3 + "y" * 9000 + "\n",
            "too long",
        ),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>\n<pfsense><ipsec>&a;</ipsec></pfsense>", "document type"),
        ("<pfsense>" + "<a>" * 200, "nested deeper"),
        ("connections {\n include other.conf\n a {\n }\n}\n", "an included file"),
        ("conn a\n left=192.0.2.1\n right=192.0.2.2\ninclude /etc/ipsec.d/*.conf\n", "an included"),
        ('192.0.2.10 203.0.113.11 : PSK "FAKE"\n', "ipsec.secrets alone"),
        (
            "set security ike policy P proposal-set standard\nset security ike gateway x y\n",
            "release",
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    config = read(text)
    assert any(words in notice for notice in config.notices), config.notices
    assert MARK not in repr(config)


def test_a_vendor_that_nobody_knows_is_said() -> None:
    config = read(TEXTS["fortigate-show"], "checkpoint")
    assert config.vendor == "fortigate"
    assert config.tunnels
    assert "no parser for 'checkpoint'" in config.notices[0]
    config = read("nothing\n", "checkpoint")
    assert (config.vendor, config.tunnels) == ("checkpoint", ())


@pytest.mark.parametrize(
    ("name", "told", "vendor"),
    [
        ("cisco-asa-vti", "cisco", "cisco-asa"),
        ("cisco-ios-ikev2", "Cisco", "cisco-ios"),
        ("juniper-set", "srx", "juniper"),
        ("swanctl", "vyos", "strongswan"),
        ("openswan", "libreswan", "libreswan"),
        ("openswan", "strongswan", "strongswan"),
        ("strongswan-ipsec", "strongswan", "strongswan"),
    ],
)
def test_a_vendor_has_other_names(name: str, told: str, vendor: str) -> None:
    config = read(TEXTS[name], told)
    assert (config.vendor, len(config.tunnels)) == (vendor, 2)


def test_a_text_that_begins_with_other_things_is_recognised() -> None:
    config = read("! nothing of interest\n" * 40_000 + TEXTS["cisco-asa-crypto-map"])
    assert config.vendor == "cisco-asa"
    assert len(config.tunnels) == 2


def test_the_wrong_vendor_is_said_and_reads_no_tunnel() -> None:
    config = read(TEXTS["fortigate-show"], "juniper")
    assert config.tunnels == ()
    assert "does not look like a configuration of juniper" in config.notices[0]


@pytest.mark.parametrize(
    "name", ["cisco-ios-ikev2", "fortigate-sample", "juniper-braces", "opnsense-legacy", "swanctl"]
)
def test_five_megabytes_are_read(name: str) -> None:
    """The same text again and again says the same again: the same tunnels."""
    text = TEXTS[name]
    many = read(text * (5_000_000 // len(text)))
    assert many.tunnels
    assert {tunnel.peer_address for tunnel in many.tunnels} == {
        tunnel.peer_address for tunnel in read(text).tunnels
    }


def test_more_tunnels_than_a_device_has_are_said() -> None:
    text = "".join(
        f"set security ipsec vpn v{count} bind-interface st0.{count}\n" for count in range(4000)
    )
    config = read(text)
    assert len(config.tunnels) == 3000
    assert any("first 3000 tunnels" in notice for notice in config.notices)
