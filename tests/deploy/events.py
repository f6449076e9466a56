"""Events as AWS Config makes them."""

import json
from typing import Any

ACCOUNT, RULE, KIND = "111122223333", "both-tunnels-up", "AWS::EC2::VPNConnection"


def periodic(token: str = "token", **parameters: str) -> dict[str, Any]:
    invoking = {
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": "2026-11-24T12:00:00.000Z",
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    }
    return _event(invoking, token, parameters)


def changed(
    name: str,
    *,
    oversized: bool = False,
    status: str = "OK",
    left: bool = False,
    kind: str = KIND,
    token: str = "token",
) -> dict[str, Any]:
    item = {
        "resourceType": kind,
        "resourceId": name,
        "configurationItemStatus": status,
        "configurationItemCaptureTime": "2026-11-24T11:58:00.000Z",
    }
    invoking = {
        ("configurationItemSummary" if oversized else "configurationItem"): item,
        "notificationCreationTime": "2026-11-24T12:00:00.000Z",
        "messageType": "Oversized" * oversized + "ConfigurationItemChangeNotification",
        "recordVersion": "1.3",
    }
    return _event(invoking, token, {}) | {"eventLeftScope": left}


def _event(invoking: Any, token: str, parameters: dict[str, str]) -> dict[str, Any]:
    return {
        "invokingEvent": json.dumps(invoking),
        "ruleParameters": json.dumps(parameters),
        "resultToken": token,
        "eventLeftScope": False,
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/config-role",
        "configRuleName": RULE,
        "accountId": ACCOUNT,
        "version": "1.0",
    }
