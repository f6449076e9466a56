"""AWS Config's calls with which a custom rule tells its verdicts, and asks for its earlier ones.

Source: AWS Config API Reference, PutEvaluations and GetComplianceDetailsByConfigRule.
"""

from collections.abc import Mapping
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.pages import page
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

_MOST, _LONGEST = 100, 256
_TYPES = frozenset({"COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"})


def put_evaluations(context: Context, params: Params) -> Params:
    """Take in up to 100 verdicts; those of a test are checked and forgotten."""
    verdicts, sent = context.world.records.verdicts, params.get("Evaluations") or []
    token, test = params["ResultToken"], params.get("TestMode", False)
    if len(sent) > _MOST:
        raise _invalid(f"Evaluations has more than {_MOST} members")
    for each in sent:
        _check(each)
    if test:
        return {"FailedEvaluations": []}
    if token not in verdicts.tokens:
        raise Refusal("InvalidResultTokenException", "The specified ResultToken is invalid.")
    held = verdicts.of(context.caller.account, context.region, verdicts.tokens[token])
    failed = []
    for each in sent:
        if each["ComplianceResourceId"] in verdicts.failing:
            verdicts.failing.remove(each["ComplianceResourceId"])
            failed.append(each)
        else:
            held[each["ComplianceResourceType"], each["ComplianceResourceId"]] = each
    return {"FailedEvaluations": failed}


def get_compliance_details_by_config_rule(context: Context, params: Params) -> Params:
    """The verdicts of a rule, in pages."""
    account, region, rule = context.caller.account, context.region, params["ConfigRuleName"]
    if rule not in context.world.records.verdicts.tokens.values():
        raise Refusal("NoSuchConfigRuleException", f"The ConfigRule '{rule}' does not exist.")
    wanted = params.get("ComplianceTypes") or _TYPES
    found = [
        {
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": {
                    "ConfigRuleName": rule,
                    "ResourceType": kind,
                    "ResourceId": name,
                }
            },
            "ComplianceType": each["ComplianceType"],
        }
        for (kind, name), each in context.world.records.verdicts.of(account, region, rule).items()
        if each["ComplianceType"] in wanted
    ]
    most = params.get("Limit") or _MOST
    error = "InvalidNextTokenException"
    return page("EvaluationResults", found, params, most, token="NextToken", error=error)  # noqa: S106


def _check(verdict: Params) -> None:
    if verdict["ComplianceType"] not in _TYPES:
        raise _invalid(f"{verdict['ComplianceType']} cannot be put")
    if not 1 <= len(verdict.get("Annotation", "-")) <= _LONGEST:
        raise _invalid(f"Annotation must hold 1 to {_LONGEST} characters")


def _invalid(what: str) -> Refusal:
    return Refusal("InvalidParameterValueException", what)


CONFIG: Mapping[str, Operation] = {
    "GetComplianceDetailsByConfigRule": get_compliance_details_by_config_rule,
    "PutEvaluations": put_evaluations,
}
