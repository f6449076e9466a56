"""Rows of who talks to whom: addresses, identities, authentication, NAT, traffic selectors."""

import ipaddress
from collections.abc import Iterator

from bothup.engine.differences._row import Difference, Severity, Sides

_ANYBODY = frozenset({"", "%any", "any", "*", "0.0.0.0"})  # noqa: S104 - what stands for anybody
_PRIVATE = tuple(
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
_KEY = {
    True: "whether it is the right one, a text does not tell",
    False: "the device has no key for this tunnel",
    None: "",
}
_EVERYWHERE = "0.0.0.0/0"
# Daemons that put all selectors of an IKEv2 child into one pair of SAs.
_ONE_PAIR = frozenset({"strongswan", "opnsense", "pfsense"})


def rows(sides: Sides) -> Iterator[Difference]:
    """Compare the ends of the tunnel."""
    yield from _enabled(sides)
    yield _peer_address(sides)
    yield from _own_address(sides)
    yield from _identities(sides)
    yield from _authentication(sides)
    yield from _nat(sides)
    yield from _selectors(sides)


def _enabled(sides: Sides) -> Iterator[Difference]:
    if sides.device.enabled is not None:
        off = not sides.device.enabled
        yield sides.row(
            "switched on",
            Severity.CONFLICT if off else Severity.SAME,
            aws="on",
            device=sides.device.enabled,
            field="OutsideIpAddress",
            said=("enabled",),
            why="the tunnel is switched off on the device" if off else "",
        )


def _peer_address(sides: Sides) -> Difference:
    peer, ours = sides.device.peer_address, sides.tunnel.outside_ip
    wrong = peer is not None and peer != ours
    return sides.row(
        "address of AWS",
        Severity.UNKNOWN if peer is None else Severity.CONFLICT if wrong else Severity.SAME,
        aws=ours,
        device=peer,
        field="OutsideIpAddress",
        said=("peer_address",),
        why="the device's tunnel goes to another address" if wrong else "",
    )


def _own_address(sides: Sides) -> Iterator[Difference]:
    known = sides.gateway.ip_address if sides.gateway else None
    own = sides.device.local_address
    if own is None or known is None:
        severity, why = Severity.UNKNOWN, ""
    elif own == known:
        severity, why = Severity.SAME, ""
    elif not _is_private(own):
        severity, why = Severity.CONFLICT, "AWS knows the device by another address"
    elif sides.device.nat_t is False:
        severity, why = Severity.CONFLICT, "the device is behind NAT and NAT traversal is off"
    else:
        severity, why = Severity.SAME, "the device is behind NAT"
    yield sides.row(
        "address of the device",
        severity,
        aws=known,
        device=own,
        field="CustomerGateway.IpAddress",
        said=("local_address",),
        why=why,
    )


def _identities(sides: Sides) -> Iterator[Difference]:
    theirs = _identity(sides.device.peer_identity)
    if theirs is not None:
        severity = _their_identity(theirs, sides.tunnel.outside_ip)
        yield sides.row(
            "identity of AWS",
            severity,
            aws=sides.tunnel.outside_ip,
            device=theirs,
            field="OutsideIpAddress",
            said=("peer_identity",),
            why="AWS names itself by the outside IP" if severity is Severity.CONFLICT else "",
        )
    own = _identity(sides.device.local_identity)
    known = sides.gateway.ip_address if sides.gateway else None
    if own is not None and known is not None:
        yield sides.row(
            "identity of the device",
            _own_identity(own, known),
            aws=known,
            device=own,
            field="CustomerGateway.IpAddress",
            said=("local_identity",),
            why="" if own == known else "AWS knows the device by its customer gateway's address",
        )


def _their_identity(theirs: str, outside_ip: str) -> Severity:
    if theirs == outside_ip or theirs in _ANYBODY:
        return Severity.SAME
    # A name may be that of AWS's certificate, which is not known here.
    return Severity.CONFLICT if _is_address(theirs) else Severity.UNKNOWN


def _own_identity(own: str, known: str) -> Severity:
    if own == known:
        return Severity.SAME
    if not _is_address(own):
        return Severity.UNKNOWN
    return Severity.RISK if _is_private(own) else Severity.CONFLICT


def _authentication(sides: Sides) -> Iterator[Difference]:
    in_gateway = sides.gateway.certificate_arn if sides.gateway else None
    certificate = sides.tunnel.certificate_arn or in_gateway
    theirs = sides.device.authentication
    if theirs is None:
        severity, why = Severity.UNKNOWN, ""
    elif certificate:
        fits = theirs == "certificate"
        severity = Severity.SAME if fits else Severity.CONFLICT
        why = "" if fits else "AWS wants a certificate"
    else:
        # AWS names a certificate where it uses one, but a record need not be whole.
        severity = Severity.SAME if theirs == "psk" else Severity.UNKNOWN
        why = "" if theirs == "psk" else "AWS's description names no certificate"
    yield sides.row(
        "authentication",
        severity,
        aws="certificate" if certificate else "psk",
        device=theirs,
        field="CustomerGateway.CertificateArn",
        said=("authentication",),
        why=why,
    )
    if theirs == "psk":
        yield _key(sides)


def _key(sides: Sides) -> Difference:
    there = sides.device.has_key
    severity = Severity.SAME if there else Severity.CONFLICT
    return sides.row(
        "pre-shared key",
        Severity.UNKNOWN if there is None else severity,
        aws="there",
        device="" if there is None else "there" if there else "none",
        field="PreSharedKey",
        said=("has_key",),
        why=_KEY[there],
    )


def _nat(sides: Sides) -> Iterator[Difference]:
    on = sides.device.nat_t
    if on is None and not sides.connection.accelerated:
        return
    needed = sides.connection.accelerated
    wrong = needed and on is False
    yield sides.row(
        "NAT traversal",
        Severity.UNKNOWN if on is None else Severity.CONFLICT if wrong else Severity.SAME,
        aws="needed" if needed else "where there is NAT",
        device=on,
        field="Options.EnableAcceleration",
        said=("nat_t",),
        why="an accelerated connection needs NAT traversal" if wrong else "",
    )


def _selectors(sides: Sides) -> Iterator[Difference]:
    connection, device = sides.connection, sides.device
    yield _selector(sides, "local", connection.local_cidr, device.local_selectors)
    yield _selector(sides, "remote", connection.remote_cidr, device.remote_selectors)
    pairs = len(device.local_selectors) * len(device.remote_selectors)
    together = sides.vendor in _ONE_PAIR and not sides.ikev1_only
    if pairs > 1 and not together:
        yield sides.row(
            "pairs of SAs",
            Severity.RISK,
            aws=1,
            device=pairs,
            field="Options.RemoteIpv4NetworkCidr",
            said=("local_selectors", "remote_selectors"),
            why="AWS keeps one pair of SAs per tunnel: each new pair replaces the one before",
        )


def _selector(sides: Sides, side: str, cidr: str | None, theirs: tuple[str, ...]) -> Difference:
    severity, why = _fit(cidr or _EVERYWHERE, theirs, narrows=not sides.ikev1_only)
    return sides.row(
        f"{side} traffic selectors",
        severity,
        aws=cidr or _EVERYWHERE,
        device=theirs,
        field=f"Options.{side.capitalize()}Ipv4NetworkCidr",
        said=(f"{side}_selectors",),
        why=why,
    )


def _fit(aws: str, theirs: tuple[str, ...], *, narrows: bool) -> tuple[Severity, str]:
    """Judge the device's networks against AWS's one; IKEv2 can narrow a wider proposal."""
    ours = _network(aws)
    same_family = [
        each for each in map(_network, theirs) if ours and each and each.version == ours.version
    ]
    if ours is None or not same_family:
        return Severity.UNKNOWN, ""
    if all(_covers(ours, each) for each in same_family):
        return Severity.SAME, ""
    if not any(_overlap(ours, each) for each in same_family):
        return Severity.CONFLICT, "nothing is common"
    if narrows:
        return Severity.RISK, "only what both have is carried"
    return Severity.CONFLICT, "IKEv1 cannot agree on less than what the device asks for"


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _overlap(one: Network, other: Network) -> bool:
    return int(one[0]) <= int(other[-1]) and int(other[0]) <= int(one[-1])


def _covers(whole: Network, part: Network) -> bool:
    return int(whole[0]) <= int(part[0]) and int(part[-1]) <= int(whole[-1])


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _identity(text: str | None) -> str | None:
    return None if text is None else text.strip().strip("\"'").removeprefix("@")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_private(text: str) -> bool:
    known = ipaddress.ip_address(text)
    return any(known in each for each in _PRIVATE)
