"""strongSwan's swanctl.conf (and what VyOS, newer pfSense and others generate in its syntax)."""

import re
from collections.abc import Iterator

from bothup.model.device import DeviceConfig, DeviceTunnel
from bothup.read.device_config._said import Said, assemble
from bothup.read.device_config._swanctl import (
    NOTHING,
    authentication_said,
    child_said,
    connection_said,
)
from bothup.read.device_config._swanctl_syntax import tree_of
from bothup.read.device_config._tree import Section
from bothup.read.device_config._values import address

VENDOR = "strongswan"
ALIASES = ("swanctl", "vyos")

_MARKS = re.compile(
    r"^[ \t]*(?:connections|secrets|children|local_ts|remote_ts)\b[^=\n]*[={]", re.MULTILINE
)


def detect(text: str) -> float:
    """Look for swanctl's sections."""
    found = {match.split()[0].rstrip("={") for match in _MARKS.findall(text)}
    return 0.9 if {"connections", "children"} <= found else 0.3 * len(found)


def parse(text: str, source: str) -> DeviceConfig:
    """Read each connection as a tunnel, its children together."""
    tree = tree_of(text)
    keys = tuple(_keys(tree.root))
    tunnels: list[DeviceTunnel] = []
    notices = list(tree.notices)
    for connections in tree.root.named("connections"):
        for connection in connections.parts:
            children = [child for group in connection.named("children") for child in group.parts]
            said = (*_said(connection, children), *_key_said(connection, keys))
            tunnels.append(assemble(connection.name, connection.line, said))
            if len(children) > 1:
                notices.append(
                    f"line {connection.line}: {connection.name} has {len(children)} children; "
                    "AWS keeps one pair of SAs per tunnel"
                )
    return DeviceConfig(
        vendor=VENDOR, source=source, tunnels=tuple(tunnels), notices=tuple(notices)
    )


def _said(connection: Section, children: list[Section]) -> Iterator[Said]:
    yield from connection_said(connection)
    for part in connection.parts:
        if part.name.startswith("local"):
            yield from authentication_said(part.values, "local")
        elif part.name.startswith("remote"):
            yield from authentication_said(part.values, "peer")
    for child in children:
        yield from child_said(child)


def _keys(root: Section) -> Iterator[tuple[frozenset[str], int]]:
    """Yield whom each pre-shared key is for, nobody named being everybody, and its line."""
    for secrets in root.named("secrets"):
        for secret in secrets.parts:
            key = secret.values.get("secret")
            if secret.name.startswith("ike") and key and key.text:
                names = (value.text for name, value in secret.values.items() if name[:2] == "id")
                yield frozenset(names), key.line


def _key_said(connection: Section, keys: tuple[tuple[frozenset[str], int], ...]) -> Iterator[Said]:
    peers = {address(connection.values.get("remote_addrs", NOTHING).text)}
    for part in connection.parts:
        if part.name.startswith("remote"):
            peers.add(part.values.get("id", NOTHING).text)
    for names, line in keys:
        if not names or names & peers:
            yield Said("has_key", True, line)
