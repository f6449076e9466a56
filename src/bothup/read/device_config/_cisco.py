"""What IOS and ASA have in common: interfaces, access lists, IPsec parameters, BGP."""

import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._cisco_text import Block, Statement, Text
from bothup.read.device_config._said import Said, folded
from bothup.read.device_config._values import (
    ANYWHERE,
    address,
    asn,
    interface,
    kilobytes,
    network,
    number,
)

# An inside network has four addresses; a neighbour is looked for among not many more.
_LARGEST_INSIDE = 256
_ALWAYS = "0.0.0.0"  # noqa: S104 - an address that stands for every address


class Entry(NamedTuple):
    """What protects a tunnel: an IPsec profile or one entry of a crypto map."""

    name: str
    line: int
    body: tuple[Statement, ...]
    closed: bool

    def named(self, *words: str) -> Iterator[Statement]:
        """Yield the statements that begin with these words."""
        return (each for each in self.body if each.starts(*words))


def interfaces(text: Text) -> Iterator[tuple[str, Block]]:
    """Yield the interfaces by name, as it stands in other statements ("Tunnel1")."""
    for block in (*text.named("interface"), *text.named("int")):
        if len(block.head.words) > 1:
            yield "".join(block.head.words[1:]), block


def address_of(text: Text, name: str | None) -> str | None:
    """Give an address that is written as itself, or as an interface's name or `nameif`."""
    if name is None or address(name):
        return address(name)
    return text.once(_addresses).get(name.lower())


def _addresses(text: Text) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for called, block in interfaces(text):
        known = next(
            (each.words[2] for each in block.named("ip", "address") if each.words[2:]), None
        )
        found[called.lower()] = address(known)
        for each in block.named("nameif"):
            found[each.words[-1].lower()] = address(known)
    return found


def interface_said(block: Block) -> Iterator[Said]:
    """Read a tunnel interface: its inside address, sizes and whether it is shut down."""
    for each in block.body:
        words, line = each.words, each.line
        if each.starts("ip", "address") and len(words) > 3:
            yield Said("inside_address", interface(words[2], words[3]), line)
        elif each.starts("ip", "mtu") or each.starts("mtu"):
            yield Said("inside_mtu", number(words[-1]), line)
        elif each.starts("ip", "tcp", "adjust-mss"):
            yield Said("tcp_mss", number(words[-1]), line)
        elif each.starts("tunnel", "mode", "ipsec"):
            yield Said("local_selectors", (ANYWHERE,), line)
            yield Said("remote_selectors", (ANYWHERE,), line)
            # A tunnel interface brings its tunnel up by itself.
            yield Said("startup_action", "start", line)
        elif words == ("shutdown",):
            yield Said("enabled", each.off, line)


def protection(block: Block) -> str | None:
    """Name the IPsec profile that protects an interface."""
    found = next(block.named("tunnel", "protection", "ipsec", "profile"), None)
    return found.after("profile") if found else None


def policies_said(blocks: Iterable[Block], *, isakmp: bool = False) -> Iterator[Said]:
    """Read IKE policies or proposals, all of which the device offers.

    How long they live and how they authenticate is told where all say the same. `isakmp` says that
    they are IOS's ISAKMP policies: a whole one hashes with SHA-1 and lives 86400 seconds unless it
    says otherwise.
    """
    single: dict[str, set[tuple[object, int]]] = {"phase1_lifetime": set(), "authentication": set()}
    for block in blocks:
        missing = {"hash", "lifetime"} if isakmp and block.closed else set()
        for each in block.body:
            what, values, line = each.words[0], each.words[1:], each.line
            missing.discard(what)
            if what in ("encr", "encryption"):
                yield Said("phase1_encryption", tuple(_ciphers(values)), line)
            elif what in ("hash", "integrity"):
                yield Said("phase1_integrity", tuple(filter(None, map(integrity, values))), line)
            elif what == "group":
                yield Said("phase1_dh_groups", tuple(filter(None, map(dh_group, values))), line)
            elif what == "lifetime" and values:
                single["phase1_lifetime"].add((number(values[-1]), line))
            elif what == "authentication":
                single["authentication"].add((authentication(values), line))
        if "hash" in missing:
            yield Said("phase1_integrity", ("SHA1",), block.head.line)
        if "lifetime" in missing:
            single["phase1_lifetime"].add((86400, block.head.line))
    for field, told in single.items():
        if len({value for value, _ in told}) == 1:
            value, line = min(told, key=lambda pair: pair[1])
            yield Said(field, value, line)


def authentication(words: tuple[str, ...]) -> str | None:
    """Read a method of authentication."""
    if "pre-share" in words or "pre-shared-key" in words:
        return "psk"
    known = ("rsa-sig", "ecdsa-sig", "certificate", "rsa-encr")
    return "certificate" if any(each in words for each in known) else None


def _ciphers(words: tuple[str, ...]) -> Iterator[str]:
    """Read ciphers of which a size may stand behind ("aes 256", "esp-gcm 256")."""
    for word, following in zip(words, (*words[1:], ""), strict=False):
        if not word.isdigit():
            known = encryption(f"{word} {following}" if following.isdigit() else word)
            if known:
                yield known


def transforms_said(text: Text, names: Iterable[str]) -> Iterator[Said]:
    """Read transform sets by name, IOS's and ASA's for IKEv1."""
    for name in dict.fromkeys(names):
        for block in (
            *text.named("crypto", "ipsec", "transform-set", name),
            *text.named("crypto", "ipsec", "ikev1", "transform-set", name),
        ):
            words = block.head.words
            rest = words[words.index("transform-set") + 2 :]
            hashes = tuple(filter(None, (integrity(word) for word in rest)))
            yield Said("phase2_encryption", tuple(_ciphers(rest)), block.head.line)
            yield Said("phase2_integrity", hashes, block.head.line)


def ipsec_said(text: Text, entry: Entry) -> Iterator[Said]:
    """Read lifetimes and PFS: what holds for all tunnels, then what the entry says.

    A whole entry without `set pfs` has none, as Cisco documents.
    """
    yield from text.once(_for_all)
    pfs = False
    for each in entry.named("set"):
        if each.starts("set", "security-association"):
            yield from _association(each, each.words[1:])
        elif each.starts("set", "pfs"):
            pfs = True
            group = dh_group(each.words[2]) if len(each.words) > 2 else None
            yield Said("pfs", not each.off, each.line)
            yield Said("phase2_dh_groups", (group,) if group else (), each.line)
    if entry.closed and not pfs:
        yield Said("pfs", False, entry.line)


def _for_all(text: Text) -> tuple[Said, ...]:
    heads = (block.head for block in text.named("crypto", "ipsec", "security-association"))
    return folded(said for head in heads for said in _association(head, head.words[2:]))


def _association(each: Statement, words: tuple[str, ...]) -> Iterator[Said]:
    pairs = dict(itertools.pairwise(words))
    yield Said("phase2_lifetime", number(pairs.get("seconds")), each.line)
    volume = pairs.get("kilobytes")
    yield Said(
        "phase2_lifebytes",
        0 if volume in ("disable", "unlimited") else kilobytes(volume),
        each.line,
    )
    yield Said("idle_timeout", number(pairs.get("idle-time")), each.line)


def selectors_said(text: Text, name: str | None) -> tuple[Said, ...]:
    """Read the access list of a crypto map entry; IOS's masks are inverted, ASA's are not."""
    return text.once(_list_said, name) if name is not None else ()


def _list_said(text: Text, name: str) -> tuple[Said, ...]:
    # IOS writes "extended" before the name of a list, or numbers it; ASA writes it behind.
    wildcards = not any(
        block.head.starts("access-list", name, "extended")
        for block in text.named("access-list", name)
    )
    return folded(_selectors(text, name, wildcards=wildcards))


def _selectors(text: Text, name: str, *, wildcards: bool) -> Iterator[Said]:
    objects = text.once(_objects)
    for each in _rules(text, name):
        words = each.words
        if "permit" not in words or each.off:
            continue
        at = words.index("permit") + 2
        source, at = _end(words, at, objects, wildcards=wildcards)
        target, _ = _end(words, at, objects, wildcards=wildcards)
        yield Said("local_selectors", (source,) if source else (), each.line)
        yield Said("remote_selectors", (target,) if target else (), each.line)


def _rules(text: Text, name: str) -> Iterator[Statement]:
    for block in text.named("access-list", name):
        yield block.head
    for block in text.named("ip", "access-list", "extended", name):
        yield from block.body


def _objects(text: Text) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in text.named("object", "network"):
        for each in block.body:
            words = each.words
            known = network(*words[1:3]) if words[0] in ("subnet", "host") and words[1:] else None
            if known and len(block.head.words) > 2:
                found[block.head.words[2]] = known
    return found


def _end(
    words: tuple[str, ...], at: int, objects: Mapping[str, str], *, wildcards: bool
) -> tuple[str | None, int]:
    """Read one end of a rule and give where the other begins."""
    first, second = (*words[at : at + 2], "", "")[:2]
    if first in ("any", "any4"):
        return ANYWHERE, at + 1
    if first == "host":
        return network(second), at + 2
    if first in ("object", "object-group"):
        return objects.get(second), at + 2
    return network(first, _netmask(second, wildcards=wildcards)), at + 2


def _netmask(mask: str, *, wildcards: bool) -> str:
    try:
        plain = ipaddress.IPv4Address(mask)
    except ValueError:
        return mask
    return str(ipaddress.IPv4Address(int(plain) ^ (2**32 - 1))) if wildcards else mask


class _Neighbor(NamedTuple):
    """A BGP neighbour's address, what is said of its group and of itself, and where."""

    peer: str
    shared: tuple[Statement, ...]
    own: tuple[Statement, ...]
    block: Block


def bgp_said(text: Text, inside: str | None) -> Iterator[Said]:
    """Read the BGP neighbour in the network of an inside address, and its timers."""
    try:
        near = ipaddress.ip_interface(inside or "").network
    except ValueError:
        return
    if near.num_addresses > _LARGEST_INSIDE:
        return
    wanted = {str(each) for each in near} - {address(inside)}
    for neighbor in text.once(_neighbors):
        if neighbor.peer in wanted:
            # What is shared may yet be overruled where the block is cut off.
            yield from _neighbor_said(neighbor, alone=text.cut and not neighbor.block.closed)


def _neighbors(text: Text) -> tuple[_Neighbor, ...]:
    found: list[_Neighbor] = []
    for block in text.named("router", "bgp"):
        by_name: dict[str, list[Statement]] = {}
        for each in block.named("neighbor"):
            if len(each.words) > 1:
                by_name.setdefault(each.words[1], []).append(each)
        for name, statements in by_name.items():
            peer = address(name)
            if peer:
                groups = [each.words[3] for each in statements if _joins(each)]
                shared = (each for group in groups for each in by_name.get(group, ()))
                found.append(_Neighbor(peer, tuple(shared), tuple(statements), block))
    return tuple(found)


def _joins(each: Statement) -> bool:
    return each.words[2:3] == ("peer-group",) and len(each.words) > 3


def _neighbor_said(neighbor: _Neighbor, *, alone: bool) -> Iterator[Said]:
    head = neighbor.block.head
    yield Said("bgp_local_asn", asn(head.words[2] if len(head.words) > 2 else None), head.line)
    for each in () if alone else neighbor.block.named("timers", "bgp"):
        yield from _timers(each, each.words[2:])
    for each in neighbor.own if alone else (*neighbor.shared, *neighbor.own):
        words = each.words
        if words[2:3] == ("remote-as",) and not each.off:
            yield Said("bgp_neighbor", neighbor.peer, each.line)
            yield Said("bgp_remote_asn", asn(each.after("remote-as")), each.line)
        elif words[2:3] == ("local-as",):
            yield Said("bgp_local_asn", asn(each.after("local-as")), each.line)
        elif words[2:3] == ("timers",):
            yield from _timers(each, words[3:])


def _timers(each: Statement, words: tuple[str, ...]) -> Iterator[Said]:
    if len(words) > 1:
        yield Said("bgp_keepalive", number(words[0]), each.line)
        yield Said("bgp_hold_time", number(words[1]), each.line)


class Peers(NamedTuple):
    """Lines by the peers that they are for: single addresses, and networks."""

    single: dict[str, int]
    networks: tuple[tuple[str, int], ...]

    def line(self, peer: str | None) -> int | None:
        """Give the line that is for a peer."""
        if peer is None or peer in self.single:
            return self.single.get(peer or "")
        own = ipaddress.ip_address(peer)
        return next((at for net, at in self.networks if own in ipaddress.ip_network(net)), None)


def peers_of(statements: Iterable[tuple[tuple[str, ...], int]]) -> Peers:
    """Sort lines by an address that may have a mask; 0.0.0.0 alone is everybody."""
    single: dict[str, int] = {}
    networks: dict[str, int] = {}
    for words, line in statements:
        known = address(words[0] if words else None)
        mask = words[1] if len(words) > 1 and address(words[1]) else None
        if known == _ALWAYS:
            networks.setdefault(ANYWHERE, line)
        elif known and mask in (None, "255.255.255.255"):
            single.setdefault(known, line)
        elif known and (net := network(known, mask)):
            networks.setdefault(net, line)
    return Peers(single, tuple(networks.items()))
