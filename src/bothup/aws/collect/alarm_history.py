"""What an alarm's actions came to, as its history has it."""

import json
from datetime import datetime
from typing import Any

import msgspec

from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed

PERMISSIONS = ("cloudwatch:DescribeAlarmHistory",)


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """One action that was tried; `error` says why it failed, None where it did not."""

    at: datetime
    resource: str
    error: str | None = None


async def acted(call: Call, name: str) -> tuple[Acted, ...]:
    """Read the last actions of an alarm, the newest first; raises AwsError."""
    params = {"AlarmName": name, "HistoryItemType": "Action", "MaxRecords": 50}
    answer = await call("cloudwatch", "DescribeAlarmHistory", params)
    return tuple(_acted(each) for each in listed(answer, "AlarmHistoryItems"))


def _acted(item: dict[str, Any]) -> Acted:
    summary = str(item.get("HistorySummary", ""))
    try:
        data = json.loads(item.get("HistoryData") or "{}")
    except ValueError:
        data = {}
    failed = data.get("actionState") == "Failed" or summary.startswith("Failed")
    error = str(data.get("error") or summary) if failed else None
    resource = str(data.get("notificationResource") or _named(summary))
    return Acted(at=item["Timestamp"], resource=resource, error=error)


def _named(summary: str) -> str:
    """Find the ARN in "Successfully executed action arn:…"."""
    return next((word.rstrip(".") for word in summary.split() if word.startswith("arn:")), "")
