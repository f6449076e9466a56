"""Story: what one side's log tells of one tunnel, from the first event to the last.

The events are as the log has them; the story adds what follows from their order: when phase 2 came
up for the last time, which DELETEs only clear away what a rekey has replaced, and when and how the
tunnel went down.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bothup.model.diagnosis import EvidenceKind, Pointer
from bothup.model.event import Direction, Event, EventKind, Phase, Side


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """One loss of the tunnel: the event that ended it, and when it was back, if it was.

    `up_for` is how long the tunnel had been up and `down_for` how long it stayed down.
    """

    event: Event
    up_for: timedelta | None = None
    back: Event | None = None
    down_for: timedelta | None = None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One side's log of one tunnel.

    `present` is False where nobody looked at such a log; a present story without events is a
    silent log. `places` are the indices of the events by kind. `since` is the index of the first
    event after the tunnel came up for the last time; what stands before it is past. `up` is what
    the log says of the tunnel at its end, None where it does not. `routine` are indices of events
    that a rekey brings with it.
    """

    side: Side
    present: bool = False
    events: tuple[Event, ...] = ()
    places: dict[EventKind, tuple[int, ...]] = {}
    since: int = 0
    up: bool | None = None
    ever_up: bool = False
    routine: frozenset[int] = frozenset()
    drops: tuple[Drop, ...] = ()
    start: datetime | None = None
    end: datetime | None = None

    @property
    def silent(self) -> bool:
        """Whether the log was looked at and tells nothing of this tunnel."""
        return self.present and not self.events

    def of(
        self,
        *kinds: EventKind,
        phase: Phase | None = None,
        direction: Direction | None = None,
    ) -> "Found":
        """Find the events of these kinds, but for the routine ones."""
        indices = (
            index
            for kind in kinds
            for index in self.places.get(kind, ())
            if index not in self.routine
            and (phase is None or self.events[index].phase is phase)
            and (direction is None or self.events[index].direction is direction)
        )
        return Found(story=self, indices=tuple(sorted(indices)))


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a story that a cause has asked for."""

    story: Story
    indices: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.indices)

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Event]:
        return (self.story.events[index] for index in self.indices)

    @property
    def last(self) -> Event:
        """The latest of them."""
        return self.story.events[self.indices[-1]]

    @property
    def past(self) -> bool:
        """Whether the tunnel has come up since the latest of them."""
        return self.indices[-1] < self.story.since

    @property
    def current(self) -> bool:
        """Whether there are any since the tunnel came up for the last time."""
        return bool(self.indices) and not self.past

    def having(self, **details: object) -> "Found":
        """Keep those whose details have these values."""
        kept = tuple(
            index
            for index in self.indices
            if all(
                self.story.events[index].details.get(name) == value
                for name, value in details.items()
            )
        )
        return Found(story=self.story, indices=kept)


class AwsStory(Story, frozen=True, kw_only=True):
    """AWS's activity log: IKE and IPsec."""


class DeviceStory(Story, frozen=True, kw_only=True):
    """The device's log: IKE and IPsec."""


class AwsBgpStory(Story, frozen=True, kw_only=True):
    """AWS's BGP log."""


class DeviceBgpStory(Story, frozen=True, kw_only=True):
    """What the device's log tells of BGP."""


def pointer(event: Event) -> Pointer:
    """Point at the log line of an event."""
    if event.side is Side.DEVICE:
        kind = EvidenceKind.DEVICE_LOG
    else:
        kind = EvidenceKind.BGP_LOG if event.phase is Phase.BGP else EvidenceKind.ACTIVITY_LOG
    return Pointer(kind=kind, pointer=f"{event.source}, line {event.line}: {event.text}",
                   time=event.time)  # fmt: skip
