"""What is kept of an event of CloudTrail: who did what and when, and nothing that may be secret."""

import json
from collections.abc import Mapping
from typing import Any

from bothup.read.fields import Record
from bothup.read.mask import MASK, masked

# Parameters whose values tell something and cannot be secret; of others only the name is kept.
_TOLD = frozenset(
    {
        *("vpnconnectionid", "vpntunneloutsideipaddress", "customergatewayid", "vpngatewayid"),
        *("transitgatewayid", "vpcid", "destinationcidrblock", "localipv4networkcidr"),
        *("remoteipv4networkcidr", "tunnelinsidecidr", "startupaction", "dpdtimeoutaction"),
        *("dpdtimeoutseconds", "phase1lifetimeseconds", "phase2lifetimeseconds"),
        *("rekeymargintimeseconds", "rekeyfuzzpercentage", "replaywindowsize", "value"),
        *("enabletunnellifecyclecontrol", "logenabled", "bgplogenabled", "loggrouparn"),
        *("skiptunnelreplacement", "applypendingmaintenance"),
    }
)  # fmt: skip
_SECRET = ("key", "secret", "password", "configuration")


def change(event: Record) -> dict[str, Any]:
    """Keep what tells of a change: what, when, who, and with which parameters but the secret ones.

    What the call answered is left out: it may hold the configuration of the gateway.
    """
    told = _record(event)
    user = told.get("userIdentity")
    kept = {
        "eventName": told.get("eventName") or event.get("EventName"),
        "eventTime": told.get("eventTime") or event.get("EventTime"),
        "eventID": event.get("EventId"),
        "errorCode": told.get("errorCode"),
        "requestParameters": _parameters(told.get("requestParameters")),
    }
    who = user.get("arn") if isinstance(user, dict) else None
    kept["userIdentity"] = {"arn": who or event.get("Username")}
    return {name: value for name, value in kept.items() if value is not None}


def _record(event: Record) -> Record:
    try:
        told = json.loads(event.get("CloudTrailEvent") or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _parameters(value: Any, name: str = "") -> Any:
    """Keep names, and of the values those that are known to be no secret."""
    if any(word in name.lower() for word in _SECRET):
        return MASK
    if isinstance(value, Mapping):
        return {str(key): _parameters(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_parameters(inner, name) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if name.lower() in _TOLD:
        return masked(value) if isinstance(value, str) else value
    return MASK
