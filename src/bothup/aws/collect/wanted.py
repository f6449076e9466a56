"""Wanted: one piece of evidence, the command that a person would get it by, and how it is got.

A collector is a file of this folder with

- `PERMISSIONS`: the IAM actions that it takes;
- `wanted(subject) -> Iterator[Wanted | MissingEvidence]`: what it wants to know of a connection;
  what cannot be had, because it is not switched on, is said right away.

What it fetches is a part of an evidence bundle (`bothup.evidence/1`). What it cannot fetch costs
itself alone: `gathered` turns that into missing evidence, with the reason and the command.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec

from bothup.aws.collect.incident import Incident, Span
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError, Denied, Throttled, Unreachable
from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.diagnosis import EvidenceKind, MissingEvidence
from bothup.model.target import Target

Document = dict[str, Any]


class Absent(Exception):
    """The evidence is not there; the text says why, for people."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The connection that the evidence is on, and the time that it is about."""

    connection: VpnConnection
    incident: Incident

    @property
    def target(self) -> Target:
        """Where it is."""
        return self.connection.target

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """The tunnels that have an address yet."""
        return tuple(each for each in self.connection.tunnels if each.outside_ip)

    def spans(self, tunnel: Tunnel) -> tuple[Span, ...]:
        """Give the times to look at for one of the tunnels."""
        return self.incident.spans(tunnel.last_status_change)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence; `what` names it in a sentence: "… could not be read"."""

    kind: EvidenceKind
    what: str
    command: str
    fetch: Callable[[Call], Awaitable[Document]]

    async def gathered(self, call: Call) -> Document:
        """Fetch it, or say why it is missing; raises nothing that AWS or its answers can cause."""
        try:
            return await self.fetch(call)
        except Absent as absent:
            return self.without(str(absent))
        except AwsError as error:
            return self.without(f"{self.what} could not be read: {reason(error)}")

    def without(self, why: str) -> Document:
        """Give a document that says that this is missing."""
        return lacking(MissingEvidence(kind=self.kind, why=why, how_to_get=self.command))


def lacking(missing: MissingEvidence) -> Document:
    """Give a document that says what is missing."""
    return {"missing_evidence": [msgspec.to_builtins(missing)]}


def merged(parts: Iterable[Document]) -> Document:
    """Put parts of a bundle together: lists follow each other, objects are joined."""
    whole: Document = {}
    for part in parts:
        whole = _joined(whole, part)
    return whole


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> Document:
    joined = dict(one)
    for name, value in other.items():
        known = joined.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            joined[name] = _joined(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            joined[name] = [*known, *value]
        else:
            joined[name] = value
    return joined


def listed(answer: Mapping[str, Any], name: str) -> list[Any]:
    """Give the list of that name out of an answer; raises Unreachable where there is none.

    AWS says "none" with an empty list; of an answer that was cut off the SDK makes an empty one.
    """
    found = answer.get(name)
    if not isinstance(found, list):
        raise Unreachable(f"the answer holds no list of {name}")
    return found


def reason(error: AwsError) -> str:
    """Say why a call failed, with AWS's own code."""
    text = str(error)
    if error.code and error.code not in text:
        text = f"{error.code}: {text}"
    words = next((words for kind, words in _WORDS.items() if isinstance(error, kind)), None)
    return f"{words} ({text})" if words else text


_WORDS: dict[type[AwsError], str] = {
    Denied: "the credentials may not do that",
    Throttled: "AWS throttled it to the end",
    Unreachable: "no answer",
}
