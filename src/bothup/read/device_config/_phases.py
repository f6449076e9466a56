"""IPsec as pfSense's config.xml has it, and OPNsense's until its tunnels became connections.

`phase1` and `phase2` elements belong together by `ikeid`. A lifetime is the one stated, not what
either firewall makes of it when it is left empty.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

from bothup.model.device import DeviceTunnel
from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._frr import Bgp, bgp_of, with_bgp
from bothup.read.device_config._said import Said, assemble, told
from bothup.read.device_config._tree import Section, Value
from bothup.read.device_config._values import (
    ANYWHERE,
    address,
    interface,
    network,
    number,
    positive,
)

_NOTHING = Value("", 0)
_VERSIONS = MappingProxyType(
    {
        "ikev1": ("ikev1",),
        "ikev2": ("ikev2",),
        "auto": ("ikev2", "ikev1"),
        "ike": ("ikev2", "ikev1"),
    }
)
_STARTS = MappingProxyType(
    {"start": "start", "trap": "start", "route": "start", "none": "add", "add": "add"}
)
_DPD_ACTIONS = MappingProxyType(
    {"restart": "restart", "hold": "restart", "trap": "restart", "clear": "clear", "none": "none"}
)
_ROUTED = frozenset({"vti", "route-based"})


class _Firewall(NamedTuple):
    """Interfaces by their names and by the devices under them, and BGP."""

    interfaces: dict[str, Section]
    assigned: dict[str, Section]
    bgp: Bgp


def tunnels_of(root: Section) -> Iterator[DeviceTunnel]:
    """Read each phase 1 as a tunnel, its phases 2 together."""
    ports = [part for each in root.find("interfaces") for part in each.parts]
    firewall = _Firewall(
        {part.name: part for part in ports},
        {part.values.get("if", _NOTHING).text: part for part in ports},
        bgp_of(root),
    )
    for ipsec in root.find("ipsec"):
        seconds: dict[str, list[Section]] = {}
        for second in ipsec.named("phase2"):
            seconds.setdefault(second.values.get("ikeid", _NOTHING).text, []).append(second)
        for first in ipsec.named("phase1"):
            ikeid = first.values.get("ikeid", _NOTHING).text
            name = first.values.get("descr", _NOTHING).text or f"phase1 {ikeid}"
            said = _said(firewall, first, seconds.get(ikeid, []))
            yield assemble(name, first.line, with_bgp(firewall.bgp, said))


def _said(firewall: _Firewall, first: Section, seconds: list[Section]) -> Iterator[Said]:
    yield from _phase1(firewall, first)
    active = [each for each in seconds if "disabled" not in each.values]
    for each in active or seconds:
        yield from _phase2(each)
    if seconds and not active:
        yield Said("enabled", False, seconds[0].line)
    ikeid = first.values.get("ikeid", _NOTHING).text
    for device in (f"ipsec{ikeid}", f"ipsec{ikeid}000"):
        if device in firewall.assigned:
            yield from _assigned(firewall.assigned[device])


def _phase1(firewall: _Firewall, first: Section) -> Iterator[Said]:
    values = first.values
    outside = firewall.interfaces.get(values.get("interface", _NOTHING).text or "wan")
    if outside is not None:
        yield from told(outside.values, ("local_address", "ipaddr", address))
    yield from told(
        values,
        ("peer_address", "remote-gateway", address),
        ("ike_versions", "iketype", _VERSIONS.get),
        ("authentication", "authentication_method", _method),
        ("has_key", "pre-shared-key", bool),
        ("phase1_lifetime", "lifetime", positive),
        ("phase1_lifetime", "rekey_time", positive),
        ("dpd_delay", "dpd_delay", number),
        ("dpd", "dpd_delay", lambda text: True if number(text) else None),
        ("dpd_action", "dpd_action", _DPD_ACTIONS.get),
        ("nat_t", "nat_traversal", {"on": True, "force": True, "off": False}.get),
        ("startup_action", "startaction", _STARTS.get),
        ("startup_action", "auto", _STARTS.get),
        ("startup_action", "responderonly", lambda _text: "add"),
        ("idle_timeout", "inactivity_timeout", positive),
        ("enabled", "disabled", lambda _text: False),
    )
    if values.get("iketype", _NOTHING).text != "ikev2":
        yield from told(values, ("mode", "mode", {"main": "main", "aggressive": "aggressive"}.get))
    delay, line = values.get("dpd_delay", _NOTHING)
    tries = number(values.get("dpd_maxfail", _NOTHING).text)
    if tries is not None and number(delay):
        # Both firewalls generate a time-out of one try more than the failures that they allow.
        yield Said("dpd_timeout", (number(delay) or 0) * (tries + 1), line)
    yield from _identities(values)
    for item in [first, *(part for part in first.walk() if part.name == "item")]:
        yield from _algorithms(item, "phase1")


def _identities(values: dict[str, Value]) -> Iterator[Said]:
    for field, side in (("local_identity", "myid"), ("peer_identity", "peerid")):
        kind = values.get(f"{side}_type", _NOTHING).text
        if kind not in ("", "any", "myaddress", "peeraddress"):
            yield from told(values, (field, f"{side}_data", lambda text: text or None))


def _method(text: str) -> str | None:
    if text in ("pre_shared_key", "psk"):
        return "psk"
    return "certificate" if text in ("cert", "rsasig", "pubkey", "pkcs11") else None


def _algorithms(section: Section, phase: str) -> Iterator[Said]:
    """Read the algorithms directly in a phase or in an item of its list."""
    suffix = "" if phase == "phase1" else "-option"
    for each in section.named(f"encryption-algorithm{suffix}"):
        yield Said(f"{phase}_encryption", _cipher(each), each.line)
    for each in section.named(f"hash-algorithm{suffix}"):
        words = each.values["name"].text if "name" in each.values else each.text
        hashes = (integrity(word) for word in words.split(","))
        yield Said(f"{phase}_integrity", tuple(filter(None, hashes)), each.line)
    for each in section.named("dhgroup"):
        groups = (dh_group(word) for word in each.text.split(","))
        yield Said(f"{phase}_dh_groups", tuple(filter(None, groups)), each.line)


def _cipher(section: Section) -> tuple[str, ...]:
    name = section.values.get("name", Value(section.text, 0)).text
    size = section.values.get("keylen", _NOTHING).text
    if not section.closed:
        return ()
    if size in ("auto", ""):
        # A name without a size and "auto" mean every size.
        whole = encryption(name, plain_aes=None)
        return (whole,) if whole else ("AES256", "AES192", "AES128") if name == "aes" else ()
    known = encryption(f"{name}{size}" if "gcm" in name else f"{name} {size}")
    return (known,) if known else ()


def _phase2(section: Section) -> Iterator[Said]:
    values = section.values
    yield from _algorithms(section, "phase2")
    yield from told(values, ("phase2_lifetime", "lifetime", positive))
    group, line = values.get("pfsgroup", _NOTHING)
    if group == "0":
        yield Said("pfs", False, line)
    elif group:
        known = tuple(filter(None, (dh_group(word) for word in group.split(","))))
        yield Said("pfs", True, line)
        yield Said("phase2_dh_groups", known, line)
    if values.get("mode", _NOTHING).text in _ROUTED:
        yield from _routed(section)
        return
    for field, side in (("local_selectors", "localid"), ("remote_selectors", "remoteid")):
        end = section.first(side)
        if end is not None and end.closed:
            kind = end.values.get("type", _NOTHING).text
            where = end.values.get("address", _NOTHING).text
            mask = end.values.get("netbits", Value("32", 0)).text
            known_net = network(where, mask) if kind in ("network", "address") else None
            yield Said(field, (known_net,) if known_net else (), end.line)


def _routed(section: Section) -> Iterator[Said]:
    """Read a tunnel interface: its ends are inside addresses, and all traffic may pass."""
    yield Said("local_selectors", (ANYWHERE,), section.line)
    yield Said("remote_selectors", (ANYWHERE,), section.line)
    yield from told(
        section.values,
        ("inside_address", "tunnel_local", interface),
        ("bgp_neighbor", "tunnel_remote", address),
    )
    for side, field in (("localid", "inside_address"), ("remoteid", "bgp_neighbor")):
        end = section.first(side)
        known = address(end.values.get("address", _NOTHING).text) if end and end.closed else None
        if end and known and side == "localid" and end.values.get("netbits"):
            known = interface(known, end.values["netbits"].text)
        yield Said(field, known, end.line if end else section.line)


def _assigned(section: Section) -> Iterator[Said]:
    """Read the interface that a tunnel interface is assigned to."""
    return told(
        section.values,
        ("inside_mtu", "mtu", number),
        # The form takes the size of the packet, 40 octets of headers included.
        ("tcp_mss", "mss", lambda text: (number(text) or 40) - 40 or None),
    )
