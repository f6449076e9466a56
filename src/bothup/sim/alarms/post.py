"""Post: what SNS says to an HTTP endpoint, really sent, one message after the other."""

import contextlib
import http.client
import json
import queue
import threading
from typing import Any
from urllib.parse import urlsplit

import msgspec

_SECONDS = 5.0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message for one endpoint."""

    url: str
    topic: str
    body: dict[str, Any]


class Post:
    """Sends letters from a thread of its own, begun with the first one; a lost letter is lost."""

    def __init__(self) -> None:
        self._letters: queue.Queue[Letter] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def send(self, letter: Letter) -> None:
        """Have a letter sent behind those that wait."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="bothup-sns", daemon=True)
                self._thread.start()
        self._letters.put(letter)

    def _work(self) -> None:
        while True:
            letter = self._letters.get()
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                _deliver(letter)


def _deliver(letter: Letter) -> None:
    place = urlsplit(letter.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_SECONDS)
    headers = {
        "x-amz-sns-message-type": letter.body["Type"],
        "x-amz-sns-message-id": letter.body["MessageId"],
        "x-amz-sns-topic-arn": letter.topic,
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
    }
    try:
        connection.request("POST", place.path or "/", json.dumps(letter.body), headers)
        connection.getresponse().read()
    finally:
        connection.close()
