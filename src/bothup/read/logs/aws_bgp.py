"""AWS tunnel BGP log: JSON, text or bare messages.

The messages are those of the Site-to-Site VPN user guide ("Tunnel BGP logs"), matched on a stable
part. "Sent" is AWS's endpoint, "received" the device, and so are the directions here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._bgp import bgp_events, denied
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._tell import Teller
from bothup.read.logs.aws_activity import _at, fields_of, time_in

VENDOR = "aws-bgp"

K = EventKind
_SURE = re.compile(r"AWS-side peer|\"(?:BGPStatus|RouteStatus)\"|due to: (?:as-path|non-connected)")
_RESOURCE = re.compile(r"\w+_(?P<ip>[0-9a-fA-F.:]+)$")


def detect(lines: Sequence[str]) -> float:
    """Say how large a part of the lines is of this log."""
    return sum(bool(_SURE.search(line)) for line in lines) / len(lines) if lines else 0.0


def parse(lines: Iterable[Line], context: Context) -> Iterator[Event]:
    """Yield BGP events."""
    teller = Teller(context)
    for line in lines:
        record = fields_of(line[1])
        message = record.get("message")
        inner = message if isinstance(message, dict) else {}
        text = str(inner.get("details") or record.get("details") or "") if record else line[1]
        tunnel = _tunnel(record)
        time = time_in(record)
        for event in bgp_events(teller, line, text, tunnel):
            yield _at(event, time)
        if record.get("type") == "RouteStatus" and isinstance(inner.get("prefix"), str):
            yield _at(_route(teller, line, record, inner, tunnel), time)


def _route(
    teller: Teller, line: Line, record: dict[str, Any], inner: dict[str, Any], tunnel: str | None
) -> Event:
    details: Details = {"prefix": inner["prefix"]}
    if inner.get("asPath"):
        details["as_path"] = str(inner["asPath"])
    reason = denied(str(inner.get("details") or ""))
    if reason:
        details["reason"] = reason
        return teller.tell(
            line, K.BGP_ROUTE_DENIED, phase=Phase.BGP, tunnel=tunnel, details=details
        )
    # The peer advertises, updates and withdraws: the log tells what AWS is told.
    details["status"] = str(record.get("status", "")).lower()
    return teller.tell(
        line,
        K.BGP_ROUTE,
        phase=Phase.BGP,
        direction=Direction.RECEIVED,
        tunnel=tunnel,
        details=details,
    )


def _tunnel(record: dict[str, Any]) -> str | None:
    resource = record.get("resource_id")
    found = _RESOURCE.search(resource) if isinstance(resource, str) else None
    return found["ip"] if found else None
