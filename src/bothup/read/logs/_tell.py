"""Events of lines: the time, the pointer and the masked text are the same work for all vendors."""

import re
import typing
from datetime import datetime

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._times import end_of_time, time_of
from bothup.read.mask import masked

# Longer lines are cut in the event: what a person needs to recognise one stands in front.
_KEPT = 400
_NAMES = frozenset(typing.get_type_hints(Details))
_NUMBERS = {name for name, kind in typing.get_type_hints(Details).items() if kind is int}
_FRACTIONS = {name for name, kind in typing.get_type_hints(Details).items() if kind is float}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Teller:
    """Makes events of the lines of one log."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._side = context.source.side
        # Busy logs hold many lines of one second: the stamp is read once.
        self._stamp, self._time = "", time_of("", context.near, context.zone)

    def tell(
        self,
        line: Line,
        kind: EventKind,
        *,
        phase: Phase | None = None,
        direction: Direction | None = None,
        role: Role | None = None,
        tunnel: str | None = None,
        details: Details | None = None,
    ) -> Event:
        """Make an event of a line."""
        number, text = line
        context = self._context
        return Event(
            kind=kind,
            side=self._side,
            time=self._when(text),
            phase=phase,
            direction=direction,
            role=role,
            tunnel=tunnel or context.tunnel,
            details=details or {},
            source=context.name,
            line=number,
            text=shown(text),
        )

    def _when(self, text: str) -> datetime | None:
        stamp = text[: end_of_time(text)]
        if stamp != self._stamp:
            self._stamp = stamp
            self._time = time_of(text, self._context.near, self._context.zone)
        return self._time


def shown(text: str) -> str:
    """Give a line as it may be shown: secrets masked, control characters out, not too long."""
    kept = masked(text.strip())
    if not kept.isprintable():
        kept = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", kept)
    return kept if len(kept) <= _KEPT else f"{kept[:_KEPT]}…"


def details_of(found: re.Match[str]) -> Details:
    """Turn the named groups of a match that Details knows into Details, numbers into numbers."""
    told: dict[str, object] = {}
    for name, value in found.groupdict().items():
        if value is None or name not in _NAMES:
            continue
        if name in _NUMBERS:
            told[name] = int(value)
        elif name in _FRACTIONS:
            told[name] = float(value)
        else:
            told[name] = value
    return typing.cast("Details", told)
