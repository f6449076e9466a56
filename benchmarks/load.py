"""The floor: the same requests and answers with nothing done to them. `python -m benchmarks.load`.

For every account one AssumeRole, and after its answer one DescribeVpnConnections in each Region,
over a fixed number of kept-alive connections. The requests have the size of signed ones, but are
made by putting the account into a text; of the answers only the length is read. What a scan needs
beyond this is its own cost. Prints how many answers came.
"""

import argparse
import asyncio
import ssl
from collections import deque
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from benchmarks.answers import account
from benchmarks.connections import REGIONS

_REQUEST = (
    "POST / HTTP/1.1\r\n"
    "Host: {host}\r\n"
    "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    "X-Amz-Date: 20261101T000000Z\r\n"
    "X-Amz-Security-Token: {token}\r\n"
    "Authorization: AWS4-HMAC-SHA256 Credential=ASIAFAKE{account}/20261101/{region}/{service}/"
    "aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,"
    f" Signature={'0' * 64}\r\n"
    "Content-Length: {length}\r\n\r\n{body}"
)
_TOKEN = "x" * 600
_DESCRIBE = "Action=DescribeVpnConnections&Version=2016-11-15"
_ASSUME = (
    "Action=AssumeRole&Version=2011-06-15&RoleSessionName=bothup&RoleArn="
    "arn%3Aaws%3Aiam%3A%3A{account}%3Arole%2Fbothup-read"
)


class Request(NamedTuple):
    """One call: `sts` is AssumeRole, `ec2` DescribeVpnConnections."""

    service: str
    region: str
    account: str

    def text(self, host: str) -> bytes:
        """The call as it goes over the wire."""
        body = _DESCRIBE if self.service == "ec2" else _ASSUME.format(account=self.account)
        return _REQUEST.format(
            **self._asdict(), host=host, token=_TOKEN, length=len(body), body=body
        ).encode()


class Host:
    """What is still to be asked of one host, and its connections that have nothing to do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.waiting: deque[Request] = deque()
        self.idle: list[Asking] = []

    def put(self, request: Request) -> None:
        """Ask at once, or as soon as a connection is free."""
        if self.idle:
            self.idle.pop().ask(request)
        else:
            self.waiting.append(request)


class Fleet:
    """Counts the answers; each that opens an account puts that account's Regions in the queues."""

    def __init__(self, accounts: int, hosts: dict[tuple[str, str], Host]) -> None:
        self.finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._hosts = hosts
        self._regions = [region for service, region in hosts if service == "ec2"]
        self._expected = accounts * (1 + len(self._regions))
        self._answers = 0
        for name in map(account, range(accounts)):
            self._put("sts", self._regions[0], name)

    def answered(self, request: Request) -> None:
        """The whole answer to `request` is there."""
        self._answers += 1
        if self._answers == self._expected:
            self.finished.set_result(self._answers)
        if request.service == "sts":
            for region in self._regions:
                self._put("ec2", region, request.account)

    def failed(self, why: str) -> None:
        """A floor without one of its answers is none."""
        if not self.finished.done():
            self.finished.set_exception(ConnectionError(why))

    def _put(self, service: str, region: str, name: str) -> None:
        self._hosts[service, region].put(Request(service, region, name))


class Asking(asyncio.Protocol):
    """One connection that asks, waits for the whole answer, and asks again."""

    def __init__(self, fleet: Fleet, host: Host) -> None:
        self._fleet, self._host = fleet, host
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask_next()

    def ask(self, request: Request) -> None:
        self._request = request
        self._transport.write(request.text(self._host.name))

    def data_received(self, data: bytes) -> None:
        if not self._missing:  # the head always comes whole with the first bytes
            head = data.partition(b"\r\n\r\n")[0]
            if not head.startswith(b"HTTP/1.1 200"):
                self._fleet.failed(head.decode())
                return
            self._missing = len(head) + 4 + int(head.rpartition(b"Content-Length: ")[2])
        self._missing -= len(data)
        if not self._missing:
            self._fleet.answered(self._request)
            self._ask_next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fleet.failed(f"{self._host.name} closed a connection: {exc}")

    def _ask_next(self) -> None:
        if self._host.waiting:
            self.ask(self._host.waiting.popleft())
        else:
            self._host.idle.append(self)


class Tunnelling(asyncio.Protocol):
    """Asks the proxy for a host, and waits until it may speak TLS with it."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.opened: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        request = f"CONNECT {self._host}:443 HTTP/1.1\r\nHost: {self._host}:443\r\n\r\n"
        cast("asyncio.Transport", transport).write(request.encode())

    def data_received(self, data: bytes) -> None:
        self.opened.set_result(data)


async def _connect(
    server: tuple[str, int], fleet: Fleet, host: Host, tls: ssl.SSLContext | None
) -> None:
    loop = asyncio.get_running_loop()
    asking = Asking(fleet, host)
    if not tls:
        await loop.create_connection(lambda: asking, *server)
        return
    transport, tunnelling = await loop.create_connection(lambda: Tunnelling(host.name), *server)
    await tunnelling.opened
    encrypted = await loop.start_tls(transport, asking, tls, server_hostname=host.name)
    if encrypted:
        asking.connection_made(encrypted)


async def _load(options: argparse.Namespace) -> int:
    url = urlsplit(options.url)
    server = (url.hostname, url.port)
    tls = ssl.create_default_context(cafile=options.tls) if options.tls else None
    regions = REGIONS[: options.regions]
    calls = [("sts", regions[0]), *(("ec2", region) for region in regions)]
    if tls:
        hosts = {call: Host(".".join((*call, "amazonaws.com"))) for call in calls}
    else:
        hosts = dict.fromkeys(calls, Host(url.netloc))
    fleet = Fleet(options.accounts, hosts)
    names = list(dict.fromkeys(hosts.values()))
    share = options.concurrency // len(names)
    await asyncio.gather(
        *(_connect(server, fleet, host, tls) for host in names for _ in range(share))
    )
    return await fleet.finished


def main() -> None:
    """Ask everything once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("url", help="the endpoint, or with --tls the proxy")
    parser.add_argument("--accounts", type=int, default=59)
    parser.add_argument("--regions", type=int, default=len(REGIONS), help="the first so many")
    parser.add_argument("--concurrency", type=int, default=320, help="connections, all together")
    parser.add_argument("--tls", type=Path, metavar="FILE", help="the authority to trust")
    print(asyncio.run(_load(parser.parse_args())))


if __name__ == "__main__":
    main()
