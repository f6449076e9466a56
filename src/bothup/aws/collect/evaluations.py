"""What a rule of AWS Config has told of resources before: type, id and compliance of each."""

from typing import Any

import msgspec

from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed

PERMISSIONS = ("config:GetComplianceDetailsByConfigRule",)

_PAGE = 100


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """One resource, and whether the rule found it compliant."""

    type: str
    id: str
    compliant: bool


async def evaluated(call: Call, rule: str) -> list[Evaluated]:
    """Read which resources a rule has found compliant or not; raises AwsError."""
    params: dict[str, Any] = {
        "ConfigRuleName": rule,
        "ComplianceTypes": ["COMPLIANT", "NON_COMPLIANT"],
        "Limit": _PAGE,
    }
    found: list[Evaluated] = []
    while True:
        answer = await call("config", "GetComplianceDetailsByConfigRule", params)
        for each in listed(answer, "EvaluationResults"):
            of = each["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
            compliant = each["ComplianceType"] == "COMPLIANT"
            found.append(
                Evaluated(type=of["ResourceType"], id=of["ResourceId"], compliant=compliant)
            )
        if not answer.get("NextToken"):
            return found
        params["NextToken"] = answer["NextToken"]
