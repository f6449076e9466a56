"""CloudWatch Logs Insights over HTTP: queries that look events up."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import group, named, stream

from bothup.sim import SimServer

SCENARIO = "causes"


def ask(
    sim: SimServer, logs: Any, name: str, query: str, hours: float = 2, **more: Any
) -> list[dict[str, str]]:
    one = named(sim, name)
    changed = one.tunnels[1].past.changed
    started = logs.start_query(
        logGroupName=group(one),
        startTime=int((changed - timedelta(hours=hours)).timestamp()),
        endTime=int((changed + timedelta(hours=hours)).timestamp()),
        queryString=query,
        **more,
    )
    first = logs.get_query_results(queryId=started["queryId"])
    assert (first["status"], first["results"]) == ("Running", [])
    answer = logs.get_query_results(queryId=started["queryId"])
    assert answer["status"] == "Complete"
    assert answer["statistics"]["recordsScanned"] > 0
    return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


def test_messages_of_one_stream_in_their_order(sim: SimServer, client: Any) -> None:
    one = named(sim, "delft")
    query = (
        "fields @timestamp, @message, @logStream"
        f' | filter @logStream = "{stream(one, one.tunnels[1])}" and @message like /pre-shared key/'
        " | sort @timestamp asc | limit 5"
    )
    rows = ask(sim, client("logs"), "delft", query)
    assert len(rows) == 5
    assert set(rows[0]) == {"@timestamp", "@message", "@logStream", "@ptr"}
    assert all("pre-shared key mismatch" in row["@message"] for row in rows)
    times = [row["@timestamp"] for row in rows]
    assert times == sorted(times)
    assert len(times[0]) == len("2026-11-24 06:55:01.123")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("ike_phase1_state = 'negotiating'", {"pre-shared", "AUTHENTICATION"}),
        ("details like 'DELETE for IKE_SA'", {"DELETE for IKE_SA"}),
        ("details not like /Phase 2|key/ and details =~ /DELETE/", {"DELETE for IKE_SA"}),
        ("ike_phase2_state in ['down'] and (not details like 'key')", {"AUTHENTICATION"}),
        ("event_timestamp > 0 and ike_phase2_state != 'established'", {"AUTHENTICATION", "pre-s"}),
        ("message.details like 'Hold Timer'", {"Hold Timer Expired"}),
    ],
)
def test_filters(sim: SimServer, client: Any, where: str, found: set[str]) -> None:
    one = named(sim, "delft")
    query = f"""
        # what happened on the second tunnel
        filter @logStream like "{one.tunnels[1].outside_ip}"
        | filter {where}
        | limit 50
    """
    rows = ask(sim, client("logs"), "delft", query)
    assert rows
    known = found | ({"CREATE_CHILD_SA"} if "event_timestamp" in where else set())
    assert all(any(word in row["@message"] for word in known) for row in rows)
    assert all(any(word in row["@message"] for row in rows) for word in found)


def test_the_newest_come_first_and_the_limit_of_the_call_holds(sim: SimServer, client: Any) -> None:
    rows = ask(sim, client("logs"), "delft", "fields @timestamp", limit=3)
    times = [row["@timestamp"] for row in rows]
    assert len(times) == 3
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        "stats count(*) by bin(5m)",
        "filter details is nice",
        "filter details in 'a'",
        "fields @timestamp nonsense",
        "filter (details like 'x'",
        "filter",
        "filter details like 'x' ~",
    ],
)
def test_other_queries_are_refused(sim: SimServer, client: Any, query: str) -> None:
    with pytest.raises(ClientError, match="MalformedQueryException"):
        ask(sim, client("logs"), "delft", query)


def test_a_query_can_be_stopped_and_an_unknown_one_not(sim: SimServer, client: Any) -> None:
    logs = client("logs")
    started = logs.start_query(
        logGroupNames=[group(named(sim, "delft"))], startTime=0, endTime=1, queryString="limit 1"
    )
    assert logs.stop_query(queryId=started["queryId"])["success"]
    assert logs.get_query_results(queryId=started["queryId"])["status"] == "Cancelled"
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.stop_query(queryId=started["queryId"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.get_query_results(queryId="12345678-1234")


def test_a_group_that_is_gone(client: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client("logs").start_query(
            logGroupName="/nothing", startTime=0, endTime=1, queryString="limit 1"
        )
