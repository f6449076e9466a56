"""A table of messages: a stable substring, a pattern, and the event that the message is."""

import re
from collections.abc import Sequence
from typing import Unpack

from bothup.model.event import Details, Direction, EventKind, Phase, Role


class Message:
    """One message of a vendor; the pattern's named groups become Details, beside `more`.

    `mark` stands in every line of the message: looking for it is cheap and comes first, which is
    what keeps large logs fast. Without a pattern the mark alone is the message. Groups of the
    pattern with a meaning of their own: `peer` and `local` (outside addresses), `way` ("sent",
    "received", …), `role` ("initiator", …) and `n` (1 for phase 1, 2 for phase 2).
    """

    __slots__ = ("direction", "kind", "mark", "more", "phase", "role", "search")

    def __init__(
        self,
        mark: str,
        pattern: str,
        kind: EventKind,
        phase: Phase | None = None,
        direction: Direction | None = None,
        role: Role | None = None,
        **more: Unpack[Details],
    ) -> None:
        self.mark, self.kind, self.phase, self.direction = mark, kind, phase, direction
        self.role, self.more = role, more
        self.search = re.compile(pattern or re.escape(mark), re.IGNORECASE).search


Found = tuple[Message, re.Match[str]]


def find(table: Sequence[Message], text: str, marked: str | None = None) -> Found | None:
    """Find the first message of a table that a text is.

    `marked` is the text to look for marks in, where that is not the text itself: a lower-case copy
    for a vendor whose releases differ in case.
    """
    looked = text if marked is None else marked
    for message in table:
        if message.mark in looked and (found := message.search(text)):
            return message, found
    return None
