"""Cause: a root cause with a stable id; Sign: what a cause's file makes of the evidence.

A sign names what was seen; how much that weighs for or against the cause is decided elsewhere, so
that all weights stand together and can be compared.
"""

import enum

import msgspec

from bothup.model.diagnosis import EvidenceKind, Pointer


class Scope(enum.StrEnum):
    """Whether a cause can strike one tunnel alone or concerns the whole connection."""

    TUNNEL = "tunnel"
    CONNECTION = "connection"


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What a cause's source file states about the cause, beside its docstring.

    `settled_by` is the evidence that would prove or rule out the cause, the best first.
    """

    id: str
    scope: Scope = Scope.TUNNEL
    settled_by: tuple[EvidenceKind, ...] = ()


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the evidence that speaks for or against a cause.

    `name` is unique within the cause. `past` says that the tunnel has come up since: it explains
    an earlier drop, not why the tunnel is down now.
    """

    name: str
    text: str
    evidence: Pointer
    past: bool = False
