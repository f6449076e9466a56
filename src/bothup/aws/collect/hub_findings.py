"""What Security Hub holds of an account in a Region: bothup's findings, and those on a control.

An account that administers others, or a Region that gathers other Regions' findings, sees theirs
too: those of the Target alone are asked for.
"""

from collections.abc import Iterable
from typing import Any

from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed
from bothup.model.target import Target

PERMISSIONS = ("securityhub:GetFindings",)

HubFinding = dict[str, Any]

_PAGE = 100
# Security Hub takes no more values for one filter (GetFindings, API Reference).
_MOST_VALUES = 20
_AWS_OWN = "product/aws/securityhub"


async def imported(call: Call, target: Target, product: str) -> list[HubFinding]:
    """Read all findings of a product, archived ones too; raises AwsError."""
    return await _findings(call, target, {"ProductArn": [_equal(product)]})


async def on_controls(
    call: Call, target: Target, controls: Iterable[str], *, own_only: bool = False
) -> list[HubFinding]:
    """Read the ACTIVE findings on these controls, of any product or AWS's own; raises AwsError."""
    named = [_equal(each) for each in controls]
    more: dict[str, Any] = {"RecordState": [_equal("ACTIVE")]}
    if own_only:
        arn = f"arn:{target.partition}:securityhub:{target.region}::{_AWS_OWN}"
        more["ProductArn"] = [_equal(arn)]
    found: list[HubFinding] = []
    for first in range(0, len(named), _MOST_VALUES):
        wanted = {"ComplianceSecurityControlId": named[first : first + _MOST_VALUES], **more}
        found += await _findings(call, target, wanted)
    return found


async def _findings(call: Call, target: Target, filters: dict[str, Any]) -> list[HubFinding]:
    here = {"AwsAccountId": [_equal(target.account)], "Region": [_equal(target.region)]}
    params: dict[str, Any] = {"Filters": {**filters, **here}, "MaxResults": _PAGE}
    found: list[HubFinding] = []
    while True:
        answer = await call("securityhub", "GetFindings", params)
        found += listed(answer, "Findings")
        if not answer.get("NextToken"):
            return found
        params = {**params, "NextToken": answer["NextToken"]}


def _equal(value: str | None) -> dict[str, str]:
    return {"Value": value or "", "Comparison": "EQUALS"}
