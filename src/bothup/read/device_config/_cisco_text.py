"""The text of a Cisco configuration: statements, and the blocks of statements under them.

Indentation tells what stands in a block where it has survived; where it has not, a statement that
only ever stands at the top ends the block. `exit` ends nothing: samples close nested blocks with it
at any depth.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from bothup.read.device_config._lines import Line, lines_of

T = TypeVar("T")
# No statement needs more words to be found.
_INDEXED = 5


class Statement(NamedTuple):
    """A statement's words, without `no` in front, and the line it stands on."""

    words: tuple[str, ...]
    line: int
    off: bool = False

    def starts(self, *words: str) -> bool:
        """Say whether the statement begins with these words."""
        return self.words[: len(words)] == words

    def after(self, word: str) -> str | None:
        """Give the word that follows another, if both are there."""
        found = self.words.index(word) + 1 if word in self.words else len(self.words)
        return self.words[found] if found < len(self.words) else None


class Block(NamedTuple):
    """A top statement and what stands under it; `closed` says that something follows it."""

    head: Statement
    body: tuple[Statement, ...]
    closed: bool

    def named(self, *words: str) -> Iterator[Statement]:
        """Yield the statements under it that begin with these words."""
        return (each for each in self.body if each.starts(*words))


class Text(msgspec.Struct, frozen=True):
    """The blocks of a text in their order; `index` finds them by their first words.

    `cut` says that the text ends in the middle of a line, so that more may be missing. `known`
    keeps what many tunnels share, so that it is read once.
    """

    blocks: tuple[Block, ...]
    index: dict[tuple[str, ...], list[Block]]
    notices: tuple[str, ...]
    cut: bool = False
    known: dict[tuple[object, ...], Any] = {}

    def once(self, read: Callable[..., T], *about: str) -> T:
        """Call a function with this text, or give what it gave before."""
        key = (read, *about)
        if key not in self.known:
            self.known[key] = read(self, *about)
        return cast("T", self.known[key])

    def named(self, *words: str) -> Iterator[Block]:
        """Yield the blocks whose top statement begins with these words."""
        known = self.index.get(words[:_INDEXED], ())
        return (block for block in known if block.head.starts(*words))


# What only ever stands at the top, so that it ends a block without any indentation.
_TOP = re.compile(
    r"(?:crypto|int|interface|router|tunnel-group|group-policy|access-list|sysopt|hostname"
    r"|ip route|ip access-list|route|object|object-group|line|username|snmp-server|logging|ntp"
    r"|aaa|version|boot|end|service|sla|track|enable|banner|vrf definition)\b"
)


def text_of(text: str, *, comments: str = "!:") -> Text:
    """Read a text into blocks; a line that begins with one of `comments` is none."""
    lines = lines_of(text)
    blocks = _merged(_blocks(_statements(lines.whole, comments)))
    index: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        words = block.head.words
        for size in range(1, min(_INDEXED, len(words)) + 1):
            index.setdefault(words[:size], []).append(block)
    return Text(blocks, index, lines.notices, cut=lines.cut is not None)


def _merged(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Put blocks with the same top statement into one, as a device does that is told it again."""
    heads: dict[tuple[object, ...], Statement] = {}
    bodies: dict[tuple[object, ...], list[Statement]] = {}
    closed: dict[tuple[object, ...], bool] = {}
    seen: set[tuple[object, ...]] = set()
    for block in blocks:
        key = (*block.head.words, block.head.off)
        heads.setdefault(key, block.head)
        body = bodies.setdefault(key, [])
        closed[key] = block.closed
        told = (key, *((each.words, each.off) for each in block.body))
        if told not in seen:
            seen.add(told)
            body.extend(block.body)
    return tuple(Block(heads[key], tuple(bodies[key]), closed[key]) for key in heads)


def _statements(lines: Iterable[Line], comments: str) -> Iterator[tuple[int, Statement]]:
    """Yield each statement with its indentation."""
    for number, text in lines:
        bare = text.strip()
        if not bare or bare[0] in comments or bare.startswith(("```", "#", "-----")):
            continue
        words = tuple(word.strip("'\"") for word in bare.split())
        off = words[0] == "no" and len(words) > 1
        indent = len(text) - len(text.lstrip())
        yield indent, Statement(words[1:] if off else words, number, off)


def _blocks(statements: Iterable[tuple[int, Statement]]) -> Iterator[Block]:
    head: Statement | None = None
    body: list[Statement] = []
    inner = outer = 0
    for indent, statement in statements:
        top = _TOP.match(" ".join(statement.words[:2])) is not None
        if head is None or _ends(top=top, indent=indent, outer=outer, inner=inner, body=body):
            if head is not None:
                yield Block(head, tuple(body), closed=True)
            head, body, outer, inner = statement, [], indent, 0
        else:
            inner = inner if body else indent
            body.append(statement)
    if head is not None:
        yield Block(head, tuple(body), closed=False)


def _ends(*, top: bool, indent: int, outer: int, inner: int, body: list[Statement]) -> bool:
    """Say whether a statement ends the block that is open."""
    if body and inner > outer:
        return indent <= outer
    return top and indent <= outer
