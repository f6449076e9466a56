"""Rows of what runs inside the tunnel: addresses, BGP, packet sizes."""

import ipaddress
from collections.abc import Iterator

from bothup.engine.compare._row import Sides
from bothup.model.comparison import Agreement, Compared, Setting
from bothup.model.connection import Routing

# Largest packets that fit (VPN user guide, "Best practices for your customer gateway device").
_MTU, _MSS = 1446, 1406
# What AWS's configuration of a device asks for; the shorter of both hold times counts (RFC 4271).
_HOLD_TIME = 30


def rows(sides: Sides) -> Iterator[Compared]:
    """Compare the insides."""
    yield from _addresses(sides)
    yield from _routing(sides)
    yield from _autonomous_systems(sides)
    yield from _hold_time(sides)
    yield from _sizes(sides)


def _addresses(sides: Sides) -> Iterator[Compared]:
    inside = _network(sides.options.inside_cidr)
    if inside is None:
        return
    ours = str(inside[1])
    own = _address(sides.device.inside_address)
    if own is not None:
        if ipaddress.ip_address(own) not in inside:
            agreement, why = Agreement.CLASHES, "this is not the inside network of this tunnel"
        elif own == ours:
            agreement, why = Agreement.CLASHES, "this is AWS's own inside address"
        else:
            agreement, why = Agreement.AGREES, ""
        yield sides.row(
            Setting.INSIDE_ADDRESS,
            agreement,
            aws=inside,
            device=sides.device.inside_address,
            field="TunnelInsideCidr",
            said=("inside_address",),
            why=why,
        )
    neighbor = sides.device.bgp_neighbor
    if neighbor is not None:
        wrong = neighbor != ours
        yield sides.row(
            Setting.BGP_NEIGHBOR,
            Agreement.CLASHES if wrong else Agreement.AGREES,
            aws=ours,
            device=neighbor,
            field="TunnelInsideCidr",
            said=("bgp_neighbor",),
            why="AWS has the first address of the inside network" if wrong else "",
        )


def _routing(sides: Sides) -> Iterator[Compared]:
    routing, neighbor = sides.connection.routing, sides.device.bgp_neighbor
    if routing is Routing.UNKNOWN or (neighbor is None and routing is Routing.STATIC):
        return
    static = routing is Routing.STATIC
    yield sides.row(
        Setting.ROUTING,
        Agreement.UNKNOWN
        if neighbor is None
        else Agreement.CLASHES
        if static
        else Agreement.AGREES,
        aws=routing.value,
        device="" if neighbor is None else "bgp",
        field="Options.StaticRoutesOnly",
        said=("bgp_neighbor", "bgp_remote_asn"),
        why="AWS speaks no BGP on a static connection" if static else "",
    )


def _autonomous_systems(sides: Sides) -> Iterator[Compared]:
    known = sides.gateway.bgp_asn
    own, theirs = sides.device.bgp_local_asn, sides.device.bgp_remote_asn
    if own is not None and sides.connection.routing is not Routing.STATIC:
        wrong = known is not None and known != own
        yield sides.row(
            Setting.DEVICE_ASN,
            Agreement.UNKNOWN
            if known is None
            else Agreement.CLASHES
            if wrong
            else Agreement.AGREES,
            aws=known,
            device=own,
            field="CustomerGateway.BgpAsn",
            said=("bgp_local_asn",),
            why="AWS refuses the session: bad peer AS" if wrong else "",
        )
    if theirs is not None:
        equal = theirs == own
        yield sides.row(
            Setting.AWS_ASN,
            Agreement.CLASHES if equal else Agreement.UNKNOWN,
            aws="another than the device's" if equal else "",
            device=theirs,
            field="VpnGateway.AmazonSideAsn",
            said=("bgp_remote_asn",),
            why="the session has to be between two systems" if equal else "",
        )


def _hold_time(sides: Sides) -> Iterator[Compared]:
    hold = sides.device.bgp_hold_time
    if hold is not None:
        short = hold < _HOLD_TIME
        yield sides.row(
            Setting.HOLD_TIME,
            Agreement.DIFFERS if short else Agreement.AGREES,
            aws=f"{_HOLD_TIME} s",
            device=f"{hold} s",
            field="Options.StaticRoutesOnly",
            said=("bgp_hold_time",),
            why="a short loss of packets ends the session" if short else "",
        )


def _sizes(sides: Sides) -> Iterator[Compared]:
    for name, most, value, said in (
        (Setting.MTU, _MTU, sides.device.inside_mtu, "inside_mtu"),
        (Setting.MSS, _MSS, sides.device.tcp_mss, "tcp_mss"),
    ):
        if value is not None:
            large = value > most
            yield sides.row(
                name,
                Agreement.DIFFERS if large else Agreement.AGREES,
                aws=f"at most {most}",
                device=value,
                field="TunnelInsideCidr",
                said=(said,),
                why="large packets are lost" if large else "",
            )


def _network(text: str | None) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text, strict=False) if text else None
    except ValueError:
        return None


def _address(text: str | None) -> str | None:
    try:
        return str(ipaddress.IPv4Address((text or "").partition("/")[0]))
    except ValueError:
        return None
