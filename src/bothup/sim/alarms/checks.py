"""What CloudWatch takes as an alarm, and how it says no (PutMetricAlarm, API Reference)."""

import re
from typing import Any

from bothup.sim.alarms.alarm import ACTIONS
from bothup.sim.alarms.evaluate import COMPARISONS, MISSING
from bothup.sim.refusal import Refusal

_ARN = re.compile(r"arn:(?P<partition>[a-z-]+):[a-z0-9-]+:(?P<region>[a-z0-9-]*):\d*:\S+")
_SHORT = (10, 20, 30)
_DAY, _WEEK = 86_400, 604_800


def check_names(params: dict[str, Any], region: str) -> None:
    """Refuse a name or an action that cannot be one, or is of another Region."""
    if not 1 <= len(params["AlarmName"]) <= 255:
        raise invalid("1 to 255 characters are allowed as AlarmName")
    for member in ACTIONS.values():
        actions = params.get(member, ())
        if len(actions) > 5:
            raise invalid(f"{member}: at most 5")
        for action in actions:
            _check_action(action, region)


def check_metric(params: dict[str, Any], region: str) -> None:
    """Refuse what is no metric alarm."""
    check_names(params, region)
    if "Metrics" in params:
        raise invalid("metric math is not simulated")
    for needed in ("MetricName", "Namespace", "Period", "Threshold"):
        if needed not in params:
            raise invalid(f"the parameter {needed} is missing")
    if ("Statistic" in params) is ("ExtendedStatistic" in params):
        raise invalid("exactly one of Statistic and ExtendedStatistic is needed")
    period, count = params["Period"], params["EvaluationPeriods"]
    if period not in _SHORT and (period < 60 or period % 60):
        raise invalid("Period must be 10, 20, 30 or a multiple of 60")
    if period * count > (_WEEK if period >= 3600 else _DAY):
        raise invalid("Metrics cannot be checked across more than a day (Period x periods)")
    if not 1 <= params.get("DatapointsToAlarm", count) <= count:
        raise invalid("DatapointsToAlarm must be from 1 to EvaluationPeriods")
    if params["ComparisonOperator"] not in COMPARISONS:
        raise invalid(f"{params['ComparisonOperator']} is not simulated")
    if params.get("TreatMissingData", "missing") not in MISSING:
        raise invalid(f"{params['TreatMissingData']} is no way to treat missing data")


def _check_action(action: str, region: str) -> None:
    arn = _ARN.fullmatch(action)
    if arn is None:
        raise invalid(f"Invalid arn syntax: {action}")
    if arn["partition"] != "aws":
        raise invalid(f"Invalid partition {arn['partition']} specified. Only aws is supported.")
    if arn["region"] != region:
        raise invalid(f"Invalid region {arn['region']} specified. Only {region} is supported.")


def invalid(what: str) -> Refusal:
    """CloudWatch's refusal of parameters."""
    return Refusal("ValidationError", what)
