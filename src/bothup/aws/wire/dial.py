"""Opening a connection: straight, through TLS, through a proxy, or through all of them."""

import asyncio
import ssl
from collections.abc import Callable
from typing import TypeVar

import msgspec

from bothup.aws.wire.deadlines import Deadlines
from bothup.aws.wire.http import Connection
from bothup.aws.wire.proxy import Proxy
from bothup.aws.wire.resolve import Resolver
from bothup.errors import Unreachable

P = TypeVar("P", bound=asyncio.BaseProtocol)
# Seconds after which a host's next address is tried: one family may lead nowhere.
_PATIENCE = 1.0
_LONGEST_HEAD = 16 * 1024


class Origin(msgspec.Struct, frozen=True):
    """Where a connection leads to; connections to the same Origin can stand in for each other."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" + (f" (by {self.proxy})" if self.proxy else "")


class Dialler(msgspec.Struct, frozen=True):
    """Opens connections; `tls` gives the context and `seconds` is the time for each of them."""

    resolver: Resolver
    tls: Callable[[], ssl.SSLContext]
    seconds: float
    deadlines: Deadlines

    async def dial(self, origin: Origin, new: Callable[[], Connection]) -> Connection:
        """Open a connection, handshakes included, or raise Unreachable."""
        try:
            with self.deadlines.within(self.seconds):
                return await self._dial(origin, new)
        except TimeoutError:
            raise Unreachable(f"no connection to {origin} within {self.seconds:g} s") from None
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(
                f"{origin} has a certificate that cannot be trusted: {error.verify_message}; "
                "where a proxy inspects TLS, name its CA bundle in AWS_CA_BUNDLE",
                retryable=False,
            ) from None
        except UnicodeError:
            raise Unreachable(f"{origin} cannot be the name of a host", retryable=False) from None
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise Unreachable(f"no connection to {origin}: {reason}") from None

    async def _dial(self, origin: Origin, new: Callable[[], Connection]) -> Connection:
        proxy = origin.proxy
        if proxy is None or origin.scheme == "http":
            _, connection = await self._connect(proxy or origin, new)
            return connection
        transport, tunnel = await self._connect(proxy, _Tunnel)
        try:
            await tunnel.open(transport, origin, proxy)
            connection = new()
            secured = await asyncio.get_running_loop().start_tls(
                transport, connection, self.tls(), server_hostname=origin.host
            )
            assert secured is not None
        except BaseException:
            transport.abort()
            raise
        connection.connection_made(secured)
        return connection

    async def _connect(
        self, hop: Origin | Proxy, new: Callable[[], P]
    ) -> tuple[asyncio.Transport, P]:
        """Try the host's addresses in turn; the last one has all the time that is left."""
        *others, last = await self.resolver.addresses(hop.host, hop.port)
        for address in others:
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await self._connect_to(address, hop, new)
            except (TimeoutError, OSError):
                self.resolver.failed(hop.host, hop.port, address)
        return await self._connect_to(last, hop, new)

    async def _connect_to(
        self, address: str, hop: Origin | Proxy, new: Callable[[], P]
    ) -> tuple[asyncio.Transport, P]:
        secure = hop.scheme == "https"
        return await asyncio.get_running_loop().create_connection(
            new,
            address,
            hop.port,
            ssl=self.tls() if secure else None,
            server_hostname=hop.host if secure else None,
        )


class _Tunnel(asyncio.Protocol):
    """Asks a proxy to pass bytes on to a host (CONNECT, RFC 9110, section 9.3.6)."""

    def __init__(self) -> None:
        self._head = b""
        self._answered = asyncio.get_running_loop().create_future()

    async def open(self, transport: asyncio.Transport, origin: Origin, proxy: Proxy) -> None:
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
