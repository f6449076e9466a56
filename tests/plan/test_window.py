"""Windows: which moments are inside, when the next one opens, and what is none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.errors import UsageError
from bothup.model.window import parse_window

BERLIN = "Sun 02:00-04:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "moment", "inside"),
    [
        (BERLIN, "2026-02-01T01:00+00:00", True),  # Sunday, 02:00 in Berlin
        (BERLIN, "2026-02-01T00:59+00:00", False),
        (BERLIN, "2026-02-01T03:00+00:00", False),  # the end is outside
        (BERLIN, "2026-02-02T01:30+00:00", False),  # Monday
        (BERLIN, "2026-07-05T00:30+00:00", True),  # summer time
        ("Fri,Sat 22:00-02:00 UTC", "2026-02-07T01:59+00:00", True),  # Friday's night
        ("Fri,Sat 22:00-02:00 UTC", "2026-02-08T01:59+00:00", True),
        ("Fri,Sat 22:00-02:00 UTC", "2026-02-08T22:30+00:00", False),
        ("Mon-Fri 12:00-13:00", "2026-02-06T12:30+00:00", True),
        ("Mon-Fri 12:00-13:00", "2026-02-07T12:30+00:00", False),
        ("Sat-Mon 12:00-13:00", "2026-02-08T12:30+00:00", True),
        ("daily 00:00-23:59", "2026-02-08T12:30+00:00", True),
        ("Sun 23:00-01:00 America/New_York", "2026-02-09T05:30+00:00", True),
    ],
)
def test_inside(text: str, moment: str, inside: bool) -> None:
    assert parse_window(text).contains(datetime.fromisoformat(moment)) is inside


def test_the_hour_that_is_left_out_in_spring_is_no_window() -> None:
    window = parse_window("Sun 02:00-03:00 Europe/Berlin")
    assert not window.contains(datetime(2026, 3, 29, 0, 59, tzinfo=UTC))
    assert not window.contains(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "now", "opens"),
    [
        (BERLIN, "2026-02-01T01:30+00:00", "2026-02-01T01:30+00:00"),
        (BERLIN, "2026-02-01T03:00+00:00", "2026-02-08T01:00+00:00"),
        (BERLIN, "2026-03-28T12:00+00:00", "2026-03-29T01:00+00:00"),
        ("Mon 09:00-10:00 UTC", "2026-02-02T10:00+00:00", "2026-02-09T09:00+00:00"),
    ],
)
def test_the_next_opening(text: str, now: str, opens: str) -> None:
    assert parse_window(text).opens(datetime.fromisoformat(now)) == datetime.fromisoformat(opens)


@given(
    days=st.sampled_from(["Mon", "Tue-Thu", "Sat,Sun", "daily"]),
    start=st.integers(0, 23),
    length=st.integers(1, 23),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"]),
    now=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
)
def test_it_opens_when_it_says(
    days: str, start: int, length: int, zone: str, now: datetime
) -> None:
    window = parse_window(f"{days} {start:02}:00-{(start + length) % 24:02}:00 {zone}")
    moment = now.replace(tzinfo=UTC)
    opens = window.opens(moment)
    assert window.contains(opens)
    assert moment <= opens <= moment + timedelta(days=8)
    assert opens == moment or not window.contains(opens - timedelta(minutes=1)) or length == 23


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected days"),
        ("Sunday 02:00-04:00", "no day is called 'sunday'"),
        ("Sun 2-4", "expected days"),
        ("Sun 02:00-25:00", "no such time"),
        ("Sun 02:00-02:00", "never open"),
        ("Sun 02:00-04:00 Mars/Olympus", "no time zone is called 'Mars/Olympus'"),
        ("Sun 02:00-04:00 ../../etc/passwd", "no time zone"),
        ("Sun- 02:00-04:00", "no day is called 'sun-'"),
    ],
)
def test_what_is_none(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        parse_window(text)
