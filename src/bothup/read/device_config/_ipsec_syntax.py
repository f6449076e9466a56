"""The syntax of ipsec.conf and ipsec.secrets.

`conn NAME` and `key=value` lines under it, `also=` and `conn %default` for what is shared, and
lines of `ID ID : PSK "…"` in the same text. A conn whose line breaks were lost on the way, as in a
ticket, is read from its one line.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bothup.read.device_config._lines import Line, lines_of
from bothup.read.device_config._tree import Value
from bothup.read.device_config._values import unquoted

DEFAULT = "%default"
_HEADER = re.compile(r"\s*(conn|config|ca)\s+(\S+)(.*)")
_PAIR = re.compile(r"([A-Za-z][\w-]*)\s*=\s*(\"[^\"]*\"|\{[^}]*\}|[^\s=]*(?:\s*,\s*[^\s=]+)*)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_KEY = re.compile(r"^([^\"#]*?)\s*:\s*PSK\s+\S")
_INCLUDE = re.compile(r"\s*include\s+\S")
_DEEPEST = 8

Settings = Mapping[str, Value]


class Conn(NamedTuple):
    """One conn with all that it takes over from others."""

    name: str
    line: int
    settings: Settings


class Key(NamedTuple):
    """That there is a pre-shared key, whom it is for (nobody named is everybody), and its line."""

    names: frozenset[str]
    line: int


class File(NamedTuple):
    """What one text says."""

    conns: tuple[Conn, ...]
    setup: Settings
    keys: tuple[Key, ...]
    notices: tuple[str, ...]


def file_of(text: str) -> File:
    """Read a text that may hold ipsec.conf, ipsec.secrets or both."""
    lines = lines_of(text)
    sections: dict[str, dict[str, Value]] = {}
    begins: dict[str, int] = {}
    parents: dict[str, list[str]] = {}
    keys: list[Key] = []
    notices = list(lines.notices)
    name = ""
    for line in (*lines.whole, *_without_last_word(lines.cut)):
        if _INCLUDE.match(line.text):
            notices.append(f"line {line.number}: an included file is not in this text")
        if found := _KEY.match(line.text):
            keys.append(Key(frozenset(each.lstrip("@") for each in found[1].split()), line.number))
            continue
        rest = line.text
        if found := _HEADER.match(rest):
            name = found[2] if found[1] == "conn" else f"{found[1]} {found[2]}"
            rest = found[3]
            begins.setdefault(name, line.number)
            sections.setdefault(name, {})
        for key, value in _pairs(rest):
            if key == "also":
                parents.setdefault(name, []).append(value)
            begins.setdefault(name, line.number)
            sections.setdefault(name, {})[key] = Value(value, line.number)
    setup = sections.pop("config setup", {})
    # What a conn takes over may yet be overruled where it is cut off.
    alone = {name} if lines.cut else set[str]()
    conns = tuple(
        Conn(
            each,
            begins[each],
            sections[each] if each in alone else _inherited(each, sections, parents),
        )
        for each in _real(sections)
    )
    return File(conns, setup, tuple(keys), tuple(notices))


def _without_last_word(cut: Line | None) -> Iterator[Line]:
    """Give a cut line's settings but for the last, of which half may be missing."""
    last = cut and max((m.start() for m in _PAIR.finditer(cut.text)), default=0)
    if cut and last:
        yield Line(cut.number, cut.text[:last])


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the settings of a line; hyphens and underscores in their names are the same."""
    for found in _PAIR.finditer(_COMMENT.sub("", text)):
        yield found[1].lower().replace("-", "").replace("_", ""), unquoted(found[2])


def _real(sections: Mapping[str, object]) -> list[str]:
    """Name the conns that are tunnels: %default is one only where there is nothing else."""
    conns = [name for name in sections if not name.startswith(("ca ", "config "))]
    named = [name for name in conns if name not in ("", DEFAULT)]
    return named or conns


def _inherited(
    name: str,
    sections: Mapping[str, dict[str, Value]],
    parents: Mapping[str, list[str]],
) -> Settings:
    """Put %default, what `also` names and the conn's own settings over one another."""
    chain, waiting = [name], list(parents.get(name, []))
    while waiting and len(chain) < _DEEPEST:
        parent = waiting.pop(0)
        if parent in sections and parent not in chain:
            chain.append(parent)
            waiting.extend(parents.get(parent, []))
    chain.append(DEFAULT)
    merged: dict[str, Value] = {}
    for each in reversed(chain):
        merged |= sections.get(each, {})
    return merged
