"""Whether a metric's last values put its alarm into another state: M of N, and missing data.

Source: "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing data" in the
Amazon CloudWatch user guide.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bothup.sim.alarms.alarm import State

_BEYOND: dict[str, Callable[[float, float], bool]] = {
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}
COMPARISONS = frozenset(_BEYOND)
MISSING = frozenset({"breaching", "notBreaching", "ignore", "missing"})


def evaluated(params: Mapping[str, Any], values: Sequence[float | None], before: State) -> State:
    """The state by the values of the last N periods, None for one that has none."""
    needed = params.get("DatapointsToAlarm") or len(values)
    missing = params.get("TreatMissingData", "missing")
    beyond = _BEYOND[params["ComparisonOperator"]]
    known = [value for value in values if value is not None]
    breaching = sum(beyond(value, params["Threshold"]) for value in known)
    if missing == "breaching":
        breaching += len(values) - len(known)
    if breaching >= needed:
        return "ALARM"
    if known or missing in ("breaching", "notBreaching"):
        return "OK"
    return before if missing == "ignore" else "INSUFFICIENT_DATA"
