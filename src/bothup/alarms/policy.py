"""Whether a topic's policy lets CloudWatch publish to it for an alarm.

What the policy's own conditions say of the alarm's account and ARN is judged; of any other
condition nothing is known here. Sources: "Example cases for Amazon SNS access control" (SNS
developer guide) and the policy evaluation logic of the IAM user guide.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from bothup.model.alarm import Alarm

_SERVICE = "cloudwatch.amazonaws.com"
_ANY_CASE = frozenset({"stringequalsignorecase", "bool"})
_LIKE = frozenset({"stringlike", "arnequals", "arnlike"})  # in these alone, * and ? are globs
_NOT = frozenset({"NotAction", "NotPrincipal", "NotResource"})


def may_publish(policy: dict[str, Any] | None, topic: str, alarm: Alarm) -> bool | None:
    """Say whether CloudWatch may publish for the alarm; None where that cannot be told."""
    if policy is None:
        return None
    allowed: list[bool | None] = []
    for each in _listed(policy.get("Statement", [])):
        if not (isinstance(each, dict) and _concerns(each, topic)):
            continue
        # What a statement takes out is not followed up: it may concern CloudWatch, or not.
        met = None if _NOT & each.keys() else _met(each.get("Condition") or {}, alarm)
        if each.get("Effect") == "Deny":
            if met is not False:
                return False if met else None
        else:
            allowed.append(met)
    if True in allowed:
        return True
    return None if None in allowed else False


def _concerns(statement: dict[str, Any], topic: str) -> bool:
    actions = (str(each).lower() for each in _listed(statement.get("Action", [])))
    places = (str(each) for each in _listed(statement.get("Resource", "*")))
    return (
        ("NotAction" in statement or any(fnmatchcase("sns:publish", each) for each in actions))
        and ("NotResource" in statement or any(fnmatchcase(topic, each) for each in places))
        and ("NotPrincipal" in statement or _is_cloudwatch(statement.get("Principal")))
    )


def _is_cloudwatch(principal: Any) -> bool:
    if not isinstance(principal, dict):
        return bool(principal == "*")
    services = _listed(principal.get("Service", []))
    return "*" in _listed(principal.get("AWS", [])) or _SERVICE in services


def _met(conditions: dict[str, Any], alarm: Alarm) -> bool | None:
    """Whether all conditions hold for the alarm; None if some that is not known here decides."""
    account = alarm.target.account or ""
    known = {
        "aws:sourceowner": account,
        "aws:sourceaccount": account,
        "aws:sourcearn": alarm.arn,
        "aws:securetransport": "true",
    }
    found: list[bool | None] = []
    for name, tests in conditions.items():
        for key, wanted in tests.items():
            value = known.get(key.lower())
            found.append(None if value is None else _holds(name.lower(), value, _listed(wanted)))
    return _all(found)


def _holds(operator: str, value: str, wanted: list[Any]) -> bool | None:
    """Whether one test of a condition holds; None for an operator that is not known here."""
    if operator in _LIKE:
        return any(fnmatchcase(value, str(each)) for each in wanted)
    if operator == "stringequals":
        return value in map(str, wanted)
    if operator in _ANY_CASE:
        return any(value.lower() == str(each).lower() for each in wanted)
    return None


def _all(found: Iterable[bool | None]) -> bool | None:
    told = list(found)
    if False in told:
        return False
    return None if None in told else True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
