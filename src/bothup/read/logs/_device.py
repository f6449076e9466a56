"""What all logs of devices have in common: whose event a line is, and when it was.

A device has many peers; the AWS end of a tunnel is the peer's address, told by the line itself or
by an earlier line about the same name or number.
"""

import ipaddress
import re
import typing
from functools import lru_cache

from bothup.model.event import Details, Direction, Event, EventKind, Phase, Role
from bothup.read.logs._messages import Found
from bothup.read.logs._parser import Context, Line
from bothup.read.logs._stamps import stamp_of
from bothup.read.logs._tell import details_of, shown

# No line of a log that means something is longer; patterns need not go through what follows.
LONGEST = 2000
_MEMBERS = frozenset(typing.get_type_hints(Details)) - {"peer"}
_MOST_NAMES = 1000
_OPENING = (EventKind.NEGOTIATION_STARTED, EventKind.REKEY_STARTED)


class Device:
    """Makes events of the lines of one device's log."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._peers: dict[str, str] = {}

    def meet(self, name: str, *addresses: str | None) -> None:
        """Keep which peer a name or number of the device's stands for, the newest names only."""
        peer = self.peer_of(*addresses)
        if not name or peer is None:
            return
        if len(self._peers) >= _MOST_NAMES and name not in self._peers:
            del self._peers[next(iter(self._peers))]
        self._peers[name] = peer

    def known(self, name: str) -> str | None:
        """Give the peer that a name or number stands for, if an earlier line has told."""
        return self._peers.get(name)

    def peer_of(self, *addresses: str | None) -> str | None:
        """Choose the AWS end among addresses: one of the connection's, else the first."""
        told = [address for address in addresses if address and _is_address(address)]
        known = (address for address in told if address in self._context.tunnels)
        return next(known, told[0] if told else None)

    def tell(
        self,
        line: Line,
        kind: EventKind,
        phase: Phase | None = None,
        direction: Direction | None = None,
        role: Role | None = None,
        *,
        tunnel: str | None = None,
        details: Details | None = None,
        stamp: str = "",
    ) -> Event:
        """Make an event; `stamp` is the text to read the time from, if that is not the line."""
        number, text = line
        context = self._context
        return Event(
            kind=kind,
            side=context.source.side,
            time=stamp_of(stamp or text, context.near, context.zone),
            phase=phase,
            direction=direction,
            role=role,
            tunnel=tunnel or context.tunnel,
            details=details or {},
            source=context.name,
            line=number,
            text=shown(text),
        )

    def event(
        self,
        line: Line,
        found: Found,
        *,
        name: str = "",
        peer: str | None = None,
        details: Details | None = None,
        stamp: str = "",
    ) -> Event:
        """Make the event that a message of a table is.

        `name` is what the device calls the tunnel or SA, for a line that tells no address.
        """
        message, match = found
        groups = match.groupdict()
        role = message.role or _role(groups.get("role"))
        return self.tell(
            line,
            message.kind,
            message.phase or _phase(groups.get("n")),
            message.direction or _direction(groups.get("way"), role, message.kind),
            role,
            tunnel=self.peer_of(peer, groups.get("peer"), groups.get("local")) or self.known(name),
            details=_details(message.more, match, details),
            stamp=stamp,
        )


def _details(more: Details, found: re.Match[str], known: Details | None) -> Details:
    """Put together what the table, the line and the caller know; the caller knows best."""
    told = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in details_of(found).items()
        if name in _MEMBERS
    }
    kept = {name: value for name, value in told.items() if value != ""}
    return typing.cast("Details", {**more, **kept, **(known or {})})


@lru_cache(maxsize=1000)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _phase(number: str | None) -> Phase | None:
    return {"1": Phase.IKE, "2": Phase.IPSEC}.get(number or "")


def _role(word: str | None) -> Role | None:
    start = (word or " ")[0].lower()
    return {"i": Role.INITIATOR, "r": Role.RESPONDER}.get(start)


def _direction(word: str | None, role: Role | None, kind: EventKind) -> Direction | None:
    start = (word or " ")[0].lower()
    if start in "so":  # sent, sending, outbound
        return Direction.SENT
    if start in "rip":  # received, inbound, processing
        return Direction.RECEIVED
    if role is None or kind not in _OPENING:
        return None
    return Direction.SENT if role is Role.INITIATOR else Direction.RECEIVED
