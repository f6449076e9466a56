"""The event with which AWS Config calls a custom rule's function.

Source: AWS Config developer guide, "Example Lambda functions and events for AWS Config rules".
"""

import enum
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from bothup.errors import UsageError

_TEST = "TESTMODE"
_GONE = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"})
_PERIODIC, _CHANGE = "ScheduledNotification", "ConfigurationItemChangeNotification"
_OVERSIZED = "OversizedConfigurationItemChangeNotification"


class Trigger(enum.StrEnum):
    """Why the rule is called: it is time, or a resource has changed."""

    PERIODIC = "periodic"
    CHANGE = "change"


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """The resource that has changed; `gone` says that it no longer is, or no longer concerns us."""

    type: str
    id: str
    gone: bool


class RuleEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One call of the rule. `at` orders its verdicts; `test` says that they are to be dropped."""

    trigger: Trigger
    rule: str
    account: str
    at: datetime
    token: str
    test: bool
    control: str
    role_name: str | None = None
    parameters: dict[str, Any] = {}
    resource: Resource | None = None


def read_event(event: Mapping[str, Any]) -> RuleEvent:
    """Read an event; raises UsageError where it is none of AWS Config's, or its parameters are odd.

    The rule's parameters: `control` (EC2.20), `roleName` where the function runs in another account
    than the rule, and the control's own.
    """
    invoking = _object(event, "invokingEvent")
    parameters = _object(event, "ruleParameters") if event.get("ruleParameters") else {}
    kind, item = invoking.get("messageType"), _item(invoking)
    if kind not in (_PERIODIC, _CHANGE, _OVERSIZED) or (kind != _PERIODIC) is (item is None):
        raise UsageError(f"an event of AWS Config of a kind that is not known: {kind!r}")
    when = item.get("configurationItemCaptureTime") if item else None
    token = _text(event, "resultToken")
    return RuleEvent(
        trigger=Trigger.PERIODIC if item is None else Trigger.CHANGE,
        rule=_text(event, "configRuleName"),
        account=_text(event, "accountId"),
        at=_moment(when or invoking.get("notificationCreationTime")),
        token=token,
        test=token == _TEST,
        control=str(parameters.get("control", "EC2.20")),
        role_name=parameters.get("roleName"),
        parameters={
            name: _number(value)
            for name, value in parameters.items()
            if name not in ("control", "roleName")
        },
        resource=_resource(item, left=bool(event.get("eventLeftScope"))) if item else None,
    )


def _item(invoking: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """An item that is too large for a message comes as a summary; it says enough."""
    found = invoking.get("configurationItem") or invoking.get("configurationItemSummary")
    return found if isinstance(found, dict) else None


def _resource(item: Mapping[str, Any], *, left: bool) -> Resource:
    return Resource(
        type=_text(item, "resourceType"),
        id=_text(item, "resourceId"),
        gone=left or item.get("configurationItemStatus") in _GONE,
    )


def _number(value: Any) -> Any:
    """AWS Config hands parameters on as texts."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _object(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    try:
        found = json.loads(event[name])
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"an event of AWS Config has {name}, a JSON object as text") from None
    if not isinstance(found, dict):
        raise UsageError(f"{name} of the event is no JSON object")
    return found


def _text(event: Mapping[str, Any], name: str) -> str:
    found = event.get(name)
    if not isinstance(found, str) or not found:
        raise UsageError(f"an event of AWS Config has {name}, a text")
    return found


def _moment(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise UsageError(f"{text!r} in the event is no time") from None
    if found.tzinfo is None:
        raise UsageError(f"{text!r} in the event is a time without its offset")
    return found
