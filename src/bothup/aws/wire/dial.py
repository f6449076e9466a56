"""Opening a connection: straight, through TLS, through a proxy, or through all of them."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from bothup.aws.wire.http import Connection
from bothup.aws.wire.proxy import Proxy
from bothup.errors import Unreachable

# Where a host has several addresses, the next one is tried beside the last after this (RFC 8305).
_NEXT_ADDRESS_AFTER = 0.25
_LONGEST_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection leads to; connections to the same Origin can stand in for each other."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" + (f" (by {self.proxy})" if self.proxy else "")


async def dial(
    origin: Origin,
    new: Callable[[], Connection],
    tls: Callable[[], ssl.SSLContext],
    seconds: float,
) -> Connection:
    """Open a connection within so many seconds, handshakes included, or raise Unreachable."""
    try:
        async with asyncio.timeout(seconds):
            return await _dial(origin, new, tls)
    except TimeoutError:
        raise Unreachable(f"no connection to {origin} within {seconds:g} s") from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"{origin} has a certificate that cannot be trusted: {error.verify_message}; where a "
            "proxy inspects TLS, name its CA bundle in AWS_CA_BUNDLE",
            retryable=False,
        ) from None
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise Unreachable(f"no connection to {origin}: {reason}") from None


async def _dial(
    origin: Origin, new: Callable[[], Connection], tls: Callable[[], ssl.SSLContext]
) -> Connection:
    loop = asyncio.get_running_loop()
    proxy = origin.proxy
    tunnelled = proxy is not None and origin.scheme == "https"
    hop = proxy or origin
    first: Callable[[], Connection | _Tunnel] = _Tunnel if tunnelled else new
    transport, protocol = await loop.create_connection(
        first,
        hop.host,
        hop.port,
        ssl=tls() if hop.scheme == "https" else None,
        happy_eyeballs_delay=_NEXT_ADDRESS_AFTER,
    )
    if isinstance(protocol, Connection):
        return protocol
    assert proxy is not None
    try:
        await protocol.open(transport, origin, proxy)
        connection = new()
        secured = await loop.start_tls(transport, connection, tls(), server_hostname=origin.host)
        assert secured is not None
    except BaseException:
        transport.abort()
        raise
    connection.connection_made(secured)
    return connection


class _Tunnel(asyncio.Protocol):
    """Asks a proxy to pass bytes on to a host (CONNECT, RFC 9110, section 9.3.6)."""

    def __init__(self) -> None:
        self._head = b""
        self._answered = asyncio.get_running_loop().create_future()

    async def open(self, transport: asyncio.WriteTransport, origin: Origin, proxy: Proxy) -> None:
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        lines = [f"CONNECT {host}:{origin.port} HTTP/1.1", f"Host: {host}:{origin.port}"]
        if proxy.authorization:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        transport.write("\r\n".join([*lines, "", ""]).encode("ascii"))
        await self._answered
        status = self._head.partition(b" ")[2][:3].decode("latin-1")
        if status == "407":
            raise Unreachable(f"{proxy} wants credentials, or other ones", retryable=False)
        if not status.startswith("2"):
            raise Unreachable(f"{proxy} opens no way to {host}:{origin.port}: {status!r}")

    def data_received(self, data: bytes) -> None:
        self._head += data
        if not self._answered.done():
            if b"\r\n\r\n" in self._head:
                self._answered.set_result(None)
            elif len(self._head) > _LONGEST_HEAD:
                self._answered.set_exception(ConnectionError("the proxy does not speak HTTP"))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the proxy hung up"))
