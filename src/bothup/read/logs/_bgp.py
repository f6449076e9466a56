"""BGP messages as AWS's log and routing daemons word them, on their stable parts.

Codes are those of RFC 4271, section 4.5, and RFC 4486.
"""

import re
from collections.abc import Iterator

from bothup.model.event import Details, Direction, Event, EventKind, Phase
from bothup.read.logs._parser import Line
from bothup.read.logs._tell import Teller, details_of

K = EventKind
_STATES = r"Idle|Connect|Active|OpenSent|OpenConfirm|Established|Clearing|Deleted"
_CHANGE = re.compile(
    rf"(?:changed|went) from (?P<state_from>{_STATES}) to (?P<state_to>{_STATES})"
    r"(?: with neighbor (?P<neighbor>[0-9a-fA-F.:]+))?",
    re.IGNORECASE,
)
_BAD_AS = re.compile(
    r"bad OPEN.*remote AS is (?P<asn>\d+|\{?\w+\}?),? expected (?P<asn_wanted>\d+|\{?\w+\}?)",
    re.IGNORECASE,
)
_NOTIFICATION = re.compile(
    r"(?P<way>sent|received)\b.*?\b(?:notification|neighbor \S+) "
    r"(?P<code>\d{1,2})/(?P<subcode>\d{1,3})",
    re.IGNORECASE,
)
_HOLD = re.compile(r"sent a Hold Timer Expired|hold ?timer expire", re.IGNORECASE)
_LIMIT = re.compile(
    r"(?P<what>limit warning|limit was exceeded).*?received (?P<prefixes>\d+|\{?\w+\}?) prefixes"
    r".*?limit is (?P<limit>\d+|\{?\w+\}?)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?P<way>sent|received) an OPEN message (?:to|from) neighbor (?P<neighbor>[0-9a-fA-F.:]+|\S+)"
    r"(?:.*?\bAS (?P<asn>\d+))?(?:.*?holdtime (?P<hold_time>\d+))?",
    re.IGNORECASE,
)
_CONNECTING = re.compile(r"initiating a connection", re.IGNORECASE)
_DENIED = re.compile(r"DENIED due to: (?P<reason>.+?);?$", re.IGNORECASE)
_END_OF_RIB = re.compile(r"End-of-RIB", re.IGNORECASE)


def bgp_events(teller: Teller, line: Line, text: str, tunnel: str | None) -> Iterator[Event]:
    """Yield the events that one message is; AWS's own placeholders are left out of the details."""

    def tell(
        kind: EventKind, found: re.Match[str] | None, direction: Direction | None = None
    ) -> Event:
        details = _told(found) if found else Details()
        return teller.tell(
            line, kind, phase=Phase.BGP, direction=direction, tunnel=tunnel, details=details
        )

    if found := _CHANGE.search(text):
        yield tell(K.BGP_STATE, found)
    elif found := _BAD_AS.search(text):
        yield tell(K.BGP_BAD_PEER_AS, found, Direction.SENT)
    elif _HOLD.search(text):
        yield tell(K.BGP_HOLD_TIMER_EXPIRED, None, Direction.SENT)
    elif found := _LIMIT.search(text):
        exceeded = found["what"].lower().endswith("exceeded")
        yield tell(K.BGP_PREFIX_LIMIT if exceeded else K.BGP_PREFIX_WARNING, found)
    elif found := _NOTIFICATION.search(text):
        yield tell(K.BGP_NOTIFICATION, found, _way(found))
    elif found := _OPEN.search(text):
        yield tell(K.BGP_OPEN, found, _way(found))
    elif _CONNECTING.search(text):
        yield tell(K.BGP_CONNECTING, None)
    elif _END_OF_RIB.search(text):
        yield tell(K.BGP_END_OF_RIB, None)


def denied(text: str) -> str:
    """Give the reason why a route was denied, as one word; "" where it was not."""
    found = _DENIED.search(text)
    if found is None:
        return ""
    reason = found["reason"].strip().lower()
    if "own as" in reason:
        return "own-as"
    return "next-hop" if "next-hop" in reason else reason.replace(" ", "-")


def _way(found: re.Match[str]) -> Direction:
    return Direction.SENT if found["way"].lower() == "sent" else Direction.RECEIVED


def _told(found: re.Match[str]) -> Details:
    if any(
        value and not value.isdigit() and name in ("asn", "asn_wanted", "prefixes", "limit")
        for name, value in found.groupdict().items()
    ):
        return {}
    details = details_of(found)
    for name in ("state_from", "state_to"):
        if name in details:
            details[name] = details[name].lower()
    return details
