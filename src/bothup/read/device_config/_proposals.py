"""Proposals written as words with hyphens: strongSwan's, libreswan's, openswan's and FortiOS's."""

import re
from typing import NamedTuple

from bothup.read.device_config._algorithms import dh_group, encryption, integrity

_APART = re.compile(r"[\s,]+")
_PARTS = re.compile(r"[-;+]")
_INSIDE = re.compile(r"(sha2|aes)-(?=[0-9]|cbc|gcm)")


class Suite(NamedTuple):
    """All that a list of proposals allows.

    It is empty where the list has the vendor's default in it, which changes with the version.
    """

    encryption: tuple[str, ...] = ()
    integrity: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()


def suite(text: str, *, plain_aes: str | None = "AES128") -> Suite:
    """Read proposals such as "aes256-sha256-modp2048, aes128gcm16-ecp256"."""
    ciphers: dict[str, None] = {}
    hashes: dict[str, None] = {}
    groups: dict[int, None] = {}
    for proposal in filter(None, _APART.split(text.strip().strip("\"'").rstrip("!"))):
        if proposal.lower() == "default":
            return Suite()
        for word in _words(proposal):
            if group := _group(word):
                groups[group] = None
            elif cipher := encryption(word, plain_aes=plain_aes):
                ciphers[cipher] = None
            elif hashed := integrity(word):
                hashes[hashed] = None
    return Suite(tuple(ciphers), tuple(hashes), tuple(groups))


def _words(proposal: str) -> list[str]:
    """Split a proposal; AWS's spelling and logs have hyphens inside of names, too."""
    return [word for word in _PARTS.split(_INSIDE.sub(r"\1_", proposal.lower())) if word]


def _group(word: str) -> int | None:
    # A bare number is a length here, never a group.
    return None if word.isdigit() else dh_group(word)
