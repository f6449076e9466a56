"""A table of messages: first word, pattern, and the event that the message is."""

import re
from collections.abc import Mapping

from bothup.model.event import Details, Direction, EventKind, Phase


class Rule:
    """One message of a vendor; the pattern's named groups become Details, beside `more`.

    The pattern is matched at the beginning of the message. `word` is the message's first word: it
    finds the few rules that a message may fit, which is what keeps large logs fast.
    """

    def __init__(
        self,
        word: str,
        pattern: str,
        kind: EventKind,
        phase: Phase | None = None,
        direction: Direction | None = None,
        *,
        more: Details | None = None,
    ) -> None:
        self.word, self.kind, self.phase, self.direction = word, kind, phase, direction
        self.match = re.compile(pattern).match
        self.more: Details = more or {}


def by_first_word(*rules: Rule) -> Mapping[str, tuple[Rule, ...]]:
    """Arrange rules by their first word, in the order given."""
    table: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        table[rule.word] = (*table.get(rule.word, ()), rule)
    return table
