"""Exit codes: what a run amounts to, for scripts."""

from collections.abc import Iterable

from bothup.errors import UsageError
from bothup.model.finding import Finding, Severity, Status
from bothup.model.scan import Scan
from bothup.model.target import CoverageStatus

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


def of_scan(scan: Scan, fail_on: Severity | None) -> int:
    """Findings that fail the run come first, then whatever could not be read or judged."""
    if fail_on is not None and _fails(scan.findings, fail_on):
        return FINDINGS
    unread = any(each.status is not CoverageStatus.READ for each in scan.coverage)
    unjudged = any(each.status is Status.NOT_AVAILABLE for each in scan.findings)
    return INCOMPLETE if unread or unjudged else OK


def _fails(findings: Iterable[Finding], fail_on: Severity) -> bool:
    return any(
        each.status is Status.FAILED and not each.muted and each.severity.rank >= fail_on.rank
        for each in findings
    )
