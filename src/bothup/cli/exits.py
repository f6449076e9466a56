"""Exit codes: what a run amounts to, for scripts."""

from collections.abc import Iterable

from bothup.errors import UsageError
from bothup.model.finding import Finding, Severity, Status
from bothup.model.target import Coverage, CoverageStatus

OK = 0
INTERNAL = 1
USAGE = 2
FINDINGS = 3
INCOMPLETE = 4
GUARD = 5
INTERRUPTED = 130

FAIL_ON = ("none", *(severity.value.lower() for severity in Severity))


def threshold(name: str) -> Severity | None:
    """Turn a --fail-on word into the least severity that fails a run; None for `none`."""
    if name.lower() not in FAIL_ON:
        raise UsageError(f"--fail-on {name!r}; expected one of: {', '.join(FAIL_ON)}")
    return None if name.lower() == "none" else Severity(name.upper())


class Outcome:
    """What a run amounts to so far, as an exit code."""

    def __init__(self, fail_on: Severity | None) -> None:
        """FAILED findings of at least this severity fail the run; None lets none fail it."""
        self._fail_on = fail_on
        self._failed = self._incomplete = False

    def add(self, findings: Iterable[Finding], coverage: Iterable[Coverage]) -> None:
        """Take findings and coverage into account; a muted finding fails nothing."""
        for finding in findings:
            if finding.muted:
                continue
            if finding.status is Status.FAILED:
                self._failed |= self._fail_on is not None and (
                    finding.severity.rank >= self._fail_on.rank
                )
            self._incomplete |= finding.status is Status.NOT_AVAILABLE
        self._incomplete |= any(each.status is not CoverageStatus.READ for each in coverage)

    @property
    def code(self) -> int:
        """Findings come first, then whatever could not be read or judged."""
        if self._failed:
            return FINDINGS
        return INCOMPLETE if self._incomplete else OK
