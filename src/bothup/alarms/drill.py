"""Drill: which alarms of a connection to try, and what became of each."""

from collections.abc import Iterator

import msgspec

from bothup.alarms.here import Here
from bothup.alarms.rings import scope
from bothup.alarms.scope import Kind
from bothup.model.alarm import Alarm


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that is made to ring, and those that act when it does: itself, or composite ones."""

    alarm: Alarm
    acting: tuple[Alarm, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one action, after so many seconds; None where nothing was seen of it in time.

    `endpoints` are those that the topic is delivered to. `error` is CloudWatch's own word.
    """

    alarm: str
    topic: str
    seconds: float | None = None
    error: str | None = None
    endpoints: tuple[str, ...] = ()

    @property
    def went_out(self) -> bool:
        """Whether the action was carried out, and a topic has somebody to deliver to."""
        heard = bool(self.endpoints) or ":sns:" not in self.topic
        return self.seconds is not None and self.error is None and heard


class Drilled(msgspec.Struct, frozen=True, kw_only=True):
    """What came of making one alarm ring; `skipped` says why that was not done."""

    alarm: str
    pages: tuple[Page, ...] = ()
    skipped: str | None = None

    @property
    def good(self) -> bool:
        """Whether every page went out."""
        return bool(self.pages) and all(each.went_out for each in self.pages)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A drill as a document."""

    schema: str = "bothup.drill/1"
    connection: str
    account: str | None
    region: str | None
    alarms: tuple[Drilled, ...] = ()


def tries(here: Here, connection: str, *, kind: Kind | None, tunnel: str | None) -> Iterator[Try]:
    """Yield the alarms that tell of a connection, or of the kind and the tunnel that are named."""
    for alarm in here.read.alarms:
        found = scope(alarm, here)
        if found is None or found.connection != connection:
            continue
        if kind in (None, found.kind) and (tunnel is None or found.tunnel in ("", tunnel)):
            yield Try(alarm=alarm, acting=here.ringing(alarm))
