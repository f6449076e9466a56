"""BGP: what a tunnel's BGP log tells of the chapters of its life.

The messages are those of "Tunnel BGP logs" in the AWS Site-to-Site VPN user guide; what follows
what is RFC 4271's state machine. BGP goes through the tunnel: without IPsec there is not even a
route to the neighbour, and nothing is tried.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bothup.sim.evidence.chronicle import Chronicle
from bothup.sim.evidence.past import Chapter
from bothup.sim.evidence.scene import Scene, beats
from bothup.sim.ids import digest

HOLD_TIME = 30
_LONGEST = timedelta(seconds=60)
_EVERY = {"prefix-limit": timedelta(minutes=5), "wrong-as": timedelta(minutes=1)}
_USUALLY = timedelta(minutes=2)

# After how many seconds, the status, and the message.
Step = tuple[float, str, dict[str, Any]]


class BgpLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a BGP log; `type` is BGPStatus or RouteStatus."""

    time: datetime
    type: str
    status: str
    message: dict[str, Any]


def bgp_activity(
    scene: Scene, chronicle: Chronicle, start: datetime, end: datetime
) -> Iterator[BgpLine]:
    """The lines from `start` (included) to `end` (not), in their order."""
    session = _Session(scene)
    early = start - _LONGEST
    for span in chronicle.between(early, end):
        chapter = span.chapter
        yield from _lines(session.opening(span.before, chapter), chapter.start, start, end)
        if chapter.ipsec and not chapter.up:
            every = _EVERY.get(scene.tunnel.device.bgp_fault, _USUALLY)
            seed = scene.seed("bgp", chapter.start)
            for _, when in beats(chapter.start, span.until, every, seed, early):
                yield from _lines(session.attempt(chapter), when, start, end)


def _lines(
    steps: Iterable[Step], begin: datetime, start: datetime, end: datetime
) -> Iterator[BgpLine]:
    for seconds, status, message in steps:
        time = begin + timedelta(seconds=seconds)
        if start <= time < end:
            kind = "RouteStatus" if "prefix" in message else "BGPStatus"
            yield BgpLine(time=time, type=kind, status=status, message=message)


class _Session:
    """The BGP session of one tunnel, seen from AWS's side."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._own, self._neighbor = scene.inside
        self._device = scene.tunnel.device

    def opening(self, before: Chapter | None, chapter: Chapter) -> Iterator[Step]:
        """What is logged when a chapter begins."""
        was_up = before is not None and before.up
        if chapter.up and not was_up:
            yield from self._establish()
        elif was_up and not chapter.up:
            yield from self._lose(chapter)

    def attempt(self, chapter: Chapter) -> Iterator[Step]:
        """One attempt to bring the session up while IPsec is up."""
        fault = self._device.bgp_fault
        yield self._changed(0, "Idle", "Connect")
        if fault == "unreachable":
            yield self._changed(8, "Connect", "Active")
        elif fault == "wrong-as":
            yield from self._open(self._scene.customer.asn + 1)
            words = f"remote AS is {self._scene.customer.asn + 1}, expected"
            yield self._down(0.4, f"detected a bad OPEN message from neighbor {self._neighbor} - "
                             f"{words} {self._scene.customer.asn}")  # fmt: skip
        elif fault == "prefix-limit":
            yield from self._open(self._scene.customer.asn)
            yield from self._too_many()
        elif chapter.opening != "hold-timer":
            yield self._changed(0.2, "Connect", "OpenSent")
            yield self._down(0.4, self._cease("received", 5, "Connection Rejected"))

    def _establish(self) -> Iterator[Step]:
        yield self._changed(1, "Idle", "Connect")
        yield from self._open(self._scene.customer.asn, after=1)
        yield self._changed(1.5, "OpenSent", "OpenConfirm")
        yield self._changed(2, "OpenConfirm", "Established", "UP")
        yield from self._routes()
        yield 3, "UP", {"details": f"AWS-side peer sent an End-of-RIB message to neighbor "
                        f"{self._neighbor}"}  # fmt: skip

    def _open(self, asn: int, after: float = 0) -> Iterator[Step]:
        """TCP is up and both sides say who they are."""
        yield self._changed(after + 0.1, "Connect", "OpenSent")
        for seconds, what, who, router in (
            (0.1, f"sent an OPEN message to neighbor {self._neighbor}", self._scene.aws_asn,
             self._own),
            (0.3, f"received an OPEN message from neighbor {self._neighbor}", asn, self._neighbor),
        ):  # fmt: skip
            said = f"version 4, AS {who}, holdtime {HOLD_TIME}, router-id {router}"
            yield self._down(after + seconds, f"{what} - {said}")

    def _routes(self) -> Iterator[Step]:
        """The prefixes that the device announces; a device without accepted ones has a loop."""
        asn = self._scene.customer.asn
        loop = self._device.routes == 0
        path = f"{asn} {self._scene.aws_asn}" if loop else str(asn)
        yield 2.2, "UP", {"details": f"AWS-side peer received update with attributes from neighbor "
                          f"{self._neighbor} - AS path: {path}"}  # fmt: skip
        site = digest("site", self._scene.customer.ip)[0]
        for number in range(self._device.routes or 3):
            route = {
                "prefix": f"10.{site}.{number}.0/24",
                "asPath": path,
                "localPref": 100,
                "med": 100,
                "nextHopIp": self._neighbor,
                "weight": 32768,
            }
            denied = {"details": "DENIED due to: as-path contains our own AS"} if loop else {}
            yield 2.3, "UPDATED" if loop else "ADVERTISED", route | denied

    def _lose(self, chapter: Chapter) -> Iterator[Step]:
        """The session ends: in an orderly way, or because nothing is heard any more."""
        fault = self._device.bgp_fault
        lost = self._changed(0.02, "Established", "Idle")
        if chapter.opening in ("modified", "replaced", "closed"):
            yield self._down(0, self._cease("sent", 2, "Administrative Shutdown"))
        elif chapter.opening == "bgp" and fault == "shutdown":
            yield self._down(0, self._cease("received", 2, "Administrative Shutdown"))
        elif chapter.opening == "bgp" and fault == "prefix-limit":
            yield from self._too_many(0)
            return
        elif chapter.opening == "bgp" and fault == "wrong-as":
            yield self._down(0, self._cease("received", 6, "Other Configuration Change"))
        else:
            waited = 0 if chapter.ipsec else HOLD_TIME
            yield self._down(
                waited, f"sent a Hold Timer Expired notification to neighbor {self._neighbor}"
            )
            lost = self._changed(waited + 0.02, "Established", "Idle")
        yield lost

    def _too_many(self, after: float = 0.5) -> Iterator[Step]:
        """More prefixes come than the gateway takes: 100 where it is a virtual private gateway."""
        cloud = self._scene.cloud
        limit = 1000 if cloud and cloud.id.startswith("tgw-") else 100
        count = limit + 1 + digest("prefixes", self._scene.tunnel.outside_ip)[0] % 40
        if after:
            yield self._changed(after, "OpenSent", "OpenConfirm")
            yield self._changed(after + 0.1, "OpenConfirm", "Established", "UP")
        told = f"received {count} prefixes from neighbor {self._neighbor}, limit is {limit}"
        exceeded = f"detected the maximum prefix limit was exceeded - {told}"
        yield self._down(after + 0.6, exceeded)
        cease = self._cease("sent", 1, "Maximum Number of Prefixes Reached")
        yield self._down(after + 0.61, cease)
        yield self._changed(after + 0.62, "Established", "Idle")

    def _cease(self, way: str, subcode: int, name: str) -> str:
        what = "sent a" if way == "sent" else "received"
        towards = "to" if way == "sent" else "from"
        return f"{what} notification 6/{subcode} (Cease/{name}) {towards} neighbor {self._neighbor}"

    def _changed(self, after: float, old: str, new: str, status: str = "DOWN") -> Step:
        text = f"BGP session state has changed from {old} to {new} with neighbor {self._neighbor}"
        return after, status, {"details": f"AWS-side peer {text}"}

    @staticmethod
    def _down(after: float, what: str) -> Step:
        return after, "DOWN", {"details": f"AWS-side peer {what}"}
