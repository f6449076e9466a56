"""Which times are looked at: of a change just now, long ago, or at a time asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from bothup.aws.collect.incident import Incident, Span
from bothup.cli.moments import incident
from bothup.errors import UsageError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
H = timedelta(hours=1)


def test_a_recent_change_and_now_are_one_time() -> None:
    assert Incident(now=NOW).spans(NOW - H) == (Span(NOW - 4 * H, NOW),)


def test_an_old_change_and_now_are_two() -> None:
    changed = NOW - timedelta(days=3)
    assert Incident(now=NOW).spans(changed) == (
        Span(changed - 3 * H, changed + H),
        Span(NOW - H, NOW),
    )


@pytest.mark.parametrize("changed", [None, NOW + H])
def test_an_unknown_change_is_looked_for_in_the_last_hours(changed: datetime | None) -> None:
    assert Incident(now=NOW).spans(changed) == (Span(NOW - 3 * H, NOW),)


def test_a_time_that_is_asked_for_is_looked_at_alone() -> None:
    at = NOW - timedelta(days=40)
    assert Incident(now=NOW, at=at).spans(NOW - H) == (Span(at - 3 * H, at + H),)
    assert Incident(now=NOW, at=NOW).spans(None) == (Span(NOW - 3 * H, NOW),)
    since = NOW - timedelta(days=9)
    assert Incident(now=NOW, since=since).spans(NOW - H) == (Span(since, NOW),)


def test_history_goes_back_two_days_before_the_change() -> None:
    asked = Incident(now=NOW)
    assert asked.history(NOW - H, up=False) == Span(NOW - 4 * H - 48 * H, NOW)
    old = NOW - timedelta(days=300)
    assert asked.history(old, up=False) == Span(old - 51 * H, old + H)
    assert asked.history(old, up=True) == Span(NOW - 48 * H, NOW)


def test_the_whole_reaches_from_the_first_to_the_last() -> None:
    old = NOW - timedelta(days=3)
    assert Incident(now=NOW).whole([NOW - H, None, old]) == Span(old - 3 * H, NOW)
    assert Incident(now=NOW).whole([]) == Span(NOW - 3 * H, NOW)


@pytest.mark.parametrize(
    ("text", "ago"),
    [("90m", 1.5 * H), ("6h", 6 * H), ("2d", 48 * H), ("1w", 168 * H), ("2026-11-24T11:00", H)],
)
def test_since_is_a_duration_or_a_time(text: str, ago: timedelta) -> None:
    assert incident(None, text, NOW).since == NOW - ago


def test_a_longer_time_than_there_ever_was_is_all_there_is() -> None:
    assert incident(None, "99999w", NOW).since == datetime(2009, 1, 1, tzinfo=UTC)


def test_a_time_without_a_zone_is_utc() -> None:
    assert incident("2026-11-24T08:00", None, NOW).at == NOW - 4 * H
    assert incident("2026-11-24T08:00+02:00", None, NOW).at == NOW - 6 * H


@pytest.mark.parametrize(
    ("at", "since", "error"),
    [
        ("yesterday", None, "--at 'yesterday': expected a time"),
        (None, "5", "--since '5': expected a time as 2026-11-24T05:30Z or 90m"),
        ("2026-11-25T08:00", None, "--at: 2026-11-25 08:00 UTC is yet to come"),
        ("2026-11-24T08:00", "2d", "say one of them"),
        (None, "0m", "--since '0m': expected a time"),
        ("0001-01-01T00:00+14:00", None, "expected a time"),
        ("0001-01-01", None, "--at: AWS has no evidence from before 2009"),
    ],
)
def test_what_is_no_time_is_refused(at: str | None, since: str | None, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        incident(at, since, NOW)
