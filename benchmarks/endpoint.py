"""A fast local AWS: `python -m benchmarks.endpoint`, one process, until it is told to stop.

It answers DescribeVpnConnections, DescribeRegions, GetCallerIdentity, AssumeRole and ListAccounts,
and with `--resources` the pages of DescribeVolumes, DescribeSecurityGroups and DescribeSnapshots,
with texts that were made before the first request, and looks at no signature, so that what is
measured is the client. It prints its port as soon as it listens. GET /tally tells as JSON how
often each action was asked for, and how much processor time the endpoint has taken.

With `--tls FOLDER` it is also a proxy for CONNECT: whatever host the client names, the endpoint
answers in its place, with a certificate whose authority it writes into that folder. So
`HTTPS_PROXY` leads every Region host (ec2.eu-west-1.amazonaws.com …) here, over real TLS.
"""

import argparse
import asyncio
import json
import signal
import ssl
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs

from benchmarks import answers, certificate, pages
from benchmarks.connections import REGIONS

_END_OF_HEAD = b"\r\n\r\n"
_TUNNEL_READY = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Desk:
    """Finds the answer to a request, and counts what was asked for."""

    def __init__(self, connections: int, accounts: int, resources: int) -> None:
        self._asked: Counter[str] = Counter()
        self._accounts = accounts
        self._regions = answers.regions()
        self._connections = {
            name.encode(): answers.vpn_connections(name, connections) for name in REGIONS
        }
        self._pages = pages.of_each(resources) if resources else {}

    def answer(self, request: bytes) -> bytes:
        """The whole HTTP answer to one whole HTTP request."""
        action = _action(request)
        self._asked[action] += 1
        match action:
            case "DescribeVpnConnections":
                region = _between(request, b"Credential=", b",").split(b"/")[2:3]
                return self._connections[region[0] if region else b"us-east-1"]
            case "DescribeRegions":
                return self._regions
            case "AssumeRole":
                role = parse_qs(_body(request))["RoleArn"][0]
                return answers.assumed_role(role.split(":")[4])
            case "GetCallerIdentity":
                return answers.caller_identity(_between(request, b"Credential=", b"/").decode())
            case "ListAccounts":
                return answers.accounts(self._accounts, json.loads(_body(request)).get("NextToken"))
            case "DescribeSnapshotAttribute":
                return pages.public_snapshot()
            case name if name in self._pages:
                token = parse_qs(_body(request)).get("NextToken", ["0"])[0]
                return self._pages[name][int(token)]
            case "tally":
                tally = {"asked": self._asked, "cpu": time.process_time()}
                return answers.answer(200, "application/json", json.dumps(tally).encode())
        return answers.refusal(action)


class Answering(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, desk: Desk, latency: float, tls: ssl.SSLContext | None) -> None:
        self._desk, self._latency, self._tls = desk, latency, tls
        self._unread = b""
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if not self._handshake or self._handshake.done():
            self._answer_what_is_whole()

    def _answer_what_is_whole(self) -> None:
        while length := _request_length(self._unread):
            request, self._unread = self._unread[:length], self._unread[length:]
            if self._tls and request.startswith(b"CONNECT "):
                self._handshake = asyncio.create_task(self._start_tls(self._tls))
            elif self._latency:
                answer = self._desk.answer(request)
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
            else:
                self._transport.write(self._desk.answer(request))

    async def _start_tls(self, tls: ssl.SSLContext) -> None:
        self._transport.write(_TUNNEL_READY)
        encrypted = await asyncio.get_running_loop().start_tls(
            self._transport, self, tls, server_side=True
        )
        if encrypted:
            self._transport = encrypted
            self._answer_what_is_whole()  # the first request may be here before this returns


def _request_length(data: bytes) -> int:
    """The length of the first request in `data`; 0 while it is not whole."""
    head = data.find(_END_OF_HEAD)
    if head < 0:
        return 0
    body = _between(data[: head + 2].lower(), b"\r\ncontent-length:", b"\r\n")
    length = head + len(_END_OF_HEAD) + int(body or 0)
    return length if length <= len(data) else 0


def _action(request: bytes) -> str:
    """Query APIs name the action in the body (or the URL), JSON ones in a header."""
    name = _between(request, b"Action=", b"&")
    if not name:
        name = _between(request, b"AWSOrganizationsV20161128.", b"\r\n")
    if not name:
        name = _between(request, b"GET /", b" ")
    return name.partition(b" ")[0].decode()


def _body(request: bytes) -> str:
    return request.partition(_END_OF_HEAD)[2].decode()


def _between(text: bytes, before: bytes, after: bytes) -> bytes:
    start = text.find(before)
    if start < 0:
        return b""
    start += len(before)
    end = text.find(after, start)
    return text[start:] if end < 0 else text[start:end]


async def _serve(protocol: Callable[[], Answering]) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(protocol, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endpoint", description=__doc__)
    parser.add_argument("--connections", type=int, default=3, help="in each Region")
    parser.add_argument("--accounts", type=int, default=1, help="in the organisation")
    parser.add_argument("--resources", type=int, default=0, help="of each kind, in each Region")
    parser.add_argument("--latency-ms", type=float, default=0, help="before each answer")
    parser.add_argument("--tls", type=Path, metavar="FOLDER", help="for the certificate")
    options = parser.parse_args()
    desk = Desk(options.connections, options.accounts, options.resources)
    tls = certificate.server_context(options.tls) if options.tls else None
    asyncio.run(_serve(lambda: Answering(desk, options.latency_ms / 1000, tls)))


if __name__ == "__main__":
    main()
