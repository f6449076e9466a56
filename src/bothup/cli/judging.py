"""Judging: one Target, judged piece by piece while it is read, in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import msgspec

from bothup.engine.controls import Rule
from bothup.engine.judge import Beside, judge, worst_first
from bothup.model.connection import VpnConnection
from bothup.model.finding import Finding
from bothup.model.target import Target

# A finding takes about a kilobyte, and hundreds of Targets are read at once.
_HELD = 2000


Also = Callable[[Sequence[Any], Beside], None]


class Judging:
    """Takes the evidence on a Target; the findings, once they are many, wait in a file.

    Few findings come sorted, worst first; many come as they were found. `target` is where the
    connections are, which tell their account even where nobody else does.
    """

    def __init__(self, rules: Sequence[Rule], also: Also | None = None) -> None:
        """Judge by these rules; `also` sees the same records, with what stands beside them."""
        self._rules, self._also = rules, also
        self._beside_kinds = {kind for rule in rules for kind in rule.kinds[1:]}
        self._beside: dict[type, object] = {}
        self._held: list[Finding] = []
        self._in_order = True
        self._file: IO[bytes] | None = None
        self.connections = 0
        self.target: Target | None = None

    def take(self, kind: type, page: Sequence[Any]) -> None:
        """Judge resources, or keep in mind what is needed to judge them."""
        if kind in self._beside_kinds:
            (self._beside[kind],) = page
            return
        if self._also:
            self._also(page, self._beside)
        if kind is VpnConnection:
            self.connections += len(page)
            self.target = page[0].target if page else None
        found = judge(page, self._rules, self._beside)
        self._in_order = not self._held
        self._held += found
        if len(self._held) > _HELD:
            self._put_away()

    def findings(self) -> Iterator[Finding]:
        """Yield what was found; may be called once."""
        if self._file is None:
            yield from self._held if self._in_order else sorted(self._held, key=worst_first)
            return
        self._put_away()
        with self._file as file:
            file.seek(0)
            for line in file:
                yield msgspec.json.decode(line, type=Finding)

    def _put_away(self) -> None:
        if self._file is None:
            import tempfile  # few Targets have so many

            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is read
        for finding in self._held:
            self._file.write(msgspec.json.encode(finding) + b"\n")
        self._held = []
