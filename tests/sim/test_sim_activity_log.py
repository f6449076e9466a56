"""What tunnels log, cause by cause: given by FilterLogEvents, read as a diagnosis reads it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import events_around, kinds_since, log_of, named, stream
from hypothesis import given, settings
from hypothesis import strategies as st

from bothup.sim import Clock, SimServer, load_scenario
from bothup.sim.build import build
from bothup.sim.evidence.activity import activity
from bothup.sim.evidence.bgp import bgp_activity
from bothup.sim.evidence.chronicle import Chronicle
from bothup.sim.evidence.scene import scene

SCENARIO = "causes"

HALF_OPEN, KEYS, REFUSED = "half-open-timeout", "psk-mismatch", "authentication-failed"


@pytest.mark.parametrize(
    ("name", "told", "phase1", "phase2"),
    [
        ("bergen", {HALF_OPEN}, "negotiating", "down"),
        ("cadiz", {HALF_OPEN}, "negotiating", "down"),
        ("delft", {"delete", KEYS, REFUSED}, "negotiating", "down"),
        ("essen", {"no-proposal-chosen"}, "down", "down"),
        ("faro", {"delete", "proposal-refused"}, "negotiating", "down"),
        ("gent", {"delete", "proposal-refused", "child-failed"}, "established", "down"),
        ("halle", {"delete", "child-failed", "selectors-refused"}, "established", "down"),
        ("ivrea", {"delete", REFUSED}, "negotiating", "down"),
        ("jena", {"delete", REFUSED}, "negotiating", "down"),
        ("kiel", {"dpd-timeout"}, "established", "established"),
        ("lyon", {"delete"}, "established", "established"),
        ("malmo", {"delete"}, "established", "established"),
        ("nantes", {"rekey-started", "rekey-collision", "delete"}, "established", "down"),
        ("oulu", set(), None, None),
        ("porto", set(), None, None),
        ("vigo-harbour", {"dpd-timeout"}, "established", "established"),
        ("wels", {"dpd-timeout"}, "established", "established"),
        ("ypres", {"dpd-timeout"}, "established", "established"),
        ("cork", {"delete", KEYS}, None, None),
    ],
)
def test_what_a_tunnel_that_is_down_logs(
    sim: SimServer, name: str, told: set[str], phase1: str | None, phase2: str | None
) -> None:
    tunnel = named(sim, name).tunnels[1]
    lines = [event["message"] for event in events_around(sim, name, tunnel)]
    log = log_of(lines, tunnel)
    assert not log.notices
    assert kinds_since(log, tunnel.past.changed) - {"sa-established"} == told
    if phase1:
        last = json.loads(lines[-1])
        assert (last["ike_phase1_state"], last["ike_phase2_state"]) == (phase1, phase2)


def test_before_it_went_down_it_renewed_its_keys(sim: SimServer) -> None:
    """A DELETE of the old SA right after a new one is what every rekey ends with."""
    tunnel = named(sim, "kiel").tunnels[1]
    log = log_of([event["message"] for event in events_around(sim, "kiel", tunnel)], tunnel)
    kinds = [str(event.kind) for event in log.events]
    assert kinds[:4] == ["sa-established", "rekey-started", "rekey-done", "delete"]
    gap = log.events[3].time - log.events[1].time  # type: ignore[operator]
    assert gap < timedelta(seconds=1)


def test_keys_are_renewed_whatever_bgp_does(sim: SimServer) -> None:
    """A session that comes and goes every few minutes is no new IPsec SA."""
    tunnel = named(sim, "siena").tunnels[1]
    lines = [event["message"] for event in events_around(sim, "siena", tunnel, hours=6)]
    renewed = [line for line in lines if "processed request" in line]
    assert 5 <= len(renewed) <= 8


def test_a_tunnel_that_nobody_ever_tried_has_no_stream(sim: SimServer) -> None:
    name = "aarhus"
    one = named(sim, name)
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*log stream does not exist"):
        events_around(sim, name, one.tunnels[1])
    assert events_around(sim, name, one.tunnels[0])


def test_nat_is_told(sim: SimServer) -> None:
    told = {}
    for name in ("bergen", "cadiz"):
        events = events_around(sim, name, named(sim, name).tunnels[1])
        told[name] = {json.loads(event["message"])["nat_t_detected"] for event in events}
    assert told == {"bergen": {False}, "cadiz": {True}}


def test_a_line_has_the_members_of_the_user_guide(sim: SimServer) -> None:
    one = named(sim, "delft")
    event = events_around(sim, "delft", one.tunnels[1])[-1]
    line = json.loads(event["message"])
    assert set(line) == {
        "event_timestamp",
        "timestamp",
        "dpd_enabled",
        "nat_t_detected",
        "ike_phase1_state",
        "ike_phase2_state",
        "details",
    }
    assert event["timestamp"] == line["event_timestamp"]
    assert event["logStreamName"] == stream(one, one.tunnels[1])
    assert event["ingestionTime"] > event["timestamp"]


def test_text_has_the_time_first_and_the_same_words(sim: SimServer) -> None:
    tunnel = named(sim, "cork").tunnels[1]
    for event in events_around(sim, "cork", tunnel):
        assert event["message"].startswith("20")
        assert not event["message"].startswith("{")
    log = log_of([event["message"] for event in events_around(sim, "cork", tunnel)], tunnel)
    assert all(event.time for event in log.events)


@pytest.mark.parametrize(
    ("name", "told", "last"),
    [
        ("quimper", {"bgp-notification", "bgp-state"}, "6/5 (Cease/Connection Rejected)"),
        (
            "riga",
            {"bgp-state", "bgp-open", "bgp-bad-peer-as"},
            "remote AS is 65001, expected 65000",
        ),
        ("ulm", {"bgp-state"}, "from Connect to Active"),
        (
            "turku",
            {"bgp-state", "bgp-open", "bgp-prefix-limit", "bgp-notification"},
            "from Established to Idle",
        ),
        ("siena", {"bgp-hold-timer-expired", "bgp-state"}, "from Established to Idle"),
        ("kiel", {"bgp-hold-timer-expired", "bgp-state"}, "from Established to Idle"),
        ("oulu", {"bgp-notification", "bgp-state"}, "from Established to Idle"),
    ],
)
def test_what_bgp_logs(sim: SimServer, name: str, told: set[str], last: str) -> None:
    tunnel = named(sim, name).tunnels[1]
    lines = [event["message"] for event in events_around(sim, name, tunnel, bgp=True)]
    log = log_of(lines, tunnel, bgp=True)
    assert not log.notices
    assert kinds_since(log, tunnel.past.changed) == told
    assert last in lines[-1]


def test_a_virtual_private_gateway_takes_a_hundred_prefixes(sim: SimServer) -> None:
    tunnel = named(sim, "turku").tunnels[1]
    lines = [event["message"] for event in events_around(sim, "turku", tunnel, bgp=True)]
    [event, *_] = [
        event
        for event in log_of(lines, tunnel, bgp=True).events
        if str(event.kind) == "bgp-prefix-limit"
    ]
    assert event.details["limit"] == 100
    assert event.details["prefixes"] > 100


def test_a_loop_is_denied_and_the_session_stays_up(sim: SimServer) -> None:
    tunnel = named(sim, "arles").tunnels[1]
    events = events_around(sim, "arles", tunnel, bgp=True)
    log = log_of([event["message"] for event in events], tunnel, bgp=True)
    denied = [event for event in log.events if str(event.kind) == "bgp-route-denied"]
    assert {event.details["reason"] for event in denied} == {"own-as"}
    line = json.loads(events[-2]["message"])
    assert (line["type"], line["resource_id"]) == (
        "RouteStatus",
        stream(named(sim, "arles"), tunnel, bgp=True),
    )


def test_a_bgp_line_has_the_members_of_the_user_guide(sim: SimServer) -> None:
    tunnel = named(sim, "riga").tunnels[1]
    line = json.loads(events_around(sim, "riga", tunnel, bgp=True)[0]["message"])
    members = {"resource_id", "event_timestamp", "timestamp", "type", "status", "message"}
    assert set(line) == members
    assert line["status"] == "DOWN"


PLACES = build(load_scenario("causes"), Clock().now())
SCENES = [
    scene(place, one, tunnel)
    for place in PLACES.values()
    for one in place.connections.values()
    for tunnel in one.tunnels
]


@settings(max_examples=150, deadline=None)
@given(
    at=st.sampled_from(SCENES),
    before=st.integers(1, 40_000),
    cut=st.integers(0, 40_000_000),
    after=st.integers(1, 40_000),
    logged=st.sampled_from([activity, bgp_activity]),
)
def test_a_log_is_the_same_however_it_is_cut_up(
    at: Any, before: int, cut: int, after: int, logged: Any
) -> None:
    told = Chronicle(at.tunnel)
    middle = at.tunnel.past.changed + timedelta(milliseconds=cut - 20_000_000)
    start, end = middle - timedelta(seconds=before), middle + timedelta(seconds=after)
    whole = list(logged(at, told, start, end))
    first, second = logged(at, told, start, middle), logged(at, told, middle, end)
    assert [*first, *second] == whole
    times = [line.time for line in whole]
    assert times == sorted(times)
    assert all(start <= time < end for time in times)


def test_a_line_at_the_cut_belongs_to_what_follows() -> None:
    at = next(one for one in SCENES if one.connection.name == "delft" and not one.tunnel.now.up)
    told, changed = Chronicle(at.tunnel), at.tunnel.past.changed
    start, end = changed - timedelta(hours=2), changed + timedelta(minutes=5)
    lines = list(activity(at, told, start, end))
    for number, line in enumerate(lines):
        assert list(activity(at, told, start, line.time)) == lines[:number]
        assert list(activity(at, told, line.time, end)) == lines[number:]
