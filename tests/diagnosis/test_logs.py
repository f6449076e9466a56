"""Logs of every kind become events; what is no log becomes none and raises nothing."""

import time
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.model.bundle import LogSource
from bothup.model.event import EventKind, Phase
from bothup.read.logs import LogFile, read_log, vendors
from bothup.read.logs._read import parsers
from bothup.read.logs._times import time_of

NEAR = datetime(2026, 3, 1, 12, tzinfo=UTC)
K = EventKind


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-02-16T14:00:01.250Z x", datetime(2026, 2, 16, 14, 0, 1, 250000, UTC)),
        ("2026-02-16 14:00:01,250 x", datetime(2026, 2, 16, 14, 0, 1, 250000, UTC)),
        ("2026-02-16T14:00:01+02:00 x", datetime(2026, 2, 16, 12, 0, 1, tzinfo=UTC)),
        ("2026-02-16T14:00:01-0530 x", datetime(2026, 2, 16, 19, 30, 1, tzinfo=UTC)),
        ("2026/02/16 14:00:01 BGP: x", datetime(2026, 2, 16, 14, 0, 1, tzinfo=UTC)),
        ("<30>1 2026-02-16T14:00:01.25Z h x", datetime(2026, 2, 16, 14, 0, 1, 250000, UTC)),
        ("Feb 16 14:00:01 host x", datetime(2026, 2, 16, 14, 0, 1, tzinfo=UTC)),
        ("Feb  6 14:00:01.123456: x", datetime(2026, 2, 6, 14, 0, 1, 123456, UTC)),
        ("<30>Feb 16 2025 14:00:01: x", datetime(2025, 2, 16, 14, 0, 1, tzinfo=UTC)),
        ("Feb 29 14:00:01 host x", datetime(2024, 2, 29, 14, 0, 1, tzinfo=UTC)),
        ("Dec 31 23:59:59 host x", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Mar  2 09:00:00 host x", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("Mar 20 09:00:00 host x", datetime(2025, 3, 20, 9, tzinfo=UTC)),
        ("2026-13-16T14:00:01Z x", None),
        ("Feb 30 14:00:01 host x", None),
        ("Foo 16 14:00:01 host x", None),
        ("14:00:01 x", None),
        ("", None),
    ],
)
def test_a_time_is_read_in_any_form(line: str, expected: datetime | None) -> None:
    assert time_of(line, NEAR, UTC) == expected


def test_a_time_without_a_zone_is_in_the_zone_that_is_told() -> None:
    zone = timezone(timedelta(hours=9))
    assert time_of("Feb 16 14:00:01 x", NEAR, zone) == datetime(2026, 2, 16, 5, 0, 1, tzinfo=UTC)


def device(*lines: str, vendor: str | None = None) -> list[tuple[str, str | None]]:
    log = read_log(lines, LogSource.DEVICE, vendor=vendor, near=NEAR)
    return [(event.kind.value, event.phase and event.phase.value) for event in log.events]


RETRANSMIT = "<vpn|7> retransmit 2 of request with message ID 0"


@pytest.mark.parametrize(
    "line",
    [
        f"Feb 16 14:00:01 gw charon: 09[IKE] {RETRANSMIT}",
        f"Feb 16 14:00:01 gw charon[811]: 09[IKE] {RETRANSMIT}",
        f"2026-02-16T14:00:01+0000 gw charon-systemd[811]: 09[IKE] {RETRANSMIT}",
        f"2026-02-16T14:00:01.000 09[IKE] {RETRANSMIT}",
        f"Feb 16 14:00:01 09[IKE] {RETRANSMIT}",
        "Feb 16 14:00:01 gw charon-systemd[811]: retransmit 2 of request with message ID 0",
        "Feb 16 14:00:01 retransmit 2 of request with message ID 0",
    ],
)
def test_charon_is_read_in_every_form_that_it_is_logged(line: str) -> None:
    assert device(line, vendor="strongswan") == [("retransmit", "ike")]


def test_what_giving_up_means_depends_on_the_request() -> None:
    def last(*messages: str) -> str:
        lines = [f"2026-02-16T14:00:01 09[IKE] <vpn|7> {message}" for message in messages]
        return device(*lines)[-1][0]

    give_up = "giving up after 5 retransmits"
    assert last("generating IKE_SA_INIT request 0 [ SA ]", give_up) == "gave-up"
    assert last("generating INFORMATIONAL request 4 [ ]", give_up) == "dpd-timeout"
    assert last("generating CREATE_CHILD_SA request 4 [ SA ]", give_up) == "rekey-failed"
    assert last("retransmit 5 of request with message ID 4", give_up) == "dpd-timeout"


def test_events_are_told_apart_by_the_peer_of_their_connection() -> None:
    lines = (
        "2026-02-16T14:00:01 09[IKE] <one|1> initiating IKE_SA one[1] to 203.0.113.11",
        "2026-02-16T14:00:02 10[IKE] <two|2> initiating IKE_SA two[2] to 198.51.100.9",
        "2026-02-16T14:00:03 09[IKE] <one|1> received AUTHENTICATION_FAILED notify error",
        "2026-02-16T14:00:04 10[IKE] <two|2> received NO_PROPOSAL_CHOSEN notify error",
    )
    log = read_log(lines, LogSource.DEVICE, tunnels=frozenset({"203.0.113.11"}), near=NEAR)
    kinds = [event.kind for event in log.events]
    assert kinds == [K.NEGOTIATION_STARTED, K.AUTHENTICATION_FAILED]


def test_the_phase_of_awss_refusal_is_told_by_the_state_beside_it() -> None:
    line = '{{"event_timestamp": 1771250401, "ike_phase1_state": "{}", "details": "{}"}}'
    text = "No Proposal Match Found by AWS"
    for state, phase in (("Established", Phase.IPSEC), ("Negotiating", Phase.IKE)):
        log = read_log([line.format(state, text)], LogSource.AWS, near=NEAR)
        assert [event.phase for event in log.events] == [phase]
    assert read_log([text], LogSource.AWS, near=NEAR).events[0].phase is None


def test_a_bgp_message_in_the_activity_log_is_read_as_what_it_is() -> None:
    line = "AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.9.2"
    log = read_log([line], LogSource.AWS, near=NEAR)
    assert [event.kind for event in log.events] == [K.BGP_HOLD_TIMER_EXPIRED]


FRR = (
    ("%NOTIFICATION: sent to neighbor 169.254.9.2 2/2 (OPEN Message Error/Bad Peer AS) 2 bytes",
     "bgp-bad-peer-as"),
    ("%NOTIFICATION: received from neighbor 169.254.9.2 6/2 (Cease/Administrative Shutdown)",
     "bgp-notification"),
    ("%ADJCHANGE: neighbor 169.254.9.2(Unknown) in vrf default Down Hold Timer", "bgp-state"),
    ("%MAXPFXEXCEED: No. of IPv4 Unicast prefix received from 169.254.9.2 101 exceed, limit 100",
     "bgp-prefix-limit"),
    ("169.254.9.2 bad OPEN, remote AS is 65001, expected 65000", "bgp-bad-peer-as"),
    ("169.254.9.2 went from OpenConfirm to Established", "bgp-state"),
    ("169.254.9.2 [FSM] Hold timer expire", "bgp-hold-timer-expired"),
    ("169.254.9.2 rcvd UPDATE about 10.0.0.0/8 -- DENIED due to: as-path contains our own AS;",
     "bgp-route-denied"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), FRR)
def test_frr_is_read(text: str, kind: str) -> None:
    assert device(f"2026/02/16 14:00:01 BGP: {text}") == [(kind, "bgp")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IP 192.0.2.1 > 192.0.2.10: ICMP host 203.0.113.11 unreachable - admin prohibited filter",
         "icmp-reject"),
        ("IP 203.0.113.11 > 192.0.2.10: ICMP 203.0.113.11 udp port 4500 unreachable, length 36",
         "icmp-reject"),
        ("IP 192.0.2.1 > 192.0.2.10: ICMP 203.0.113.11 unreachable - need to frag (mtu 1400)",
         "packet-too-long"),
        ("IP 169.254.9.2.34516 > 169.254.9.1.179: Flags [S], seq 1, length 0", "bgp-connecting"),
        ("IP 169.254.9.1.179 > 169.254.9.2.34516: Flags [R.], seq 0, length 0",
         "bgp-connect-failed"),
    ],
)  # fmt: skip
def test_a_capture_is_read(text: str, kind: str) -> None:
    assert [found for found, _ in device(f"14:00:01.000000 {text}")] == [kind]


def test_a_vendor_that_nobody_knows_is_read_by_the_names_of_the_standards() -> None:
    told = device("vpn0: peer answered NO_PROPOSAL_CHOSEN", "vpn0: hello", vendor="acme")
    assert told == [("no-proposal-chosen", None)]


def test_a_log_that_is_not_what_it_is_said_to_be_is_read_as_what_it_is_and_told() -> None:
    line = f"Feb 16 14:00:01 gw charon: 09[IKE] {RETRANSMIT}"
    log = read_log([line] * 3, LogSource.DEVICE, vendor="bird", near=NEAR)
    assert len(log.events) == 3
    assert "strongswan" in log.notices[0]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("<INFO> Shutting down", ["daemon-stopped", "daemon-stopped"]),
        ("<INFO> Restarting protocol t", ["daemon-stopped"]),
    ],
)
def test_a_session_that_begins_anew_after_a_change_is_no_daemon_that_was_stopped(
    before: str, expected: list[str]
) -> None:
    asked = "<TRACE> t: Shutdown requested"
    told = device(*(f"2026-02-16 14:00:01.000 {each}" for each in (before, asked, asked)),
                  vendor="bird")  # fmt: skip
    assert [kind for kind, _ in told] == expected


def test_a_log_that_nobody_understands_is_told() -> None:
    log = read_log(["hello", "", "world"], LogSource.DEVICE, near=NEAR)
    assert (log.events, log.lines) == ((), 2)
    assert "2 lines" in log.notices[0]


def test_a_silent_log_is_no_notice() -> None:
    log = read_log([], LogSource.AWS, near=NEAR)
    assert (log.lines, log.events, log.notices) == (0, (), ())


SAMPLES = (
    f"Feb 16 14:00:01 gw charon: 09[IKE] {RETRANSMIT}",
    '2026-02-16T14:00:01 09[CFG] <1> received proposals: IKE:AES_CBC_256',
    'Feb 16 14:00:01 gw pluto[1]: "t/0x1" #12: STATE_MAIN_I3: retransmission; will wait 4 seconds',
    '{"event_timestamp": 1771250401, "details": "AWS tunnel DPD timed out after 3 retransmits"}',
    '{"resource_id": "vpn-1_1.2.3.4", "type": "RouteStatus", "message": {"prefix": "10.0.0.0/8"}}',
    "2026-02-16 14:00:01.000 <RMT> t: Received: Bad peer AS: 65001",
    "2026/02/16 14:00:01 BGP: 169.254.9.2 bad OPEN, remote AS is 65001, expected 65000",
)  # fmt: skip
NOISE = st.text(max_size=200)
PIECES = st.builds(
    lambda line, begin, end, noise: line[begin:end] + noise,
    st.sampled_from(SAMPLES),
    st.integers(0, 60),
    st.integers(0, 160),
    st.one_of(st.just(""), NOISE),
)


@given(st.lists(st.one_of(NOISE, PIECES), max_size=12), st.sampled_from(list(LogSource)))
def test_no_text_whatever_raises_anything(lines: list[str], source: LogSource) -> None:
    for vendor in (None, "strongswan", "libreswan", "bird", "frr", "acme"):
        log = read_log(lines, source, vendor=vendor, near=NEAR)
        assert all(1 <= event.line <= len(lines) for event in log.events)


@given(st.lists(NOISE, max_size=8))
def test_what_is_no_log_tells_nothing(lines: list[str]) -> None:
    plain = [line.translate({ord("["): "(", ord('"'): "'", ord("<"): "("}) for line in lines]
    assert read_log(plain, LogSource.AWS, near=NEAR).events == ()


def test_binary_is_no_log(tmp_path: Path) -> None:
    file = tmp_path / "core"
    file.write_bytes(bytes(range(256)) * 400)
    log = read_log(LogFile(file), LogSource.DEVICE, near=NEAR)
    assert log.events == ()
    assert log.notices


@pytest.mark.parametrize(
    "mark_and_encoding",
    [("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be"), ("", "utf-16-le"), ("", "utf-16-be"),
     ("\ufeff", "utf-8")],
)  # fmt: skip
def test_a_log_in_utf16_reads_as_one_in_utf8(
    tmp_path: Path, mark_and_encoding: tuple[str, str]
) -> None:
    file, (mark, encoding) = tmp_path / "log", mark_and_encoding
    text = "Nov 24 05:30:42 gw charon: 09[IKE] <aws|1> giving up after 5 retransmits — ü\r\n" * 2
    file.write_bytes(text.encode())
    plain = read_log(LogFile(file), LogSource.DEVICE, near=NEAR, name="log")
    assert plain.events
    file.write_bytes((mark + text).encode(encoding))
    assert read_log(LogFile(file), LogSource.DEVICE, near=NEAR, name="log") == plain


def test_a_line_without_end_is_cut_and_not_held(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("x" * 5_000_000)
    tracemalloc.start()
    read_log(LogFile(file), LogSource.DEVICE, near=NEAR)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def busy_log(file: Path, megabytes: int) -> None:
    """Fill a file with what a device logs while a tunnel keeps failing beside one that is well."""
    block = "".join(
        f"Feb 16 14:{minute:02}:{second:02} gw charon: 09[{group}] <vpn|7> {text}\n"
        for minute in range(60)
        for second, (group, text) in enumerate(
            [
                ("IKE", "initiating IKE_SA vpn[7] to 203.0.113.11"),
                ("ENC", "generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]"),
                ("NET", "sending packet: from 192.0.2.10[500] to 203.0.113.11[500] (304 bytes)"),
                ("IKE", "retransmit 1 of request with message ID 0"),
                ("NET", "sending packet: from 192.0.2.10[500] to 203.0.113.11[500] (304 bytes)"),
                ("IKE", "giving up after 5 retransmits"),
                ("NET", "received packet: from 198.51.100.9[4500] to 192.0.2.10[4500] (80 bytes)"),
                ("ENC", "parsed INFORMATIONAL request 12 [ ]"),
                ("ENC", "generating INFORMATIONAL response 12 [ ]"),
                ("KNL", "querying SAD entry with SPI c0ffee01"),
            ]
        )
    )
    with file.open("w") as out:
        for _ in range(megabytes * 1_000_000 // len(block) + 1):
            out.write(block)


def test_a_large_log_is_read_fast_and_in_little_memory(tmp_path: Path) -> None:
    """A sixth of what has to hold: 50 MB in 10 s; the machine that tests may be slow."""
    file = tmp_path / "charon.log"
    busy_log(file, 8)
    begin = time.process_time()
    log = read_log(LogFile(file), LogSource.DEVICE, near=NEAR)
    assert time.process_time() - begin < 5
    assert log.lines > 80_000
    assert len(log.events) == 20_000
    assert any("newest" in notice for notice in log.notices)


def test_every_parser_has_its_face() -> None:
    assert {"strongswan", "libreswan", "bird", "frr"} <= set(vendors())
    for parser in parsers():
        assert parser.VENDOR
        assert parser.__doc__
        assert parser.detect([]) == 0.0


OTHERS = (
    'date=2026-11-22 time=09:00:00 tz="+0100" logid="0101037124" type="event" subtype="vpn" '
    'level="error" vd="root" logdesc="IPsec phase 1 error" action="negotiate" '
    'remip=198.51.100.77 locip=192.0.2.1 vpntunnel="branch" status="negotiate_error" '
    'reason="peer SA proposal not match local policy" msg="no proposal chosen"'
)


def test_what_a_vendors_log_says_of_other_peers_is_nobodys_fault_here() -> None:
    ours = frozenset({"203.0.113.11"})
    log = read_log([OTHERS] * 3, LogSource.DEVICE, near=NEAR, tunnels=ours)
    assert log.vendor == "fortigate"
    assert log.events == ()


def test_the_extent_of_a_log_is_told_by_any_form_of_time() -> None:
    later = OTHERS.replace("09:00:00", "10:30:00")
    log = read_log(["# exported", OTHERS, later, "-- end --"], LogSource.DEVICE, near=NEAR)
    assert log.start == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert log.end == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    record = '{"event_timestamp": 1795481864, "details": "AWS tunnel DPD timed out"}'
    log = read_log([record], LogSource.AWS, near=NEAR)
    assert log.start == log.end == datetime.fromtimestamp(1795481864, UTC)


def test_of_a_busy_log_the_end_is_read_and_of_a_quiet_one_all() -> None:
    busy = [f"Feb 16 14:00:00 gw charon: 09[IKE] <v|{n}> giving up after 5 retransmits"
            for n in range(120_000)]  # fmt: skip
    log = read_log(busy, LogSource.DEVICE, near=NEAR)
    assert [log.events[0].line, log.events[-1].line] == [100_001, 120_000]
    quiet = [busy[0], *["Feb 16 14:00:00 gw charon: 09[KNL] nothing"] * 110_000, busy[1]]
    log = read_log(quiet, LogSource.DEVICE, near=NEAR)
    assert [event.line for event in log.events] == [1, 110_002]
