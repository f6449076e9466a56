"""AWS's sample configuration for a generic device: a text that lists the settings of each tunnel.

Like the XML it says how AWS wants the customer gateway to be set up, and is read as its side.
"""

import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig
from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._lines import lines_of
from bothup.read.device_config._said import Row, Said, assemble, config_of, told
from bothup.read.device_config._tree import Value
from bothup.read.device_config._values import address, asn, interface, number, seconds

VENDOR = "aws-generic"

_TUNNEL = re.compile(r"^\s*IPSec Tunnel #(\d+)\s*$", re.IGNORECASE | re.MULTILINE)
_PART = re.compile(
    r"^\s*#?\d?:?\s*(Internet Key Exchange|IPSec|Tunnel Interface|Border Gateway|Static Rout"
    r"|Outside IP|Inside IP)",
    re.IGNORECASE,
)
_SETTING = re.compile(r"^\s*-\s*([A-Za-z][\w /'-]*?)\s*:+\s*(?::\s*)?(.*?)\s*$")


def detect(text: str) -> float:
    """Look for the headings and the list of settings."""
    return 0.95 if _TUNNEL.search(text) and "- Pre-Shared Key" in text else 0.0


def parse(text: str, source: str) -> DeviceConfig:
    """Read each part that begins with "IPSec Tunnel #"."""
    lines = lines_of(text)
    tunnels: list[tuple[str, int, dict[str, Value]]] = []
    part = ""
    for line in lines.whole:
        if begin := _TUNNEL.match(line.text):
            tunnels.append((f"IPSec Tunnel #{begin[1]}", line.number, {}))
            part = ""
        elif heading := _PART.match(line.text):
            part = heading[1].lower()
        elif tunnels and (found := _SETTING.match(line.text)):
            name = " ".join(found[1].lower().split())
            tunnels[-1][2][f"{part}: {name}"] = Value(found[2], line.number)
    read = (assemble(name, line, _said(values)) for name, line, values in tunnels)
    return config_of(VENDOR, source, read, lines.notices)


def _said(values: dict[str, Value]) -> Iterator[Said]:
    ike, ipsec = "internet key exchange: ", "ipsec: "
    yield from told(
        values,
        ("ike_versions", ike + "ike version", _version),
        ("authentication", ike + "authentication method", _method),
        ("has_key", ike + "pre-shared key", bool),
        ("mode", ike + "phase 1 negotiation mode", {"main": "main"}.get),
        ("phase1_dh_groups", ike + "diffie-hellman", _group),
        *_phase("phase1", ike),
        *_phase("phase2", ipsec),
        ("phase2_dh_groups", ipsec + "perfect forward secrecy", _group),
        ("pfs", ipsec + "perfect forward secrecy", bool),
        ("dpd", ipsec + "dpd interval", lambda text: True if number(text) else None),
        ("dpd_delay", ipsec + "dpd interval", number),
        ("tcp_mss", ipsec + "tcp mss adjustment", _first_number),
        ("local_address", "outside ip: customer gateway", address),
        ("peer_address", "outside ip: virtual private gateway", address),
        ("inside_address", "inside ip: customer gateway", interface),
        ("inside_mtu", "inside ip: tunnel interface mtu", _first_number),
        ("bgp_local_asn", "border gateway: customer gateway asn", asn),
        ("bgp_remote_asn", "border gateway: virtual private gateway asn", asn),
        ("bgp_neighbor", "border gateway: neighbor ip address", address),
        ("bgp_hold_time", "border gateway: neighbor hold time", number),
    )
    interval, line = values.get(ipsec + "dpd interval", Value("", 0))
    tries = number(values.get(ipsec + "dpd retries", Value("", 0)).text)
    if tries and number(interval):
        yield Said("dpd_timeout", (number(interval) or 0) * tries, line)


def _phase(phase: str, part: str) -> tuple[Row, ...]:
    return (
        (f"{phase}_encryption", part + "encryption algorithm", lambda text: _one(encryption(text))),
        (
            f"{phase}_integrity",
            part + "authentication algorithm",
            lambda text: _one(integrity(text)),
        ),
        (f"{phase}_lifetime", part + "lifetime", seconds),
    )


def _one(value: object) -> tuple[object, ...]:
    return () if value is None else (value,)


def _version(text: str) -> tuple[str, ...]:
    return (text.lower(),) if text.lower() in ("ikev1", "ikev2") else ()


def _method(text: str) -> str | None:
    return "psk" if "shared" in text.lower() else None


def _group(text: str) -> tuple[object, ...]:
    return _one(dh_group(text))


def _first_number(text: str) -> int | None:
    return number(next(iter(text.split()), None))
