"""What the readers of the accepted forms yield, and how one says that a text is not its own."""

import enum
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from bothup.model.connection import Malformed, VpnConnection
from bothup.model.finding import Finding
from bothup.model.target import Coverage, Target


class Aside(enum.Enum):
    """Something of an input that is neither connection nor finding but should be known."""

    OTHER_TYPE = "an item of another resource type"
    NO_CONNECTION = "an evidence bundle without a connection"
    ONE_PAGE = "a document that says that more follow"
    YAML_CUT = "a YAML text that ends within a line"
    SCAN_BEGINS = "the first line of a scan"
    SCAN_ENDS = "the last line of a scan"


class LookedFor(msgspec.Struct, frozen=True):
    """The controls by which a scan judged, whether it found anything or not."""

    controls: tuple[str, ...] = ()


Item = VpnConnection | Malformed | Finding | Coverage | LookedFor | Aside


class Origin(msgspec.Struct, frozen=True):
    """What holds for an input where it does not say otherwise."""

    target: Target
    now: datetime


class NotOurs(Exception):
    """The document is none of the accepted forms, or breaks off being one, at this JSON path."""

    def __init__(self, path: str, found: str, expected: str) -> None:
        self.path, self.found, self.expected = path, found, expected
        super().__init__(f"{path}: {found}; expected {expected}")

    def inside(self, place: str) -> "NotOurs":
        """Give the same refusal with its path seen from the document around ("$[3]")."""
        return NotOurs(place + self.path.removeprefix("$"), self.found, self.expected)


def placed(items: Iterable[Item], place: str) -> Iterator[Item]:
    """Have what is malformed among the items say where it stands: "$[3]", or "line 2"."""
    for item in items:
        if isinstance(item, Malformed):
            yield msgspec.structs.replace(item, problem=_at(place, item.problem))
        else:
            yield item


def _at(place: str, problem: str) -> str:
    if not problem.startswith("$"):
        return f"{place}: {problem}"
    return f"{place}{problem[1:]}" if place.startswith("$") else f"{place}, {problem}"


Members = dict[str, msgspec.Raw]
# A form reads a document, of which it gets the whole and the members.
Form = Callable[[msgspec.Raw, Members, Origin], Iterator[Item]]
