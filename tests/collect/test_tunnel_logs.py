"""Activity and BGP logs: which streams, which times, how much, and what is said of the rest."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bothup.aws.collect import _log_lines, tunnel_logs
from bothup.read.bundle import bundle_of
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.collect.ground import Document, commands, connection, gathered, missing

TEXT = """
regions = ["eu-central-1"]
[[accounts]]
id = "111122223333"
name = "One"
management = true
[[accounts.connections]]
name = "text"
region = "eu-central-1"
kind = "bgp-hold-timer"
[accounts.connections.options.LogOptions.CloudWatchLogOptions]
LogEnabled = true
LogGroupArn = "arn:aws:logs:eu-central-1:111122223333:log-group:/vpn/activity:*"
LogOutputFormat = "text"
BgpLogEnabled = true
BgpLogGroupArn = "arn:aws:logs:eu-central-1:111122223333:log-group:/vpn/bgp:*"
BgpLogOutputFormat = "text"
[[accounts.connections]]
name = "off"
region = "eu-central-1"
kind = "wrong-key"
"""


@pytest.fixture(scope="module")
def of_text() -> Iterator[SimServer]:
    with SimServer(parse_scenario(TEXT, "test")) as server:
        yield server


@pytest.fixture
def texts(of_text: SimServer, sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> SimServer:
    for name, value in of_text.env().items():
        monkeypatch.setenv(name, value)
    return of_text


def lines(document: Document, source: str = "aws") -> list[dict[str, Any]]:
    """All lines of the tunnel that is down."""
    down = [
        each["OutsideIpAddress"]
        for each in document["connection"]["VgwTelemetry"]
        if each["Status"] == "DOWN"
    ]
    return [
        line
        for log in document["logs"]
        if (log["source"], log["tunnel"]) == (source, down[0])
        for line in log["lines"]
    ]


def test_json_lines_are_about_the_tunnel_and_the_time(sim: SimServer) -> None:
    told = gathered(sim, "broken")
    down = next(each for each in connection(sim, "broken").tunnels if not each.now.up)
    first, *_, last = lines(told)
    times = [datetime.fromtimestamp(each["timestamp"] / 1000, UTC) for each in (first, last)]
    assert down.changed - timedelta(hours=3) <= times[0] <= down.changed
    assert datetime.now(UTC) - timedelta(hours=1) <= times[1]
    assert all(json.loads(each["message"])["details"] for each in lines(told))
    events = [log for log in bundle_of(told, now=datetime.now(UTC)).logs if log.events]
    assert {event.kind for log in events for event in log.events} >= {"psk-mismatch"}


def test_text_lines_of_both_logs_become_events(texts: SimServer) -> None:
    told = gathered(texts, "text")
    assert lines(told)
    assert lines(told, "aws-bgp")
    assert not lines(told)[0]["message"].startswith("{")
    bundle = bundle_of(told, now=datetime.now(UTC))
    kinds = {event.kind for log in bundle.logs for event in log.events}
    assert "bgp-hold-timer-expired" in kinds


def test_a_log_that_is_off_says_what_turning_it_on_takes(texts: SimServer) -> None:
    told = gathered(texts, "off")
    assert "logs" not in told
    whys = missing(told)
    assert len(whys["activity_log"]) == len(whys["bgp_log"]) == 2
    assert all("is off" in each and "interrupts" in each for each in whys["activity_log"])
    turning_on = [each for each in commands(told) if "modify-vpn-tunnel-options" in each]
    assert len(turning_on) == 4
    assert any("{CloudWatchLogOptions={BgpLogEnabled=true" in each for each in turning_on)


def test_a_log_group_that_is_gone_is_told(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:*", code="ResourceNotFoundException"))
    told = gathered(sim, "broken")
    assert "logs" not in told
    assert all(each.endswith("is gone") for each in missing(told)["activity_log"])
    first = commands(told)[0]
    assert first.startswith("aws logs filter-log-events --region eu-central-1 --log-group-name")


def test_what_is_too_long_is_cut_and_told(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_log_lines, "MOST_BYTES", 2_000)
    monkeypatch.setattr(_log_lines, "PAGE_EVENTS", 20)
    told = gathered(sim, "broken")
    assert 20 <= len(lines(told)) < 200
    whys = missing(told)["activity_log"]
    assert any("too long to be read whole: not read between" in each for each in whys)
    last = max(each["timestamp"] for each in lines(told))
    assert any(f"--start-time {last}" in each for each in commands(told)) or len(whys) > 1


def test_long_times_are_left_to_logs_insights(sim: SimServer) -> None:
    since = datetime.now(UTC) - timedelta(days=3)
    told = gathered(sim, "broken", since=since)
    called = {operation for _, _, operation in sim.calls.counts()}
    assert {"logs:StartQuery", "logs:GetQueryResults"} <= called
    assert "logs:FilterLogEvents" not in called
    times = [each["timestamp"] for each in lines(told)]
    assert times == sorted(times)
    assert times[0] >= since.timestamp() * 1000
    # What was logged since the first reading is in the second one alone.
    short = [each for each in lines(gathered(sim, "broken")) if each["timestamp"] <= times[-1]]
    assert short
    assert {each["message"] for each in short} <= {each["message"] for each in lines(told)}


def test_of_too_many_rows_the_newest_are_read(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_log_lines, "MOST_ROWS", 5)
    told = gathered(sim, "broken", since=datetime.now(UTC) - timedelta(days=3))
    assert len(lines(told)) == 5
    assert lines(told)[-1]["timestamp"] > (datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1e3
    assert any("not read between" in each for each in missing(told)["activity_log"])


def test_a_query_that_is_denied_costs_the_logs_alone(sim: SimServer) -> None:
    sim.faults.add(Fault(operation="logs:StartQuery", code="AccessDeniedException"))
    told = gathered(sim, "broken", since=datetime.now(UTC) - timedelta(days=3))
    assert set(missing(told)) == {"activity_log", "bgp_log"}
    assert told["metrics"]


@pytest.mark.parametrize(
    ("stream", "named"),
    [
        ("vpn-0a1-203.0.113.1", True),
        ("vpn-0a1_203.0.113.1-IKE.log", True),
        ("vpn-0a1-203-0-113-1", True),
        ("vpn-0a1-203.0.113.1.log", True),
        ("vpn-0a1-203.0.113.10", False),
        ("vpn-0a1-203.0.113.1.5", False),
        ("vpn-0a1-1203.0.113.1", False),
        ("vpn-0a1", False),
    ],
)
def test_a_stream_is_known_by_the_address_in_its_name(stream: str, named: bool) -> None:
    assert tunnel_logs._names(stream, "203.0.113.1") is named
