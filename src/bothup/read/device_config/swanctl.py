"""strongSwan's swanctl.conf (and what VyOS, newer pfSense and others generate in its syntax)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bothup.model.device import DeviceConfig
from bothup.read.device_config._said import Said, assemble, config_of
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


class _Key(NamedTuple):
    """Whom a pre-shared key is for, nobody named being everybody, and its line."""

    names: frozenset[str]
    line: int


def detect(text: str) -> float:
    """Look for swanctl's sections."""
    found = {match.split()[0].rstrip("={") for match in _MARKS.findall(text)}
    return 0.9 if {"connections", "children"} <= found else 0.3 * len(found)


def parse(text: str, source: str) -> DeviceConfig:
    """Read each connection as a tunnel, its children together."""
    tree = tree_of(text)
    keys = tuple(_keys(tree.root))
    connections = [part for each in tree.root.named("connections") for part in each.parts]
    tunnels = (assemble(each.name, each.line, _said(each, keys)) for each in connections)
    several = [
        f"line {each.line}: {each.name} has {len(_children(each))} children; "
        "AWS keeps one pair of SAs per tunnel"
        for each in connections
        if len(_children(each)) > 1
    ]
    return config_of(VENDOR, source, tunnels, (*tree.notices, *several))


def _children(connection: Section) -> list[Section]:
    return [child for group in connection.named("children") for child in group.parts]


def _said(connection: Section, keys: tuple[_Key, ...]) -> Iterator[Said]:
    yield from connection_said(connection)
    for part in connection.parts:
        if part.name.startswith("local"):
            yield from authentication_said(part.values, "local")
        elif part.name.startswith("remote"):
            yield from authentication_said(part.values, "peer")
    for child in _children(connection):
        yield from child_said(child)
    yield from _key_said(connection, keys)


def _keys(root: Section) -> Iterator[_Key]:
    """Yield the pre-shared keys, without themselves."""
    for secrets in root.named("secrets"):
        for secret in secrets.parts:
            key = secret.values.get("secret")
            if secret.name.startswith("ike") and key and key.text:
                names = (value.text for name, value in secret.values.items() if name[:2] == "id")
                yield _Key(frozenset(names), key.line)


def _key_said(connection: Section, keys: tuple[_Key, ...]) -> Iterator[Said]:
    peers = {address(connection.values.get("remote_addrs", NOTHING).text)}
    for part in connection.parts:
        if part.name.startswith("remote"):
            peers.add(part.values.get("id", NOTHING).text)
    for key in keys:
        if not key.names or key.names & peers:
            yield Said("has_key", True, key.line)
