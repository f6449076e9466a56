"""Mutes as the text of a configuration file."""

import json
from collections.abc import Iterable, Iterator

from bothup.model.mute_rule import SELECTORS, MuteRule


def mutes_text(rules: Iterable[tuple[MuteRule, str]]) -> Iterator[str]:
    """Yield a [[mutes]] table for each rule, under its comment."""
    for rule, comment in rules:
        yield f"\n# {_one_line(comment)}\n[[mutes]]\n"
        for name in SELECTORS:
            if (pattern := getattr(rule, name)) is not None:
                yield f"{name} = {_text(pattern)}\n"
        yield f"reason = {_text(rule.reason)}\nexpires = {rule.expires.isoformat()}\n"


def _text(value: str) -> str:
    """A TOML basic string: JSON's, but for DEL and for whatever is not ASCII, which stands bare."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(comment: str) -> str:
    """A comment must not break its line: names and tags are written by many hands."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in comment)
