"""Each recorded text reads as what stands beside it."""

import msgspec
import pytest
from device_texts import EXPECTED, NAMES, TEXTS, read, settings

from bothup.read.device_config import read_device_config
from bothup.read.device_config._choose import parsers

# Texts laid out like the samples that AWS offers for download: two whole tunnels.
SAMPLES = (
    "aws-generic",
    "aws-xml",
    "cisco-asa-vti",
    "cisco-ios-ikev1",
    "fortigate-sample",
    "juniper-set",
    "openswan",
    "paloalto-edit",
    "strongswan-ipsec",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_reads_as_expected(name: str) -> None:
    config = read_device_config(TEXTS[name])
    assert config == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_vendor_may_be_told(name: str) -> None:
    told = read(TEXTS[name], EXPECTED[name].vendor.upper())
    assert told.tunnels == EXPECTED[name].tunnels
    assert told.vendor == EXPECTED[name].vendor
    assert told.source == "device.txt"


def test_every_parser_has_a_case() -> None:
    read_by = {config.vendor for config in EXPECTED.values()}
    assert {parser.VENDOR for parser in parsers()} <= read_by


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_two_tunnels_with_all_that_the_connection_needs(name: str) -> None:
    tunnels = read(TEXTS[name]).tunnels
    assert {tunnel.peer_address for tunnel in tunnels} == {"203.0.113.11", "198.51.100.22"}
    for tunnel in tunnels:
        assert {
            "authentication",
            "has_key",
            "phase1_encryption",
            "phase1_dh_groups",
            "phase1_lifetime",
            "phase2_encryption",
            "phase2_lifetime",
            "pfs",
            "dpd",
        } <= settings(tunnel).keys()


@pytest.mark.parametrize("name", NAMES)
def test_lines_point_at_what_they_say(name: str) -> None:
    """A spot check that holds for all forms: the line of the peer's address names it."""
    lines = TEXTS[name].split("\n")
    for tunnel in read(TEXTS[name]).tunnels:
        assert tunnel.peer_address
        assert tunnel.peer_address in lines[tunnel.where["peer_address"] - 1]


@pytest.mark.parametrize("name", NAMES)
def test_line_breaks_of_other_systems_change_nothing(name: str) -> None:
    for ending in ("\r\n", "\r"):
        assert read_device_config(TEXTS[name].replace("\n", ending)) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_survives_json(name: str) -> None:
    config = EXPECTED[name]
    assert msgspec.json.decode(msgspec.json.encode(config), type=type(config)) == config
