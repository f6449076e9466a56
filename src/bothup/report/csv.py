"""CSV: a row for each finding, and for each Target that could not be read.

`kind` is `finding` or `target`. Text that a spreadsheet would take for a formula gets a leading
apostrophe: tags are written by many hands.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from bothup.model.finding import Finding, Reason
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus
from bothup.report._look import Look, printable, routing, tunnels
from bothup.report._words import error

_TUNNEL = ("outside_ip", "status", "status_message", "last_status_change", "accepted_routes")
COLUMNS = (
    *("kind", "status", "redundancy", "control", "severity", "account", "region"),
    *("resource_type", "resource_id", "name", "routing", "reasons", "notices"),
    *(f"tunnel{number}_{member}" for number in (1, 2) for member in _TUNNEL),
    *("muted", "arn", "id"),
)


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield a heading and the rows, worst first, unread Targets last."""
    yield _row(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for finding in scan.findings:
        yield _row(_finding(finding))
    for covered in scan.coverage:
        if covered.status is not CoverageStatus.READ:
            yield _row(_target(covered))


def _finding(finding: Finding) -> dict[str, object]:
    row: dict[str, object] = {
        "kind": "finding",
        "status": finding.status.value,
        "redundancy": finding.redundancy or "",
        "control": finding.control,
        "severity": finding.severity.value,
        "account": finding.account,
        "region": finding.region,
        "resource_type": finding.resource.type,
        "resource_id": finding.resource.id,
        "name": finding.resource.name,
        "routing": routing(finding),
        "reasons": _texts(finding.reasons),
        "notices": _texts(finding.notices),
        "muted": finding.muted.reason if finding.muted else "",
        "arn": finding.resource.arn,
        "id": finding.id,
    }
    for number, tunnel in enumerate(tunnels(finding)[:2], start=1):
        row |= {f"tunnel{number}_{member}": getattr(tunnel, member) for member in _TUNNEL}
    return row


def _target(covered: Coverage) -> dict[str, object]:
    return {
        "kind": "target",
        "status": covered.status.value,
        "account": covered.account,
        "region": covered.region,
        "reasons": error(covered),
    }


def _texts(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(reason.text for reason in reasons)


def _row(values: dict[str, object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(_cell(values.get(name)) for name in COLUMNS)
    return line.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    text = printable(str(value))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
