"""What CloudWatch publishes to a topic when an alarm changes its state."""

import json
from datetime import datetime
from typing import Any

from bothup.sim.alarms.alarm import SimAlarm, State

_LONGEST_SUBJECT = 100


def subject(alarm: SimAlarm) -> str:
    """The subject of the message."""
    text = f'{alarm.state}: "{alarm.name}" in {alarm.region}'
    return text if len(text) <= _LONGEST_SUBJECT else text[: _LONGEST_SUBJECT - 3] + "..."


def message(alarm: SimAlarm, before: State, now: datetime, children: list[SimAlarm]) -> str:
    """The message itself, a JSON document; `children` are the alarms of a composite one."""
    told: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.params.get("AlarmDescription"),
        "AWSAccountId": alarm.account,
        "NewStateValue": alarm.state,
        "NewStateReason": alarm.reason,
        "StateChangeTime": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}+0000",
        "Region": alarm.region,
        "AlarmArn": alarm.arn,
        "OldStateValue": before,
        "OKActions": alarm.params.get("OKActions", []),
        "AlarmActions": alarm.params.get("AlarmActions", []),
        "InsufficientDataActions": alarm.params.get("InsufficientDataActions", []),
    }
    if alarm.composite:
        ringing = [each for each in children if each.state == "ALARM"]
        told["AlarmRule"] = alarm.params["AlarmRule"]
        told["TriggeringChildren"] = [
            {"Arn": each.arn, "State": {"Value": each.state}} for each in ringing
        ]
    else:
        told["Trigger"] = _trigger(alarm.params)
    return json.dumps(told)


def _trigger(params: dict[str, Any]) -> dict[str, Any]:
    return {
        "MetricName": params.get("MetricName"),
        "Namespace": params.get("Namespace"),
        "StatisticType": "Statistic",
        "Statistic": str(params.get("Statistic", "")).upper(),
        "Dimensions": [
            {"name": each["Name"], "value": each["Value"]} for each in params.get("Dimensions", ())
        ],
        "Period": params.get("Period"),
        "EvaluationPeriods": params.get("EvaluationPeriods"),
        "DatapointsToAlarm": params.get("DatapointsToAlarm"),
        "ComparisonOperator": params.get("ComparisonOperator"),
        "Threshold": params.get("Threshold"),
        "TreatMissingData": params.get("TreatMissingData", "missing"),
    }
