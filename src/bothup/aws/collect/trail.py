"""CloudTrail's event history of the Targets at hand: each look-up is made once, whoever asks.

CloudTrail keeps 90 days of it, looks up by one attribute a call, and allows two calls a second in
an account and Region (AWS CloudTrail API Reference, LookupEvents).
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bothup.aws.collect.incident import Span
from bothup.aws.collect.recorded import change
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed
from bothup.model.target import Target

KEPT = timedelta(days=90)
OPERATION, PAGES, PAGE = "LookupEvents", 4, 50


class Lookup(msgspec.Struct, frozen=True):
    """What is looked up: the events with this value of an attribute, in a Target."""

    target: Target
    attribute: str
    value: str

    def params(self, span: Span) -> dict[str, Any]:
        """Give the parameters of the call."""
        return {
            "LookupAttributes": [{"AttributeKey": self.attribute, "AttributeValue": self.value}],
            "StartTime": span.start,
            "EndTime": span.end,
            "MaxResults": PAGE,
        }


class Event(msgspec.Struct, frozen=True):
    """One event: its id, its time where that is told, and what is kept of it."""

    id: str
    time: datetime | None
    change: dict[str, Any]


class Events(msgspec.Struct, frozen=True):
    """Events that change something, newest first, and whether these are all of their time."""

    listed: tuple[Event, ...]
    whole: bool


class Trail:
    """What one run looks up of it; the connections of a run share what they all ask for."""

    def __init__(self, expected: Iterable[tuple[Lookup, Span]] = ()) -> None:
        """Expect these look-ups: of several that differ only in how far they go back, one does."""
        self._starts: dict[tuple[Lookup, datetime], datetime] = {}
        self._made: dict[tuple[Lookup, Span], asyncio.Task[_Pages]] = {}
        for lookup, span in expected:
            known = self._starts.get((lookup, span.end), span.start)
            self._starts[lookup, span.end] = min(known, span.start)

    async def events(self, call: Call, lookup: Lookup, span: Span) -> Events:
        """Look events up, newest first; raises AwsError.

        A look-up that failed is made again for the next who asks.
        """
        start = min(self._starts.get((lookup, span.end), span.start), span.start)
        key = (lookup, Span(start, span.end))
        made = self._made.get(key)
        if made is None or (made.done() and made.exception()):
            made = self._made[key] = asyncio.create_task(_pages(call, lookup.params(key[1])))
        return (await made).since(span.start)


class _Pages(msgspec.Struct, frozen=True):
    """The events of a look-up; all since `reach` are among them, or all there are if it is None."""

    events: tuple[Event, ...]
    reach: datetime | None

    def since(self, start: datetime) -> Events:
        """Give what a look-up from a later time on would have found."""
        kept = (each for each in self.events if each.time is None or each.time >= start)
        return Events(tuple(kept), whole=self.reach is None or self.reach < start)


async def _pages(call: Call, params: dict[str, Any]) -> _Pages:
    found: list[Event] = []
    reach = params["EndTime"]
    for _ in range(PAGES):
        answer = await call("cloudtrail", OPERATION, params)
        for event in listed(answer, "Events"):
            time = event.get("EventTime")
            moment = time if isinstance(time, datetime) else None
            reach = moment or reach
            if str(event.get("ReadOnly", "false")).lower() != "true":
                name = str(event.get("EventId") or f"{params['LookupAttributes']} {len(found)}")
                found.append(Event(name, moment, change(event)))
        if not answer.get("NextToken"):
            return _Pages(tuple(found), None)
        params = {**params, "NextToken": answer["NextToken"]}
    return _Pages(tuple(found), reach)
