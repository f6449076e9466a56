"""One HTTP/1.1 connection: a request goes out, its answer comes back whole.

The bytes are parsed by llhttp (through httptools). An answer ends by its length, by its last chunk,
or with the connection where it has neither (RFC 9112, section 6.3).
"""

import asyncio
import zlib
from collections.abc import Callable
from typing import cast

import httptools
import msgspec

from bothup.aws.wire.held import HeldBytes
from bothup.errors import Unreachable


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; header names are in lower case, of a repeated header the last one counts."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def header(self, name: bytes) -> str | None:
        """Return a header's value, None where there is no such header."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


class Dropped(Unreachable):
    """The connection ended before the answer did; `begun` says whether any of it had arrived."""

    def __init__(self, *, begun: bool) -> None:
        self.begun = begun
        super().__init__(
            "the connection was closed " + ("in mid-answer" if begun else "unanswered")
        )


class Connection(asyncio.BufferedProtocol):
    """A connection to a service, for one request at a time.

    `buffer` is read into; connections of one event loop may share it. `longest` bounds an answer in
    bytes, also after unpacking; `on_lost` is called when the connection is over, whoever ended it.
    """

    def __init__(
        self,
        buffer: memoryview,
        held: HeldBytes,
        longest: int,
        on_lost: Callable[["Connection"], None],
    ) -> None:
        self._buffer, self._held, self._longest, self._on_lost = buffer, held, longest, on_lost
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._keep = True
        self._received = 0
        self._start_over()
        self.lost = False
        self.idle_since = 0.0

    def _start_over(self) -> None:
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []

    @property
    def usable(self) -> bool:
        """Whether another request may be sent."""
        return self._keep and self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> Answer:
        """Send a request and return its answer, whose bytes count as held until `release`.

        Raises Dropped or Unreachable. The connection is closed unless the answer came whole.
        """
        if self._transport is None or not self.usable:
            raise Dropped(begun=False)
        self._start_over()
        self._waiting = self._loop.create_future()
        answer = None
        try:
            self._transport.write(request)
            answer = await self._waiting
            return _unpacked(answer, self._longest)
        finally:
            self._waiting = None
            self._chunks = []
            self._held.done(self)
            if answer is None:
                self.abort()

    def release(self) -> None:
        """Give back the bytes of the last answer."""
        size, self._received = self._received, 0
        self._held.give(size)

    def abort(self) -> None:
        """Close the connection at once."""
        self._keep = False
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Stop reading, see HeldBytes."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on reading, see HeldBytes."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _end(self, error: Unreachable | None = None) -> None:
        if self._waiting is None or self._waiting.done():
            self._keep = False
        elif error is not None:
            self._waiting.set_exception(error)
        else:
            answer = Answer(self._status, self._headers, b"".join(self._chunks))
            self._waiting.set_result(answer)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's
        """Lend the buffer: what is read is taken out of it at once."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Feed the parser."""
        if self._waiting is None or self._waiting.done():
            # Nobody asked: most likely the service says goodbye to an idle connection.
            self.abort()
            return
        self._received += nbytes
        self._held.take(self, nbytes)
        if self._received > self._longest:
            self._end(Unreachable(f"the answer is over {self._longest} bytes", retryable=False))
            return
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._keep = False
            self._end(Unreachable("the answer is not HTTP"))

    def connection_lost(self, exc: Exception | None) -> None:
        """End the answer with the connection, or give it up."""
        self._keep, self.lost = False, True
        framed = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if self._status >= 200 and not framed and exc is None:
            self._end()
        else:
            self._end(Dropped(begun=self._received > 0))
        self._on_lost(self)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Forget the message before: a 1xx, or what nobody asked for."""
        self._start_over()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Keep the status."""
        self._status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        """Hand the answer over."""
        # 1xx announces an answer and is none.
        if self._status >= 200:
            self._keep = self._keep and self._parser.should_keep_alive()
            self._end()


def _unpacked(answer: Answer, longest: int) -> Answer:
    encoding = answer.headers.get(b"content-encoding")
    if encoding is None or encoding.lower() == b"identity":
        return answer
    if encoding.lower() != b"gzip":
        raise Unreachable("the answer is packed in a way nobody asked for", retryable=False)
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(answer.body, longest)
    except zlib.error:
        raise Unreachable("the answer's gzip packing is damaged") from None
    if not unpacker.eof:
        raise Unreachable("the answer was cut off, or is too long once unpacked")
    return msgspec.structs.replace(answer, body=body)
