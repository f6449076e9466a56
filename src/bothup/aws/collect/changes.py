"""Who changed the connection, its gateways or its tunnels: CloudTrail's event history.

CloudTrail keeps 90 days of it, looks up by one attribute a call, and allows two calls a second in
an account and Region (AWS CloudTrail API Reference, LookupEvents).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bothup.aws.collect._command import command
from bothup.aws.collect.incident import BEFORE, Span
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Document, Subject, Wanted, lacking, listed
from bothup.model.connection import TunnelStatus
from bothup.model.diagnosis import EvidenceKind, MissingEvidence
from bothup.read.fields import Record
from bothup.read.mask import MASK, masked

PERMISSIONS = ("cloudtrail:LookupEvents",)

KEPT = timedelta(days=90)
_OPERATION, _PAGES, _PAGE = "LookupEvents", 4, 50
# The records of these need not name the connection as a resource; their parameters do.
_BY_NAME = ("ModifyVpnTunnelOptions", "ReplaceVpnTunnel")
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


def wanted(subject: Subject) -> Iterator[Wanted | MissingEvidence]:
    """Want the events around the changes of status; what is older than CloudTrail keeps, lacks."""
    horizon = subject.incident.now - KEPT
    moments = _moments(subject)
    span = subject.incident.whole(moments)
    # What changed a tunnel is looked for where the tunnel changed, also before --since.
    around = subject.incident.at is None
    first = min([span.start, *(each - BEFORE for each in moments if around)])
    clipped = Span(max(first, horizon), span.end)
    params = _lookup("ResourceName", subject.connection.id, clipped)
    how = command("cloudtrail", _OPERATION, subject.target.region, params)
    told = subject.incident.at or subject.incident.since
    if span.end < horizon or (moments and not told and max(moments) < horizon):
        why = f"CloudTrail keeps {KEPT.days} days of event history, and the change is older"
        yield MissingEvidence(kind=EvidenceKind.CHANGES, why=why, how_to_get=how)
        return
    yield Wanted(
        kind=EvidenceKind.CHANGES,
        what="CloudTrail's events on the connection",
        command=how,
        fetch=partial(_fetch, subject, clipped, how),
    )


def _moments(subject: Subject) -> list[datetime]:
    """When the tunnels changed that are asked about: those in trouble, if there are any."""
    tunnels = subject.connection.tunnels
    troubled = [each for each in tunnels if each.status is not TunnelStatus.UP] or tunnels
    return [each.last_status_change for each in troubled if each.last_status_change]


async def _fetch(subject: Subject, span: Span, how: str, call: Call) -> Document:
    connection = subject.connection
    found: dict[str, dict[str, Any]] = {}
    cut: list[str] = []
    for name in (connection.id, connection.customer_gateway_id, _private(connection.gateway_id)):
        if name is not None:
            events, whole = await _events(call, _lookup("ResourceName", name, span))
            found |= events
            cut += [] if whole else [name]
    for name in _BY_NAME:
        events, whole = await _events(call, _lookup("EventName", name, span))
        found |= {key: each for key, each in events.items() if connection.id in str(each)}
        cut += [] if whole else [name]
    changes = sorted(found.values(), key=lambda each: str(each.get("eventTime")))
    return {"changes": changes} | (_older(cut, how) if cut else {})


def _older(cut: list[str], how: str) -> Document:
    """Say that there are more events than were read: what is not among them may have been."""
    most = _PAGES * _PAGE
    why = f"CloudTrail has more than {most} events of {', '.join(cut)}: the older ones are not read"
    return lacking(MissingEvidence(kind=EvidenceKind.CHANGES, why=why, how_to_get=how))


def _private(gateway: str | None) -> str | None:
    """A transit gateway has too many connections for its events to tell of this one."""
    return gateway if gateway and gateway.startswith("vgw-") else None


async def _events(call: Call, params: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], bool]:
    """Look up the events that change something, newest first, by their ids, and whether all."""
    found: dict[str, dict[str, Any]] = {}
    for _ in range(_PAGES):
        answer = await call("cloudtrail", _OPERATION, params)
        for event in listed(answer, "Events"):
            if str(event.get("ReadOnly", "false")).lower() != "true":
                found[str(event.get("EventId", len(found)))] = change(event)
        if not answer.get("NextToken"):
            return found, True
        params = {**params, "NextToken": answer["NextToken"]}
    return found, False


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


def _lookup(attribute: str, value: str, span: Span) -> dict[str, Any]:
    return {
        "LookupAttributes": [{"AttributeKey": attribute, "AttributeValue": value}],
        "StartTime": span.start,
        "EndTime": span.end,
        "MaxResults": _PAGE,
    }
