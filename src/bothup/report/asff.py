"""ASFF: findings as Security Hub CSPM takes them in, one JSON array (AWS Security Finding Format).

What AWS does not take is not in it: no word of more than a field holds, no empty text, no tag
without a value. Note, UserDefinedFields, VerificationState and Workflow belong to the customer and
are left alone, so that a muted finding says so among its ProductFields and is still FAILED.

Source: Security Hub user guide, "AWS Security Finding Format" and "Guidelines for mapping
findings".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bothup.errors import UsageError
from bothup.model.finding import Finding, Reason, Severity, Status, TunnelSummary
from bothup.model.scan import Scan
from bothup.model.target import Coverage, Target
from bothup.report._arrays import array
from bothup.report._look import Look, causes, down, printable, tunnels
from bothup.report._page import FIX, aws_page, section
from bothup.report._unread import TITLE, coverage_id, unread_targets, why

Asff = dict[str, Any]

GENERATOR = "bothup/"
_TYPE = "Software and Configuration Checks/AWS Security Best Practices"
_STATUSES = {
    Status.PASSED: "PASSED",
    Status.FAILED: "FAILED",
    Status.NOT_AVAILABLE: "NOT_AVAILABLE",
    # Security Hub has no word for it, and archives the findings of its own that are so.
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_ACCOUNT = "AWS::::Account"
_TYPES = {
    _ACCOUNT: "AwsAccount",
    "AWS::EC2::VPNConnection": "AwsEc2VpnConnection",
    "AWS::EC2::ClientVpnEndpoint": "AwsEc2ClientVpnEndpoint",
    "AWS::EC2::Instance": "AwsEc2Instance",
    "AWS::EC2::SecurityGroup": "AwsEc2SecurityGroup",
    "AWS::EC2::Subnet": "AwsEc2Subnet",
    "AWS::EC2::Volume": "AwsEc2Volume",
    "AWS::EC2::VPC": "AwsEc2Vpc",
}
# What is sent; the rest of a finding that Security Hub holds is its own, or the customer's.
_OURS = (
    *("SchemaVersion", "Id", "ProductArn", "GeneratorId", "AwsAccountId", "Region", "CreatedAt"),
    *("UpdatedAt", "FirstObservedAt", "LastObservedAt", "Title", "Description", "Compliance"),
    *("FindingProviderFields", "Resources", "RecordState", "ProductFields", "Remediation"),
)
_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov"})
# In characters; those of ProductFields and Remediation too are AWS's.
_TITLE, _DESCRIPTION, _RECOMMENDATION, _FIELD = 256, 1024, 512, 2048
_MOST_TAGS, _MOST_REASONS, _TAG_KEY, _TAG_VALUE = 50, 20, 128, 256


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the array; raises UsageError where the input does not say of which account it is."""
    return array(_all(scan))


def _all(scan: Scan) -> Iterator[Asff]:
    for finding in scan.findings:
        yield security_finding(finding, scan.finished_at)
    for covered in unread_targets(scan):
        # An account that could not be opened has no Region; its finding is of none, so of no hub.
        if covered.account and covered.region:
            yield unread_finding(covered, scan.finished_at)


def product_arn(target: Target) -> str:
    """Name the product under which an account sends findings of its own in a Region."""
    account = target.account
    return f"arn:{target.partition}:securityhub:{target.region}:{account}:product/{account}/default"


def resource_id(finding: Finding) -> str:
    """Name a resource as Security Hub does: by its ARN, and an account in a way of its own."""
    resource = finding.resource
    if resource.type == _ACCOUNT:
        return f"{_ACCOUNT}:{finding.account}"
    return resource.arn or resource.id


def security_finding(finding: Finding, now: datetime) -> Asff:
    """Make the ASFF of a finding as of now."""
    target = Target(account=finding.account, region=finding.region)
    gone = finding.status is Status.NOT_APPLICABLE
    made = _envelope(finding.id, finding.control, target, now)
    made |= {
        "Title": _cut(f"{finding.control} {finding.title}", _TITLE),
        "Description": _cut(_texts(finding.reasons) or finding.title, _DESCRIPTION),
        "Compliance": _compliance(finding),
        "FindingProviderFields": {"Severity": _severity(finding), "Types": [_TYPE]},
        "Resources": [_resource(finding, target)],
        "RecordState": "ARCHIVED" if gone else "ACTIVE",
        "ProductFields": dict(_fields(finding)),
    }
    if fix := section(finding.control, FIX):
        text = _cut(" ".join(fix.replace("`", "").split()), _RECOMMENDATION)
        made["Remediation"] = {"Recommendation": {"Text": text, "Url": aws_page(finding.control)}}
    if since := _since(finding):
        made |= {"FirstObservedAt": _time(since), "LastObservedAt": _time(max(now, since))}
    return made


def unread_finding(covered: Coverage, now: datetime) -> Asff:
    """Make the ASFF that says that an account's Region could not be read."""
    target = Target(account=covered.account, region=covered.region)
    reason = {"ReasonCode": covered.status.value, "Description": _cut(why(covered), _DESCRIPTION)}
    return _envelope(coverage_id(covered), "coverage", target, now) | {
        "Title": TITLE,
        "Description": _cut(why(covered), _DESCRIPTION),
        "Compliance": {"Status": "NOT_AVAILABLE", "StatusReasons": [reason]},
        "FindingProviderFields": {
            "Severity": {"Label": "MEDIUM", "Original": "MEDIUM"},
            "Types": [_TYPE],
        },
        "Resources": [
            {"Type": "AwsAccount", "Id": f"{_ACCOUNT}:{covered.account}", **_place(target)}
        ],
        "RecordState": "ACTIVE",
        "ProductFields": {"bothup/Status": covered.status.value},
    }


def renewed(held: Asff, at: str, **changes: Any) -> Asff:
    """Make a finding anew of one that Security Hub holds: of its members those that are ours."""
    return {name: held[name] for name in _OURS if name in held} | {"UpdatedAt": at} | changes


def _envelope(name: str, control: str, target: Target, now: datetime) -> Asff:
    if target.account is None or target.region is None:
        raise UsageError(
            "ASFF names the account and the Region of every finding, and the input does not say: "
            "label it with --account and --region"
        )
    return {
        "SchemaVersion": "2018-10-08",
        "Id": name,
        "ProductArn": product_arn(target),
        "GeneratorId": f"{GENERATOR}{control}",
        "AwsAccountId": target.account,
        "Region": target.region,
        "CreatedAt": _time(now),
        "UpdatedAt": _time(now),
    }


def _compliance(finding: Finding) -> Asff:
    reasons = [
        {"ReasonCode": each.code, "Description": _cut(each.text, _DESCRIPTION)}
        for each in finding.reasons[:_MOST_REASONS]
        if each.code.strip() and each.text.strip()
    ]
    return {
        "Status": _STATUSES[finding.status],
        "SecurityControlId": finding.control,
        **({"StatusReasons": reasons} if reasons else {}),
    }


def _severity(finding: Finding) -> Asff:
    passed = finding.status is Status.PASSED
    label = Severity.INFORMATIONAL if passed else finding.severity
    return {"Label": label.value, "Original": finding.severity.value}


def _resource(finding: Finding, target: Target) -> Asff:
    resource = finding.resource
    kind = _TYPES.get(resource.type, "Other")
    found: Asff = {"Type": kind, "Id": resource_id(finding), **_place(target)}
    tags = {
        _cut(key, _TAG_KEY): _cut(value, _TAG_VALUE)
        for key, value in list(resource.tags.items())[:_MOST_TAGS]
        if key.strip() and value.strip()
    }
    if tags:
        found["Tags"] = tags
    if kind == "AwsEc2VpnConnection":
        found["Details"] = {kind: _connection(finding)}
    elif kind == "Other":
        found["Details"] = {kind: {"ResourceType": resource.type, "ResourceId": resource.id}}
    return found


def _place(target: Target) -> Asff:
    known = {"Partition": target.partition} if target.partition in _PARTITIONS else {}
    return {**known, "Region": target.region}


def _connection(finding: Finding) -> Asff:
    """Say what ASFF has members for; the pre-shared keys' members are left out on purpose."""
    found: Asff = {"VpnConnectionId": finding.resource.id}
    if connection := finding.connection:
        gateway = connection.gateway or ""
        told = {
            "State": connection.state,
            "CustomerGatewayId": connection.customer_gateway,
            "VpnGatewayId": gateway if gateway.startswith("vgw-") else None,
            "TransitGatewayId": gateway if gateway.startswith("tgw-") else None,
        }
        found |= {name: value for name, value in told.items() if value}
    if shown := [_telemetry(each) for each in tunnels(finding)]:
        found["VgwTelemetry"] = shown
    return found


def _telemetry(tunnel: TunnelSummary) -> Asff:
    changed = tunnel.last_status_change
    told: Asff = {
        "OutsideIpAddress": tunnel.outside_ip,
        "Status": tunnel.status.value,
        "StatusMessage": printable(tunnel.status_message or ""),
        "LastStatusChange": _time(changed) if changed else "",
        "AcceptedRouteCount": tunnel.accepted_routes,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _fields(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "bothup/Status", finding.status.value
    if finding.redundancy:
        yield "bothup/Redundancy", finding.redundancy.value
    if finding.resource.name and finding.resource.name.strip():
        yield "bothup/Name", _cut(finding.resource.name, _FIELD)
    if finding.notices:
        yield "bothup/Notices", _cut(_texts(finding.notices), _FIELD)
    for number, cause in enumerate(causes(finding)[:8], start=1):
        where = f"{cause.tunnel}: " if cause.tunnel else ""
        told = f"{where}{cause.id} ({cause.verdict}, {cause.score:.0%}): {cause.title}"
        yield f"bothup/Cause/{number}", _cut(told, _FIELD)
    if finding.muted:
        yield "bothup/Muted", _cut(finding.muted.reason, _FIELD) or "muted"
        yield "bothup/MutedUntil", finding.muted.expires.isoformat()


def _since(finding: Finding) -> datetime | None:
    """Since when the finding has been true, where AWS tells: the first tunnel's drop."""
    if finding.status is not Status.FAILED:
        return None
    changed = [each.last_status_change for each in down(finding)]
    return min((each for each in changed if each), default=None)


def _texts(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(reason.text for reason in reasons)


def _cut(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
