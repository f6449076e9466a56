"""SARIF 2.1.0: one run, a rule for each control, a result for each finding.

A result stands at an address made of account, Region and resource, for code scanning asks for a
file. What was not read makes the run unsuccessful, with a notification for each Target.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from bothup.model.finding import Finding, Severity, Status
from bothup.model.scan import Scan
from bothup.model.target import Coverage
from bothup.report._look import Look, causes
from bothup.report._page import aws_page, page
from bothup.report._unread import coverage_id, unread_targets, why

Sarif = dict[str, Any]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_KINDS = {
    Status.FAILED: "fail",
    Status.PASSED: "pass",
    Status.NOT_AVAILABLE: "open",
    Status.NOT_APPLICABLE: "notApplicable",
}
_LEVELS = {
    Severity.INFORMATIONAL: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
# What code scanning sorts by, from 0 to 10 (CVSS's bands).
_SCORES = {
    Severity.INFORMATIONAL: "0.0",
    Severity.LOW: "3.0",
    Severity.MEDIUM: "5.5",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the document."""
    controls = {each.control: each for each in reversed(scan.findings)}
    rules = [_rule(controls[name]) for name in sorted(controls)]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": scan.tool.name, "version": scan.tool.version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(scan)],
        "automationDetails": {"id": "bothup/"},
        "results": [_result(each, index[each.control]) for each in scan.findings],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    yield "\n"


def _rule(finding: Finding) -> Sarif:
    rule: Sarif = {
        "id": finding.control,
        "shortDescription": {"text": finding.title},
        "helpUri": aws_page(finding.control),
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "tags": ["security", "aws"],
        },
    }
    if found := page(finding.control):
        whole = "\n\n".join(f"## {head}\n{text}" for head, text in found.sections.items())
        rule["help"] = {"text": whole.replace("`", ""), "markdown": whole}
    return rule


def _result(finding: Finding, rule: int) -> Sarif:
    kind = _KINDS[finding.status]
    result: Sarif = {
        "ruleId": finding.control,
        "ruleIndex": rule,
        "kind": kind,
        "level": _LEVELS[finding.severity] if kind == "fail" else "none",
        "message": {"text": _message(finding)},
        "locations": [_location(finding)],
        "partialFingerprints": {"bothupFinding/v1": finding.id},
        "properties": _properties(finding),
    }
    if finding.muted:
        until = f"{finding.muted.reason} (until {finding.muted.expires})"
        muted = {"kind": "external", "status": "accepted", "justification": until}
        result["suppressions"] = [muted]
    return result


def _message(finding: Finding) -> str:
    resource = finding.resource
    name = f"{resource.name} ({resource.id})" if resource.name else resource.id
    parts = [each.text for each in finding.reasons] or [finding.title]
    for cause in causes(finding):
        where = f" of {cause.tunnel}" if cause.tunnel else ""
        parts.append(f"cause{where}: {cause.title} ({cause.id}, {cause.verdict})")
    return f"{name}: {'; '.join(parts)}"


def _location(finding: Finding) -> Sarif:
    resource = finding.resource
    place = (finding.account or "unknown", finding.region or "unknown", resource.id)
    uri = "/".join(["aws", *(quote(each, safe="") for each in place)])
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
        "logicalLocations": [
            {"fullyQualifiedName": resource.arn or resource.id, "kind": "resource"}
        ],
    }


def _properties(finding: Finding) -> Sarif:
    told = {
        "status": finding.status,
        "account": finding.account,
        "region": finding.region,
        "resourceType": finding.resource.type,
        "redundancy": finding.redundancy or None,
        "notices": [each.text for each in finding.notices],
    }
    return {name: value for name, value in told.items() if value}


def _invocation(scan: Scan) -> Sarif:
    gaps = [_notification(each) for each in unread_targets(scan)]
    return {
        "executionSuccessful": not gaps,
        "startTimeUtc": _time(scan.started_at),
        "endTimeUtc": _time(scan.finished_at),
        **({"toolExecutionNotifications": gaps} if gaps else {}),
    }


def _notification(covered: Coverage) -> Sarif:
    where = " ".join(filter(None, (covered.account, covered.region)))
    return {
        "descriptor": {"id": coverage_id(covered)},
        "level": "error",
        "message": {"text": f"{where}: {why(covered)}".strip(": ")},
        "properties": {"status": covered.status.value},
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
