"""Juniper SRX (Junos): IKE and IPsec under `security`, the st0 unit and BGP.

Defaults applied where the object's end has been seen, as Juniper's CLI reference gives them: a
gateway without `version` speaks IKEv1 only, a policy without `perfect-forward-secrecy` has none,
and a VPN bound to an interface without proxy identity or traffic selector protects all traffic.
`proposal-set` names algorithms that change with the release; they stay unsaid.
"""

import ipaddress
import itertools
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

from bothup.model.device import DeviceConfig
from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._junos import text_of
from bothup.read.device_config._said import Said, assemble, config_of
from bothup.read.device_config._statements import Statement, Statements
from bothup.read.device_config._values import (
    ANYWHERE,
    address,
    asn,
    interface,
    kilobytes,
    network,
    number,
)

VENDOR = "juniper"
ALIASES = ("junos", "srx", "juniper-srx")

_MARKS = (
    re.compile(r"^\s*set security (?:ike|ipsec) (?:proposal|policy|gateway|vpn) ", re.MULTILINE),
    re.compile(r"^\s*(?:ike|ipsec) \{", re.MULTILINE),
    re.compile(
        r"^\s*(?:bind-interface|external-interface|ike-policy|ipsec-policy) \S+;", re.MULTILINE
    ),
    re.compile(r"^\s*set interfaces st0", re.MULTILINE),
)
_METHODS = MappingProxyType(
    {
        "pre-shared-keys": "psk",
        "rsa-signatures": "certificate",
        "dsa-signatures": "certificate",
        "ecdsa-signatures-256": "certificate",
        "ecdsa-signatures-384": "certificate",
        "ecdsa-signatures-521": "certificate",
        "certificates": "certificate",
    }
)
_STARTS = MappingProxyType({"immediately": "start", "on-traffic": "start", "responder-only": "add"})
_VERSIONS = MappingProxyType({"v1-only": ("ikev1",), "v2-only": ("ikev2",)})


class _Bgp(NamedTuple):
    """Neighbours with their groups, what groups say, and the device's own AS."""

    peers: dict[tuple[str, str], list[Said]]
    groups: dict[str, list[Said]]
    own: list[Said]


def detect(text: str) -> float:
    """Look for Junos's IKE and IPsec statements."""
    return min(0.95, 0.45 * sum(mark.search(text) is not None for mark in _MARKS))


def parse(text: str, source: str) -> DeviceConfig:
    """Read each VPN under `security ipsec` as a tunnel."""
    read = text_of(text)
    vpns = read.names("security", "ipsec", "vpn")
    bgp = _bgp(read)
    tunnels = (assemble(name, line, _said(read, bgp, name)) for name, line in vpns.items())
    return config_of(VENDOR, source, tunnels, (*read.notices, *_notices(read)))


def _notices(text: Statements) -> Iterator[str]:
    for words, line in text.all:
        if "proposal-set" in words:
            yield f"line {line}: the algorithms of a proposal-set depend on the release: not read"
        elif words[:1] == ("apply-groups",):
            yield f"line {line}: what comes from groups is not read"


def _said(text: Statements, bgp: _Bgp, name: str) -> Iterator[Said]:
    vpn = ("security", "ipsec", "vpn", name)
    bound: str | None = None
    selected = False
    for words, line in text.under(*vpn):
        match words:
            case ("bind-interface", where, *_):
                bound = where
            case ("ike", "gateway", gateway, *_):
                yield from _gateway(text, gateway)
            case ("ike", "ipsec-policy", policy, *_):
                yield from _ipsec_policy(text, policy)
            case ("ike", "idle-time", idle, *_):
                yield Said("idle_timeout", number(idle), line)
            case ("ike", "proxy-identity", side, subnet, *_) if side in ("local", "remote"):
                selected = True
                yield from _selector(side, subnet, line)
            case ("traffic-selector", _, side, subnet, *_) if side in ("local-ip", "remote-ip"):
                selected = True
                yield from _selector(side.partition("-")[0], subnet, line)
            case ("establish-tunnels", when, *_):
                yield Said("startup_action", _STARTS.get(when), line)
    if bound:
        line = next(text.under(*vpn)).line
        if text.closed(*vpn) and not selected:
            yield from _selector("local", ANYWHERE, line)
            yield from _selector("remote", ANYWHERE, line)
        yield from _inside(text, bgp, bound)
    for words, line in text.under("security", "flow", "tcp-mss", "ipsec-vpn"):
        yield Said("tcp_mss", number(words[-1]), line)


def _selector(side: str, subnet: str, line: int) -> Iterator[Said]:
    known = network(subnet)
    yield Said(f"{side}_selectors", (known,) if known else (), line)


def _gateway(text: Statements, name: str) -> Iterator[Said]:
    gateway = ("security", "ike", "gateway", name)
    statements = tuple(text.under(*gateway))
    version = next((each for each in statements if each.words[0] == "version"), None)
    if version:
        yield Said("ike_versions", _VERSIONS.get(version.words[-1]), version.line)
    elif statements and text.closed(*gateway):
        yield Said("ike_versions", ("ikev1",), statements[0].line)
    for each in statements:
        if each.words[0] == "ike-policy":
            yield from _ike_policy(text, each.words[-1])
        elif each.words[0] == "dead-peer-detection":
            yield from _dpd(each, statements)
        else:
            yield from _gateway_said(text, each)


def _gateway_said(text: Statements, each: Statement) -> Iterator[Said]:
    line = each.line
    match each.words:
        case ("address", peer, *_):
            yield Said("peer_address", address(peer), line)
        case ("local-address", own, *_):
            yield Said("local_address", address(own), line)
        case ("external-interface", name, *_):
            yield Said("local_address", _address_of(text, name), line)
        case ("local-identity", _, own, *_):
            yield Said("local_identity", own, line)
        case ("remote-identity", _, peer, *_):
            yield Said("peer_identity", peer, line)
        case ("no-nat-traversal",):
            yield Said("nat_t", False, line)


def _dpd(each: Statement, statements: tuple[Statement, ...]) -> Iterator[Said]:
    yield Said("dpd", True, each.line)
    values = {
        key: number(word)
        for words, _ in statements
        if words[0] == "dead-peer-detection"
        for key, word in itertools.pairwise(words)
    }
    interval, threshold = values.get("interval"), values.get("threshold")
    yield Said("dpd_delay", interval, each.line)
    if interval and threshold:
        yield Said("dpd_timeout", interval * threshold, each.line)


def _ike_policy(text: Statements, name: str) -> Iterator[Said]:
    for words, line in text.under("security", "ike", "policy", name):
        match words:
            case ("mode", mode, *_):
                yield Said("mode", mode if mode in ("main", "aggressive") else None, line)
            case ("proposals", *names):
                for each in names:
                    yield from _ike_proposal(text, each)
            case ("pre-shared-key", _, _, *_):
                yield Said("has_key", True, line)
                yield Said("authentication", "psk", line)
            case ("certificate", *_):
                yield Said("authentication", "certificate", line)


def _ike_proposal(text: Statements, name: str) -> Iterator[Said]:
    for words, line in text.under("security", "ike", "proposal", name):
        match words:
            case ("authentication-method", method, *_):
                yield Said("authentication", _METHODS.get(method), line)
            case ("dh-group", group, *_):
                known = dh_group(group)
                yield Said("phase1_dh_groups", (known,) if known else (), line)
            case _:
                yield from _algorithm(words, line, "phase1")


def _ipsec_policy(text: Statements, name: str) -> Iterator[Said]:
    policy = ("security", "ipsec", "policy", name)
    secrecy = False
    statements = tuple(text.under(*policy))
    for words, at in statements:
        match words:
            case ("proposals", *names):
                for each in names:
                    yield from _ipsec_proposal(text, each)
            case ("perfect-forward-secrecy", "keys", group, *_):
                secrecy = True
                known = dh_group(group)
                yield Said("pfs", True, at)
                yield Said("phase2_dh_groups", (known,) if known else (), at)
    if statements and not secrecy and text.closed(*policy):
        yield Said("pfs", False, statements[0].line)


def _ipsec_proposal(text: Statements, name: str) -> Iterator[Said]:
    for words, line in text.under("security", "ipsec", "proposal", name):
        if words[0] == "lifetime-kilobytes":
            yield Said("phase2_lifebytes", kilobytes(words[-1]), line)
        else:
            yield from _algorithm(words, line, "phase2")


def _algorithm(words: tuple[str, ...], line: int, phase: str) -> Iterator[Said]:
    if words[0] == "encryption-algorithm":
        cipher = encryption(words[-1])
        yield Said(f"{phase}_encryption", (cipher,) if cipher else (), line)
    elif words[0] == "authentication-algorithm":
        hashed = integrity(words[-1])
        yield Said(f"{phase}_integrity", (hashed,) if hashed else (), line)
    elif words[0] == "lifetime-seconds":
        yield Said(f"{phase}_lifetime", number(words[-1]), line)


def _unit(name: str) -> tuple[str, ...]:
    device, _, unit = name.partition(".")
    return ("interfaces", device, "unit", unit or "0")


def _address_of(text: Statements, name: str) -> str | None:
    for words, _ in text.under(*_unit(name), "family", "inet", "address"):
        return address(words[0])
    return None


def _inside(text: Statements, bgp: _Bgp, name: str) -> Iterator[Said]:
    for words, line in text.under(*_unit(name)):
        match words:
            case ("family", "inet", "address", inside, *_):
                yield Said("inside_address", interface(inside), line)
                yield from _neighbor(bgp, interface(inside))
            case ("family", "inet", "mtu", mtu, *_):
                yield Said("inside_mtu", number(mtu), line)
            case ("disable",):
                yield Said("enabled", False, line)


def _bgp(text: Statements) -> _Bgp:
    found = _Bgp({}, {}, [])
    for words, line in text.all:
        at = words.index("bgp") + 1 if "bgp" in words[:4] else len(words)
        match words[at:]:
            case ("group", group, "neighbor", peer, *rest):
                known = [Said("bgp_neighbor", address(peer), line), *_peer_said(tuple(rest), line)]
                found.peers.setdefault((group, peer), []).extend(known)
            case ("group", group, *rest):
                found.groups.setdefault(group, []).extend(_peer_said(tuple(rest), line))
            case () if words[:2] == ("routing-options", "autonomous-system"):
                found.own.append(Said("bgp_local_asn", asn(words[-1]), line))
    return found


def _neighbor(bgp: _Bgp, inside: str | None) -> Iterator[Said]:
    """Tell the neighbour in the network of the inside address, over what its group says."""
    for (group, peer), said in bgp.peers.items():
        if _is_near(peer, inside):
            yield from bgp.own
            yield from bgp.groups.get(group, ())
            yield from said


def _is_near(peer: str, inside: str | None) -> bool:
    known = address(peer)
    if known is None or inside is None or known == address(inside):
        return False
    return ipaddress.ip_address(known) in ipaddress.ip_interface(inside).network


def _peer_said(words: tuple[str, ...], line: int) -> Iterator[Said]:
    match words:
        case ("peer-as", other, *_):
            yield Said("bgp_remote_asn", asn(other), line)
        case ("local-as", other, *_):
            yield Said("bgp_local_asn", asn(other), line)
        case ("hold-time", time, *_):
            yield Said("bgp_hold_time", number(time), line)
