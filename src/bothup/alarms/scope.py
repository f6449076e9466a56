"""Scope: what an alarm is there to tell, and the names by which bothup's own alarms say it."""

import enum
import re

import msgspec

_NAME = re.compile(
    r"bothup/(?P<connection>vpn-[0-9a-f]+)/(?P<kind>lost|degraded)(?:/(?P<tunnel>[0-9A-Fa-f.:]+))?"
)


class Kind(enum.StrEnum):
    """LOST: no tunnel of the connection is up. DEGRADED: one of them, or the one named, is down."""

    LOST = "lost"
    DEGRADED = "degraded"


class Scope(msgspec.Struct, frozen=True, order=True):
    """What is told of a connection; `tunnel` is an outside IP, "" for whichever tunnel."""

    connection: str
    kind: Kind
    tunnel: str = ""

    @property
    def name(self) -> str:
        """The name of bothup's own alarm for it, which no other alarm can have."""
        return "/".join(filter(None, ("bothup", self.connection, self.kind.value, self.tunnel)))

    def covers(self, other: "Scope") -> bool:
        """Say whether an alarm of this scope tells what one of the other would."""
        same = (self.connection, self.kind) == (other.connection, other.kind)
        return same and self.tunnel in ("", other.tunnel)


def scope_of(name: str) -> Scope | None:
    """Read the name of one of bothup's own alarms; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Scope(found["connection"], Kind(found["kind"]), found["tunnel"] or "")
