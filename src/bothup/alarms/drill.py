"""Drill: which alarms of a connection to try, and what became of each."""

from collections.abc import Iterator

import msgspec

from bothup.alarms.here import Here
from bothup.alarms.rings import scope
from bothup.alarms.scope import Kind
from bothup.model.alarm import Alarm

_PATIENCE = 180.0


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that is made to ring, and those that act when it does: itself, and composite ones.

    None acts where it tells nobody.
    """

    alarm: Alarm
    acting: tuple[Alarm, ...]

    @property
    def patience(self) -> float:
        """Seconds that its pages are given: what a composite alarm waits for, and three minutes."""
        return _PATIENCE + max((_waits(each) for each in self.acting), default=0)


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
    """Yield what tells of a connection, or of the kind and the tunnel that are named, each once."""
    yield from {each.alarm.name: each for each in _tries(here, connection, kind, tunnel)}.values()


def _tries(here: Here, connection: str, kind: Kind | None, tunnel: str | None) -> Iterator[Try]:
    for alarm in here.read.alarms:
        found = scope(alarm, here)
        if found is None or found.connection != connection:
            continue
        if kind in (None, found.kind) and (tunnel is None or found.tunnel in ("", tunnel)):
            yield from _rung(alarm, here.ringing(alarm))


def _rung(alarm: Alarm, acting: tuple[Alarm, ...]) -> Iterator[Try]:
    """Yield an alarm with what acts at once when it rings, and by themselves those that do not.

    Within a minute CloudWatch looks at the alarm again and finds that all is well, and takes a
    composite alarm along that still waits. One that was set itself stays until its rule's alarms
    change.
    """
    itself = alarm in acting
    apart = [each for each in acting if each != alarm and (_waits(each) or not itself)]
    if itself or not apart:
        yield Try(alarm=alarm, acting=tuple(each for each in acting if each not in apart))
    yield from (Try(alarm=each, acting=(each,)) for each in apart)


def _waits(alarm: Alarm) -> int:
    """Seconds for which a composite alarm's actions wait, whether it is muted or not."""
    settings = alarm.settings
    muted = alarm.composite and settings.get("ActionsSuppressor")
    return settings.get("ActionsSuppressorWaitPeriod") or 0 if muted else 0
