"""What a log parser is, and what it is told of the log at hand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Protocol

import msgspec

from bothup.model.bundle import LogSource
from bothup.model.event import Event

Line = tuple[int, str]


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a log before it is read.

    `near` is a time that the log is known to be about: it gives the year that syslog leaves out.
    `zone` is the zone of times that name none. `tunnel` is the outside IP that the whole log is
    about and `tunnels` are those of the connection.
    """

    source: LogSource
    near: datetime
    zone: tzinfo
    name: str = ""
    tunnel: str | None = None
    tunnels: frozenset[str] = frozenset()


class LogParser(Protocol):
    """The face of a module in this folder."""

    VENDOR: str

    def detect(self, lines: Sequence[str], /) -> float:
        """Say how sure it is, 0 to 1, that the sample is this vendor's."""

    def parse(self, lines: Iterable[Line], context: Context, /) -> Iterator[Event]:
        """Yield the events of the lines, in their order."""
