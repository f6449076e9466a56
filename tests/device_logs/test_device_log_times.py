"""Times of lines, in every form that the devices write."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.read.logs._stamps import stamp_of
from tests.device_logs.telling import NEAR, events

PLUS2 = timezone(timedelta(hours=2))
FORTI = 'logid="0101037136" type="event"'

TIMES = [
    # IOS: no year, a year, a zone's name, an unset clock, numbers and a server's head before it
    ("May 17 03:21:09.123: %SYS-5-RESTART: x", "2024-05-17T03:21:09.123"),
    ("*May 17 03:21:09.123: %SYS-5-RESTART: x", "2024-05-17T03:21:09.123"),
    ("004711: May 17 2023 03:21:09: %SYS-5-RESTART: x", "2023-05-17T03:21:09"),
    ("May 17 03:21:09.123 CEST: %SYS-5-RESTART: x", "2024-05-17T01:21:09.123"),
    ("<189>4711: rtr: *May 17 03:21:09 EST: %SYS-5-RESTART: x", "2024-05-17T08:21:09"),
    # a name that means several offsets is not believed: the zone of the log counts
    ("May 17 03:21:09 IST: %SYS-5-RESTART: x", "2024-05-17T03:21:09"),
    # last year's December is not in the future
    ("Dec 31 23:59:59: %SYS-5-RESTART: x", "2023-12-31T23:59:59"),
    # ASA
    ("<164>May 17 2024 03:21:09 fw : %ASA-5-713119: x", "2024-05-17T03:21:09"),
    ("2024-05-17T03:21:09Z fw : %ASA-5-713119: x", "2024-05-17T03:21:09"),
    ("2024-05-17T03:21:09+02:00 fw %ASA-5-713119: x", "2024-05-17T01:21:09"),
    # FortiGate: with an offset, without, and as an epoch in seconds and in nanoseconds
    (f'date=2024-05-17 time=03:21:09 tz="+0200" {FORTI}', "2024-05-17T01:21:09"),
    (f"date=2024-05-17 time=03:21:09 {FORTI}", "2024-05-17T03:21:09"),
    (f"eventtime=1715916069 {FORTI}", "2024-05-17T03:21:09"),
    (f"eventtime=1715916069500000000 {FORTI}", "2024-05-17T03:21:09.5"),
    ("2024-05-17 03:21:09.123456 ike 0:aws-1:1: x", "2024-05-17T03:21:09.123456"),
    # Junos: syslog, structured and traces
    ("May 17 03:21:09  srx kmd[1]: x", "2024-05-17T03:21:09"),
    ("<29>1 2024-05-17T03:21:09.123+02:00 srx kmd 1 X [junos@2636", "2024-05-17T01:21:09.123"),
    ("[May 17 03:21:09][192.0.2.1 <-> 203.0.113.9] x", "2024-05-17T03:21:09"),
    ("May 17 03:21:09.123 2024  srx kmd[1]: x", "2024-05-17T03:21:09.123"),
    # PAN-OS
    ("1,2024/05/17 03:21:09,000000000000,SYSTEM,vpn,", "2024-05-17T03:21:09"),
    ("2024-05-17 03:21:09.123 +0200  [PNTF]: x", "2024-05-17T01:21:09.123"),
    ("2024/05/17 03:21:09 info     vpn", "2024-05-17T03:21:09"),
    # an epoch before the message
    ("1715916069.250 rtr: %SYS-5-RESTART: x", "2024-05-17T03:21:09.25"),
    ("<189>[1715916069]: %SYS-5-RESTART: x", "2024-05-17T03:21:09"),
]
NO_TIMES = [
    "",
    "%SYS-5-RESTART: x",
    "Feb 30 03:21:09: x",
    "May 17 33:21:09: x",
    "date=2024-13-17 time=03:21:09 x",
    "eventtime=99999999999999999999 x",
    "0000000001 x",
]


@pytest.mark.parametrize(("line", "wanted"), TIMES)
def test_a_time_is_read(line: str, wanted: str) -> None:
    assert stamp_of(line, NEAR, UTC) == datetime.fromisoformat(wanted).replace(tzinfo=UTC)


@pytest.mark.parametrize("line", NO_TIMES)
def test_what_is_no_time_is_none(line: str) -> None:
    assert stamp_of(line, NEAR, UTC) is None


def test_the_zone_of_the_log_counts_where_the_line_names_none() -> None:
    found = stamp_of("May 17 03:21:09: x", NEAR, PLUS2)
    assert found == datetime(2024, 5, 17, 1, 21, 9, tzinfo=UTC)


def test_pan_os_tells_the_zone_at_the_end_of_the_line() -> None:
    line = (
        "1,2024/05/17 03:21:09,000000000000,SYSTEM,vpn,0,2024/05/17 03:21:08,,tunnel-status-down,"
        'aws-1,0,0,general,critical,"Tunnel aws-1 is down",127,0x0,0,0,0,0,,fw,0,0,'
        "2024-05-17T03:21:09.123+02:00"
    )
    assert events("paloalto", line)[0].time == datetime(2024, 5, 17, 1, 21, 9, 123000, tzinfo=UTC)


@given(st.text(max_size=300) | st.from_regex(r"[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d.*"))
def test_any_text_has_a_time_or_none(text: str) -> None:
    found = stamp_of(text, NEAR, UTC)
    assert found is None or found.tzinfo is UTC
