"""JSON Lines: one object a line, told apart by `kind` (scan, coverage, finding, summary).

The lines of a Target stand together, its findings before its coverage, and are written as soon as
it is read: memory does not grow with the fleet. Besides `kind`, a line holds what the same member
of `bothup.scan/1` holds, so that `jq 'select(.kind == "finding" and .status == "FAILED")'` finds
what failed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from bothup.model.finding import Finding
from bothup.model.scan import SCHEMA, Asked, Scan, Scope, Summary, Tool
from bothup.model.target import Coverage
from bothup.report._look import Look

Where = tuple[str | None, str | None]


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield one line at a time, Target by Target."""
    findings: defaultdict[Where, list[Finding]] = defaultdict(list)
    for finding in scan.findings:
        findings[finding.account, finding.region].append(finding)
    yield head(scan.tool, scan.started_at, scan.scope)
    for covered in scan.coverage:
        yield from block(covered, findings.pop((covered.account, covered.region), ()))
    for rest in findings.values():
        yield from map(found, rest)
    yield tail(scan.summary, scan.finished_at, scan.scope)


def block(covered: Coverage, findings: Iterable[Finding]) -> Iterator[str]:
    """Render one Target: its findings, then its coverage, which says that they are all there."""
    yield from map(found, findings)
    yield end_of(covered)


def found(finding: Finding) -> str:
    """Render one finding."""
    return _line("finding", finding)


def end_of(covered: Coverage) -> str:
    """Render the coverage of a Target, after its findings."""
    return _line("coverage", covered)


def head(tool: Tool, started_at: datetime, scope: Scope, asked: Asked | None = None) -> str:
    """Render the first line, which says what the following lines are.

    `asked` is what the run was told to read, for a run that resumes from the lines.
    """
    first = {"schema": SCHEMA, "tool": tool, "started_at": started_at, "scope": scope}
    return _line("scan", first | ({"asked": asked} if asked else {}))


def tail(summary: Summary, finished_at: datetime, scope: Scope) -> str:
    """Render the last line; a file without it was cut off."""
    return _line("summary", {"finished_at": finished_at, "scope": scope, "summary": summary})


def _line(kind: str, value: object) -> str:
    body = msgspec.json.encode(value)
    return f'{{"kind":"{kind}",' + body[1:].decode() + "\n"
