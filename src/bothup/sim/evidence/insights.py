"""CloudWatch Logs Insights: queries that run while their results are asked for."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bothup.sim.context import Context, Operation
from bothup.sim.evidence.groups import Entry, Group, group_name, no_group
from bothup.sim.evidence.insights_query import MOST_ROWS, Query, Row, parse_query
from bothup.sim.evidence.logs_events import merged
from bothup.sim.evidence.logs_groups import find_streams, groups
from bothup.sim.evidence.streams import Stream
from bothup.sim.evidence.times import EPOCH, millis
from bothup.sim.ids import digest
from bothup.sim.refusal import Refusal

Params = dict[str, Any]


def start_query(context: Context, params: Params) -> Params:
    """Begin a query over one group or several; times are seconds, both ends included."""
    query = parse_query(params.get("queryString", ""))
    query.limit = min(params.get("limit") or MOST_ROWS, query.limit)
    chosen = [_group(context, one) for one in _named(params)]
    now = context.world.clock.now()
    since = EPOCH + timedelta(seconds=params["startTime"])
    until = min(EPOCH + timedelta(seconds=params["endTime"] + 1), now)
    rows = [
        row
        for group in chosen
        for row in _rows(group, find_streams(context, group), max(since, group.created), until)
    ]
    query_id = str(uuid.uuid4())
    context.world.records.queries[query_id] = ["Running", _results(query, rows)]
    return {"queryId": query_id}


def get_query_results(context: Context, params: Params) -> Params:
    """A query's results: on the first asking it is still at work."""
    found = context.world.records.queries.get(params.get("queryId", ""))
    if found is None:
        raise Refusal("ResourceNotFoundException", "The specified query does not exist.")
    status, answer = found
    if status == "Running":
        found[0] = "Complete"
        return {"status": "Running", "results": [], "statistics": {}}
    return {"status": status, **answer}


def stop_query(context: Context, params: Params) -> Params:
    """End a query that is still at work."""
    found = context.world.records.queries.get(params.get("queryId", ""))
    if found is None or found[0] != "Running":
        raise Refusal("InvalidParameterException", "The query is not running.")
    found[:] = ["Cancelled", {"results": [], "statistics": {}}]
    return {"success": True}


def _named(params: Params) -> list[str]:
    one = params.get("logGroupName")
    named = [one] if one else params.get("logGroupNames") or params.get("logGroupIdentifiers")
    if not named:
        raise Refusal("InvalidParameterException", "A log group has to be named.")
    return [group_name(each) for each in named]


def _group(context: Context, name: str) -> Group:
    group = groups(context).get(name)
    if group is None:
        raise no_group()
    return group


def _rows(group: Group, chosen: list[Stream], since: Any, until: Any) -> Iterator[Row]:
    account = group.arn.split(":")[4]
    for stream, entry in merged(chosen, since, until):
        yield {
            **_discovered(entry.message),
            "@timestamp": _time(entry),
            "@message": entry.message,
            "@logStream": stream.name,
            "@log": f"{account}:{group.name}",
            "@ingestionTime": str(millis(entry.ingested)),
            "@ptr": digest("ptr", stream.name, str(entry.time), entry.message).hex(),
        }


def _discovered(message: str) -> Row:
    """The fields of a JSON message, those of inner objects by their path."""
    if not message.startswith("{"):
        return {}

    def flat(value: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
        for name, inner in value.items():
            if isinstance(inner, dict):
                yield from flat(inner, f"{path}{name}.")
            else:
                yield path + name, inner if isinstance(inner, str) else json.dumps(inner)

    try:
        return dict(flat(json.loads(message), ""))
    except ValueError:
        return {}


def _results(query: Query, rows: list[Row]) -> Params:
    matched = [row for row in rows if all(test(row) for test in query.tests)]
    matched.sort(key=lambda row: row.get(query.sort_by, ""), reverse=query.descending)
    shown = [
        [{"field": field, "value": row[field]} for field in (*query.fields, "@ptr") if field in row]
        for row in matched[: query.limit]
    ]
    statistics = {
        "recordsMatched": float(len(matched)),
        "recordsScanned": float(len(rows)),
        "bytesScanned": float(sum(len(row["@message"]) for row in rows)),
    }
    return {"results": shown, "statistics": statistics}


def _time(entry: Entry) -> str:
    return f"{entry.time:%Y-%m-%d %H:%M:%S}.{entry.time.microsecond // 1000:03d}"


INSIGHTS: dict[str, Operation] = {
    "StartQuery": start_query,
    "GetQueryResults": get_query_results,
    "StopQuery": stop_query,
}
