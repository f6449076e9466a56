"""Listener: HTTP/1.1 with keep-alive on a port of this machine, a thread for each connection."""

import contextlib
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bothup.sim.request import Answer, Request

Respond = Callable[[Request], Answer]


class Listener:
    """Serves `respond` on `host` and `port` (0: any free one) until `stop`."""

    def __init__(self, respond: Respond, host: str, port: int) -> None:
        self._server = _Server((host, port), respond)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="bothup-sim", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to serve, in a thread of its own."""
        self._thread.start()

    def wait(self) -> None:
        """Block until serving has ended."""
        self._thread.join()

    def stop(self) -> None:
        """End serving and close every connection."""
        self._server.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], respond: Respond) -> None:
        self.respond = respond
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._to_reset: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def reset_request(self, request: socket.socket) -> None:
        """Have the connection end with RST, as it does when it is closed with no time to linger."""
        request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._open_lock:
            self._to_reset.add(request)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
            reset = request in self._to_reset
            self._to_reset.discard(request)
        if reset:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A caller that hangs up is no news; anything else is a fault of ours and must be seen.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AmazonEC2"
    sys_version = ""
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Answer one request."""
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        self._deliver(self.server.respond(request))

    do_GET = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_POST  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Print nothing."""

    def _deliver(self, answer: Answer) -> None:
        if answer.delivery == "hang":
            self._hang()
        elif answer.delivery == "reset":
            self._reset()
        elif answer.delivery == "chunked":
            self.wfile.write(self._head(answer, ("Transfer-Encoding", "chunked")))
            self.wfile.write(_chunks(answer.body))
        else:
            whole = answer.delivery == "whole"
            body = answer.body if whole else answer.body[: len(answer.body) // 2]
            head = self._head(answer, ("Content-Length", str(len(answer.body))))
            self.wfile.write(head + body)
            if not whole:
                self.close_connection = True
            if answer.delivery == "reset-mid-body":
                self._reset()

    def _head(self, answer: Answer, length: tuple[str, str]) -> bytes:
        reason = self.responses.get(answer.status, ("",))[0]
        lines = [f"{self.protocol_version} {answer.status} {reason}"]
        fields = (*answer.headers, length, ("Date", self.date_time_string()))
        lines += [f"{name}: {value}" for name, value in fields]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _hang(self) -> None:
        """Say nothing until the caller hangs up or the server stops."""
        self.close_connection = True
        while not self.server.stopping.is_set():
            if select.select([self.connection], [], [], 0.1)[0]:
                return

    def _reset(self) -> None:
        """Cut the connection off."""
        self.close_connection = True
        self.server.reset_request(self.connection)


def _chunks(body: bytes, size: int = 4096) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])
