"""A server that speaks HTTP byte by byte, so that it can also speak it badly."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from bothup.aws.wire import Credentials, Endpoint, Wire, operation

DESCRIBE = operation("ec2", "DescribeVpnConnections")
IDENTITY = operation("sts", "GetCallerIdentity")
KEYS = Credentials("AKIDEXAMPLE", "hunter2-secret", "hunter2-token")
EMPTY = b"<DescribeVpnConnectionsResponse><vpnConnectionSet/></DescribeVpnConnectionsResponse>"
NOTHING = {"VpnConnections": []}


def answer(body: bytes = EMPTY, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer with its length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Peer:
    """The server's end of one connection; `number` counts them from 1."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.reader, self.writer, self.number = reader, writer, number

    async def head(self) -> tuple[str, str, dict[str, str]]:
        """Method, target and headers, whose names are in lower case."""
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        method, target, version = first.split(" ")
        assert version == "HTTP/1.1"
        return method, target, {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}

    async def request(self) -> Request:
        method, target, headers = await self.head()
        body = await self.reader.readexactly(int(headers["content-length"]))
        return Request(method, target, headers, body)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close the connection with a TCP reset instead of an end."""
        plain = self.writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Serve = Callable[[Peer], Awaitable[None]]


class RawServer:
    """Serves each connection with `serve` until that returns; keeps the requests it has seen."""

    def __init__(
        self,
        serve: Serve,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._serve, self._host, self._port, self._tls = serve, host, port, tls
        self.connections = self.open = self.most_open = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, self._host, self._port, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"{'https' if self._tls else 'http'}://{host}:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await self._serve(Peer(reader, writer, self.connections))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self.open -= 1
            writer.transport.abort()


def always(reply: bytes, seen: list[Request] | None = None) -> Serve:
    """Answer every request with the same bytes and keep the connection."""

    async def serve(peer: Peer) -> None:
        while True:
            request = await peer.request()
            if seen is not None:
                seen.append(request)
            await peer.send(reply)

    return serve


def in_turn(*replies: bytes, seen: list[Request] | None = None) -> Serve:
    """Answer the requests with these bytes, one after the other, over all connections."""
    left = iter(replies)

    async def serve(peer: Peer) -> None:
        while True:
            request = await peer.request()
            if seen is not None:
                seen.append(request)
            await peer.send(next(left))

    return serve


def once(*pieces: bytes, pause: float = 0.0) -> Serve:
    """Answer one request with these pieces, then close the connection."""

    async def serve(peer: Peer) -> None:
        await peer.request()
        for piece in pieces:
            await peer.send(piece)
            await asyncio.sleep(pause)
        peer.writer.close()
        await peer.writer.wait_closed()

    return serve


async def describe(wire: Wire, url: str, seconds: float = 5.0) -> dict[str, Any]:
    """Call DescribeVpnConnections."""
    endpoint = Endpoint(url, "eu-west-1", "ec2")
    return await wire.call(DESCRIBE, {}, endpoint=endpoint, credentials=KEYS, timeout=seconds)
