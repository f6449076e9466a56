"""CloudWatch Logs' calls that read events: FilterLogEvents and GetLogEvents."""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.groups import Entry, no_stream
from bothup.sim.evidence.logs_groups import find_group, find_streams
from bothup.sim.evidence.pattern import pattern_matches
from bothup.sim.evidence.streams import Stream
from bothup.sim.evidence.times import EPOCH, millis
from bothup.sim.ids import digest
from bothup.sim.refusal import Refusal

Params = dict[str, Any]

# What one answer of FilterLogEvents holds at most.
_MOST_EVENTS, _MOST_BYTES = 10_000, 1_048_576


def filter_log_events(context: Context, params: Params) -> Params:
    """The events of a group that a pattern is met by, oldest first, in pages.

    A token names the time of the next event and how many of that millisecond have been given.
    """
    group = find_group(context, params)
    chosen = _chosen(find_streams(context, group), params)
    since, until = _window(context, params)
    since = max(since, group.created)
    start, given = _resumed(params.get("nextToken"), since)
    limit = min(params.get("limit", _MOST_EVENTS), _MOST_EVENTS)
    matches = pattern_matches(params.get("filterPattern", ""))
    shown: list[Params] = []
    size = at = same = 0
    for stream, entry in merged(chosen, start, until):
        same = same + 1 if millis(entry.time) == at else 1
        at = millis(entry.time)
        if at == millis(start) and same <= given:
            continue
        if not matches(entry.message):
            continue
        size += len(entry.message.encode()) + 26
        if len(shown) >= limit or (size > _MOST_BYTES and shown):
            return {"events": shown, "nextToken": f"{at}/{same - 1}", "searchedLogStreams": []}
        shown.append(_show_filtered(stream, entry))
    return {"events": shown, "searchedLogStreams": []}


def get_log_events(context: Context, params: Params) -> Params:
    """The events of one stream: its newest, or its oldest if `startFromHead`; tokens go on."""
    group = find_group(context, params)
    stream = _named(find_streams(context, group), params.get("logStreamName", ""))
    since, until = _window(context, params)
    entries = list(stream.read(max(since, group.created), until))
    limit = min(params.get("limit", _MOST_EVENTS), _MOST_EVENTS)
    first = _first(params, len(entries), limit)
    shown = entries[first : first + limit]
    return {
        "events": [
            {
                "timestamp": millis(entry.time),
                "message": entry.message,
                "ingestionTime": millis(entry.ingested),
            }
            for entry in shown
        ],
        "nextForwardToken": f"f/{first + len(shown)}",
        "nextBackwardToken": f"b/{first}",
    }


def merged(
    chosen: list[Stream], since: datetime, until: datetime
) -> Iterator[tuple[Stream, Entry]]:
    """The events of several streams, oldest first."""

    def named(stream: Stream) -> Iterator[tuple[datetime, str, Stream, Entry]]:
        return ((one.time, stream.name, stream, one) for one in stream.read(since, until))

    told = heapq.merge(*(named(stream) for stream in chosen), key=lambda one: one[:2])
    return ((stream, entry) for _, _, stream, entry in told)


def _chosen(found: list[Stream], params: Params) -> list[Stream]:
    names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix")
    if names and prefix:
        raise Refusal(
            "InvalidParameterException",
            "LogStreamNamePrefix and LogStreamNames cannot both be specified.",
        )
    if names:
        return [_named(found, name) for name in names]
    return [stream for stream in found if stream.name.startswith(prefix or "")]


def _named(found: list[Stream], name: str) -> Stream:
    for stream in found:
        if stream.name == name:
            return stream
    raise no_stream()


def _window(context: Context, params: Params) -> tuple[datetime, datetime]:
    """The time that a call asks for; its end is included, and nothing is known of the future."""
    now = context.world.clock.now() + timedelta(milliseconds=1)
    since, until = params.get("startTime"), params.get("endTime")
    start = EPOCH if since is None else EPOCH + timedelta(milliseconds=since)
    end = now if until is None else EPOCH + timedelta(milliseconds=until + 1)
    if until is not None and since is not None and since > until:
        raise Refusal("InvalidParameterException", "End time should not be before start time.")
    return start, min(end, now)


def _resumed(token: str | None, since: datetime) -> tuple[datetime, int]:
    if token is None:
        return since, 0
    time, _, given = token.partition("/")
    if not (time.isdigit() and given.isdigit()):
        raise Refusal("InvalidParameterException", "The specified nextToken is invalid.")
    return EPOCH + timedelta(milliseconds=int(time)), int(given)


def _first(params: Params, count: int, limit: int) -> int:
    token = params.get("nextToken")
    if token is None:
        return 0 if params.get("startFromHead") else max(count - limit, 0)
    way, _, number = token.partition("/")
    if way not in ("f", "b") or not number.isdigit():
        raise Refusal("InvalidParameterException", "The specified nextToken is invalid.")
    return min(int(number), count) if way == "f" else max(int(number) - limit, 0)


def _show_filtered(stream: Stream, entry: Entry) -> Params:
    identity = digest("event", stream.name, str(entry.time), entry.message)
    return {
        "eventId": str(int.from_bytes(identity[:23])).zfill(56),
        "logStreamName": stream.name,
        "timestamp": millis(entry.time),
        "message": entry.message,
        "ingestionTime": millis(entry.ingested),
    }


LOG_EVENTS: dict[str, Operation] = {
    "FilterLogEvents": filter_log_events,
    "GetLogEvents": get_log_events,
}
