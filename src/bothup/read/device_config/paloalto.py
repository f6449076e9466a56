"""Palo Alto Networks (PAN-OS): IKE gateways, crypto profiles, IPsec tunnels and BGP peers.

Defaults applied where the object's end has been seen, as the PAN-OS documentation gives them: a
gateway without a version speaks IKEv1 only, and a tunnel without proxy IDs protects all traffic.
Profiles that a text only names (such as the built-in `default`) stay unsaid.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import NamedTuple

from bothup.model.device import DeviceConfig
from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._panos import TUNNEL_INTERFACE, text_of
from bothup.read.device_config._said import Said, assemble, config_of
from bothup.read.device_config._statements import Statement, Statements
from bothup.read.device_config._values import (
    ANYWHERE,
    address,
    asn,
    flag,
    interface,
    network,
    number,
    octets,
    seconds,
)

VENDOR = "paloalto"
ALIASES = ("palo-alto", "panos", "pan-os")

_MARKS = (
    re.compile(r"network ike (?:gateway|crypto-profiles) |<ike-crypto-profiles>"),
    re.compile(r"network tunnel ipsec |<ipsec-crypto-profiles>"),
    re.compile(r"auto-key ike-gateway |<auto-key>"),
)
_GATEWAY = ("network", "ike", "gateway")
_TUNNEL = ("network", "tunnel", "ipsec")
_PROFILE = ("network", "ike", "crypto-profiles")
# The words of a profile that a list of algorithms ends before.
_KEYWORDS = frozenset(
    {"hash", "encryption", "dh-group", "lifetime", "lifesize", "authentication", "esp", "ah"}
)
_VERSIONS = MappingProxyType(
    {"ikev1": ("ikev1",), "ikev2": ("ikev2",), "ikev2-preferred": ("ikev2", "ikev1")}
)


class _Network(NamedTuple):
    """Tunnel interfaces by name, BGP peers and the firewall's own AS."""

    units: dict[str, list[Statement]]
    peers: tuple[list[Statement], ...]
    own: tuple[Said, ...]


def detect(text: str) -> float:
    """Look for the paths of PAN-OS's IKE and IPsec objects."""
    return min(0.95, 0.45 * sum(mark.search(text) is not None for mark in _MARKS))


def parse(text: str, source: str) -> DeviceConfig:
    """Read each IPsec tunnel."""
    read = text_of(text)
    around = _network(read)
    names = read.names(*_TUNNEL)
    tunnels = (assemble(name, line, _said(read, around, name)) for name, line in names.items())
    return config_of(VENDOR, source, tunnels, read.notices)


def _after(words: tuple[str, ...], *keys: str) -> tuple[str, ...]:
    """Give what follows the last of the keys, which stand in this order with others between."""
    at = 0
    for key in keys:
        if key not in words[at:]:
            return ()
        at = words.index(key, at) + 1
    return words[at:]


def _one(words: tuple[str, ...], *keys: str) -> str | None:
    return next(iter(_after(words, *keys)), None)


def _said(text: Statements, around: _Network, name: str) -> Iterator[Said]:
    limited = False
    unit: str | None = None
    first = 0
    for words, line in text.under(*_TUNNEL, name):
        first = first or line
        gateway = _one(words, "ike-gateway")
        if gateway:
            yield from _gateway(text, gateway)
        profile = _one(words, "ipsec-crypto-profile")
        if profile:
            yield from _ipsec_profile(text, profile)
        unit = _one(words, "tunnel-interface") or unit
        for side in ("local", "remote"):
            subnet = network(_one(words, "proxy-id", side))
            limited = limited or "proxy-id" in words
            yield Said(f"{side}_selectors", (subnet,) if subnet else (), line)
        if flag(_one(words, "disabled")):
            yield Said("enabled", False, line)
    if not limited and text.closed(*_TUNNEL, name):
        yield Said("local_selectors", (ANYWHERE,), first)
        yield Said("remote_selectors", (ANYWHERE,), first)
    if unit:
        yield from _inside(around, unit)


def _gateway(text: Statements, name: str) -> Iterator[Said]:
    statements = tuple(text.under(*_GATEWAY, name))
    stated = [(known, line) for words, line in statements if (known := _one(words, "version"))]
    versions: tuple[str, ...] = ()
    if stated:
        versions = _VERSIONS.get(stated[-1][0], ())
        yield Said("ike_versions", versions, stated[-1][1])
    elif statements and text.closed(*_GATEWAY, name):
        versions = ("ikev1",)
        yield Said("ike_versions", versions, statements[0].line)
    for each in statements:
        yield from _addresses(text, each)
        yield from _switches(each)
        for version in versions or ("ikev1", "ikev2"):
            rest = _after(each.words, "protocol", version)
            if rest:
                yield from _protocol(text, rest, each.line)
    yield from _dpd_timeout(statements)


def _addresses(text: Statements, each: Statement) -> Iterator[Said]:
    words, line = each
    port = _one(words, "local-address", "interface")
    if port:
        for found, _ in text.under("network", "interface", "ethernet", port):
            yield Said("local_address", address(_one(found, "ip")), line)
    yield Said("local_address", address(_one(words, "local-address", "ip")), line)
    yield Said("peer_address", address(_one(words, "peer-address", "ip")), line)
    yield Said("local_identity", _one(words, "local-id", "id"), line)
    yield Said("peer_identity", _one(words, "peer-id", "id"), line)


def _switches(each: Statement) -> Iterator[Said]:
    words, line = each
    if _one(words, "authentication", "pre-shared-key", "key"):
        yield Said("has_key", True, line)
        yield Said("authentication", "psk", line)
    elif _after(words, "authentication", "certificate"):
        yield Said("authentication", "certificate", line)
    yield Said("nat_t", flag(_one(words, "nat-traversal", "enable")), line)
    if flag(_one(words, "passive-mode")):
        yield Said("startup_action", "add", line)
    if flag(_one(words, "disabled")):
        yield Said("enabled", False, line)


def _protocol(text: Statements, words: tuple[str, ...], line: int) -> Iterator[Said]:
    profile = _one(words, "ike-crypto-profile")
    if profile:
        yield from _ike_profile(text, profile)
    mode = _one(words, "exchange-mode")
    yield Said("mode", mode if mode in ("main", "aggressive") else None, line)
    yield Said("dpd", flag(_one(words, "dpd", "enable")), line)
    yield Said("dpd_delay", number(_one(words, "dpd", "interval")), line)


def _dpd_timeout(statements: tuple[Statement, ...]) -> Iterator[Said]:
    found: dict[str, int] = {}
    for words, line in statements:
        for key in ("interval", "retry"):
            value = number(_one(words, "ikev1", "dpd", key))
            if value:
                found[key], found["line"] = value, line
    if {"interval", "retry"} <= found.keys():
        yield Said("dpd_timeout", found["interval"] * found["retry"], found["line"])


def _ike_profile(text: Statements, name: str) -> Iterator[Said]:
    for words, line in text.under(*_PROFILE, "ike-crypto-profiles", name):
        yield Said("phase1_encryption", _list(words, "encryption", encryption), line)
        yield Said("phase1_integrity", _list(words, "hash", integrity), line)
        yield Said("phase1_dh_groups", _list(words, "dh-group", dh_group), line)
        yield Said("phase1_lifetime", _lifetime(words), line)


def _ipsec_profile(text: Statements, name: str) -> Iterator[Said]:
    for words, line in text.under(*_PROFILE, "ipsec-crypto-profiles", name):
        yield Said("phase2_encryption", _list(words, "encryption", encryption), line)
        yield Said("phase2_integrity", _list(words, "authentication", integrity), line)
        groups = _list(words, "dh-group", dh_group)
        yield Said("phase2_dh_groups", groups, line)
        if groups or _one(words, "dh-group") == "no-pfs":
            yield Said("pfs", bool(groups), line)
        yield Said("phase2_lifetime", _lifetime(words), line)
        size = _after(words, "lifesize")
        if len(size) > 1:
            yield Said("phase2_lifebytes", octets(size[1] + size[0]), line)


def _list(
    words: tuple[str, ...], key: str, read: Callable[[str], object | None]
) -> tuple[object, ...]:
    found = []
    for word in _after(words, key):
        if word in _KEYWORDS:
            break
        found.append(read(word))
    return tuple(value for value in found if value is not None)


def _lifetime(words: tuple[str, ...]) -> int | None:
    unit, amount = (*_after(words, "lifetime"), "", "")[:2]
    return seconds(f"{amount} {unit}") if amount else None


def _inside(around: _Network, unit: str) -> Iterator[Said]:
    inside: str | None = None
    for words, line in around.units.get(unit, ()):
        found = interface(_one(words, "ip"))
        inside = found or inside
        yield Said("inside_address", found, line)
        yield Said("inside_mtu", number(_one(words, "mtu")), line)
    # The peer is bound to the tunnel interface, or in the network of its address.
    for statements in around.peers:
        if any(_is_bound(words, unit, inside) for words, _ in statements):
            yield from around.own
            for words, line in statements:
                yield from _peer_said(words, line)


def _units(text: Statements) -> dict[str, list[Statement]]:
    """Sort what is said of tunnel interfaces.

    A sample sets address, unit and MTU one after the other, the address not under the unit.
    """
    units: dict[str, list[Statement]] = {}
    run: list[Statement] = []
    for each in (*text.all, Statement((), 0)):
        if each.words[:3] == TUNNEL_INTERFACE:
            run.append(Statement(each.words[3:], each.line))
            continue
        named = {words[1] for words, _ in run if words[:1] == ("units",) and len(words) > 1}
        for words, line in run:
            if words[:1] == ("units",):
                units.setdefault("".join(words[1:2]), []).append(Statement(words[2:], line))
            elif len(named) == 1:
                units.setdefault(min(named), []).append(Statement(words, line))
        run = []
    return units


def _network(text: Statements) -> _Network:
    peers: dict[tuple[str, ...], list[Statement]] = {}
    own: list[Said] = []
    for each in text.all:
        rest = _after(each.words, "bgp")
        if rest[:1] == ("local-as",):
            own.append(Said("bgp_local_asn", asn(_one(rest, "local-as")), each.line))
        elif rest[:1] == ("peer-group",) and "peer" in rest[2:]:
            at = rest.index("peer", 2)
            peers.setdefault(rest[: at + 2], []).append(Statement(rest[at + 2 :], each.line))
    return _Network(_units(text), tuple(peers.values()), tuple(own))


def _is_bound(words: tuple[str, ...], unit: str, inside: str | None) -> bool:
    if _one(words, "local-address", "interface") == unit:
        return True
    peer = address(_one(words, "peer-address", "ip"))
    if peer is None or inside is None or peer == address(inside):
        return False
    return ipaddress.ip_address(peer) in ipaddress.ip_interface(inside).network


def _peer_said(words: tuple[str, ...], line: int) -> Iterator[Said]:
    yield Said("bgp_neighbor", address(_one(words, "peer-address", "ip")), line)
    yield Said("bgp_remote_asn", asn(_one(words, "peer-as")), line)
    yield Said("bgp_hold_time", number(_one(words, "connection-options", "hold-time")), line)
    keepalive = number(_one(words, "connection-options", "keep-alive-interval"))
    yield Said("bgp_keepalive", keepalive, line)
