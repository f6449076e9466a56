"""What a run hands on: to JSON Lines at once, and to sums; the rest only where it is asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice, zip_longest

import msgspec

from bothup import __version__
from bothup.cli.draft import Draft
from bothup.cli.exits import Outcome
from bothup.cli.stdout import say
from bothup.engine.assemble import assemble, scope
from bothup.engine.controls import Rule
from bothup.engine.tally import Tally
from bothup.model.finding import Finding
from bothup.model.scan import Asked, Scan, Scope, Summary, Tool
from bothup.model.target import Coverage, CoverageStatus
from bothup.report import jsonl

_BATCH = 500


class Collected:
    """Takes one Target after the other; holds on to the findings that it is told to keep."""

    def __init__(
        self,
        rules: Sequence[Rule],
        outcome: Outcome,
        drafts: Sequence[Draft],
        *,
        say: bool,
        keep: Callable[[Finding], bool] | None,
        asked: Asked,
        started_at: datetime,
    ) -> None:
        """Begin the lines of every draft, and on stdout those to `say`.

        Without `keep`, nothing is held for documents that sort.
        """
        self._rules, self._outcome, self._keep = rules, outcome, keep
        self._drafts, self._say = drafts, say
        self._started_at = started_at
        self._tally = Tally()
        self._findings: list[Finding] = []
        self._coverage: list[Coverage] = []
        self._accounts: set[str | None] = set()
        self._regions: set[str | None] = set()
        self._pending: list[str] = []
        self.unread: list[Coverage] = []
        controls = tuple(rule.control.id for rule in rules)
        tool = Tool(name="bothup", version=__version__)
        self._write([jsonl.head(tool, started_at, Scope(controls=controls), asked)])

    def take(self, covered: Coverage, findings: Iterable[Finding]) -> None:
        """Hand on one Target and what was found in it, in one go through the findings."""
        self._tally.add(self._passing(findings), [covered])
        self._outcome.add((), [covered])
        self._accounts.add(covered.account)
        self._regions.add(covered.region)
        if covered.status is not CoverageStatus.READ:
            self.unread.append(covered)
        if self._lines:
            self._write([*self._pending, jsonl.end_of(covered)])
            self._pending.clear()
        if self._keep:
            self._coverage.append(covered)

    def _passing(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that pass here, written and counted."""
        passing = iter(findings)
        while batch := tuple(islice(passing, _BATCH)):
            self._outcome.add(batch, ())
            if self._lines:
                self._write(self._pending)
                self._pending = list(map(jsonl.found, batch))
            if self._keep:
                self._findings += filter(self._keep, batch)
            yield from batch

    @property
    def _lines(self) -> bool:
        return self._say or bool(self._drafts)

    def settle(self) -> None:
        """Let the drafts take the place of older files."""
        for draft in self._drafts:
            draft.settle()

    @property
    def summary(self) -> Summary:
        """The sums so far."""
        return self._tally.summary()

    def end(self, finished_at: datetime) -> Scan:
        """End the lines, and return the whole as one document, empty unless kept."""
        covered = scope(self._rules, zip_longest(self._accounts, self._regions))
        self._write([jsonl.tail(self.summary, finished_at, covered)])
        whole = assemble(
            self._findings,
            self._coverage,
            scope=covered,
            started_at=self._started_at,
            finished_at=finished_at,
        )
        return msgspec.structs.replace(whole, summary=self.summary) if self._keep else whole

    def _write(self, pieces: Sequence[str]) -> None:
        if not pieces:
            return
        for draft in self._drafts:
            draft.write(pieces)
        if self._say:
            say(pieces)
