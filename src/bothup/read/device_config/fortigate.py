"""FortiGate (FortiOS): phase1-interface, phase2-interface, the tunnel's interface and BGP.

`show` leaves out what has its default, so that defaults are applied to an entry whose end has been
seen, as Fortinet's CLI reference gives them: IKEv1, 86400 seconds in phase 1 and 43200 in phase 2,
PFS, dead peer detection, and all traffic where phase 2 names no subnets. The default algorithms and
groups change with the version and stay unsaid.
"""

import ipaddress
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

from bothup.model.device import DeviceConfig
from bothup.read.device_config._algorithms import dh_group
from bothup.read.device_config._fortios import Tree, tree_of
from bothup.read.device_config._proposals import suite
from bothup.read.device_config._said import Said, assemble, config_of, told
from bothup.read.device_config._tree import Section, Value
from bothup.read.device_config._values import (
    address,
    asn,
    flag,
    interface,
    kilobytes,
    minutes,
    network,
    number,
)

VENDOR = "fortigate"
ALIASES = ("fortinet", "fortios")

_MARK = re.compile(r"^\s*config vpn ipsec phase[12]", re.MULTILINE)
_STYLE = re.compile(r"^\s*(?:config (?:system|router|firewall|vpn) |set psksecret )", re.MULTILINE)
_PHASE1 = ("vpn ipsec phase1-interface", "vpn ipsec phase1")
_PHASE2 = ("vpn ipsec phase2-interface", "vpn ipsec phase2")
_PHASE1_DEFAULTS = MappingProxyType({"ike-version": "1", "keylife": "86400", "dpd": "on-demand"})
_PHASE2_DEFAULTS = MappingProxyType({"keylifeseconds": "43200", "pfs": "enable"})
_NOTHING = Value("", 0)


def detect(text: str) -> float:
    """Look for FortiOS's IPsec tables."""
    return 0.95 if _MARK.search(text) else 0.3 if _STYLE.search(text) else 0.0


class _Device(NamedTuple):
    """What tunnels refer to by name."""

    seconds: dict[str, list[Section]]
    interfaces: dict[str, Section]
    neighbors: tuple[tuple[Section, Section], ...]


def parse(text: str, source: str) -> DeviceConfig:
    """Read each entry of phase 1 as a tunnel, with its entries of phase 2 together."""
    tree = tree_of(text)
    device = _device(tree)
    entries = tree.entries(*_PHASE1)
    tunnels = (assemble(entry.name, entry.line, _said(device, entry)) for entry in entries)
    return config_of(VENDOR, source, tunnels, (*tree.notices, *_notices(device, entries)))


def _device(tree: Tree) -> _Device:
    seconds: dict[str, list[Section]] = {}
    for each in tree.entries(*_PHASE2):
        seconds.setdefault(each.values.get("phase1name", _NOTHING).text, []).append(each)
    interfaces = {each.name: each for each in tree.entries("system interface")}
    neighbors = tuple(
        (table, entry)
        for table in tree.tables.get("router bgp", ())
        for each in table.walk()
        if each.name == "neighbor"
        for entry in each.parts
    )
    return _Device(seconds, interfaces, neighbors)


def _notices(device: _Device, entries: list[Section]) -> Iterator[str]:
    for entry in entries:
        seconds = device.seconds.get(entry.name, [])
        if len(seconds) > 1:
            yield (
                f"line {entry.line}: {entry.name} has {len(seconds)} entries of phase 2; "
                "AWS keeps one pair of SAs per tunnel"
            )
        for each in seconds:
            if {"src-name", "dst-name"} & each.values.keys():
                yield f"line {each.line}: the address objects of {each.name} are not read"


def _said(device: _Device, entry: Section) -> Iterator[Said]:
    yield from _phase1(device, entry)
    for each in device.seconds.get(entry.name, ()):
        yield from _phase2(each)
    inside = device.interfaces.get(entry.name)
    if inside is not None:
        yield from _interface(device, inside)


def _phase1(device: _Device, entry: Section) -> Iterator[Said]:
    values = _with_defaults(entry, _PHASE1_DEFAULTS)
    yield from _outside(device, values)
    yield from told(
        values,
        ("has_key", "psksecret", bool),
        ("authentication", "psksecret", lambda _text: "psk"),
        ("authentication", "authmethod", {"psk": "psk", "signature": "certificate"}.get),
        ("local_address", "local-gw", address),
        ("peer_address", "remote-gw", address),
        ("local_identity", "localid", str),
        ("peer_identity", "peerid", str),
        ("ike_versions", "ike-version", {"1": ("ikev1",), "2": ("ikev2",)}.get),
        ("mode", "mode", {"main": "main", "aggressive": "aggressive"}.get),
        ("phase1_lifetime", "keylife", number),
        ("dpd", "dpd", lambda text: text != "disable"),
        ("dpd_delay", "dpd-retryinterval", number),
        ("nat_t", "nattraversal", lambda text: text != "disable"),
        ("startup_action", "passive-mode", lambda text: "add" if flag(text) else None),
        ("rekey", "rekey", flag),
        ("reauthentication", "reauth", flag),
        ("enabled", "status", lambda text: text != "disable"),
    )
    yield from _algorithms(values, "phase1")
    delay, line = values.get("dpd-retryinterval", _NOTHING)
    count = number(values.get("dpd-retrycount", _NOTHING).text)
    if count and number(delay):
        yield Said("dpd_timeout", (number(delay) or 0) * count, line)
    idle, line = values.get("idle-timeout", _NOTHING)
    if flag(idle) and (entry.closed or "idle-timeoutinterval" in values):
        yield Said(
            "idle_timeout", minutes(values.get("idle-timeoutinterval", Value("15", 0)).text), line
        )


def _outside(device: _Device, values: dict[str, Value]) -> Iterator[Said]:
    """Tell the address of the interface that a tunnel leaves by."""
    outside = device.interfaces.get(values.get("interface", _NOTHING).text)
    if outside is not None:
        yield from told(outside.values, ("local_address", "ip", _first_address))


def _first_address(text: str) -> str | None:
    return address(next(iter(text.split()), None))


def _phase2(entry: Section) -> Iterator[Said]:
    values = _with_defaults(entry, _PHASE2_DEFAULTS)
    yield from _algorithms(values, "phase2")
    yield from told(
        values,
        ("phase2_lifetime", "keylifeseconds", number),
        ("pfs", "pfs", flag),
        ("startup_action", "auto-negotiate", lambda text: "start" if flag(text) else None),
    )
    if values.get("keylife-type", _NOTHING).text in ("kbs", "both"):
        yield from told(values, ("phase2_lifebytes", "keylifekbs", kilobytes))
    for side, field in (("src", "local_selectors"), ("dst", "remote_selectors")):
        if entry.closed and not {f"{side}-addr-type", f"{side}-name"} & values.keys():
            values.setdefault(f"{side}-subnet", Value("0.0.0.0 0.0.0.0", entry.line))
        yield from told(values, (field, f"{side}-subnet", _subnet))


def _subnet(text: str) -> tuple[str, ...]:
    words = text.split()
    known = network(*words[:2]) if words else None
    return (known,) if known else ()


def _algorithms(values: dict[str, Value], phase: str) -> Iterator[Said]:
    text, line = values.get("proposal", _NOTHING)
    known = suite(text)
    yield Said(f"{phase}_encryption", known.encryption, line)
    yield Said(f"{phase}_integrity", known.integrity, line)
    if phase == "phase1" or values.get("pfs", _NOTHING).text != "disable":
        groups, line = values.get("dhgrp", _NOTHING)
        numbers = tuple(filter(None, (dh_group(word) for word in groups.split())))
        yield Said(f"{phase}_dh_groups", numbers, line)


def _interface(device: _Device, section: Section) -> Iterator[Said]:
    """Read the interface that a tunnel makes, and its BGP neighbour."""
    values = section.values
    yield from told(
        values,
        ("inside_address", "ip", _inside),
        ("tcp_mss", "tcp-mss", number),
        ("inside_mtu", "mtu", number),
        ("enabled", "status", lambda text: text != "down"),
    )
    inside = _inside(values.get("ip", _NOTHING).text)
    peer = _first_address(values.get("remote-ip", _NOTHING).text)
    for table, entry in device.neighbors:
        if _is_peer(entry.name, inside, peer):
            yield from _neighbor_said(table, entry)


def _inside(text: str) -> str | None:
    words = text.split()
    return interface(*words[:2]) if words else None


def _is_peer(name: str, inside: str | None, peer: str | None) -> bool:
    known = address(name)
    if known is None or inside is None:
        return False
    near = ipaddress.ip_address(known) in ipaddress.ip_interface(inside).network
    return known == peer or (near and known != address(inside))


def _neighbor_said(table: Section, entry: Section) -> Iterator[Said]:
    yield Said("bgp_neighbor", address(entry.name), entry.line)
    yield from told(table.values, ("bgp_local_asn", "as", asn))
    if entry.closed:
        yield from told(
            table.values,
            ("bgp_keepalive", "keepalive-timer", number),
            ("bgp_hold_time", "holdtime-timer", number),
        )
    yield from told(
        entry.values,
        ("bgp_local_asn", "local-as", asn),
        ("bgp_remote_asn", "remote-as", asn),
        ("bgp_keepalive", "keep-alive-timer", number),
        ("bgp_hold_time", "holdtime-timer", number),
    )


def _with_defaults(entry: Section, defaults: MappingProxyType[str, str]) -> dict[str, Value]:
    if not entry.closed:
        return dict(entry.values)
    return {key: Value(text, entry.line) for key, text in defaults.items()} | entry.values
