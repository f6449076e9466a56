"""Wire: makes calls to services that speak one of AWS's Query protocols.

A call costs a small part of what it costs through an SDK client, and needs no client for each
account and Region: who calls, and where, are arguments.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urljoin

import msgspec

from bothup import __version__
from bothup.aws.wire.answer import error_of, values
from bothup.aws.wire.credentials import Credentials
from bothup.aws.wire.deadlines import Deadlines
from bothup.aws.wire.dial import Origin
from bothup.aws.wire.http import Answer
from bothup.aws.wire.operation import Operation
from bothup.aws.wire.pool import Host, Pool
from bothup.aws.wire.proxy import proxy_for
from bothup.aws.wire.query import form
from bothup.aws.wire.sigv4 import Signing
from bothup.aws.wire.tls import tls_context
from bothup.aws.wire.url import split_url
from bothup.errors import AwsError, Unreachable, UsageError

_MIB = 1024 * 1024
_log = logging.getLogger("bothup.aws.wire")
# What AWS answers when the clock here is wrong; EC2 then says no more than AuthFailure.
_CLOCK_CODES = frozenset(
    {
        "AuthFailure",
        "InvalidSignatureException",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
# AWS accepts a signature for five minutes around its time.
_SKEW = timedelta(minutes=4)
_LONGEST_MESSAGE = 1000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Endpoint(msgspec.Struct, frozen=True):
    """Where a service answers: its URL, and the Region and the service name to sign for."""

    url: str
    region: str
    service: str


class _Route(NamedTuple):
    """The way to an endpoint: how to sign for it, whom to ask, and how a request begins."""

    signing: Signing
    host: Host
    start: str


class _Refusal(NamedTuple):
    """An answer that is not a success, with what decides whether to ask again."""

    error: AwsError
    status: int
    date: str | None
    location: str | None


class Wire:
    """Makes calls over shared connections; an async context manager, for one event loop.

    `ca_bundle` and `proxies` are the SDK's settings of these names (see `tls_context` and
    `proxy_for` for what holds without them). `per_host` and `total` bound the connections, `held`
    the bytes of answers in memory and `longest` those of one answer. A connection must be open
    within `connect_timeout` and is closed after `idle_seconds`. `now` is the clock.
    """

    def __init__(
        self,
        *,
        ca_bundle: str | None = None,
        proxies: Mapping[str, str] | None = None,
        per_host: int = 64,
        total: int = 512,
        held: int = 64 * _MIB,
        longest: int = 32 * _MIB,
        connect_timeout: float = 10.0,
        idle_seconds: float = 60.0,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._proxies, self._now = proxies, now
        self._deadlines = Deadlines()
        self._pool = Pool(
            partial(tls_context, ca_bundle),
            self._deadlines,
            per_host=per_host,
            total=total,
            held=held,
            longest=longest,
            connect_timeout=connect_timeout,
            idle_seconds=idle_seconds,
        )
        self._routes: dict[Endpoint, _Route] = {}
        self._skew = timedelta()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._pool.close()
        self._deadlines.close()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._pool.connections

    @property
    def held(self) -> int:
        """How many bytes of answers are held in memory."""
        return self._pool.held.held

    def now(self) -> datetime:
        """Tell the time by the services' clock: the one here, corrected where it was wrong."""
        return self._now() + self._skew

    async def open(self, endpoints: Iterable[Endpoint]) -> None:
        """Open a connection to each endpoint ahead of the calls; one may be named several times.

        One after the other is begun, whatever is under way meanwhile: handshakes take the
        processor, and hundreds at once would keep every answer waiting for the last of them.
        What goes wrong is for the calls to find out.
        """
        routes = [self._routes.get(each) or self._new_route(each) for each in endpoints]
        async with asyncio.TaskGroup() as group:
            for route in routes:
                if self._pool.has_room(route.host):
                    group.create_task(self._open(route))
                    await asyncio.sleep(0)

    async def _open(self, route: _Route) -> None:
        with contextlib.suppress(AwsError, UsageError):
            await self._pool.open(route.host)

    async def call(
        self,
        operation: Operation,
        params: Mapping[str, Any],
        *,
        endpoint: Endpoint,
        credentials: Credentials,
        timeout: float,  # noqa: ASYNC109 - the one bound on all parts of a call
    ) -> dict[str, Any]:
        """Call an operation that may be made twice, and return its answer without secrets.

        `params` and the answer have the SDK's names. `timeout` is in seconds, for all of the call:
        waiting for a free connection, connecting and reading included.

        Raises AwsError: Denied, CredentialsRejected, Expired, NotEnabled, Throttled, Unreachable,
        or AwsError itself with AWS's code; `retryable` says whether to call again, which is up to
        the caller but for two cases: a connection that turned out to be dead, and a clock that is
        wrong. Raises UsageError where endpoint, proxy or CA bundle make no sense.
        """
        body = form(operation, params)
        problem: AwsError
        try:
            with self._deadlines.within(timeout):
                return await self._call(operation, body, endpoint, credentials)
        except TimeoutError:
            problem = Unreachable(f"no answer within {timeout:.3g} s")
        except AwsError as error:
            problem = error
        host = split_url(endpoint.url).authority
        text = credentials.masked(str(problem))[:_LONGEST_MESSAGE]
        problem.args = (f"{operation.name} at {host}: {text}",)
        raise problem

    async def _call(
        self, operation: Operation, body: bytes, endpoint: Endpoint, credentials: Credentials
    ) -> dict[str, Any]:
        moved = corrected = False
        while True:
            route = self._routes.get(endpoint) or self._new_route(endpoint)
            at = self._now() + self._skew
            request = _request(route, body, credentials, at)
            read = partial(_read, operation, route.host.origin.host, time.monotonic())
            outcome = await self._pool.fetch(route.host, request, read)
            if not isinstance(outcome, _Refusal):
                return outcome
            if not moved and (new_url := _moved_to(endpoint.url, outcome)):
                endpoint, moved = msgspec.structs.replace(endpoint, url=new_url), True
            elif not corrected and (skew := _skew(at, outcome)):
                self._skew, corrected = at + skew - self._now(), True
            else:
                raise outcome.error

    def _new_route(self, endpoint: Endpoint) -> _Route:
        url = endpoint.url
        parts = split_url(url)
        if not parts.sendable:
            raise UsageError("an endpoint URL has a blank or a letter that is not ASCII")
        proxy = proxy_for(url, self._proxies)
        signing = Signing(
            "POST",
            url,
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            region=endpoint.region,
            service=endpoint.service,
        )
        unsigned = {"User-Agent": f"bothup/{__version__}", "Accept-Encoding": "gzip"}
        target = parts.target
        if proxy and parts.scheme == "http":
            target = f"http://{parts.authority}{target}"
            if proxy.authorization:
                unsigned["Proxy-Authorization"] = proxy.authorization
        host = self._pool.host(Origin(parts.scheme, parts.host, parts.port, proxy))
        start = f"POST {target} HTTP/1.1\r\n{_lines(signing.headers)}{_lines(unsigned)}"
        route = self._routes[endpoint] = _Route(signing, host, start)
        return route


def _request(route: _Route, body: bytes, credentials: Credentials, at: datetime) -> bytes:
    signed = _lines(route.signing.sign(body, credentials, at))
    head = f"{route.start}{signed}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def _lines(headers: Mapping[str, str]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])


def _read(
    operation: Operation, host: str, began: float, answer: Answer
) -> dict[str, Any] | _Refusal:
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug(
            "POST %s %s: %d, %d bytes, %.1f ms, request %s",
            host,
            operation.name,
            answer.status,
            len(answer.body),
            (time.monotonic() - began) * 1000,
            answer.header(b"x-amzn-requestid") or "-",
        )
    if answer.status == 200:
        return values(operation, answer.body)
    return _Refusal(
        error_of(answer.status, answer.body),
        answer.status,
        answer.header(b"date"),
        answer.header(b"location"),
    )


def _moved_to(url: str, refusal: _Refusal) -> str | None:
    """Return where a service has moved to, None where it has not or is not to be followed.

    A request carries a session token, so it is sent on to the same host only, and never from TLS
    to plain text. Only 307 and 308 keep the method and the body.
    """
    if refusal.status not in (307, 308) or not refusal.location:
        return None
    try:
        new_url = urljoin(url, refusal.location)
        old, new = split_url(url), split_url(new_url)
    except (ValueError, UsageError):
        return None
    same = old.host == new.host and (new.scheme == "https" or old.scheme == "http")
    return new_url if same and new.sendable else None


def _skew(signed_at: datetime, refusal: _Refusal) -> timedelta | None:
    """Return how far the service's clock is ahead of the one that signed, None if close enough."""
    if refusal.error.code not in _CLOCK_CODES or not refusal.date:
        return None
    from email.utils import parsedate_to_datetime

    try:
        skew = parsedate_to_datetime(refusal.date) - signed_at
    except (ValueError, TypeError):
        return None
    return skew if abs(skew) > _SKEW else None
