"""Filters: which of the listed things a Describe call asks for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from bothup.sim.refusal import Refusal, invalid

T = TypeVar("T")
Values = Mapping[str, Iterable[str]]


def select(
    items: Sequence[T], params: Mapping[str, Any], values_of: Callable[[T], Values]
) -> list[T]:
    """The items that meet every filter of the call.

    `values_of` gives an item's values by filter name; a filter that it does not name is refused.
    A value may hold the wildcards `*` and `?`, as EC2 has them.
    """
    filters = params.get("Filters", ())
    chosen = [(item, values_of(item)) for item in items]
    for one in filters:
        name, wanted = one.get("Name", "null"), one.get("Values", ())
        if chosen and not name.startswith("tag:") and name not in chosen[0][1]:
            raise invalid(f"The filter '{name}' is invalid")
        chosen = [pair for pair in chosen if _meets(pair[1].get(name, ()), wanted)]
    return [item for item, _ in chosen]


def by_id(
    items: Mapping[str, T], wanted: Sequence[str], refusal: Callable[[str], Refusal]
) -> list[T]:
    """All items, or those that are asked for by id; an id that is none gets `refusal`."""
    for one in wanted:
        if one not in items:
            raise refusal(one)
    return [items[one] for one in wanted or items]


def tag_values(tags: Mapping[str, str]) -> dict[str, Iterable[str]]:
    """The values of the filters `tag-key` and `tag:<key>`."""
    return {"tag-key": tuple(tags), **{f"tag:{key}": (value,) for key, value in tags.items()}}


def _meets(values: Iterable[str], wanted: Sequence[str]) -> bool:
    return any(fnmatchcase(value, pattern) for value in values for pattern in wanted)
