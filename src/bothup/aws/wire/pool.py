"""The connections of a run, one set for each Origin, shared by all accounts.

An account's signature is in each request, not in the connection, so that a connection that was
opened for one account serves the next: the TLS handshake is paid once a host, not once a Target.
"""

import asyncio
import functools
import ssl
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from bothup.aws.wire.dial import Dialler, Origin
from bothup.aws.wire.held import HeldBytes
from bothup.aws.wire.http import Answer, Connection, Dropped
from bothup.aws.wire.resolve import Resolver
from bothup.errors import Unreachable

T = TypeVar("T")
# Descriptors that are left to the rest of the program.
_SPARE_FILES = 64


class Pool:
    """Keeps connections and bounds them: `per_host` to one Origin, `total` to all of them.

    `held` bounds the bytes of answers in memory and `longest` those of one answer. A connection
    that was idle for `idle_seconds` is not used again: middleboxes forget such ones without a word
    (a NAT gateway of AWS after 350 s), and a request would only end by its time-out. The TLS
    context is made with the first connection that needs it.
    """

    def __init__(
        self,
        tls: Callable[[], ssl.SSLContext],
        *,
        per_host: int,
        total: int,
        held: int,
        longest: int,
        connect_timeout: float,
        idle_seconds: float,
    ) -> None:
        self._dialler = Dialler(Resolver(), functools.cache(tls), connect_timeout)
        self._total = total = min(total, _most_open())
        self._longest, self._idle_seconds = longest, idle_seconds
        self.held = HeldBytes(held)
        self._host_slots = defaultdict[Origin, asyncio.Semaphore](
            lambda: asyncio.Semaphore(per_host)
        )
        self._slots = asyncio.Semaphore(total)
        self._idle = defaultdict[Origin, list[Connection]](list)
        self._open: set[Connection] = set()
        self._dialling = 0
        self._closing = False
        self._none_open = asyncio.Event()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._open)

    async def fetch(self, origin: Origin, request: bytes, read: Callable[[Answer], T]) -> T:
        """Send a request, and return what `read` makes of the answer.

        `read` is called while the answer's bytes count as held; what it returns does not. A
        request that dies with a connection that had stood idle, before any answer, is sent once
        more on a new one: so it must be one that may be made twice. Raises Unreachable.
        """
        async with self._host_slots[origin], self._slots:
            connection = self._idle_one(origin)
            if connection is not None:
                try:
                    return await self._exchange(origin, connection, request, read)
                except Dropped as error:
                    if error.begun:
                        raise
            if self._closing:
                raise Unreachable("the call was given up")
            connection = await self._new(origin)
            return await self._exchange(origin, connection, request, read)

    async def _exchange(
        self, origin: Origin, connection: Connection, request: bytes, read: Callable[[Answer], T]
    ) -> T:
        try:
            return read(await connection.exchange(request))
        finally:
            connection.release()
            if connection.usable:
                connection.idle_since = asyncio.get_running_loop().time()
                self._idle[origin].append(connection)
            else:
                connection.abort()

    def _idle_one(self, origin: Origin) -> Connection | None:
        """Return the connection that was used last and may be used again."""
        fresh_after = asyncio.get_running_loop().time() - self._idle_seconds
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if connection.idle_since > fresh_after:
                return connection
            connection.abort()
        return None

    async def _new(self, origin: Origin) -> Connection:
        if len(self._open) + self._dialling >= self._total:
            self._close_oldest_idle()
        self._dialling += 1
        try:
            connection = await self._dialler.dial(origin, self._connection)
        finally:
            self._dialling -= 1
        if not connection.lost:
            self._open.add(connection)
        if self._closing:
            connection.abort()
        return connection

    def _connection(self) -> Connection:
        return Connection(self.held, self._longest, self._lost)

    def _lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        if not self._open:
            self._none_open.set()

    def _close_oldest_idle(self) -> None:
        oldest = [idle for idle in self._idle.values() if idle]
        if oldest:
            min(oldest, key=lambda idle: idle[0].idle_since).pop(0).abort()

    async def close(self) -> None:
        """Close all connections, and come back when they are closed."""
        self._closing = True
        for connection in self._open:
            connection.abort()
        self._idle.clear()
        if self._open:
            self._none_open.clear()
            await self._none_open.wait()


def _most_open() -> int:
    """Return how many connections the operating system lets the process open."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return sys.maxsize
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(1, soft - _SPARE_FILES)
