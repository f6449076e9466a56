"""Rows of who talks to whom: addresses, identities, authentication, NAT, traffic selectors."""

import ipaddress
from collections.abc import Iterator

from bothup.engine.compare._row import Sides
from bothup.model.comparison import Agreement, Compared, Setting

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


def rows(sides: Sides) -> Iterator[Compared]:
    """Compare the ends of the tunnel."""
    yield from _enabled(sides)
    yield _peer_address(sides)
    yield from _own_address(sides)
    yield from _identities(sides)
    yield from _authentication(sides)
    yield from _nat(sides)
    yield from _selectors(sides)


def _enabled(sides: Sides) -> Iterator[Compared]:
    if sides.device.enabled is not None:
        off = not sides.device.enabled
        yield sides.row(
            Setting.ENABLED,
            Agreement.CLASHES if off else Agreement.AGREES,
            aws="on",
            device=sides.device.enabled,
            field="OutsideIpAddress",
            said=("enabled",),
            why="the tunnel is switched off on the device" if off else "",
        )


def _peer_address(sides: Sides) -> Compared:
    peer, ours = sides.device.peer_address, sides.tunnel.outside_ip
    wrong = peer is not None and peer != ours
    return sides.row(
        Setting.AWS_ADDRESS,
        Agreement.UNKNOWN if peer is None else Agreement.CLASHES if wrong else Agreement.AGREES,
        aws=ours,
        device=peer,
        field="OutsideIpAddress",
        said=("peer_address",),
        why="the device's tunnel goes to another address" if wrong else "",
    )


def _own_address(sides: Sides) -> Iterator[Compared]:
    known = sides.gateway.ip_address
    own = sides.device.local_address
    if own is None or known is None or not _is_certain(own):
        agreement, why = Agreement.UNKNOWN, ""
    elif own == known:
        agreement, why = Agreement.AGREES, ""
    elif _is_private(own):
        agreement, why = Agreement.AGREES, "the device is behind NAT"
    else:
        agreement, why = Agreement.CLASHES, "AWS knows the device by another address"
    yield sides.row(
        Setting.DEVICE_ADDRESS,
        agreement,
        aws=known,
        device=own,
        field="CustomerGateway.IpAddress",
        said=("local_address",),
        why=why,
    )


def _identities(sides: Sides) -> Iterator[Compared]:
    theirs = _identity(sides.device.peer_identity)
    if theirs is not None:
        agreement = _their_identity(theirs, sides.tunnel.outside_ip)
        yield sides.row(
            Setting.AWS_IDENTITY,
            agreement,
            aws=sides.tunnel.outside_ip,
            device=theirs,
            field="OutsideIpAddress",
            said=("peer_identity",),
            why="AWS names itself by the outside IP" if agreement is Agreement.CLASHES else "",
        )
    own = _identity(sides.device.local_identity)
    known = sides.gateway.ip_address
    if own is not None and known is not None:
        yield sides.row(
            Setting.DEVICE_IDENTITY,
            _own_identity(sides, own, known),
            aws=known,
            device=own,
            field="CustomerGateway.IpAddress",
            said=("local_identity",),
            why="" if own == known else "AWS knows the device by its customer gateway's address",
        )


def _their_identity(theirs: str, outside_ip: str) -> Agreement:
    if theirs == outside_ip or theirs in _ANYBODY:
        return Agreement.AGREES
    # A name may be that of AWS's certificate, which is not known here.
    return Agreement.CLASHES if _is_address(theirs) else Agreement.UNKNOWN


def _own_identity(sides: Sides, own: str, known: str) -> Agreement:
    """A certificate's subject is none of AWS's business; any other name than its own is refused."""
    if own == known:
        return Agreement.AGREES
    if own.lower() in _ANYBODY or "=" in own:
        return Agreement.UNKNOWN
    named = not _is_address(own) and sides.device.authentication == "certificate"
    return Agreement.UNKNOWN if named else Agreement.CLASHES


def _authentication(sides: Sides) -> Iterator[Compared]:
    in_gateway = sides.gateway.certificate_arn
    certificate = sides.tunnel.certificate_arn or in_gateway
    theirs = sides.device.authentication
    if theirs is None:
        agreement, why = Agreement.UNKNOWN, ""
    elif certificate:
        fits = theirs == "certificate"
        agreement = Agreement.AGREES if fits else Agreement.CLASHES
        why = "" if fits else "AWS wants a certificate"
    else:
        # AWS names a certificate where it uses one, but a record need not be whole.
        agreement = Agreement.AGREES if theirs == "psk" else Agreement.UNKNOWN
        why = "" if theirs == "psk" else "AWS's description names no certificate"
    yield sides.row(
        Setting.AUTHENTICATION,
        agreement,
        aws="certificate" if certificate else "psk",
        device=theirs,
        field="CustomerGateway.CertificateArn",
        said=(Setting.AUTHENTICATION,),
        why=why,
    )
    if theirs == "psk":
        yield _key(sides)


def _key(sides: Sides) -> Compared:
    there = sides.device.has_key
    agreement = Agreement.AGREES if there else Agreement.CLASHES
    return sides.row(
        Setting.KEY,
        Agreement.UNKNOWN if there is None else agreement,
        aws="there",
        device="" if there is None else "there" if there else "none",
        field="PreSharedKey",
        said=("has_key",),
        why=_KEY[there],
    )


def _nat(sides: Sides) -> Iterator[Compared]:
    on, own = sides.device.nat_t, sides.device.local_address
    accelerated = sides.connection.accelerated
    behind = own is not None and _is_certain(own) and _is_private(own)
    if on is None and not accelerated:
        return
    why = "an accelerated connection needs it" if accelerated else "the device is behind NAT"
    wrong = on is False and (accelerated or behind)
    yield sides.row(
        Setting.NAT_T,
        Agreement.UNKNOWN if on is None else Agreement.CLASHES if wrong else Agreement.AGREES,
        aws="needed" if accelerated else "where there is NAT",
        device=on,
        field="Options.EnableAcceleration",
        said=("nat_t",),
        why=why if wrong else "",
    )


def _selectors(sides: Sides) -> Iterator[Compared]:
    connection, device = sides.connection, sides.device
    yield _selector(sides, "local", connection.local_cidr, device.local_selectors)
    yield _selector(sides, "remote", connection.remote_cidr, device.remote_selectors)
    pairs = len(device.local_selectors) * len(device.remote_selectors)
    together = sides.vendor in _ONE_PAIR and not sides.ikev1_only
    if pairs > 1 and not together:
        yield sides.row(
            Setting.SA_PAIRS,
            Agreement.DIFFERS,
            aws=1,
            device=pairs,
            field="Options.RemoteIpv4NetworkCidr",
            said=("local_selectors", "remote_selectors"),
            why="AWS keeps one pair of SAs per tunnel: each new pair replaces the one before",
        )


def _selector(sides: Sides, side: str, cidr: str | None, theirs: tuple[str, ...]) -> Compared:
    agreement, why = _fit(cidr or _EVERYWHERE, theirs, narrows=not sides.ikev1_only)
    return sides.row(
        Setting(f"{side} traffic selectors"),
        agreement,
        aws=cidr or _EVERYWHERE,
        device=theirs,
        field=f"Options.{side.capitalize()}Ipv4NetworkCidr",
        said=(f"{side}_selectors",),
        why=why,
    )


def _fit(aws: str, theirs: tuple[str, ...], *, narrows: bool) -> tuple[Agreement, str]:
    """Judge the device's networks against AWS's one; IKEv2 can narrow a wider proposal."""
    ours = _network(aws)
    same_family = [
        each for each in map(_network, theirs) if ours and each and each.version == ours.version
    ]
    if ours is None or not same_family:
        return Agreement.UNKNOWN, ""
    if all(_covers(ours, each) for each in same_family):
        return Agreement.AGREES, ""
    if not any(_overlap(ours, each) for each in same_family):
        return Agreement.CLASHES, "nothing is common"
    if narrows:
        return Agreement.DIFFERS, "only what both have is carried"
    return Agreement.CLASHES, "IKEv1 cannot agree on less than what the device asks for"


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


def _is_certain(text: str) -> bool:
    """Whether it is one address, and not a name or any address at all."""
    return _is_address(text) and not ipaddress.ip_address(text).is_unspecified


def _is_private(text: str) -> bool:
    known = ipaddress.ip_address(text)
    return any(known in each for each in _PRIVATE)
