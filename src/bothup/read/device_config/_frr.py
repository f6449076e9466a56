"""BGP as the FRR plugins of pfSense and OPNsense keep it in config.xml."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bothup.read.device_config._said import Said, told
from bothup.read.device_config._tree import Section, Value
from bothup.read.device_config._values import address, asn, number

_NOTHING = Value("", 0)


class Bgp(NamedTuple):
    """Neighbours by address, and the firewall's own AS."""

    neighbors: dict[str, Section]
    own: tuple[Said, ...]


def bgp_of(root: Section) -> Bgp:
    """Read what the plugins keep in a config.xml."""
    neighbors = {
        known: section
        for section, key in _neighbors(root)
        if (known := address(section.values.get(key, _NOTHING).text))
        and section.values.get("enabled", _NOTHING).text != "0"
    }
    return Bgp(neighbors, tuple(_own(root)))


def with_bgp(bgp: Bgp, said: Iterable[Said]) -> Iterator[Said]:
    """Pass on what is said of a tunnel, and add the neighbour at the other inside address."""
    inside = peer = None
    for each in said:
        if each.field == "inside_address" and each.value:
            inside = str(each.value)
        if each.field == "bgp_neighbor" and each.value:
            peer = str(each.value)
        yield each
    for known, section in bgp.neighbors.items():
        if known == peer or _is_near(known, inside):
            yield Said("bgp_neighbor", known, section.line)
            yield from bgp.own
            yield from _neighbor_said(section)


def _neighbors(root: Section) -> Iterator[tuple[Section, str]]:
    """Yield the neighbours, pfSense's and OPNsense's, and the key of their address."""
    for name in ("config", "item"):
        for each in root.find("frrbgpneighbors", name):
            yield each, "peer"
    for each in root.find("quagga", "bgp", "neighbors", "neighbor"):
        yield each, "address"


def _is_near(peer: str, inside: str | None) -> bool:
    if inside is None or peer == address(inside):
        return False
    return ipaddress.ip_address(peer) in ipaddress.ip_interface(inside).network


def _own(root: Section) -> Iterator[Said]:
    for section in (*root.find("frrbgp"), *root.find("frrbgp", "config")):
        yield from told(section.values, ("bgp_local_asn", "asnum", asn))
    for section in root.find("quagga", "bgp"):
        yield from told(section.values, ("bgp_local_asn", "asnumber", asn))


def _neighbor_said(section: Section) -> Iterator[Said]:
    return told(
        section.values,
        ("bgp_remote_asn", "asnum", asn),
        ("bgp_remote_asn", "remoteas", asn),
        ("bgp_keepalive", "timers_keepalive", number),
        ("bgp_keepalive", "keepalive", number),
        ("bgp_hold_time", "timers_holdtime", number),
        ("bgp_hold_time", "holddown", number),
    )
