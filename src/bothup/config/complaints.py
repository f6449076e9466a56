"""What is wrong with a configuration, in the words of its author."""

import re
from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from bothup.config.lines import Step
from bothup.config.settings import FIELDS
from bothup.model.mute_rule import MuteRule

_MUTE_FIELDS = {field.encode_name: field for field in msgspec.structs.fields(MuteRule)}
MUTE_KEYS = tuple(name for name in _MUTE_FIELDS if name != "where")

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_GOT = re.compile(r"got `(\w+)`")
_MISSING = re.compile(r"missing required field `(.+)`")
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date",
    "datetime": "a date with a time",
    "time": "a time",
}


class Complaint(msgspec.Struct, frozen=True):
    """What is wrong at `path`, and what was expected there ("" where that says itself)."""

    path: tuple[Step, ...]
    problem: str
    expected: str = ""


def unknown_key(table: dict[str, Any]) -> Complaint | None:
    """Find the first key that is no setting, or that no mute has, with the nearest that is."""
    for key in table:
        if key not in FIELDS:
            return Complaint((key,), f"no setting is called {key!r}; {nearest(key, FIELDS)}")
    mutes = table.get("mutes")
    for index, mute in enumerate(mutes if isinstance(mutes, list) else ()):
        for key in mute if isinstance(mute, dict) else ():
            if key not in MUTE_KEYS:
                text = f"a mute has no {key!r}; {nearest(key, MUTE_KEYS)}"
                return Complaint(("mutes", index, key), text)
    return None


def nearest(key: str, known: Iterable[str]) -> str:
    """Say which of the known names was probably meant."""
    import difflib  # for a mistake alone

    names = list(known)
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"


def wrong_value(error: msgspec.ValidationError) -> Complaint:
    """Say in plain words what msgspec says of a value that does not fit."""
    found = _AT.match(str(error))
    assert found is not None
    what, path = found["what"], _path(found["path"] or "")
    if missing := _MISSING.search(what):
        path = (*path, missing[1])
        return Complaint(path, f"{missing[1]} is missing", description(path))
    expected = description(path)
    if got := _GOT.search(what):
        return Complaint(path, f"found {_KINDS.get(got[1], got[1])}", expected)
    if what.startswith(("Expected", "Invalid")):
        return Complaint(path, "does not fit", expected)
    return Complaint(path, what)


def written(path: Iterable[Step]) -> str:
    """Write a path as people do: mutes[2].tag, parameters."EC2.4"."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_quoted(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def _quoted(step: str) -> str:
    return step if _BARE.fullmatch(step) else f'"{step}"'


def _path(text: str) -> tuple[Step, ...]:
    return tuple(name or int(index) for name, index in _STEP.findall(text))


def description(path: tuple[Step, ...]) -> str:
    """Say what the setting, or the mute's member, takes."""
    if path[0] == "mutes" and isinstance(path[-1], str) and path[-1] in _MUTE_FIELDS:
        field = _MUTE_FIELDS[path[-1]]
    else:
        field = FIELDS[str(path[0])]
    notes = (each for each in get_args(field.type) if isinstance(each, msgspec.Meta))
    return next((each.description for each in notes if each.description), "")
