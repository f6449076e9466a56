"""Composite alarms' rules: ALARM("name"), OK(…), INSUFFICIENT_DATA(…), AND, OR, NOT, TRUE, FALSE.

Source: PutCompositeAlarm, Amazon CloudWatch API Reference.
"""

import re
from collections.abc import Callable

_WORD = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>[^\s\")]+))"
    r"\s*\)|(?P<word>AND|OR|NOT|TRUE|FALSE|\(|\)))"
)
StateOf = Callable[[str], str]
Test = Callable[[StateOf], bool]


class Rule:
    """A rule, read; `names` are the alarms in it, by name or ARN.

    `holds` says whether it is true, by a function that gives the state of each alarm.
    """

    def __init__(self, text: str) -> None:
        """Read it; raises ValueError for what is no rule."""
        self.names: list[str] = []
        self._left = list(self._words(text))
        self.holds = self._either()
        if self._left:
            raise _wrong(text)

    def _words(self, text: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            match = _WORD.match(text, at)
            if match is None:
                raise _wrong(text)
            name = match["quoted"] or match["bare"] or ""
            found.append((match["state"] or match["word"], name))
            if name:
                self.names.append(name)
            at = match.end()
        return found

    def _either(self) -> Test:
        test = self._both()
        while self._next("OR"):
            test = _or(test, self._both())
        return test

    def _both(self) -> Test:
        test = self._one()
        while self._next("AND"):
            test = _and(test, self._one())
        return test

    def _one(self) -> Test:
        if self._next("NOT"):
            inner = self._one()
            return lambda state: not inner(state)
        if self._next("("):
            inner = self._either()
            if not self._next(")"):
                raise _wrong("(")
            return inner
        if not self._left:
            raise _wrong("")
        word, name = self._left.pop(0)
        if name:
            return lambda state: state(name) == word
        if word in ("TRUE", "FALSE"):
            return lambda _: word == "TRUE"
        raise _wrong(word)

    def _next(self, word: str) -> bool:
        if self._left and self._left[0] == (word, ""):
            self._left.pop(0)
            return True
        return False


def _or(one: Test, other: Test) -> Test:
    return lambda state: one(state) or other(state)


def _and(one: Test, other: Test) -> Test:
    return lambda state: one(state) and other(state)


def _wrong(text: str) -> ValueError:
    return ValueError(f"AlarmRule must be a valid expression: {text!r}")
