"""JSON Lines: one object a line, told apart by `kind` (scan, coverage, finding, summary).

Besides `kind`, a line holds what the same member of `bothup.scan/1` holds, so that
`jq 'select(.kind == "finding" and .status == "FAILED")'` finds what failed.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from bothup.model.finding import Finding
from bothup.model.scan import Scan, Scope, Summary, Tool
from bothup.model.target import Coverage
from bothup.report._look import Look


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield one line at a time."""
    yield head(scan.tool, scan.scope, scan.started_at)
    for covered in scan.coverage:
        yield line(covered)
    for finding in scan.findings:
        yield line(finding)
    yield tail(scan.summary, scan.finished_at)


def line(value: Coverage | Finding) -> str:
    """Render one Coverage or Finding."""
    return _line("finding" if isinstance(value, Finding) else "coverage", value)


def head(tool: Tool, scope: Scope, started_at: Any) -> str:
    """Render the first line, which says what the following lines are."""
    first = {"schema": "bothup.scan/1", "tool": tool, "started_at": started_at, "scope": scope}
    return _line("scan", first)


def tail(summary: Summary, finished_at: Any) -> str:
    """Render the last line; a file without it was cut off."""
    return _line("summary", {"finished_at": finished_at, "summary": summary})


def _line(kind: str, value: object) -> str:
    body = msgspec.json.encode(value)
    return f'{{"kind":"{kind}",' + body[1:].decode() + "\n"
