"""Events in their order: what is past, what only clears away, when the tunnel went down."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bothup.engine.stories import stories
from bothup.model.bundle import Bundle, Log, LogSource
from bothup.model.connection import Tunnel, TunnelOptions, TunnelStatus
from bothup.model.event import Details, Direction, Event, EventKind, Phase, Side
from bothup.model.story import DeviceStory

K = EventKind
BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
HERE = "203.0.113.11"


def event(
    kind: EventKind,
    at: float = 0,
    phase: Phase | None = Phase.IPSEC,
    tunnel: str | None = HERE,
    **details: Any,
) -> Event:
    told: Details = details  # type: ignore[assignment]
    return Event(
        kind=kind,
        side=Side.DEVICE,
        time=BEGIN + timedelta(seconds=at),
        phase=phase,
        direction=Direction.RECEIVED,
        tunnel=tunnel,
        details=told,
    )


def story(*events: Event, tunnel: Tunnel | None = None, nameless: bool = False) -> DeviceStory:
    log = Log(source=LogSource.DEVICE, events=events, lines=len(events))
    tunnel = tunnel or Tunnel(outside_ip=HERE, status=TunnelStatus.DOWN)
    return stories(Bundle(logs=(log,)), tunnel, nameless=nameless).device


UP = event(K.SA_ESTABLISHED, sa="1")


def test_what_comes_before_the_tunnel_is_up_is_past() -> None:
    told = story(event(K.PSK_MISMATCH, -10), UP, event(K.DPD_TIMEOUT, 10))
    assert told.of(K.PSK_MISMATCH).past
    assert told.of(K.DPD_TIMEOUT).current
    assert told.up is False


@pytest.mark.parametrize("kind", [K.DPD_TIMEOUT, K.IDLE_CLOSED, K.DAEMON_STOPPED, K.SA_EXPIRED])
def test_a_drop_tells_how_long_the_tunnel_was_up_and_down(kind: EventKind) -> None:
    told = story(UP, event(kind, 60), event(K.SA_ESTABLISHED, 90))
    assert [(drop.event.kind, drop.up_for, drop.down_for) for drop in told.drops] == [
        (kind, timedelta(seconds=60), timedelta(seconds=30))
    ]
    assert told.up is True


def test_a_delete_after_a_rekey_is_routine() -> None:
    told = story(UP, event(K.SA_ESTABLISHED, 3000, rekey=True), event(K.DELETE, 3005))
    assert told.up is True
    assert not told.of(K.DELETE)


def test_a_delete_long_after_a_rekey_is_not() -> None:
    told = story(UP, event(K.SA_ESTABLISHED, 3000, rekey=True), event(K.DELETE, 3200))
    assert told.up is False
    assert told.of(K.DELETE).current


def test_a_delete_of_an_older_sa_is_routine_whenever_it_comes() -> None:
    told = story(UP, event(K.SA_ESTABLISHED, 3000, sa="2"), event(K.DELETE, 9000, sa="1"))
    assert told.up is True
    assert not told.of(K.DELETE)


def test_a_delete_of_the_only_sa_is_a_drop_however_soon() -> None:
    told = story(UP, event(K.DELETE, 1, Phase.IKE))
    assert told.up is False
    assert len(told.drops) == 1


def test_a_log_that_begins_in_the_middle_claims_nothing_of_before() -> None:
    told = story(event(K.DELETE, 0), event(K.SA_ESTABLISHED, 9))
    assert told.drops == ()
    assert told.of(K.DELETE).past


def test_a_daemon_that_starts_while_the_tunnel_is_up_has_crashed() -> None:
    assert [drop.event.kind for drop in story(UP, event(K.DAEMON_STARTED, 5)).drops] == [
        K.DAEMON_STARTED
    ]
    assert story(event(K.DAEMON_STARTED), UP).drops == ()


def test_a_rekey_without_answer_ends_the_tunnel_and_a_refused_one_does_not() -> None:
    assert story(UP, event(K.REKEY_FAILED, 5, reason="no-answer")).up is False
    assert story(UP, event(K.REKEY_FAILED, 5)).up is True


def test_events_are_put_in_order_of_time_where_all_have_one() -> None:
    told = story(event(K.DPD_TIMEOUT, 10), UP)
    assert [found.kind for found in told.events] == [K.SA_ESTABLISHED, K.DPD_TIMEOUT]


def test_a_tunnel_that_is_up_has_survived_what_came_before() -> None:
    up = Tunnel(
        outside_ip=HERE,
        status=TunnelStatus.UP,
        last_status_change=BEGIN + timedelta(seconds=50),
    )
    told = story(event(K.DPD_TIMEOUT, 10), event(K.REKEY_FAILED, 99), tunnel=up)
    assert told.of(K.DPD_TIMEOUT).past
    assert told.of(K.REKEY_FAILED).current


def test_events_of_another_tunnel_are_left_out() -> None:
    told = story(event(K.DPD_TIMEOUT, tunnel="198.51.100.7"), event(K.GAVE_UP, tunnel=None))
    assert [found.kind for found in told.events] == [K.GAVE_UP]
    assert len(story(event(K.DPD_TIMEOUT, tunnel="198.51.100.7"), nameless=True).events) == 1


def test_a_name_that_once_stood_beside_an_address_stands_for_it() -> None:
    named = event(K.NEGOTIATION_STARTED, tunnel="198.51.100.7", connection="second")
    loose = event(K.GAVE_UP, 1, tunnel=None, connection="second")
    assert story(named, loose).events == ()


def test_a_neighbour_is_of_the_tunnel_whose_inside_network_it_is_in() -> None:
    tunnel = Tunnel(
        outside_ip=HERE,
        status=TunnelStatus.DOWN,
        options=TunnelOptions(inside_cidr="169.254.9.0/30"),
    )
    mine = event(K.BGP_STATE, 0, Phase.BGP, None, neighbor="169.254.9.1")
    other = event(K.BGP_STATE, 1, Phase.BGP, None, neighbor="169.254.8.1")
    log = Log(source=LogSource.DEVICE, events=(mine, other), lines=2)
    found = stories(Bundle(logs=(log,)), tunnel, nameless=False).device_bgp
    assert found.events == (mine,)


def test_a_log_without_a_line_is_silent_and_no_log_is_not() -> None:
    tunnel = Tunnel(outside_ip=HERE, status=TunnelStatus.DOWN)
    silent = Bundle(logs=(Log(source=LogSource.AWS, tunnel=HERE),))
    assert stories(silent, tunnel, nameless=False).aws.silent
    assert not stories(Bundle(), tunnel, nameless=False).aws.silent
    of_other = Bundle(logs=(Log(source=LogSource.AWS, tunnel="198.51.100.7"),))
    assert not stories(of_other, tunnel, nameless=False).aws.silent


def test_a_log_that_nobody_understands_is_not_silent() -> None:
    tunnel = Tunnel(outside_ip=HERE, status=TunnelStatus.DOWN)
    unread = Bundle(logs=(Log(source=LogSource.AWS, tunnel=HERE, lines=3),))
    assert not stories(unread, tunnel, nameless=False).aws.silent
