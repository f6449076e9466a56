"""Telemetry and options are joined by outside IP, never by position."""

from typing import Any

import pytest
from read_records import HERE, NOW, connection, options, telemetry

from bothup.model.connection import Tunnel, TunnelStatus, VpnConnection
from bothup.read.describe import read_connection

A, B, C = "198.51.100.1", "203.0.113.9", "203.0.113.10"


def tunnels(telemetries: list[Any], tunnel_options: list[Any]) -> tuple[Tunnel, ...]:
    found = read_connection(connection(telemetries, tunnel_options), HERE, NOW)
    assert isinstance(found, VpnConnection), found
    return found.tunnels


def told(tunnel: Tunnel) -> str:
    """Write a tunnel as "address STATUS+" with "+" where it has options."""
    return f"{tunnel.outside_ip or '-'} {tunnel.status}{'+' if tunnel.options else ''}"


JOINS = [
    # telemetry (address, status), addresses of options, the tunnels that result
    ([(A, "UP"), (B, "DOWN")], [B, A], [f"{A} UP+", f"{B} DOWN+"]),
    ([(A, "UP"), (B, "DOWN")], [], [f"{A} UP", f"{B} DOWN"]),
    ([], [A, B], [f"{A} UNKNOWN+", f"{B} UNKNOWN+"]),
    ([], [], []),
    ([(A, "UP")], [A], [f"{A} UP+"]),
    ([(A, "UP")], [A, B], [f"{A} UP+", f"{B} UNKNOWN+"]),
    ([(A, "UP"), (B, "UP")], [A, C], [f"{A} UP+", f"{B} UP", f"{C} UNKNOWN+"]),
    ([(A, "UP"), (B, "UP"), (C, "UP")], [], [f"{A} UP", f"{B} UP", f"{C} UP"]),
    ([("", "DOWN"), ("", "DOWN")], ["", ""], ["- DOWN", "- DOWN"]),
    ([("", "DOWN"), ("", "UP")], [], ["- DOWN", "- UP"]),
    ([(None, "DOWN"), ("  ", "DOWN")], [None, None], ["- DOWN", "- DOWN"]),
    ([], ["", ""], ["- UNKNOWN+", "- UNKNOWN+"]),
    ([], ["", "", ""], ["- UNKNOWN+", "- UNKNOWN+"]),
    ([], [""], ["- UNKNOWN+"]),
    ([(A, "UP")], [A, ""], [f"{A} UP+", "- UNKNOWN+"]),
    ([(A, "UP"), ("", "DOWN")], [A, ""], [f"{A} UP+", "- DOWN"]),
    ([(A, "UP"), (B, "UP")], [A, ""], [f"{A} UP+", f"{B} UP"]),
    ([("", "DOWN")], [""], ["- DOWN"]),
    ([("", "DOWN")], ["", ""], ["- DOWN", "- UNKNOWN+"]),
    ([("", "DOWN")], [A, ""], [f"{A} UNKNOWN+", "- DOWN"]),
    ([(A, "UP"), (A, "DOWN")], [A], [f"{A} DOWN+"]),
    ([(A, "odd"), (A, "DOWN"), (A, "UP")], [], [f"{A} DOWN"]),
    ([(A, "UP"), (A, "odd"), (B, "UP")], [A, A, B], [f"{A} UNKNOWN+", f"{B} UP+"]),
    ([(f" {A} ", "UP")], [A], [f"{A} UP+"]),
]


@pytest.mark.parametrize(("reported", "configured", "expected"), JOINS)
@pytest.mark.parametrize("step", [1, -1], ids=["", "reversed"])
def test_joining(reported: list[Any], configured: list[Any], expected: list[str], step: int):
    entries = [telemetry(address, status) for address, status in reported]
    found = tunnels(entries[::step], [options(address) for address in configured[::step]])
    assert [told(tunnel) for tunnel in found] == expected


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("UP", TunnelStatus.UP),
        (" up\n", TunnelStatus.UP),
        ("Down", TunnelStatus.DOWN),
        ("PROVISIONING", TunnelStatus.UNKNOWN),
        ("", TunnelStatus.UNKNOWN),
        (None, TunnelStatus.UNKNOWN),
    ],
)
def test_status_words(word: str | None, status: TunnelStatus):
    (tunnel,) = tunnels([telemetry(A, word)], [])
    assert (tunnel.status, tunnel.reported_status) == (status, word)


def test_options_go_to_the_tunnel_of_their_address():
    found = tunnels(
        [telemetry(B), telemetry(A)],
        [options(A, StartupAction="start"), options(B, StartupAction="add")],
    )
    assert [(t.outside_ip, t.options and t.options.startup_action) for t in found] == [
        (A, "start"),
        (B, "add"),
    ]


def test_of_telemetry_told_twice_the_worst_status_and_the_latest_change_count():
    entries = [
        telemetry(A, "DOWN", LastStatusChange="2026-01-01T00:00:00Z"),
        telemetry(A, "UP", LastStatusChange="2026-01-03T00:00:00Z"),
        telemetry(A, "UP", LastStatusChange=None),
    ]
    (tunnel,) = tunnels(entries, [])
    assert tunnel.status is TunnelStatus.DOWN
    assert tunnel.status_message == "IPSEC IS DOWN"
    assert tunnel.last_status_change is not None
    assert tunnel.last_status_change.day == 3
    assert tunnels(entries[::-1], []) == (tunnel,)


def test_of_options_told_twice_the_same_count_in_either_order():
    twice = [options(A, StartupAction="start"), options(A, StartupAction="add")]
    assert tunnels([telemetry(A)], twice) == tunnels([telemetry(A)], twice[::-1])
    assert tunnels([], twice) == tunnels([], twice[::-1])


def test_addresses_are_in_numeric_order_and_the_nameless_last():
    addresses = ["", "gateway", "2001:db8::9", "2001:db8::10", "203.0.113.10", "203.0.113.9"]
    found = tunnels([telemetry(address) for address in addresses], [])
    assert [tunnel.outside_ip for tunnel in found] == addresses[::-1]
