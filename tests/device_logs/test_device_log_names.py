"""What a device calls a peer is kept, but not for ever: a log may have any number of names."""

from datetime import UTC

from bothup.model.bundle import LogSource
from bothup.model.event import EventKind
from bothup.read.logs._device import Device
from bothup.read.logs._parser import Context
from tests.device_logs.telling import NEAR

ONE, TWO, OTHER = "203.0.113.9", "203.0.113.77", "192.0.2.1"


def device(*tunnels: str) -> Device:
    context = Context(
        source=LogSource.DEVICE, near=NEAR, zone=UTC, name="log", tunnels=frozenset(tunnels)
    )
    return Device(context)


def test_the_end_of_aws_is_the_one_that_is_a_tunnel() -> None:
    assert device(ONE).peer_of(OTHER, ONE) == ONE
    assert device().peer_of(None, "", "no address", OTHER, ONE) == OTHER
    assert device(ONE).peer_of("no address") is None


def test_the_newest_names_are_kept() -> None:
    kept = device()
    for number in range(3000):
        kept.meet(f"gw-{number}", ONE)
    kept.meet("gw-2999", TWO)
    assert kept.known("gw-2999") == TWO
    assert kept.known("gw-2500") == ONE
    assert kept.known("gw-0") is None


def test_an_event_has_the_tunnel_of_the_log_where_no_line_tells_one() -> None:
    context = Context(source=LogSource.DEVICE, near=NEAR, zone=UTC, name="log", tunnel=TWO)
    event = Device(context).tell((7, "x"), EventKind.STATUS)
    assert (event.tunnel, event.line, event.source, event.time) == (TWO, 7, "log", None)
