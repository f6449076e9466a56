"""The text of a Junos configuration: `set` lines or braces, as statements of words.

Both forms give the same statements: `security { ike { policy P { mode main; } } }` is
`security ike policy P mode main`. What is inactive is left out.
"""

import re
from collections.abc import Iterable, Iterator

from bothup.read.device_config._lines import Line, lines_of
from bothup.read.device_config._statements import Statement, Statements, statements_of

_DEEPEST = 60
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|(?:^|\s)#.*")
_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"?|[{};\[\]]|[^\s{};\[\]\"]+")
_SET = re.compile(r"^\s*(?:set|deactivate)\s+\S", re.MULTILINE)
# What `show security` shows begins below `security`.
_BELOW_SECURITY = frozenset({"ike", "ipsec", "flow"})


def text_of(text: str) -> Statements:
    """Read a text in either form."""
    lines = lines_of(text)
    if _SET.search(text):
        return statements_of(_set_lines(lines.whole), complete=False, notices=lines.notices)
    braces = _Braces()
    found = tuple(braces.read(lines.whole))
    complete = braces.depth == 0 and lines.cut is None
    return statements_of(found, complete=complete, notices=lines.notices)


def _set_lines(lines: Iterable[Line]) -> Iterator[Statement]:
    kept: list[Statement] = []
    inactive: list[tuple[str, ...]] = []
    for number, text in lines:
        words = tuple(_plain(token) for token in _TOKEN.findall(_COMMENT.sub("", text)))
        if words[:1] == ("set",) and len(words) > 1:
            kept.append(Statement(_rooted(_split_unit(words[1:])), number))
        elif words[:1] in (("deactivate",), ("delete",)) and len(words) > 1:
            inactive.append(_rooted(_split_unit(words[1:])))
    for each in kept:
        if not any(each.words[: len(prefix)] == prefix for prefix in inactive):
            yield each


class _Braces:
    """Reads the form with braces; `depth` is how many are open."""

    def __init__(self) -> None:
        self._path: list[tuple[str, ...]] = []
        self._words: list[str] = []

    @property
    def depth(self) -> int:
        return len(self._path)

    def read(self, lines: Iterable[Line]) -> Iterator[Statement]:
        comment = False
        for number, text in lines:
            # Comments over several lines begin and end with lines of their own.
            bare = text.strip()
            comment = (comment or bare.startswith("/*")) and "*/" not in bare
            if comment or bare.startswith(("/*", "*/")):
                continue
            for token in _TOKEN.findall(_COMMENT.sub("", text)):
                yield from self._mark(token, number)

    def _mark(self, mark: str, number: int) -> Iterator[Statement]:
        if mark == "{":
            self._open()
        elif mark == "}":
            self._close()
        elif mark == ";":
            words = tuple(word for part in self._path for word in part) + tuple(self._words)
            self._words = []
            if words and "inactive:" not in words:
                yield Statement(_rooted(_split_unit(words)), number)
        elif mark not in "[]":
            self._words.append(_plain(mark))

    def _open(self) -> None:
        words, self._words = self._words, []
        if len(self._path) < _DEEPEST:
            self._path.append(tuple(words))

    def _close(self) -> None:
        self._words = []
        if self._path:
            self._path.pop()


def _plain(token: str) -> str:
    return token.strip('"')


def _rooted(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("security", *words) if words[0] in _BELOW_SECURITY else words


def _split_unit(words: tuple[str, ...]) -> tuple[str, ...]:
    """Write `interfaces st0.1` as `interfaces st0 unit 1`, as Junos stores it."""
    if words[0] != "interfaces" or len(words) < 2 or "." not in words[1]:
        return words
    name, _, unit = words[1].partition(".")
    return ("interfaces", name, "unit", unit, *words[2:])
