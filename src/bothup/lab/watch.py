"""Watch: a daemon's SAs by its own events, all the time and not only when somebody asks."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bothup.lab.charon import Vici, children

_EVENTS = ["child-updown", "child-rekey", "ike-updown"]
_LOOK = 0.25


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A time without any CHILD_SA: `time.monotonic` seconds; `end` is None while it lasts.

    `why` is the daemon's event that began it, with its time.
    """

    begin: float
    end: float | None = None
    why: str = ""

    def __str__(self) -> str:
        lasted = "it lasts" if self.end is None else f"for {self.end - self.begin:.3f} s"
        return f"no CHILD_SA since {self.why}, {lasted}"


class Watch:
    """Which CHILD_SAs a daemon has; it ends when the daemon does, and then none is left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()
        self._known: set[str] = set()
        self._gaps: list[Gap] = []
        self._events: list[str] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with what there is; raises OSError where the daemon does not listen."""
        self._stop.clear()
        heard = Vici(self._path)
        told = heard.session.listen(_EVENTS, _LOOK)
        first = next(told)
        # From here on nothing escapes the watch: what there is now, and every event from now on.
        asked = Vici(self._path)
        with self._lock:
            self._known = _installed(asked.session)
            self._note("begins")
        asked.close()
        self._thread = threading.Thread(target=self._listen, args=(heard, first, told), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch: nothing is known of the daemon any more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)
            self._thread = None

    @property
    def up(self) -> bool:
        """Whether there is a CHILD_SA."""
        with self._lock:
            return bool(self._known)

    def gaps(self, since: float) -> list[Gap]:
        """The times without a CHILD_SA that reach to after `since`."""
        with self._lock:
            return [gap for gap in self._gaps if gap.end is None or gap.end > since]

    def events(self) -> list[str]:
        """What the daemon told, each with its time and the CHILD_SAs that there were after it."""
        with self._lock:
            return list(self._events)

    def _listen(self, heard: Vici, first: Any, told: Iterator[Any]) -> None:
        with contextlib.suppress(OSError, ValueError), contextlib.closing(heard):
            for kind, event in itertools.chain((first,), told):
                if self._stop.is_set():
                    break
                if kind is not None:
                    with self._lock:
                        self._enter(kind.decode(), event)
                        self._note(" ".join(_words(kind.decode(), event)))
        with self._lock:
            self._known = set()
            self._note("ends")

    def _enter(self, kind: str, event: dict[str, Any]) -> None:
        up = event.get("up") == b"yes"
        for ike in event.values():
            if not isinstance(ike, dict):
                continue
            for child in ike.get("child-sas", {}).values():
                if kind == "child-rekey":
                    self._known.discard(child["old"]["uniqueid"].decode())
                    self._known.add(child["new"]["uniqueid"].decode())
                elif up and kind == "child-updown":
                    self._known.add(child["uniqueid"].decode())
                elif not up:
                    self._known.discard(child["uniqueid"].decode())

    def _note(self, event: str) -> None:
        """Begin or end a gap; called with the lock held."""
        told = f"{datetime.now(UTC):%H:%M:%S.%f} {event}"
        self._events.append(f"{told}: {' '.join(sorted(self._known)) or 'none'}")
        missing = bool(self._gaps) and self._gaps[-1].end is None
        if self._known and missing:
            self._gaps[-1] = msgspec.structs.replace(self._gaps[-1], end=time.monotonic())
        elif not self._known and not missing:
            self._gaps.append(Gap(begin=time.monotonic(), why=told))


def _installed(asked: Any) -> set[str]:
    return {child["uniqueid"].decode() for _, _, child in children(list(asked.list_sas()))}


def _words(kind: str, event: dict[str, Any]) -> Iterator[str]:
    """An event in a line: what, whether up, the IKE_SAs' and CHILD_SAs' numbers."""
    yield kind
    if kind.endswith("updown"):
        yield "up" if event.get("up") == b"yes" else "down"
    for name, ike in event.items():
        if isinstance(ike, dict):
            yield f"{name}[{ike.get('uniqueid', b'?').decode()}]"
            for child in ike.get("child-sas", {}).values():
                pair = [child[each] for each in ("old", "new") if each in child] or [child]
                yield "->".join(f"{each.get('uniqueid', b'?').decode()}" for each in pair)
