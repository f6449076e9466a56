"""Typed access to the fields of an untyped record.

Each function takes a record and a key and gives the field's value, or None where the field is
absent or null. A field of the wrong type raises WrongField, which names the path and the types and
never quotes a value: any value may be a secret that ended up in the wrong place.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

T = TypeVar("T")

Record = Mapping[str, Any]

# Seconds since 1970 reach this in the year 5138, milliseconds reached it in 1973.
_FIRST_MILLISECONDS = 10**11
# The largest whole number that a field may hold.
LARGEST = 2**63 - 1


class WrongField(Exception):
    """A field holds something else than it should; its text is "path: expected …, got …"."""

    def __init__(self, path: str, expected: str, got: str) -> None:
        self.path, self.expected, self.got = path, expected, got
        super().__init__(f"{path}: expected {expected}, got {got}".removeprefix(": "))

    def under(self, parent: str) -> "WrongField":
        """Give the same complaint as seen from the record around."""
        path = f"{parent}.{self.path}" if self.path else parent
        return WrongField(path, self.expected, self.got)


def kind(value: object) -> str:
    """Name a value's type in JSON's words, with the article ("a string", "null")."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "a value of another type"


def text(record: Record, key: str) -> str | None:
    """Give a string; half a surrogate pair in it, which no encoding can write, becomes U+FFFD."""
    value = record.get(key)
    if isinstance(value, str):
        return value if value.isascii() else writable(value)
    if value is None:
        return None
    raise WrongField(key, "a string", kind(value))


def writable(value: str) -> str:
    """Put U+FFFD for each half of a surrogate pair that stands alone."""
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def flag(record: Record, key: str) -> bool | None:
    """Give a boolean."""
    value = record.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise WrongField(key, "a boolean", kind(value))


def count(record: Record, key: str) -> int | None:
    """Give a whole number, not negative, that fits 63 bits."""
    value = record.get(key)
    if value is None or (type(value) is int and 0 <= value <= LARGEST):
        return value
    if isinstance(value, float) and value.is_integer() and 0 <= value < LARGEST:
        return int(value)
    raise WrongField(key, "a whole number", _got(value, "a number"))


def moment(record: Record, key: str) -> datetime | None:
    """Give an instant in UTC, from a datetime, RFC 3339 text or epoch seconds or milliseconds."""
    value = record.get(key)
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return _utc(datetime.fromisoformat(value.strip().upper()))
        if isinstance(value, datetime):
            return _utc(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _epoch(value)
    except (ValueError, OverflowError, OSError):
        pass
    raise WrongField(key, "a time with its offset", _got(value, "a string", "a number"))


def _got(value: object, *possible: str) -> str:
    """Name the type; where a value of that type might have done, say that this one does not."""
    got = kind(value)
    return f"{got} that is not one" if got in possible else got


def _utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise ValueError
    return value.astimezone(UTC)


def _epoch(value: float) -> datetime:
    seconds = value / 1000 if abs(value) >= _FIRST_MILLISECONDS else value
    return datetime.fromtimestamp(seconds, UTC)


def part(record: Record, key: str, read: Callable[[Record], T], absent: T) -> T:
    """Read a nested object, or give `absent`."""
    value = record.get(key)
    if value is None:
        return absent
    if not isinstance(value, dict):
        raise WrongField(key, "an object", kind(value))
    try:
        return read(value)
    except WrongField as wrong:
        raise wrong.under(key) from None


def each(record: Record, key: str, read: Callable[[Record], T]) -> list[T]:
    """Read each object of a list; an absent list is empty."""
    values = record.get(key)
    if values is None:
        return []
    if not isinstance(values, list | tuple):
        raise WrongField(key, "a list", kind(values))
    found = []
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise WrongField(f"{key}[{index}]", "an object", kind(value))
        try:
            found.append(read(value))
        except WrongField as wrong:
            raise wrong.under(f"{key}[{index}]") from None
    return found
