"""What AWS's BGP log says of each event of BIRD, which speaks for AWS's side.

The messages are those of "Tunnel BGP logs" in the AWS Site-to-Site VPN user guide; which of BIRD's
lines stands for which of them was never compared with a real endpoint. What has no row has no
message at AWS either.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from bothup.lab.bird import Neighbor
from bothup.sim.evidence.bgp import BgpLine

# BIRD's words, and AWS's. {neighbor} is the device's inside address.
MESSAGES: tuple[tuple[str, str], ...] = (
    (
        r"Error: Bad peer AS: (?P<asn>\d+)",
        (
            "detected a bad OPEN message from neighbor {neighbor} - remote AS is {asn}, "
            "expected {expected}"
        ),
    ),
    (r"Error: Hold timer expired", "sent a Hold Timer Expired notification to neighbor {neighbor}"),
    (
        r"import limit|[Rr]oute limit exceeded|receives too many routes",
        (
            "detected the maximum prefix limit was exceeded - received {over} prefixes from "
            "neighbor {neighbor}, limit is {limit}"
        ),
    ),
    (
        r"Received: Administrative shutdown",
        "received a notification 6/2 (Cease/Administrative Shutdown) from neighbor {neighbor}",
    ),
    (
        r"Received: Peer de-configured",
        "received a notification 6/3 (Cease/Peer Unconfigured) from neighbor {neighbor}",
    ),
    (
        r"Received: Administrative reset",
        "received a notification 6/4 (Cease/Administrative Reset) from neighbor {neighbor}",
    ),
    (
        r"Received: Connection rejected",
        "received a notification 6/5 (Cease/Connection Rejected) from neighbor {neighbor}",
    ),
    (
        r"Received: Other configuration change",
        "received a notification 6/6 (Cease/Other Configuration Change) from neighbor {neighbor}",
    ),
    (
        r"Received: Maximum number of prefixes reached",
        (
            "received a notification 6/1 (Cease/Maximum Number of Prefixes Reached) from neighbor "
            "{neighbor}"
        ),
    ),
    (
        r"Shutdown requested",
        "sent a notification 6/2 (Cease/Administrative Shutdown) to neighbor {neighbor}",
    ),
)
_TOO_MANY = "sent a notification 6/1 (Cease/Maximum Number of Prefixes Reached) to neighbor {}"
# BIRD's words, and the states that the session goes through.
_STATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r": Connecting to ", ("Connect",)),
    (r": Connected$|: Incoming connection from \S+ .*accepted", ("Connect", "OpenSent")),
    (r": BGP session established", ("OpenSent", "OpenConfirm", "Established")),
    (r": (?:Connection|Connect) (?:timed out|refused|closed|lost)|: Socket: ", ("Active",)),
    (r": BGP session closed|: Down$|Error: Bad peer AS|Received: Bad peer AS", ("Idle",)),
)
_ROUTE = re.compile(r"route (?P<prefix>\S+) path \(path ?(?P<path>[\d ]*)\) (?P<what>taken|denied)")
_DENIED = "DENIED due to: as-path contains our own AS"
_LINE = re.compile(r"(?P<time>\d{4}-\d\d-\d\d [\d:]+\.\d+) <\w+> (?P<text>.*)")
_ORDER = ("Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established")

_SEARCH = tuple((re.compile(words), message) for words, message in MESSAGES)
_CHANGES = tuple((re.compile(words), states) for words, states in _STATES)


class BgpReader:
    """Reads BIRD's log as it grows; `established` is how the session stands."""

    def __init__(self, neighbor: Neighbor) -> None:
        self.neighbor = neighbor
        self._state = "Idle"

    @property
    def established(self) -> bool:
        """Whether the session is up."""
        return self._state == "Established"

    def fell(self) -> None:
        """The daemon was ended, and the session with it."""
        self._state = "Idle"

    def read(self, lines: Iterable[str]) -> Iterator[BgpLine]:
        """What AWS's log says of these lines."""
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            time = datetime.fromisoformat(found["time"]).replace(tzinfo=UTC)
            for kind, status, message in self._said(found["text"]):
                yield BgpLine(time=time, type=kind, status=status, message=message)

    def _said(self, text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if route := _ROUTE.search(text):
            yield self._route(route)
            return
        for search, message in _SEARCH:
            if found := search.search(text):
                yield from self._told(message, found.groupdict())
                break
        for search, states in _CHANGES:
            if search.search(text):
                # Another attempt without a word of the last one: that one found nobody.
                in_vain = states == (self._state,) and self._state == "Connect"
                for state in ("Active", *states) if in_vain else states:
                    yield from self._change(state)
                break

    def _told(self, message: str, found: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
        limit = self.neighbor.limit or 0
        if "notification" in message and self._state == "Idle":
            return
        details = message.format(
            neighbor=self.neighbor.address,
            expected=self.neighbor.asn,
            over=limit + 1,
            limit=limit,
            **found,
        )
        yield "BGPStatus", "DOWN", {"details": f"AWS-side peer {details}"}
        if "maximum prefix limit" in message:
            told = _TOO_MANY.format(self.neighbor.address)
            yield "BGPStatus", "DOWN", {"details": f"AWS-side peer {told}"}

    def _change(self, state: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """A state is told of where it is new; one that lies behind already is not gone through."""
        behind = _ORDER.index(state) <= _ORDER.index(self._state)
        again = (self._state, state) == ("Active", "Connect")
        if state == self._state or (behind and state not in ("Idle", "Active") and not again):
            return
        details = (
            f"AWS-side peer BGP session state has changed from {self._state} to {state} "
            f"with neighbor {self.neighbor.address}"
        )
        self._state = state
        yield "BGPStatus", "UP" if state == "Established" else "DOWN", {"details": details}

    def _route(self, found: re.Match[str]) -> tuple[str, str, dict[str, Any]]:
        route: dict[str, Any] = {
            "prefix": found["prefix"],
            "asPath": found["path"].strip(),
            "localPref": 100,
            "med": 100,
            "nextHopIp": self.neighbor.address,
            "weight": 32768,
        }
        if found["what"] == "denied":
            return "RouteStatus", "UPDATED", route | {"details": _DENIED}
        return "RouteStatus", "ADVERTISED", route
