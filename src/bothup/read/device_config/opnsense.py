"""OPNsense: connections (its model of swanctl) and legacy tunnels in config.xml, BGP of its FRR.

Connections have the keys of swanctl.conf; their defaults are swanctl's, too.
"""

import itertools
import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config._frr import bgp_of, with_bgp
from bothup.read.device_config._phases import tunnels_of
from bothup.read.device_config._said import Said, assemble, config_of, told
from bothup.read.device_config._swanctl import (
    NOTHING,
    authentication_said,
    child_said,
    connection_said,
)
from bothup.read.device_config._tree import Section
from bothup.read.device_config._values import address, flag, interface
from bothup.read.device_config._xml import document

VENDOR = "opnsense"

_SWANCTL = re.compile(r"<Swanctl\b")


def detect(text: str) -> float:
    """Look for OPNsense's root element or its connections."""
    return 0.95 if "<opnsense>" in text else 0.8 if _SWANCTL.search(text) else 0.0


def parse(text: str, source: str) -> DeviceConfig:
    """Read the connections and the legacy tunnels."""
    read = document(text)
    tunnels = itertools.chain(_connections(read.root), tunnels_of(read.root))
    return config_of(VENDOR, source, tunnels, read.notices)


def _connections(root: Section) -> Iterator[DeviceTunnel]:
    bgp = bgp_of(root)
    keys = [
        *root.find("preSharedKeys", "preSharedKey"),
        *root.find("preSharedKeys", "PreSharedKey"),
    ]
    for model in root.find("Swanctl"):
        parts = _parts(model)
        for connection in (each for group in model.named("Connections") for each in group.parts):
            name = connection.values.get("description", NOTHING).text or connection.label
            said = _said(model, connection, parts.get(connection.label, []), keys)
            yield assemble(name, connection.line, with_bgp(bgp, said))


def _parts(model: Section) -> dict[str, list[Section]]:
    """Sort the parts that are not switched off by the connection that they belong to."""
    found: dict[str, list[Section]] = {}
    for group in model.named("locals", "remotes", "children"):
        for part in group.parts:
            if part.values.get("enabled", NOTHING).text != "0":
                found.setdefault(part.values.get("connection", NOTHING).text, []).append(part)
    return found


def _said(
    model: Section, connection: Section, parts: list[Section], keys: list[Section]
) -> Iterator[Said]:
    yield from told(connection.values, ("enabled", "enabled", flag))
    yield from connection_said(connection)
    for part in parts:
        if part.name == "child":
            yield from child_said(part)
        else:
            yield from authentication_said(part.values, "local" if part.name == "local" else "peer")
    yield from _tunnel_interface(model, connection, parts)
    yield from _key(connection, parts, keys)


def _tunnel_interface(model: Section, connection: Section, parts: list[Section]) -> Iterator[Said]:
    numbers = {part.values.get("reqid", NOTHING).text for part in parts} - {""}
    peer = address(connection.values.get("remote_addrs", NOTHING).text)
    for part in (each for group in model.named("VTIs") for each in group.parts):
        values = part.values
        same = values.get("reqid", NOTHING).text in numbers
        if same or (peer and address(values.get("remote", NOTHING).text) == peer):
            yield from told(
                values,
                ("inside_address", "tunnel_local", interface),
                ("bgp_neighbor", "tunnel_remote", address),
            )


def _key(connection: Section, parts: list[Section], keys: list[Section]) -> Iterator[Said]:
    """Say whether there is a pre-shared key for the identities or addresses of a connection."""
    names = {part.values.get("id", NOTHING).text for part in parts}
    names |= {connection.values.get(key, NOTHING).text for key in ("local_addrs", "remote_addrs")}
    for key in keys:
        whom = {key.values.get(name, NOTHING).text for name in ("ident", "remote_ident", "id")}
        stated = whom - {""}
        if key.values.get("Key", NOTHING).text and stated and stated <= names:
            yield Said("has_key", True, key.line)
