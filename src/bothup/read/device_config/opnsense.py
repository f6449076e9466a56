"""OPNsense: connections (its model of swanctl) and legacy tunnels in config.xml, BGP of its FRR.

Connections have the keys of swanctl.conf; their defaults are swanctl's, too.
"""

import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config._frr import with_bgp
from bothup.read.device_config._phases import tunnels_of
from bothup.read.device_config._said import Said, assemble, told
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
    tunnels = (*_connections(read.root), *tunnels_of(read.root))
    return DeviceConfig(vendor=VENDOR, source=source, tunnels=tunnels, notices=read.notices)


def _connections(root: Section) -> Iterator[DeviceTunnel]:
    for model in root.find("Swanctl"):
        for connection in (each for group in model.named("Connections") for each in group.parts):
            name = connection.values.get("description", NOTHING).text or connection.label
            said = with_bgp(root, _said(root, model, connection))
            yield assemble(name, connection.line, said)


def _said(root: Section, model: Section, connection: Section) -> Iterator[Said]:
    yield from told(connection.values, ("enabled", "enabled", flag))
    yield from connection_said(connection)
    for group, side in (("locals", "local"), ("remotes", "peer")):
        for part in _of(model, group, connection):
            yield from authentication_said(part.values, side)
    for child in _of(model, "children", connection):
        yield from child_said(child)
    yield from _tunnel_interface(model, connection)
    yield from _key(root, model, connection)


def _of(model: Section, group: str, connection: Section) -> Iterator[Section]:
    """Yield the parts of a model that belong to a connection and are not switched off."""
    for parts in model.named(group):
        for part in parts.parts:
            mine = part.values.get("connection", NOTHING).text == connection.label
            if mine and part.values.get("enabled", NOTHING).text != "0":
                yield part


def _tunnel_interface(model: Section, connection: Section) -> Iterator[Said]:
    numbers = {
        child.values.get("reqid", NOTHING).text for child in _of(model, "children", connection)
    } - {""}
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


def _key(root: Section, model: Section, connection: Section) -> Iterator[Said]:
    """Say whether there is a pre-shared key for the identities or addresses of a connection."""
    names = {
        part.values.get("id", NOTHING).text
        for group in ("locals", "remotes")
        for part in _of(model, group, connection)
    } | {connection.values.get(key, NOTHING).text for key in ("local_addrs", "remote_addrs")}
    names.discard("")
    keys = [
        *root.find("preSharedKeys", "preSharedKey"),
        *root.find("preSharedKeys", "PreSharedKey"),
    ]
    for key in keys:
        whom = {key.values.get(name, NOTHING).text for name in ("ident", "remote_ident", "id")}
        stated = whom - {""}
        if key.values.get("Key", NOTHING).text and stated and stated <= names:
            yield Said("has_key", True, key.line)
