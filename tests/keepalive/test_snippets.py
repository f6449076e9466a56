"""What devices are told: goldens for people, and our own parsers read strongSwan's and Libreswan's.

UPDATE_GOLDEN=1 pytest tests/keepalive writes the goldens anew.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bothup.errors import UsageError
from bothup.keepalive.inside import insides
from bothup.keepalive.snippets import snippet, vendors
from bothup.model.connection import Tunnel, TunnelOptions, TunnelStatus, VpnConnection
from bothup.model.target import Target
from bothup.read.device_config import read_device_config

GOLDEN = Path(__file__).parent / "golden"


def tunnel(outside_ip: str, inside_cidr: str | None) -> Tunnel:
    options = TunnelOptions(inside_cidr=inside_cidr)
    return Tunnel(outside_ip=outside_ip, status=TunnelStatus.UP, options=options)


def connection(*tunnels: Tunnel) -> VpnConnection:
    return VpnConnection(
        id="vpn-0a1b2c3d4e5f60718",
        target=Target(account="111122223333", region="eu-west-1"),
        tunnels=tunnels,
        observed_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


TWO = connection(tunnel("192.0.2.1", "169.254.10.0/30"), tunnel("198.51.100.1", "169.254.20.4/30"))


@pytest.mark.parametrize("vendor", vendors())
def test_golden(vendor: str) -> None:
    golden = GOLDEN / f"{vendor}.txt"
    told = "".join(snippet(vendor, [TWO]))
    if "UPDATE_GOLDEN" in os.environ:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8")


@pytest.mark.parametrize("vendor", vendors())
def test_each_tunnel_is_told_of_by_both_ends(vendor: str) -> None:
    told = "".join(snippet(vendor, [TWO]))
    for part in ("192.0.2.1", "198.51.100.1", "169.254.10.1", "169.254.20.5"):
        assert part in told, part


@pytest.mark.parametrize("vendor", ["strongswan", "libreswan"])
def test_a_dead_tunnel_is_begun_anew_as_our_own_parsers_read_it(vendor: str) -> None:
    told = "".join(snippet(vendor, [TWO])).partition("# /etc/systemd")[0]
    tunnels = read_device_config(told, vendor=vendor).tunnels
    assert [each.peer_address for each in tunnels] == ["192.0.2.1", "198.51.100.1"]
    for each in tunnels:
        assert (each.dpd_action, each.startup_action) == ("restart", "start")
        assert each.ike_versions == ("ikev2",)


def test_aws_has_the_first_address_and_the_device_the_second() -> None:
    first, second = insides(TWO)
    assert (first.aws, first.device) == ("169.254.10.1", "169.254.10.2")
    assert (second.aws, second.device) == ("169.254.20.5", "169.254.20.6")
    assert first.tag != second.tag


@pytest.mark.parametrize("cidr", [None, "", "nonsense", "169.254.0.0/16"])
def test_a_tunnel_without_a_known_inside_is_left_out(cidr: str | None) -> None:
    assert list(insides(connection(tunnel("192.0.2.1", cidr)))) == []
    told = "".join(snippet("fortigate", [connection(tunnel("192.0.2.1", cidr))]))
    assert "not known" in told


def test_all_seven_are_there_and_another_is_said_to_be_none() -> None:
    assert vendors() == (
        *("cisco-asa", "cisco-ios", "fortigate", "juniper", "libreswan", "paloalto", "strongswan"),
    )
    with pytest.raises(UsageError, match="did you mean fortigate"):
        snippet("fortigat", [TWO])
