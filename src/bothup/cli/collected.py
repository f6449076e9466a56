"""What a run hands on: to JSON Lines at once, and to sums; the rest only where it is asked for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest

from bothup import __version__
from bothup.cli.exits import Outcome
from bothup.cli.stream import Stream
from bothup.engine.assemble import assemble, scope
from bothup.engine.controls import Rule
from bothup.engine.tally import Tally
from bothup.model.finding import Finding
from bothup.model.scan import Scan, Scope, Summary, Tool
from bothup.model.target import Coverage, CoverageStatus
from bothup.report import jsonl


class Collected:
    """Takes one Target after the other. Holds no finding unless `keep`, for documents that sort."""

    def __init__(
        self,
        rules: Sequence[Rule],
        outcome: Outcome,
        streams: Sequence[Stream],
        *,
        keep: bool,
        started_at: datetime,
    ) -> None:
        """Begin every stream."""
        self._rules, self._outcome, self._streams, self._keep = rules, outcome, streams, keep
        self._started_at = started_at
        self._tally = Tally()
        self._findings: list[Finding] = []
        self._coverage: list[Coverage] = []
        self._accounts: set[str | None] = set()
        self._regions: set[str | None] = set()
        self.unread: list[Coverage] = []
        controls = tuple(rule.control.id for rule in rules)
        tool = Tool(name="bothup", version=__version__)
        self._write([jsonl.head(tool, started_at, Scope(controls=controls))])

    def take(self, covered: Coverage, findings: tuple[Finding, ...]) -> None:
        """Hand on one Target and what was found in it."""
        self._tally.add(findings, [covered])
        self._outcome.add(findings, [covered])
        self._accounts.add(covered.account)
        self._regions.add(covered.region)
        if covered.status is not CoverageStatus.READ:
            self.unread.append(covered)
        if self._streams:
            self._write(jsonl.block(covered, findings))
        if self._keep:
            self._findings += findings
            self._coverage.append(covered)

    def settle(self) -> None:
        """Give the streams' files their names."""
        for stream in self._streams:
            stream.settle()

    @property
    def summary(self) -> Summary:
        """The sums so far."""
        return self._tally.summary()

    def end(self, finished_at: datetime) -> Scan:
        """End every stream, and return the whole as one document, empty unless kept."""
        covered = scope(self._rules, zip_longest(self._accounts, self._regions))
        self._write([jsonl.tail(self.summary, finished_at, covered)])
        return assemble(
            self._findings,
            self._coverage,
            scope=covered,
            started_at=self._started_at,
            finished_at=finished_at,
        )

    def _write(self, lines: Iterable[str]) -> None:
        pieces = list(lines)
        for stream in self._streams:
            stream.write(pieces)
