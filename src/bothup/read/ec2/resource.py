"""What every kind of item has: an id, tags, and that a bad one costs itself alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from bothup.model.connection import Malformed
from bothup.model.target import Target
from bothup.read.fields import Record, WrongField, kind, text, writable
from bothup.read.fingerprint import fingerprint

T = TypeVar("T")


def readable(
    item: object, target: Target, resource: str, key: str, read: Callable[[Record, str], T]
) -> T | Malformed:
    """Read one item, whose id stands under `key`; what cannot be read is Malformed instead."""
    try:
        return read(*_named(item, key))
    except WrongField as wrong:
        return _malformed(item, target, resource, key, str(wrong))


def _named(item: object, key: str) -> tuple[Record, str]:
    if not isinstance(item, dict):
        raise WrongField("", "an object", kind(item))
    name = text(item, key)
    if name is None or not name.strip():
        raise WrongField(key, "an id", "nothing" if name is None else "an empty string")
    return item, name


def tags_of(item: Record) -> dict[str, str]:
    """Read what is readable of the tags: they never decide whether an item is good."""
    tags = item.get("Tags")
    entries = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return {
        writable(tag["Key"]): writable(value) if isinstance(value := tag.get("Value"), str) else ""
        for tag in entries
        if isinstance(tag.get("Key"), str)
    }


def _malformed(item: object, target: Target, resource: str, key: str, problem: str) -> Malformed:
    name = item.get(key) if isinstance(item, dict) else None
    known = isinstance(name, str) and name.strip() != ""
    return Malformed(
        id=writable(str(name)) if known else f"malformed-{fingerprint(item)}",
        target=target,
        problem=problem,
        observed_at=datetime.now(UTC),
        resource=resource,
    )
