"""Cisco IOS and IOS XE: tunnel interfaces with IPsec profiles, and crypto maps.

Defaults applied where the block's end has been seen, as Cisco's command reference gives them: an
ISAKMP policy hashes with SHA-1 and lives 86400 seconds, an IKEv2 profile lives 86400 seconds, no
PFS without `set pfs`. A tunnel interface protects all traffic and comes up by itself. Every ISAKMP
policy is offered to every peer.
"""

import itertools
import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config._cisco import (
    Entry,
    Peers,
    address_of,
    authentication,
    bgp_said,
    interface_said,
    interfaces,
    ipsec_said,
    peers_of,
    policies_said,
    protection,
    selectors_said,
    transforms_said,
)
from bothup.read.device_config._cisco_text import Block, Statement, Text, text_of
from bothup.read.device_config._said import Said, assemble, config_of, folded
from bothup.read.device_config._values import address, number

VENDOR = "cisco-ios"
ALIASES = ("cisco-ios-xe", "cisco-iosxe", "ios", "iosxe", "cisco")

_MARKS = (
    re.compile(r"^\s*crypto (?:isakmp (?:policy|profile|key)|keyring) ", re.MULTILINE),
    re.compile(r"^\s*crypto ikev2 (?:proposal|keyring|profile) ", re.MULTILINE),
    re.compile(r"^\s*crypto ipsec transform-set ", re.MULTILINE),
    re.compile(r"^\s*tunnel protection ipsec profile ", re.MULTILINE),
    re.compile(r"^\s*crypto map \S+ \d+ ipsec-isakmp", re.MULTILINE),
)
_NOT_IOS = re.compile(
    r"^\s*(?:tunnel-group |ASA Version|crypto ikev1 |crypto ipsec ikev[12] |nameif |sysopt )",
    re.MULTILINE,
)


def detect(text: str) -> float:
    """Look for IOS's crypto statements, and for none of ASA's."""
    if _NOT_IOS.search(text):
        return 0.1
    return min(0.95, 0.35 * sum(mark.search(text) is not None for mark in _MARKS))


def parse(text: str, source: str) -> DeviceConfig:
    """Read tunnel interfaces and the entries of crypto maps."""
    blocks = text_of(text)
    in_turn = [
        f"line {block.head.line}: crypto map {' '.join(block.head.words[2:4])} tries its peers in "
        "turn; only one is up"
        for block in blocks.named("crypto", "map")
        if len(list(block.named("set", "peer"))) > 1
    ]
    tunnels = itertools.chain(_interfaces(blocks), _maps(blocks))
    return config_of(VENDOR, source, tunnels, (*blocks.notices, *in_turn))


def _interfaces(text: Text) -> Iterator[DeviceTunnel]:
    for name, block in interfaces(text):
        profile = protection(block)
        if profile is None:
            continue
        entry = next(
            (
                Entry(profile, each.head.line, each.body, each.closed)
                for each in text.named("crypto", "ipsec", "profile", profile)
            ),
            Entry(profile, block.head.line, (), closed=False),
        )
        yield assemble(name, block.head.line, _interface_said(text, block, entry))


def _interface_said(text: Text, block: Block, entry: Entry) -> Iterator[Said]:
    peer = local = None
    inside: str | None = None
    for each in block.named("tunnel"):
        if each.starts("tunnel", "destination"):
            peer = address(each.words[-1])
            yield Said("peer_address", peer, each.line)
        elif each.starts("tunnel", "source"):
            local = address_of(text, "".join(each.words[2:]))
            yield Said("local_address", local, each.line)
    for said in interface_said(block):
        inside = str(said.value) if said.field == "inside_address" else inside
        yield said
    yield from _protected_said(text, entry, peer, local)
    yield from bgp_said(text, inside)


def _maps(text: Text) -> Iterator[DeviceTunnel]:
    for block in text.named("crypto", "map"):
        words = block.head.words
        if len(words) < 5 or words[4] != "ipsec-isakmp":
            continue
        entry = Entry(f"{words[2]} {words[3]}", block.head.line, block.body, block.closed)
        local = text.once(_map_address, words[2])
        acl = next((each.after("address") for each in entry.named("match", "address")), None)
        for each in entry.named("set", "peer"):
            peer = address(each.words[2] if len(each.words) > 2 else None)
            yield assemble(
                entry.name,
                entry.line,
                (
                    Said("peer_address", peer, each.line),
                    *local,
                    *selectors_said(text, acl),
                    *_protected_said(text, entry, peer, None),
                ),
            )


def _map_address(text: Text, name: str) -> tuple[Said, ...]:
    """Find the address of the interface that a crypto map is bound to."""
    for block in text.named("crypto", "map", name, "local-address"):
        return (
            Said("local_address", address_of(text, "".join(block.head.words[4:])), block.head.line),
        )
    for called, block in interfaces(text):
        for each in block.named("crypto", "map", name):
            return (Said("local_address", address_of(text, called), each.line),)
    return ()


def _protected_said(
    text: Text, entry: Entry, peer: str | None, local: str | None
) -> Iterator[Said]:
    """Read both phases of a tunnel."""
    yield from ipsec_said(text, entry)
    names = [each.words[2:] for each in entry.named("set", "transform-set")]
    yield from transforms_said(text, [name for group in names for name in group])
    second = next(
        (each.after("ikev2-profile") for each in entry.named("set", "ikev2-profile")), None
    )
    if second is not None:
        yield from _ikev2_said(text, second, entry, peer, local)
    else:
        yield from _ikev1_said(text, entry, peer)
    for block in text.named("crypto", "ipsec", "nat-transparency", "udp-encapsulation"):
        yield Said("nat_t", False if block.head.off else None, block.head.line)


def _ikev1_said(text: Text, entry: Entry, peer: str | None) -> Iterator[Said]:
    yield from text.once(_ikev1_for_all)
    line = text.once(_ikev1_keys).line(peer)
    yield Said("has_key", True if line else None, line or 0)
    named = {each.after("isakmp-profile") for each in entry.named("set", "isakmp-profile")}
    found = text.once(_isakmp_peers).line(peer)
    for block in text.named("crypto", "isakmp", "profile"):
        if block.head.after("profile") in named or (not named and block.head.line == found):
            yield from _isakmp_profile(block)


def _ikev1_for_all(text: Text) -> tuple[Said, ...]:
    return folded(_ikev1_policies(text))


def _ikev1_policies(text: Text) -> Iterator[Said]:
    policies = tuple(text.named("crypto", "isakmp", "policy"))
    if policies:
        yield Said("ike_versions", ("ikev1",), policies[0].head.line)
    yield from policies_said(policies, isakmp=True)
    for block in text.named("crypto", "isakmp", "keepalive"):
        yield from _keepalive(block.head, block.head.words[3:])


def _isakmp_peers(text: Text) -> Peers:
    """Sort the ISAKMP profiles, by their lines, by the peers that they match."""
    return peers_of(
        (each.words[3:], block.head.line)
        for block in text.named("crypto", "isakmp", "profile")
        for each in block.named("match", "identity", "address")
    )


def _isakmp_profile(block: Block) -> Iterator[Said]:
    for each in block.body:
        if each.starts("match", "identity", "address") and len(each.words) > 3:
            yield Said("peer_identity", address(each.words[3]), each.line)
        elif each.starts("self-identity") and len(each.words) > 1:
            yield Said("local_identity", address(each.words[-1]), each.line)
        elif each.starts("keepalive"):
            yield from _keepalive(each, each.words[1:])
        elif each.starts("initiate", "mode", "aggressive"):
            yield Said("mode", "aggressive", each.line)


def _keepalive(each: Statement, words: tuple[str, ...]) -> Iterator[Said]:
    yield Said("dpd", not each.off, each.line)
    yield Said("dpd_delay", number(words[0] if words else None), each.line)


def _ikev1_keys(text: Text) -> Peers:
    """Sort the pre-shared keys by the peers that they are for."""
    keys = [block.head for block in text.named("crypto", "isakmp", "key")]
    keys += [each for block in text.named("crypto", "keyring") for each in block.body]
    return peers_of(
        (each.words[each.words.index("address") + 1 :], each.line)
        for each in keys
        if {"key", "pre-shared-key"} & set(each.words) and "address" in each.words
    )


def _ikev2_said(
    text: Text, profile: str, entry: Entry, peer: str | None, local: str | None
) -> Iterator[Said]:
    line = next(entry.named("set", "ikev2-profile")).line
    yield Said("ike_versions", ("ikev2",), line)
    yield from text.once(_proposals_said, local or "")
    for block in text.named("crypto", "ikev2", "dpd"):
        yield from _keepalive(block.head, block.head.words[3:])
    for block in text.named("crypto", "ikev2", "profile", profile):
        if block.closed:
            yield Said("phase1_lifetime", 86400, block.head.line)
        for each in block.body:
            yield from _ikev2_profile(each)
        for ring in {each.words[-1] for each in block.named("keyring")}:
            found = text.once(_ring, ring).line(peer)
            yield Said("has_key", True if found else None, found or 0)


def _ikev2_profile(each: Statement) -> Iterator[Said]:
    words = each.words
    if each.starts("match", "identity", "remote", "address") and len(words) > 4:
        yield Said("peer_identity", address(words[4]), each.line)
    elif each.starts("identity", "local", "address"):
        yield Said("local_identity", address(words[-1]), each.line)
    elif each.starts("authentication", "local"):
        yield Said("authentication", authentication(words), each.line)
    elif each.starts("lifetime"):
        yield Said("phase1_lifetime", number(words[-1]), each.line)
    elif each.starts("dpd"):
        yield from _keepalive(each, words[1:])
    elif each.starts("reauthentication"):
        yield Said("reauthentication", not each.off, each.line)


def _proposals_said(text: Text, local: str) -> tuple[Said, ...]:
    return folded(policies_said(_proposals(text, local or None)))


def _proposals(text: Text, local: str | None) -> list[Block]:
    """Find the proposals of the policies that apply; all of them where there is no policy."""
    policies = tuple(text.named("crypto", "ikev2", "policy"))
    addresses = [
        {each.words[-1] for each in policy.named("match", "address", "local")}
        for policy in policies
    ]
    # Without the own address, policies for several addresses cannot be told apart.
    alike = len(set[str]().union(*addresses)) < 2
    wanted = {
        word
        for policy, here in zip(policies, addresses, strict=True)
        if not here or (alike if local is None else local in here or not any(map(address, here)))
        for each in policy.named("proposal")
        for word in each.words[1:]
    }
    return [
        block
        for block in text.named("crypto", "ikev2", "proposal")
        if (not policies and not text.cut) or block.head.after("proposal") in wanted
    ]


def _ring(text: Text, name: str) -> Peers:
    return peers_of(_ikev2_keys(text, name))


def _ikev2_keys(text: Text, ring: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield for whom each pre-shared key of a keyring is, and its line."""
    for block in text.named("crypto", "ikev2", "keyring"):
        if block.head.words[-1] != ring:
            continue
        whom: tuple[str, ...] = ()
        for each in block.body:
            if each.starts("peer"):
                whom = ()
            elif each.starts("address"):
                whom = each.words[1:]
            elif each.starts("pre-shared-key") and len(each.words) > 1:
                yield whom, each.line
