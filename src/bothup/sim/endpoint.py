"""Endpoint: something real that stands behind a simulated tunnel and tells how it is.

Of a tunnel without one, what its two sides make of each other is worked out.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bothup.sim.evidence.activity import Line
    from bothup.sim.evidence.bgp import BgpLine


class Endpoint(Protocol):
    """AWS's side of one tunnel. It changes the tunnel's condition by itself."""

    def leave(self) -> None:
        """Be taken out of service: the tunnel's endpoint is replaced, or its connection deleted."""
        ...

    def enter(self) -> None:
        """Go into service with the options that the tunnel has now."""
        ...

    def activity(self, start: datetime, end: datetime) -> "Iterable[Line]":
        """The lines of the activity log from `start` (included) to `end` (not)."""
        ...

    def bgp(self, start: datetime, end: datetime) -> "Iterable[BgpLine]":
        """The lines of the BGP log from `start` (included) to `end` (not)."""
        ...
