"""Cisco ASA: crypto maps, tunnel interfaces, tunnel groups and their group policies.

Defaults applied, as Cisco's command reference gives them: a whole entry without `set pfs` has no
PFS; in a whole `show running-config` (from "ASA Version" to ": end") a group policy that says
nothing of it disconnects after 30 idle minutes. A tunnel interface protects all traffic and comes
up by itself. Of a crypto map entry's peers only one is up at a time, the others stand by.
"""

import itertools
import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config._algorithms import encryption, integrity
from bothup.read.device_config._cisco import (
    Entry,
    address_of,
    bgp_said,
    interface_said,
    interfaces,
    ipsec_said,
    policies_said,
    protection,
    selectors_said,
    transforms_said,
)
from bothup.read.device_config._cisco_text import Block, Statement, Text, text_of
from bothup.read.device_config._said import Said, assemble, config_of, folded
from bothup.read.device_config._values import address, minutes, number

VENDOR = "cisco-asa"
ALIASES = ("asa", "cisco-ftd", "ftd", "cisco")

_MARKS = (
    re.compile(r"^\s*tunnel-group \S+ (?:type|ipsec-attributes|general-attributes)", re.MULTILINE),
    re.compile(r"^\s*crypto (?:ikev[12] (?:policy|enable)|ipsec ikev[12]) ", re.MULTILINE),
    re.compile(r"^(?:ASA Version|: Saved)|^\s*(?:nameif|sysopt connection) ", re.MULTILINE),
    re.compile(r"^\s*crypto map \S+ \d+ (?:set|match) ", re.MULTILINE),
    re.compile(r"^\s*group-policy \S+ (?:internal|attributes)", re.MULTILINE),
)
_WHOLE = re.compile(r"^ASA Version .*^: end", re.MULTILINE | re.DOTALL)
_IDLE = 30 * 60


def detect(text: str) -> float:
    """Look for ASA's tunnel groups and crypto statements."""
    return min(0.95, 0.35 * sum(mark.search(text) is not None for mark in _MARKS))


def parse(text: str, source: str) -> DeviceConfig:
    """Read tunnel interfaces and the entries of crypto maps, one tunnel for each peer."""
    blocks = text_of(text)
    idle = _IDLE if _WHOLE.search(text) else None
    entries = list(_entries(blocks))
    in_turn = [
        f"line {entry.line}: crypto map {entry.name} tries its peers in turn; only one is up"
        for entry in entries
        if len(_peers(entry)) > 1
    ]
    tunnels = itertools.chain(_interfaces(blocks, idle), _maps(blocks, entries, idle))
    return config_of(VENDOR, source, tunnels, (*blocks.notices, *in_turn))


def _interfaces(text: Text, idle: int | None) -> Iterator[DeviceTunnel]:
    for name, block in interfaces(text):
        profile = protection(block)
        if profile is None:
            continue
        entry = Entry(profile, block.head.line, (), closed=False)
        for each in text.named("crypto", "ipsec", "profile", profile):
            entry = Entry(profile, each.head.line, each.body, each.closed)
        yield assemble(name, block.head.line, _interface_said(text, block, entry, idle))


def _interface_said(text: Text, block: Block, entry: Entry, idle: int | None) -> Iterator[Said]:
    peer: str | None = None
    inside: str | None = None
    for each in block.named("tunnel"):
        if each.starts("tunnel", "destination"):
            peer = address(each.words[-1])
            yield Said("peer_address", peer, each.line)
        elif each.starts("tunnel", "source"):
            yield Said("local_address", address_of(text, each.words[-1]), each.line)
    for said in interface_said(block):
        inside = str(said.value) if said.field == "inside_address" else inside
        yield said
    yield from _protected_said(text, entry, peer, idle)
    for each in entry.named("responder-only"):
        yield Said("startup_action", "add", each.line)
    yield from bgp_said(text, inside)


def _entries(text: Text) -> Iterator[Entry]:
    """Put the statements of each crypto map entry together."""
    groups: dict[str, list[Block]] = {}
    for block in text.named("crypto", "map"):
        words = block.head.words
        if len(words) > 4 and words[3].isdigit():
            groups.setdefault(f"{words[2]} {words[3]}", []).append(block)
    for name, blocks in groups.items():
        body = tuple(
            Statement(each.words[4:], each.line, each.off) for each in (b.head for b in blocks)
        )
        yield Entry(name, blocks[0].head.line, body, all(block.closed for block in blocks))


def _peers(entry: Entry) -> list[tuple[str, int]]:
    return [
        (known, each.line)
        for each in entry.named("set", "peer")
        for word in each.words[2:]
        if (known := address(word))
    ]


def _maps(text: Text, entries: list[Entry], idle: int | None) -> Iterator[DeviceTunnel]:
    for entry in entries:
        for peer, line in _peers(entry):
            said = (Said("peer_address", peer, line), *_map_said(text, entry, peer, idle))
            yield assemble(entry.name, entry.line, said)


def _map_said(text: Text, entry: Entry, peer: str, idle: int | None) -> Iterator[Said]:
    for block in text.named("crypto", "map", entry.name.split()[0], "interface"):
        yield Said("local_address", address_of(text, block.head.words[-1]), block.head.line)
    acl = next((each.after("address") for each in entry.named("match", "address")), None)
    yield from selectors_said(text, acl)
    yield from _protected_said(text, entry, peer, idle)
    for each in entry.named("set"):
        if each.starts("set", "connection-type"):
            passive = each.words[-1] == "answer-only"
            yield Said("startup_action", "add" if passive else "start", each.line)
        elif each.starts("set", "nat-t-disable"):
            yield Said("nat_t", each.off, each.line)
        elif each.starts("set", "ikev1", "phase1-mode"):
            yield Said("mode", each.words[3] if len(each.words) > 3 else None, each.line)


def _protected_said(text: Text, entry: Entry, peer: str | None, idle: int | None) -> Iterator[Said]:
    """Read both phases of a tunnel and what its group says."""
    yield from ipsec_said(text, entry)
    policy, allowed = _group_policy(text, peer)
    for version, words in (("ikev1", "transform-set"), ("ikev2", "ipsec-proposal")):
        used = [each for each in entry.named("set") if words in each.words]
        if not used or (allowed and version not in allowed):
            continue
        yield Said("ike_versions", (version,), used[0].line)
        names = [name for each in used for name in each.words[each.words.index(words) + 1 :]]
        if version == "ikev1":
            yield from transforms_said(text, names)
        else:
            yield from _proposals_said(text, names)
        yield from text.once(_policies, version)
    yield from _group_said(text, peer, policy, idle)
    yield from text.once(_for_all)


def _for_all(text: Text) -> tuple[Said, ...]:
    natted = (block.head for block in text.named("crypto", "isakmp", "nat-traversal"))
    clamped = (block.head for block in text.named("sysopt", "connection", "tcpmss"))
    return folded(
        (
            *(Said("nat_t", not head.off, head.line) for head in natted),
            *(Said("tcp_mss", number(head.after("tcpmss")), head.line) for head in clamped),
        )
    )


def _policies(text: Text, version: str) -> tuple[Said, ...]:
    names = ("isakmp", "ikev1") if version == "ikev1" else ("ikev2",)
    return folded(
        policies_said(block for name in names for block in text.named("crypto", name, "policy"))
    )


def _proposals_said(text: Text, names: list[str]) -> Iterator[Said]:
    blocks = (
        block
        for name in names
        for block in text.named("crypto", "ipsec", "ikev2", "ipsec-proposal", name)
    )
    for block in blocks:
        for each in block.named("protocol", "esp", "encryption"):
            ciphers = tuple(filter(None, map(encryption, each.words[3:])))
            yield Said("phase2_encryption", ciphers, each.line)
        for each in block.named("protocol", "esp", "integrity"):
            hashes = tuple(filter(None, map(integrity, each.words[3:])))
            yield Said("phase2_integrity", hashes, each.line)


def _group_policy(text: Text, peer: str | None) -> tuple[str, tuple[str, ...]]:
    """Name the group policy of a peer and the IKE versions that it allows, () for any."""
    policy = "DfltGrpPolicy"
    for block in text.named("tunnel-group", peer or ""):
        policy = next((each.words[-1] for each in block.named("default-group-policy")), policy)
    for block in text.named("group-policy", policy, "attributes"):
        for each in block.named("vpn-tunnel-protocol"):
            return policy, tuple(word for word in each.words if word in ("ikev1", "ikev2"))
    return policy, ()


def _group_said(text: Text, peer: str | None, policy: str, idle: int | None) -> Iterator[Said]:
    for block in text.named("tunnel-group", peer or ""):
        yield Said("idle_timeout", idle, block.head.line)
        for each in block.body:
            yield from _attribute(each)
    for name in dict.fromkeys(("DfltGrpPolicy", policy)):
        for block in text.named("group-policy", name, "attributes"):
            for each in block.named("vpn-idle-timeout"):
                value = each.words[1] if len(each.words) > 1 else None
                yield Said("idle_timeout", 0 if value == "none" else minutes(value), each.line)


def _attribute(each: Statement) -> Iterator[Said]:
    words = each.words
    if "pre-shared-key" in words[:3] and words[-1] != "pre-shared-key":
        yield Said("has_key", True, each.line)
        yield Said("authentication", "psk", each.line)
    elif each.starts("ikev2", "local-authentication", "certificate") or each.starts(
        "ikev1", "trust-point"
    ):
        yield Said("authentication", "certificate", each.line)
    elif each.starts("isakmp", "keepalive"):
        yield Said("dpd", "disable" not in words, each.line)
        yield Said("dpd_delay", number(each.after("threshold")), each.line)
