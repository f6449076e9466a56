"""Layers of settings: flags win over the environment, which wins over the file."""

from typing import Any, Literal

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """Where a value was set: `name` is the flag, the variable, or "FILE: key"."""

    kind: Literal["flag", "environment", "file", "default"]
    name: str = ""


class Chosen(msgspec.Struct, frozen=True):
    """A checked value of one setting, and where it was set."""

    value: Any
    origin: Origin


# What one place sets: key to value.
Layer = dict[str, Chosen]

_OF_ORG = frozenset({"org", "ou", "include", "exclude"})
# The credentials' own account is read without.
_OF_MEMBERS = frozenset({"role-name", "external-id"})


def over(upper: Layer, lower: Layer) -> Layer:
    """Lay one layer over another; what `upper` sets, it decides.

    Which accounts are read is one question: where `upper` names accounts, `lower` cannot add an
    organization to them, nor accounts where `upper` says that the organization is to be read. Where
    it says that this is not, and nobody names accounts, no role is left to be assumed in them.
    """
    org = upper["org"].value if "org" in upper else None
    hidden: frozenset[str] = frozenset()
    if "accounts" in upper or org is False:
        hidden |= _OF_ORG
    if org:
        hidden |= {"accounts"}
    if org is False and not {"accounts"} & (upper.keys() | lower.keys()):
        hidden |= _OF_MEMBERS
    return {key: each for key, each in lower.items() if key not in hidden} | upper
