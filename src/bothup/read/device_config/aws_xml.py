"""AWS's own description of a connection: the XML in CustomerGatewayConfiguration.

It says how AWS wants the customer gateway to be set up, so that it is read as the device's side. It
is not refreshed when tunnel options change.
"""

import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig
from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._said import Said, assemble, config_of, told
from bothup.read.device_config._tree import Section, Value
from bothup.read.device_config._values import address, asn, interface, number
from bothup.read.device_config._xml import document

VENDOR = "aws"

_MARK = re.compile(r"<(?:vpn_connection|ipsec_tunnel)\b")
_NOTHING = Value("", 0)


def detect(text: str) -> float:
    """Look for AWS's elements."""
    return 0.95 if _MARK.search(text) else 0.0


def parse(text: str, source: str) -> DeviceConfig:
    """Read each ipsec_tunnel."""
    read = document(text)
    tunnels = (
        assemble(f"tunnel {count}", each.line, _said(each))
        for count, each in enumerate(read.root.find("ipsec_tunnel"), 1)
    )
    return config_of(VENDOR, source, tunnels, read.notices)


def _said(tunnel: Section) -> Iterator[Said]:
    for side in tunnel.named("customer_gateway"):
        yield from _side(side, "local_address", "bgp_local_asn")
        for each in side.named("tunnel_inside_address"):
            inside, line = each.values.get("ip_address", _NOTHING)
            mask = each.values.get("network_cidr", Value("32", 0)).text
            yield Said("inside_address", interface(inside, mask) if each.closed else None, line)
    for side in tunnel.named("vpn_gateway"):
        yield from _side(side, "peer_address", "bgp_remote_asn")
        for each in side.named("tunnel_inside_address"):
            if side.first("bgp"):
                yield from told(each.values, ("bgp_neighbor", "ip_address", address))
        for each in side.named("bgp"):
            yield from told(each.values, ("bgp_hold_time", "hold_time", number))
    for phase, name in (("phase1", "ike"), ("phase2", "ipsec")):
        for each in tunnel.named(name):
            yield from _phase(each, phase)


def _side(side: Section, outside: str, as_number: str) -> Iterator[Said]:
    for each in side.named("tunnel_outside_address"):
        yield from told(each.values, (outside, "ip_address", address))
    for each in side.named("bgp"):
        yield from told(each.values, (as_number, "asn", asn))


def _phase(section: Section, phase: str) -> Iterator[Said]:
    yield from told(
        section.values,
        (f"{phase}_encryption", "encryption_protocol", lambda text: _one(encryption(text))),
        (f"{phase}_integrity", "authentication_protocol", lambda text: _one(integrity(text))),
        (f"{phase}_lifetime", "lifetime", number),
    )
    groups = "phase1_dh_groups" if phase == "phase1" else "phase2_dh_groups"
    yield from told(
        section.values,
        (groups, "perfect_forward_secrecy", lambda text: _one(dh_group(text))),
    )
    if phase == "phase1":
        yield from told(
            section.values,
            ("mode", "mode", {"main": "main", "aggressive": "aggressive"}.get),
            ("has_key", "pre_shared_key", bool),
            ("authentication", "pre_shared_key", lambda _text: "psk"),
        )
    else:
        yield from _ipsec(section)


def _ipsec(section: Section) -> Iterator[Said]:
    yield from told(
        section.values,
        ("pfs", "perfect_forward_secrecy", bool),
        ("tcp_mss", "tcp_mss_adjustment", number),
    )
    for each in section.named("dead_peer_detection"):
        interval, line = each.values.get("interval", _NOTHING)
        tries = number(each.values.get("retries", _NOTHING).text)
        yield Said("dpd", True if number(interval) else None, line)
        yield Said("dpd_delay", number(interval), line)
        if tries and number(interval):
            yield Said("dpd_timeout", (number(interval) or 0) * tries, line)


def _one(value: object) -> tuple[object, ...]:
    return () if value is None else (value,)
