"""Names for text that is neither JSON nor YAML of a VPN connection but easily comes along."""

import re

import msgspec

_AWS_ERROR = re.compile(rb"An error occurred \(([A-Za-z0-9.]{1,80})\) when calling")
_CLI_ERROR = re.compile(
    rb"\s*(usage: aws|aws: |Unable to locate credentials|You must specify a region"
    rb"|Error loading SSO Token|The config profile|Could not connect to the endpoint)"
)
_TABLE = re.compile(rb"\s*-{12,}\s*\n\s*\|")
_TEXT_OUTPUT = re.compile(rb"\s*(VPNCONNECTIONS|VGWTELEMETRY)\b")
_SEPARATED = re.compile(rb"\s*[^:#\s-][^:\n]*?[,;\t][^\n]*(\n|$)")
_JSON_OUTPUT = "the AWS CLI's JSON or YAML: call it with --output json"

# What a command wrote instead of connections, by the only key of its answer that tells.
_OTHER_ANSWERS = {
    "CustomerGateways": "aws ec2 describe-customer-gateways",
    "VpnGateways": "aws ec2 describe-vpn-gateways",
    "TransitGateways": "aws ec2 describe-transit-gateways",
    "TransitGatewayAttachments": "aws ec2 describe-transit-gateway-attachments",
    "ClientVpnEndpoints": "aws ec2 describe-client-vpn-endpoints",
    "Vpcs": "aws ec2 describe-vpcs",
    "Regions": "aws ec2 describe-regions",
    "Reservations": "aws ec2 describe-instances",
    "Findings": "aws securityhub get-findings",
    "EvaluationResults": "aws configservice get-compliance-details-by-config-rule",
    "Events": "aws cloudtrail lookup-events",
    "MetricAlarms": "aws cloudwatch describe-alarms",
}


def foreign_text(text: bytes) -> tuple[str, str] | None:
    """Say what the beginning of a text is and what was expected, where it is known."""
    if b"\0" in text[:2]:
        return "binary data, or UTF-16 without its byte order mark", "UTF-8"
    if text.startswith((b"{", b"[")):
        return None
    if error := _AWS_ERROR.search(text):
        return f"an error message of AWS ({error[1].decode()})", "the output of a call that worked"
    if _CLI_ERROR.match(text):
        return "an error message of the AWS CLI", "the output of a call that worked"
    if text.lstrip().startswith(b"<"):
        return "XML or HTML", "JSON or YAML"
    if _TABLE.match(text):
        return "the AWS CLI's table output", _JSON_OUTPUT
    if _TEXT_OUTPUT.match(text):
        return "the AWS CLI's text output", _JSON_OUTPUT
    if b"\0" in text:
        return "binary data", "JSON or YAML"
    return None


def separated_values(text: bytes) -> bool:
    """Tell a first line of CSV from one of YAML, which has a colon, a dash or no comma."""
    return _SEPARATED.match(text) is not None


def other_answer(keys: list[str]) -> str:
    """Describe an object that is no accepted form, by its keys alone."""
    for key in keys:
        if key in _OTHER_ANSWERS:
            return f"the output of `{_OTHER_ANSWERS[key]}`"
    if not keys:
        return "an empty object"
    # Written as JSON, so that no control character gets to a screen.
    shown = ", ".join(msgspec.json.encode(key[:40]).decode() for key in keys[:5])
    return f"an object with the keys {shown}" + (" and others" if len(keys) > 5 else "")
