"""The connections of a run, one set for each Origin, shared by all accounts.

An account's signature is in each request, not in the connection, so that a connection that was
opened for one account serves the next: the TLS handshake is paid once a host, not once a Target.
"""

import asyncio
import functools
import math
import ssl
import sys
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from bothup.aws.wire.deadlines import Deadlines
from bothup.aws.wire.dial import Dialler, Origin
from bothup.aws.wire.held import HeldBytes
from bothup.aws.wire.http import Answer, Connection, Dropped
from bothup.aws.wire.resolve import Resolver
from bothup.errors import Unreachable

T = TypeVar("T")
# Descriptors that are left to the rest of the program.
_SPARE_FILES = 64
# Seconds that a call waits for a connection in use before it opens one more than the host's share:
# a TLS handshake costs as much as many calls, and soon enough some other call will be done.
_PATIENCE = 0.1
# A host's share is only this part of the connections that it may have, and one call of so many that
# wait has another one opened at once: that pays in a long run, while a short one needs no more.
_LEAN, _FEW = 0.5, 16
# Bytes that are read at once. asyncio's own 256 KiB cost more to get than most answers to read.
_BUFFER = 64 * 1024


class Host:
    """The connections to one Origin; `places` counts those that are open or about to be."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.places = 0
        self.idle: list[Connection] = []
        self.waiting: deque[Waiter] = deque()

    def first_waiting(self) -> "Waiter | None":
        """Take the call that waits for the longest out of the queue."""
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                return waiter
        return None


# A call that waits for a connection; or for None, which is a place for a new one, already taken.
Waiter = asyncio.Future[Connection | None]


class Pool:
    """Keeps connections and bounds them: `per_host` to one Origin, `total` to all of them.

    A host that has its share of the total gets one more for some of the calls that wait, and
    for one that has waited in vain for one of those it has. `held` bounds the bytes of answers
    in memory and `longest` those of one answer. A connection that was idle for `idle_seconds`
    is not used again: middleboxes forget such ones without a word (a NAT gateway of AWS after
    350 s), and a request would only end by its time-out. The TLS context is made with the first
    connection that needs it.
    """

    def __init__(
        self,
        tls: Callable[[], ssl.SSLContext],
        deadlines: Deadlines,
        *,
        per_host: int,
        total: int,
        held: int,
        longest: int,
        connect_timeout: float,
        idle_seconds: float,
    ) -> None:
        self._deadlines = deadlines
        self._dialler = Dialler(Resolver(), functools.cache(tls), connect_timeout, deadlines)
        self._per_host, self._total = per_host, min(total, _most_open())
        self._longest, self._idle_seconds = longest, idle_seconds
        self.held, self._buffer = HeldBytes(held), memoryview(bytearray(_BUFFER))
        self._hosts: dict[Origin, Host] = {}
        self._starved: deque[tuple[Host, Waiter]] = deque()
        self._patient: deque[tuple[float, Host, Waiter]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._places = self._waited = 0
        self._open: dict[Connection, Host] = {}
        self._closing = False
        self._none_open = asyncio.Event()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def host(self, origin: Origin) -> Host:
        """Return the connections to an Origin, for `fetch`."""
        return self._hosts.setdefault(origin, Host(origin))

    async def fetch(self, host: Host, request: bytes, read: Callable[[Answer], T]) -> T:
        """Send a request, and return what `read` makes of the answer.

        `read` is called while the answer's bytes count as held; what it returns does not. A
        request that dies with a connection that had stood idle, before any answer, is sent once
        more on a new one: so it must be one that may be made twice. Raises Unreachable.
        """
        connection = self._idle_one(host) or await self._wait(host)
        if connection is not None:
            try:
                return await self._exchange(host, connection, request, read)
            except Dropped as error:
                if error.begun:
                    raise
            self._count(host, 1)  # in the place of the one that died
        return await self._exchange(host, await self._new(host), request, read)

    def has_room(self, host: Host) -> bool:
        """Whether a host has less than its share of the connections."""
        return host.places < min(self._share, self._per_host) and self._places < self._total

    async def open(self, host: Host) -> None:
        """Open a connection ahead of the calls, within the host's share; raises Unreachable."""
        if self.has_room(host):
            self._count(host, 1)
            self._hand_on(host, await self._new(host))

    async def close(self) -> None:
        """Close all connections, and come back when they are closed."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        for connection in self._open:
            connection.abort()
        if self._open:
            self._none_open.clear()
            await self._none_open.wait()

    async def _exchange(
        self, host: Host, connection: Connection, request: bytes, read: Callable[[Answer], T]
    ) -> T:
        try:
            return read(await connection.exchange(request))
        finally:
            connection.release()
            self._hand_on(host, connection)

    def _idle_one(self, host: Host) -> Connection | None:
        """Return the connection that was used last and may be used again."""
        fresh_after = self._deadlines.loop.time() - self._idle_seconds
        while host.idle:
            connection = host.idle.pop()
            if connection.usable and connection.idle_since > fresh_after:
                return connection
            connection.abort()
        return None

    async def _wait(self, host: Host) -> Connection | None:
        """Wait for a connection that another call is done with, or for a place for a new one."""
        waiter: Waiter = self._deadlines.loop.create_future()
        host.waiting.append(waiter)
        self._waited += 1
        if host.places < self._share or self._waited % _FEW == 0:
            self._insist(host, waiter)
        else:
            self._patient.append((self._deadlines.loop.time() + _PATIENCE, host, waiter))
            if self._timer is None:
                self._timer = self._deadlines.loop.call_later(_PATIENCE, self._lose_patience)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._hand_on(host, waiter.result())
            raise
        finally:
            if waiter in host.waiting:
                host.waiting.remove(waiter)

    @property
    def _share(self) -> int:
        """How many connections a host gets without more ado."""
        return math.ceil(_LEAN * self._total / len(self._hosts))

    def _lose_patience(self) -> None:
        """Get a place for those who have waited long enough; one timer is enough for all."""
        self._timer = None
        now = self._deadlines.loop.time()
        while self._patient:
            ends, host, waiter = self._patient[0]
            if not waiter.done():
                if ends > now:
                    self._timer = self._deadlines.loop.call_at(ends, self._lose_patience)
                    return
                self._insist(host, waiter)
            self._patient.popleft()

    def _insist(self, host: Host, waiter: Waiter) -> None:
        """Get a place for a call, as soon as there is one."""
        self._starved.append((host, waiter))
        self._feed()

    def _feed(self) -> None:
        """Give places to the calls that need one."""
        while self._starved:
            host, waiter = self._starved[0]
            if not waiter.done() and host.places < self._per_host:
                if self._places >= self._total and not self._close_oldest_idle():
                    return
                self._count(host, 1)
                waiter.set_result(None)
            # At a host that is full another call has to end: then this one goes on.
            self._starved.popleft()

    def _hand_on(self, host: Host, connection: Connection | None) -> None:
        """Let another call have a connection, or a place, that is no longer needed."""
        if connection is None:
            self._leave(host)
        elif not connection.usable:
            connection.abort()
        elif waiter := host.first_waiting():
            waiter.set_result(connection)
        else:
            connection.idle_since = self._deadlines.loop.time()
            host.idle.append(connection)
            if self._starved:
                self._feed()

    def _leave(self, host: Host) -> None:
        """Give a place back."""
        self._count(host, -1)
        if waiter := host.first_waiting():
            # It goes on waiting at its host, too: its place may be one too many elsewhere.
            host.waiting.appendleft(waiter)
            self._starved.appendleft((host, waiter))
        self._feed()

    def _count(self, host: Host, places: int) -> None:
        host.places += places
        self._places += places

    async def _new(self, host: Host) -> Connection:
        """Open a connection, for which a place is taken."""
        try:
            self._check()
            connection = await self._dialler.dial(host.origin, self._connection)
        except BaseException:
            self._leave(host)
            raise
        if connection.lost:
            self._leave(host)
        else:
            self._open[connection] = host
        if self._closing:
            connection.abort()
        return connection

    def _check(self) -> None:
        if self._closing:
            raise Unreachable("the call was given up")

    def _connection(self) -> Connection:
        return Connection(self._buffer, self.held, self._longest, self._lost)

    def _lost(self, connection: Connection) -> None:
        if host := self._open.pop(connection, None):
            self._leave(host)
        if not self._open:
            self._none_open.set()

    def _close_oldest_idle(self) -> bool:
        """Make room; false where no connection is idle."""
        idle = [host for host in self._hosts.values() if host.idle]
        if not idle:
            return False
        host = min(idle, key=lambda host: host.idle[0].idle_since)
        connection = host.idle.pop(0)
        connection.abort()
        if self._open.pop(connection, None):
            self._count(host, -1)
        return True


def _most_open() -> int:
    """Return how many connections the operating system lets the process open."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return sys.maxsize
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(1, soft - _SPARE_FILES)
