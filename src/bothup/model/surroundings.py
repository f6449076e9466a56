"""What stands around one tunnel: its sibling, its gateway's other connections, its history.

Each is what a cause may ask for beside the tunnel itself; what nobody collected is empty, and
`present` is False where that makes a difference.
"""

from datetime import datetime, timedelta

import msgspec

from bothup.model.bundle import Attachment, Change, HealthEvent, Replacement
from bothup.model.connection import Tunnel, TunnelStatus, VpnConnection
from bothup.model.thresholds import NEAR


class Siblings(msgspec.Struct, frozen=True, kw_only=True):
    """The other tunnels of the connection."""

    tunnels: tuple[Tunnel, ...] = ()

    def up(self) -> tuple[Tunnel, ...]:
        """Give those that are UP."""
        return tuple(each for each in self.tunnels if each.status is TunnelStatus.UP)


class SameGateway(msgspec.Struct, frozen=True, kw_only=True):
    """The other connections on the same customer gateway device, in any Region or account."""

    present: bool = False
    connections: tuple[VpnConnection, ...] = ()


class History(msgspec.Struct, frozen=True, kw_only=True):
    """CloudWatch's metrics of one tunnel: (time, value), oldest first.

    `state` is 0 to 1. `data_in` and `data_out` are bytes per period, as AWS sees them: in is what
    comes from the device.
    """

    state: tuple[tuple[datetime, float], ...] = ()
    data_in: tuple[tuple[datetime, float], ...] = ()
    data_out: tuple[tuple[datetime, float], ...] = ()
    period: timedelta = timedelta(minutes=5)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Calls that changed the connection, its gateway or this tunnel, oldest first.

    `present` says that all of them were read.
    """

    present: bool = False
    changes: tuple[Change, ...] = ()


class Maintenance(msgspec.Struct, frozen=True, kw_only=True):
    """What AWS says of its own doings: endpoint replacement and Health events."""

    replacement: Replacement | None = None
    health: tuple[HealthEvent, ...] = ()


class Attachments(msgspec.Struct, frozen=True, kw_only=True):
    """What the connection's gateway on AWS's side is attached to."""

    present: bool = False
    attachments: tuple[Attachment, ...] = ()


def near(event: datetime | None, changed_at: datetime | None) -> bool:
    """Whether an event and a change of a tunnel's status are close enough to belong together."""
    return event is not None and changed_at is not None and abs(changed_at - event) <= NEAR
