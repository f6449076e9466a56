"""Insights query: the part of CloudWatch Logs Insights' language that looks events up.

    fields @timestamp, @message | filter @logStream like /vpn-/ and details like "DPD"
    | sort @timestamp asc | limit 100

Source: "CloudWatch Logs Insights language query syntax" in its user guide. Commands that work
values out (stats, parse, dedup …) are refused.
"""

import operator
import re
from collections.abc import Callable
from typing import Any

import msgspec

from bothup.sim.refusal import Refusal

Row = dict[str, str]
Test = Callable[[Row], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<regex>/(?:[^/\\]|\\.)*/)"""
    r"""|(?P<word>[@\w.]+)|(?P<mark><=|>=|!=|=~|[=<>()\[\],]))"""
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MOST_ROWS = 10_000


class Query(msgspec.Struct, kw_only=True):
    """What a query asks for: which fields of which rows, in which order, and how many."""

    fields: tuple[str, ...] = ("@timestamp", "@message")
    tests: tuple[Test, ...] = ()
    sort_by: str = "@timestamp"
    descending: bool = True
    limit: int = MOST_ROWS


def parse_query(text: str) -> Query:
    """The query that `text` is; raises MalformedQueryException for one that is not known here."""
    query = Query()
    for command in _split(text):
        tokens = _Tokens(command)
        verb = tokens.take().lower()
        if verb in ("fields", "display"):
            query.fields = tuple(tokens.names())
        elif verb == "filter":
            query.tests = (*query.tests, _either(tokens))
        elif verb == "sort":
            query.sort_by = tokens.take()
            query.descending = (tokens.take_if("asc", "desc") or "asc") == "desc"
        elif verb in ("limit", "head"):
            query.limit = min(int(tokens.take()), MOST_ROWS)
        else:
            raise malformed(f"unexpected symbol found {verb}")
        tokens.end()
    return query


def malformed(what: str) -> Refusal:
    """The refusal of a query."""
    return Refusal("MalformedQueryException", what)


def _split(text: str) -> list[str]:
    """The commands between the bars, but for bars in texts and expressions, and no comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    parts = re.findall(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|/(?:[^/\\]|\\.)*/|[^|"'/])+""",
                       "\n".join(lines))  # fmt: skip
    return [part.strip() for part in parts if part.strip()]


class _Tokens:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None:
                raise malformed(f"unexpected symbol found at {text[at:].strip()[:20]}")
            self._tokens.append(found[0].strip())
            at = found.end()
        self._tokens.reverse()

    def take(self) -> str:
        if not self._tokens:
            raise malformed("unexpected end of the query")
        return self._tokens.pop()

    def take_if(self, *wanted: str) -> str | None:
        if self._tokens and self._tokens[-1].lower() in wanted:
            return self._tokens.pop().lower()
        return None

    def names(self) -> list[str]:
        found = [self.take()]
        while self.take_if(","):
            found.append(self.take())
        return found

    def end(self) -> None:
        if self._tokens:
            raise malformed(f"unexpected symbol found {self._tokens[-1]}")


def _either(tokens: _Tokens) -> Test:
    tests = [_both(tokens)]
    while tokens.take_if("or"):
        tests.append(_both(tokens))
    return lambda row: any(test(row) for test in tests)


def _both(tokens: _Tokens) -> Test:
    tests = [_one(tokens)]
    while tokens.take_if("and"):
        tests.append(_one(tokens))
    return lambda row: all(test(row) for test in tests)


def _one(tokens: _Tokens) -> Test:
    if tokens.take_if("not"):
        inner = _one(tokens)
        return lambda row: not inner(row)
    if tokens.take_if("("):
        inner = _either(tokens)
        if not tokens.take_if(")"):
            raise malformed("a bracket is not closed")
        return inner
    return _comparison(tokens.take(), tokens)


def _comparison(field: str, tokens: _Tokens) -> Test:
    negated = bool(tokens.take_if("not"))
    if tokens.take_if("like", "=~"):
        found = _like(tokens.take())
    elif tokens.take_if("in"):
        found = _among(tokens)
    else:
        compare, value = _COMPARE.get(tokens.take()), _value(tokens.take())
        if compare is None:
            raise malformed(f"{field} is compared in a way that is not known")

        def found(text: str) -> bool:
            return compare(_number(text), _number(value))

    return lambda row: found(row.get(field, "")) != negated


def _like(wanted: str) -> Callable[[str], bool]:
    if wanted.startswith("/"):
        search = re.compile(wanted[1:-1]).search
        return lambda text: search(text) is not None
    part = _value(wanted)
    return lambda text: part in text


def _among(tokens: _Tokens) -> Callable[[str], bool]:
    if not tokens.take_if("["):
        raise malformed("a list is expected after in")
    values = {_value(name) for name in tokens.names()}
    if not tokens.take_if("]"):
        raise malformed("a list is not closed")
    return lambda text: text in values


def _value(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] in "\"'" else token


def _number(text: str) -> tuple[int, float, str]:
    """Something to compare by: numbers by their value, and all else as text."""
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text
