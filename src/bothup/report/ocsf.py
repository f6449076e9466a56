"""OCSF 1.6.0: Compliance Findings (class 2003), one JSON array. Times are milliseconds.

What could not be judged is a Warning, which OCSF defines as "no result, for information is
missing"; what is not applicable is Other. A muted finding is Suppressed, and keeps its verdict.

Source: the OCSF schema, version 1.6.0, class Compliance Finding.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from bothup.model.finding import Finding, Severity, Status
from bothup.model.scan import Scan, Tool
from bothup.model.target import Coverage, Target
from bothup.report._arrays import array
from bothup.report._look import Look, causes, tunnels
from bothup.report._page import CHECKS, FIX, aws_page, section
from bothup.report._unread import TITLE, coverage_id, unread_targets, why

Ocsf = dict[str, Any]

_CLASS, _CREATE = 2003, 1
_VERDICTS = {
    Status.PASSED: (1, "Pass"),
    Status.NOT_AVAILABLE: (2, "Warning"),
    Status.FAILED: (3, "Fail"),
    Status.NOT_APPLICABLE: (99, "Not applicable"),
}
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the array."""
    return array(_all(scan))


def _all(scan: Scan) -> Iterator[Ocsf]:
    for finding in scan.findings:
        yield _finding(finding, scan)
    for covered in unread_targets(scan):
        yield _unread(covered, scan)


def _finding(finding: Finding, scan: Scan) -> Ocsf:
    verdict, said = _VERDICTS[finding.status]
    made = _event(scan, finding.id, finding.title, finding.severity)
    state, word = _SUPPRESSED if finding.muted else _NEW
    reasons = [each.text for each in finding.reasons]
    made["finding_info"]["types"] = [finding.control]
    made["metadata"]["event_code"] = finding.control
    return made | {
        "status_id": state,
        "status": word,
        "message": "; ".join(reasons) or finding.title,
        "cloud": _cloud(Target(account=finding.account, region=finding.region)),
        "compliance": {
            "control": finding.control,
            "standards": ["AWS Foundational Security Best Practices"],
            "status_id": verdict,
            "status": said,
            "status_code": finding.status.value,
            "status_details": reasons,
            **_said(desc=section(finding.control, CHECKS)),
        },
        "resources": [_resource(finding)],
        "remediation": {
            "desc": section(finding.control, FIX) or f"bothup explain {finding.control}",
            "references": [aws_page(finding.control)],
        },
        "unmapped": _unmapped(finding),
    }


def _unread(covered: Coverage, scan: Scan) -> Ocsf:
    made = _event(scan, coverage_id(covered), TITLE, Severity.MEDIUM)
    made["metadata"]["event_code"] = "coverage"
    state, word = _NEW
    return made | {
        "status_id": state,
        "status": word,
        "message": why(covered),
        "cloud": _cloud(Target(account=covered.account, region=covered.region)),
        "compliance": {
            "control": "coverage",
            "status_id": 2,
            "status": "Warning",
            "status_code": covered.status.value,
            "status_details": [why(covered)],
        },
        "resources": [
            {
                "type": "AWS::::Account",
                "uid": covered.account or "unknown",
                **_said(region=covered.region),
            }
        ],
    }


def _event(scan: Scan, name: str, title: str, severity: Severity) -> Ocsf:
    at = _milliseconds(scan.finished_at)
    return {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "severity_id": severity.rank + 1,
        "severity": severity.capitalize(),
        "time": at,
        "start_time": _milliseconds(scan.started_at),
        "end_time": at,
        "finding_info": {"uid": name, "title": title, "last_seen_time": at},
        "metadata": {
            "version": "1.6.0",
            "profiles": ["cloud"],
            "product": _product(scan.tool),
            "uid": f"{name}@{at}",
        },
    }


def _product(tool: Tool) -> Ocsf:
    return {"name": tool.name, "vendor_name": tool.name, "version": tool.version}


def _cloud(target: Target) -> Ocsf:
    account = {"uid": target.account, "type_id": 10, "type": "AWS Account"}
    return {
        "provider": "AWS",
        "cloud_partition": target.partition,
        **_said(region=target.region),
        **({"account": account} if target.account else {}),
    }


def _resource(finding: Finding) -> Ocsf:
    resource = finding.resource
    labels = [f"{key}={value}" if value else key for key, value in resource.tags.items()]
    return {
        "type": resource.type,
        "uid": resource.arn or resource.id,
        **_said(name=resource.name, region=finding.region),
        **({"labels": labels} if labels else {}),
    }


def _unmapped(finding: Finding) -> Ocsf:
    """Give what is of VPNs alone, as the JSON of a scan has it."""
    told: Ocsf = {
        "resource_id": finding.resource.id,
        "notices": finding.notices,
        "tunnels": tunnels(finding),
        "causes": causes(finding),
        "muted": finding.muted,
        "redundancy": finding.redundancy or None,
    }
    found: Ocsf = msgspec.to_builtins({name: value for name, value in told.items() if value})
    return found


def _said(**members: str | None) -> Ocsf:
    return {name: value for name, value in members.items() if value}


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
