"""Lines of CloudWatch log streams: filtered page by page, or queried with Logs Insights.

Lines are as FilterLogEvents gives them, `timestamp` in milliseconds and `message`, secrets masked.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bothup.aws.collect.incident import Span
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import listed
from bothup.errors import AwsError
from bothup.read.mask import masked

# A tunnel in trouble writes some hundred bytes a second at its worst: hours of it.
MOST_BYTES = 2 * 1024 * 1024
_PAGES, PAGE_EVENTS = 40, 10_000
# Logs Insights gives no more rows than that (StartQuery, CloudWatch Logs API Reference).
MOST_ROWS = 10_000
_POLL_SECONDS = 1.0
_RUNNING = frozenset({"Scheduled", "Running", "Unknown"})

Line = dict[str, Any]


class TooLong(Exception):
    """There is more than may be read: `lines` is what was, `rest` the time of what was not."""

    def __init__(self, lines: list[Line], rest: Span) -> None:
        self.lines, self.rest = lines, rest
        super().__init__()


async def filtered(call: Call, group: str, streams: Sequence[str], span: Span) -> list[Line]:
    """Read the events of a span, oldest first; raises AwsError, TooLong."""
    params: dict[str, Any] = {
        "logGroupName": group,
        "logStreamNames": list(streams),
        "startTime": milliseconds(span.start),
        "endTime": milliseconds(span.end),
        "limit": PAGE_EVENTS,
    }
    lines: list[Line] = []
    for _ in range(_PAGES):
        answer = await call("logs", "FilterLogEvents", params)
        lines += _lines(
            (each.get("timestamp"), each.get("message")) for each in listed(answer, "events")
        )
        if not answer.get("nextToken"):
            return lines
        if sum(len(each["message"]) for each in lines) > MOST_BYTES:
            break
        params["nextToken"] = answer["nextToken"]
    read_to = _time(lines[-1]) if lines else span.start
    raise TooLong(lines, Span(read_to, span.end))


async def queried(call: Call, group: str, streams: Sequence[str], span: Span) -> list[Line]:
    """Query the events of a long span, the newest if there are too many; raises as above."""
    params = {
        "logGroupName": group,
        "startTime": int(span.start.timestamp()),
        "endTime": int(span.end.timestamp()),
        "queryString": "fields @timestamp, @message | filter @logStream in "
        f"{json.dumps(list(streams))} | sort @timestamp desc",
        "limit": MOST_ROWS,
    }
    query = {"queryId": (await call("logs", "StartQuery", params)).get("queryId")}
    while True:
        answer = await call("logs", "GetQueryResults", query)
        if answer.get("status") not in _RUNNING:
            break
        await asyncio.sleep(_POLL_SECONDS)
    if answer.get("status") != "Complete":
        raise AwsError(f"the Logs Insights query ended as {answer.get('status')}")
    lines = _lines(map(_row, reversed(listed(answer, "results"))))
    if len(lines) >= MOST_ROWS:
        raise TooLong(lines, Span(span.start, _time(lines[0])))
    return lines


def milliseconds(moment: datetime) -> int:
    """Give a time as CloudWatch Logs counts it."""
    return round(moment.timestamp() * 1000)


def _row(fields: Iterable[Mapping[str, str]]) -> tuple[int | None, str | None]:
    """Take time and text out of a row of Logs Insights, whose times are UTC and do not say so."""
    told = {each.get("field"): each.get("value") for each in fields}
    try:
        at = datetime.fromisoformat(told.get("@timestamp") or "").replace(tzinfo=UTC)
    except ValueError:
        return None, told.get("@message")
    return milliseconds(at), told.get("@message")


def _lines(events: Iterable[tuple[int | None, str | None]]) -> list[Line]:
    return [
        {"timestamp": at, "message": masked(message)}
        for at, message in events
        if at is not None and message
    ]


def _time(line: Line) -> datetime:
    return datetime.fromtimestamp(line["timestamp"] / 1000, UTC)
