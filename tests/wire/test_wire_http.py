"""HTTP as it is spoken, well and badly: framing, connections, bounds."""

import asyncio
import gc
import gzip
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from answers import connections
from raw_server import (
    DESCRIBE,
    EMPTY,
    KEYS,
    NOTHING,
    Peer,
    RawServer,
    Request,
    Serve,
    always,
    answer,
    describe,
    once,
)

from bothup.aws.wire import Endpoint, Wire, pool
from bothup.aws.wire.answer import values
from bothup.aws.wire.deadlines import Deadlines
from bothup.aws.wire.dial import Dialler, Origin
from bothup.aws.wire.held import HeldBytes
from bothup.aws.wire.http import Connection, Dropped
from bothup.aws.wire.resolve import Resolver
from bothup.aws.wire.tls import tls_context
from bothup.errors import AwsError, Unreachable

OK = b"HTTP/1.1 200 OK\r\n"


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def result_of(serve: Serve, **settings: int) -> object:
    """What one call to such a server returns."""

    async def run() -> object:
        async with RawServer(serve) as server, Wire(**settings) as wire:
            return await describe(wire, server.url)

    return asyncio.run(run())


def error_from(serve: Serve, **settings: int) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        result_of(serve, **settings)
    assert "hunter2" not in str(caught.value)
    assert "DescribeVpnConnections at 127.0.0.1:" in str(caught.value)
    return caught.value


LONG = connections(20)


@pytest.mark.parametrize("body", [EMPTY, LONG])
@pytest.mark.parametrize("size", [1000, 70_000])
@pytest.mark.parametrize(
    "frame",
    [
        lambda body, _: answer(body),
        lambda body, _: answer(gzip.compress(body), "200 OK", "Content-Encoding: gzip"),
        lambda body, size: OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body, size),
        lambda body, size: (
            OK
            + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
            + chunked(gzip.compress(body), size)
        ),
        lambda body, _: b"HTTP/1.1 100 Continue\r\n\r\n" + answer(body),
        lambda body, _: b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(body),
        lambda body, _: OK + b"\r\n" + body,
        lambda body, _: b"HTTP/1.0 200 OK\r\n\r\n" + body,
    ],
    ids=["length", "gzip", "chunked", "both", "continue", "hints", "until the end", "HTTP/1.0"],
)
def test_every_framing_gives_the_same_values(frame: object, body: bytes, size: int) -> None:
    data = frame(body, size)  # type: ignore[operator]
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert result_of(once(*pieces)) == values(DESCRIBE, body)


def test_an_answer_may_come_in_single_bytes() -> None:
    data = b"HTTP/1.1 100 Continue\r\n\r\n" + answer()
    assert result_of(once(*[data[at : at + 1] for at in range(len(data))])) == NOTHING


def test_a_connection_is_kept_for_the_next_call() -> None:
    async def run() -> None:
        seen: list[Request] = []
        async with RawServer(always(answer(), seen)) as server, Wire() as wire:
            for _ in range(5):
                assert await describe(wire, server.url) == NOTHING
            assert (server.connections, len(seen)) == (1, 5)

    asyncio.run(run())


@pytest.mark.parametrize(
    "reply",
    [
        answer(EMPTY, "200 OK", "Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(EMPTY), EMPTY),
        answer() + answer(),
        answer() + b"garbage",
    ],
    ids=["close", "HTTP/1.0", "two answers", "garbage"],
)
def test_a_connection_that_cannot_be_kept_is_not(reply: bytes) -> None:
    async def run() -> None:
        async with RawServer(always(reply)) as server, Wire() as wire:
            for _ in range(3):
                assert await describe(wire, server.url) == NOTHING
            assert server.connections == 3

    asyncio.run(run())


def test_an_idle_connection_that_the_server_closed_is_replaced() -> None:
    async def run() -> None:
        async with RawServer(once(answer())) as server, Wire() as wire:
            assert await describe(wire, server.url) == NOTHING
            await asyncio.sleep(0.05)
            assert await describe(wire, server.url) == NOTHING
            assert server.connections == 2

    asyncio.run(run())


def test_a_connection_that_was_idle_for_long_is_not_used_again() -> None:
    async def run() -> None:
        async with RawServer(always(answer())) as server, Wire(idle_seconds=0.1) as wire:
            for _ in range(3):
                assert await describe(wire, server.url) == NOTHING
            assert server.connections == 1
            await asyncio.sleep(0.2)
            assert await describe(wire, server.url) == NOTHING
            assert (server.connections, wire.connections) == (2, 1)

    asyncio.run(run())


@pytest.mark.parametrize("end", ["reset", "close"])
def test_a_kept_connection_that_dies_unanswered_is_tried_again_on_a_new_one(end: str) -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer())
        await peer.request()
        if peer.number == 1:
            if end == "reset":
                peer.reset()
            return
        await peer.send(answer())
        await peer.request()

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            assert await describe(wire, server.url) == NOTHING
            assert await describe(wire, server.url) == NOTHING
            assert server.connections == 2

    asyncio.run(run())


def test_it_is_tried_again_once_only_and_not_on_another_kept_connection() -> None:
    calls = 0
    all_here = asyncio.Event()

    async def serve(peer: Peer) -> None:
        nonlocal calls
        await peer.request()
        calls += 1
        if calls > 3:
            return
        if calls == 3:
            all_here.set()
        await all_here.wait()
        await peer.send(answer())
        await peer.request()
        calls += 1

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            await asyncio.gather(*(describe(wire, server.url) for _ in range(3)))
            assert server.connections == 3
            with pytest.raises(Unreachable, match="closed unanswered") as caught:
                await describe(wire, server.url)
            assert caught.value.retryable
            assert (server.connections, calls) == (4, 5)

    asyncio.run(run())


def test_a_new_connection_that_dies_unanswered_is_an_error() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()

    assert "closed unanswered" in str(error_from(serve))


@pytest.mark.parametrize("reply", [OK, answer()[:-1], OK + b"Transfer-Encoding: chunked\r\n\r\nff"])
@pytest.mark.parametrize("end", ["reset", "close"])
def test_an_answer_that_breaks_off_is_an_error_and_not_tried_again(reply: bytes, end: str) -> None:
    served = 0

    async def serve(peer: Peer) -> None:
        nonlocal served
        while True:
            await peer.request()
            served += 1
            if served == 2:
                await peer.send(reply)
                await asyncio.sleep(0.05)
                if end == "reset":
                    peer.reset()
                return
            await peer.send(answer())

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            assert await describe(wire, server.url) == NOTHING
            with pytest.raises(Unreachable, match="closed in mid-answer") as caught:
                await describe(wire, server.url)
            assert caught.value.retryable
            assert served == 2
            assert await describe(wire, server.url) == NOTHING

    asyncio.run(run())


def test_an_answer_without_length_is_not_whole_after_a_reset() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK + b"\r\n" + EMPTY)
        await asyncio.sleep(0.05)
        peer.reset()

    assert "closed in mid-answer" in str(error_from(serve))


def test_what_nobody_asked_for_is_not_taken_for_the_next_answer() -> None:
    async def serve(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.send(answer())
            await asyncio.sleep(0.02)
            await peer.send(answer(b"<bye/>", "408 Request Timeout"))

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            for _ in range(3):
                assert await describe(wire, server.url) == NOTHING
                await asyncio.sleep(0.05)
            assert server.connections == 3

    asyncio.run(run())


def test_a_connection_that_ended_before_its_first_request_is_dropped() -> None:
    async def serve(peer: Peer) -> None:
        peer.reset()

    async def run() -> None:
        async with RawServer(serve) as server:
            lost: list[Connection] = []

            def new() -> Connection:
                return Connection(memoryview(bytearray(9)), HeldBytes(1), 1, lost.append)

            origin = Origin("http", "127.0.0.1", server.port)
            connection = await Dialler(Resolver(), tls_context, 5, Deadlines()).dial(origin, new)
            await asyncio.sleep(0.05)
            assert lost == [connection]
            async with asyncio.timeout(1):
                with pytest.raises(Dropped) as caught:
                    await connection.exchange(b"")
            assert not caught.value.begun

    asyncio.run(run())


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (b"SSH-2.0-OpenSSH_9.9\r\n", "not HTTP"),
        (b"HTTP/1.1 OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", "not HTTP"),
        (answer(EMPTY[:-20]), "cut off"),
        (answer(EMPTY[:-20], "200 OK", "Content-Encoding: gzip"), "gzip packing is damaged"),
        (answer(gzip.compress(EMPTY)[:-9], "200 OK", "Content-Encoding: gzip"), "cut off"),
        (answer(EMPTY, "200 OK", "Content-Encoding: br"), "nobody asked for"),
    ],
)
def test_nonsense_is_an_error(reply: bytes, problem: str) -> None:
    assert problem in str(error_from(once(reply)))


@pytest.mark.parametrize(
    "reply",
    [
        answer(b" " * 70_000),
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b" " * 70_000, 1000),
        OK + b"X-Endless: " + b"x" * 70_000,
        answer(gzip.compress(b" " * 70_000), "200 OK", "Content-Encoding: gzip"),
    ],
    ids=["length", "chunked", "header", "gzip"],
)
def test_an_answer_has_a_greatest_length(reply: bytes) -> None:
    error = error_from(once(reply), longest=60_000)
    assert "over 60000 bytes" in str(error) or "too long once unpacked" in str(error)


def test_a_silent_server_is_given_up() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()
        assert peer.reader.at_eof()

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            with pytest.raises(Unreachable, match=r"no answer within 0\.2 s") as caught:
                await describe(wire, server.url, seconds=0.2)
            assert caught.value.retryable
            await asyncio.sleep(0.05)
            # The connection is gone, so that its late answer cannot be taken for another's.
            assert server.open == 0

    asyncio.run(run())


def test_a_server_that_stops_in_mid_answer_is_given_up() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer()[:-5])
        await peer.reader.read()

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            with pytest.raises(Unreachable, match="no answer within"):
                await describe(wire, server.url, seconds=0.2)

    asyncio.run(run())


def test_a_call_that_is_cancelled_leaves_nothing_behind() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        if peer.number == 1:
            await peer.reader.read()
        await peer.send(answer())
        await peer.request()

    async def run() -> None:
        async with RawServer(serve) as server, Wire(per_host=1, total=1) as wire:
            task = asyncio.create_task(describe(wire, server.url))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await describe(wire, server.url) == NOTHING
            assert wire.held == 0

    asyncio.run(run())


def test_no_service_at_the_port_is_an_error() -> None:
    async def run() -> None:
        async with RawServer(always(answer())) as server:
            url = server.url
        async with Wire() as wire:
            with pytest.raises(Unreachable, match="no connection to") as caught:
                await describe(wire, url)
            assert caught.value.retryable

    asyncio.run(run())


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("nowhere.invalid", "no connection to nowhere.invalid:80: "),
        ("a..b", "a..b:80 cannot be the name of a host"),
        ("a" * 64, "cannot be the name of a host"),
    ],
)
def test_a_host_without_an_address_is_an_error(host: str, problem: str) -> None:
    async def run() -> None:
        async with Wire() as wire:
            with pytest.raises(Unreachable) as caught:
                await describe(wire, f"http://{host}")
            assert problem in str(caught.value)

    asyncio.run(run())


class Names:
    """The operating system's name service, with one more host, counting the questions."""

    def __init__(self, **hosts: list[str]) -> None:
        self._hosts, self._real = hosts, socket.getaddrinfo
        self.asked: list[str] = []

    def __call__(self, host: str, *rest: Any, **options: Any) -> list[Any]:
        self.asked.append(host)
        addresses = self._hosts.get(host, [host])
        return [info for each in addresses for info in self._real(each, *rest, **options)]


def test_a_host_is_looked_up_once_for_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(service=["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)

    async def run() -> None:
        async with RawServer(always(answer())) as server, Wire() as wire:
            url = server.url.replace("127.0.0.1", "service")
            await asyncio.gather(*(describe(wire, url) for _ in range(20)))
            assert server.connections > 1
            assert names.asked.count("service") == 1

    asyncio.run(run())


def test_the_next_address_is_tried_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(service=["127.0.0.3", "127.0.0.1"]))

    async def run() -> None:
        async with RawServer(once(answer())) as server, Wire() as wire:
            url = server.url.replace("127.0.0.1", "service")
            assert await describe(wire, url) == NOTHING
            # Somebody is at the first address by now, who must not be asked.
            async with RawServer(once(b"no"), host="127.0.0.3", port=server.port) as other:
                assert await describe(wire, url) == NOTHING
                assert other.connections == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("settings", "most"),
    [({"per_host": 3}, 6), ({"total": 5}, 5), ({"per_host": 2, "total": 3}, 3)],
)
def test_connections_are_bounded_by_host_and_in_total(settings: dict[str, int], most: int) -> None:
    open_now, most_open = 0, 0

    async def serve(peer: Peer) -> None:
        nonlocal open_now, most_open
        open_now += 1
        most_open = max(most_open, open_now)
        try:
            while True:
                await peer.request()
                await asyncio.sleep(0.005)
                await peer.send(answer())
        finally:
            open_now -= 1

    async def run() -> None:
        async with RawServer(serve) as one, RawServer(serve) as two, Wire(**settings) as wire:
            calls = [describe(wire, server.url) for _ in range(20) for server in (one, two)]
            assert await asyncio.gather(*calls) == [NOTHING] * 40

    asyncio.run(run())
    assert most_open == most


@pytest.mark.parametrize(("patience", "most"), [(60, 2), (0.01, 8)])
def test_a_host_gets_more_than_its_share_only_while_its_calls_wait(
    patience: float, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", patience)

    async def serve(peer: Peer) -> None:
        while True:
            await peer.request()
            await asyncio.sleep(0.3)
            await peer.send(answer())

    async def run() -> int:
        async with (
            RawServer(serve) as one,
            RawServer(always(answer())) as two,
            Wire(total=8) as wire,
        ):
            await asyncio.gather(describe(wire, one.url), describe(wire, two.url))
            calls = [describe(wire, one.url) for _ in range(8)]
            assert await asyncio.gather(*calls) == [NOTHING] * 8
            return one.most_open

    assert asyncio.run(run()) == most


@pytest.mark.parametrize(("total", "opened"), [(16, 3), (8, 2)])
def test_connections_that_are_opened_ahead_are_used(total: int, opened: int) -> None:
    """As many as are asked for, or as are a host's share: here a quarter."""

    async def run() -> None:
        async with RawServer(always(answer())) as server, Wire(total=total) as wire:
            here = Endpoint(server.url, "eu-west-1", "ec2")
            nobody = Endpoint("http://127.0.0.1:1", "eu-west-1", "ec2")
            await wire.open([nobody])
            await wire.open([here] * 3)
            assert wire.connections == opened
            calls = [describe(wire, server.url) for _ in range(3)]
            assert await asyncio.gather(*calls) == [NOTHING] * 3
            assert server.connections == opened

    asyncio.run(run())


BOUNDED = """
import asyncio, resource
from raw_server import NOTHING, RawServer, always, answer, describe
from bothup.aws.wire import Wire

async def run():
    async with RawServer(always(answer())) as server, Wire() as wire:
        calls = [describe(wire, server.url) for _ in range(600)]
        assert await asyncio.gather(*calls) == [NOTHING] * 600
        return server.most_open

resource.setrlimit(resource.RLIMIT_NOFILE, (90, 90))
print(asyncio.run(run()))
"""


def test_connections_are_bounded_by_what_the_system_allows() -> None:
    """In a process of its own, which has few files open: 64 of those allowed are left to others."""
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED], capture_output=True, text=True, cwd=Path(__file__).parent
    )
    assert done.stdout.strip() == str(90 - 64), done.stderr


def test_an_idle_connection_makes_room_for_another_host() -> None:
    async def run() -> None:
        async with (
            RawServer(always(answer())) as one,
            RawServer(always(answer())) as two,
            Wire(total=1) as wire,
        ):
            for _ in range(3):
                for server in (one, two):
                    assert await describe(wire, server.url) == NOTHING
            await asyncio.sleep(0.05)
            assert (one.open, two.open) == (0, 1)

    asyncio.run(run())


def test_memory_is_bounded_and_every_call_comes_to_its_end() -> None:
    body = connections(60)
    reply = OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body, 9000)
    most_held = 0

    async def watch(wire: Wire) -> None:
        nonlocal most_held
        while True:
            most_held = max(most_held, wire.held)
            await asyncio.sleep(0)

    async def run() -> None:
        async with RawServer(always(reply)) as server, Wire(held=200_000) as wire:
            watching = asyncio.create_task(watch(wire))
            found = await asyncio.gather(*(describe(wire, server.url, 60) for _ in range(30)))
            watching.cancel()
            assert wire.held == 0
            assert [len(each["VpnConnections"]) for each in found] == [60] * 30
            # The connections that were paused are as good as any other.
            assert len((await describe(wire, server.url))["VpnConnections"]) == 60
            assert server.connections <= 30

    asyncio.run(run())
    assert len(body) < most_held < 30 * len(body) / 2


def test_closing_ends_calls_and_connections() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()

    async def run() -> None:
        async with RawServer(serve) as server:
            async with Wire() as wire:
                calls = [asyncio.create_task(describe(wire, server.url)) for _ in range(3)]
                await asyncio.sleep(0.05)
            assert wire.connections == 0
            for error in await asyncio.gather(*calls, return_exceptions=True):
                assert isinstance(error, Unreachable)
            with pytest.raises(Unreachable, match="given up"):
                await describe(wire, server.url)
            assert server.connections == 3
            await asyncio.sleep(0.05)
            assert server.open == 0
        gc.collect()

    asyncio.run(run())


def test_many_calls_do_not_grow_memory() -> None:
    """Connections, buffers and routes are given back: the calls leave no objects behind."""

    async def run() -> None:
        async with RawServer(always(answer())) as server, Wire() as wire:

            async def calls(count: int) -> int:
                for _ in range(count):
                    await describe(wire, server.url)
                gc.collect()
                return len(gc.get_objects())

            await calls(50)
            before = await calls(50)
            assert await calls(1500) - before < 100

    asyncio.run(run())


def test_a_request_is_written_as_one_piece_of_http() -> None:
    async def run() -> Request:
        seen: list[Request] = []
        async with RawServer(always(answer(), seen)) as server, Wire() as wire:
            await describe(wire, server.url + "/some/path?a=b")
            assert seen[0].headers["host"] == f"127.0.0.1:{server.port}"
        return seen[0]

    request = asyncio.run(run())
    assert (request.method, request.target) == ("POST", "/some/path?a=b")
    assert request.body == b"Action=DescribeVpnConnections&Version=2016-11-15"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"].startswith("bothup/")
    assert request.headers["x-amz-security-token"] == "hunter2-token"
    assert set(request.headers) == {
        "host",
        "content-type",
        "x-amz-date",
        "x-amz-security-token",
        "authorization",
        "user-agent",
        "accept-encoding",
        "content-length",
    }


@pytest.mark.parametrize(
    "url", ["ftp://host", "nonsense", "http://", "http://host:99999", "http://host:0", "http://["]
)
def test_an_endpoint_that_is_no_url_is_a_usage_error(url: str) -> None:
    from bothup.errors import UsageError

    async def run() -> None:
        async with Wire() as wire:
            await wire.call(
                DESCRIBE, {}, endpoint=Endpoint(url, "r", "ec2"), credentials=KEYS, timeout=1
            )

    with pytest.raises(UsageError, match="endpoint URL is malformed"):
        asyncio.run(run())


def test_time_spent_waiting_for_a_connection_counts() -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(30)

    async def run() -> float:
        async with RawServer(serve) as server, Wire(per_host=1) as wire:
            began = time.monotonic()
            calls = [describe(wire, server.url, 0.3) for _ in range(3)]
            found = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(each, AwsError) for each in found)
            return time.monotonic() - began

    assert asyncio.run(run()) < 1


@pytest.mark.parametrize(("total", "per_host"), [(2, 1), (3, 2), (5, 2)])
def test_no_call_is_forgotten_where_connections_die(total: int, per_host: int) -> None:
    """Who was next in turn for a place, and found the host full by then, goes on waiting."""

    async def serve(peer: Peer) -> None:
        for _ in range(1 + peer.number % 3):
            await peer.request()
            await asyncio.sleep(0.001)
            await peer.send(answer())

    async def run() -> None:
        async with (
            RawServer(serve) as one,
            RawServer(serve) as other,
            RawServer(serve) as third,
            Wire(total=total, per_host=per_host) as wire,
        ):
            urls = [one.url, other.url, third.url] * 60
            asked = [describe(wire, url, 60.0) for url in urls]
            # A connection may die under a call twice, too: what counts is that each has ended.
            async with asyncio.timeout(20):
                assert NOTHING in await asyncio.gather(*asked, return_exceptions=True)

    asyncio.run(run())
