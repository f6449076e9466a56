"""An HTTP endpoint of this machine that SNS can be told to send to."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Subscriber:
    """What was posted to `url`, in the order in which it came."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/page"
        self.posted: queue.Queue[tuple[dict[str, str], dict[str, Any]]] = queue.Queue()

    def next(self, seconds: float = 20.0) -> dict[str, Any]:
        """Wait for the next message."""
        return self.posted.get(timeout=seconds)[1]

    def alarm(self, seconds: float = 20.0) -> dict[str, Any]:
        """Wait for the next notification of an alarm, and read it."""
        told = self.next(seconds)
        assert told["Type"] == "Notification"
        found: dict[str, Any] = json.loads(told["Message"])
        return found

    def confirm(self, sns: Any, topic: str) -> None:
        """Subscribe to the topic, wait for the token, and give it back."""
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=self.url)
        asked = self.next()
        assert asked["Type"] == "SubscriptionConfirmation"
        sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])


@contextmanager
def subscriber() -> Iterator[Subscriber]:
    """Serve an endpoint for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.posted.put((headers, json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Subscriber(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
