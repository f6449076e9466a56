"""How a document should look, and the few words that several formats share."""

from datetime import datetime, timedelta

import msgspec

from bothup.model.connection import TunnelStatus
from bothup.model.finding import Finding, FoundCause, Status, TunnelSummary

# The control that is about the tunnels themselves: what it finds is shown tunnel by tunnel.
TUNNELS = "EC2.20"


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader's screen can show: columns, colour, and whether everything is wanted."""

    width: int = 160
    colour: bool = False
    verbose: bool = False


def age(since: datetime | None, now: datetime) -> str:
    """Say how long ago `since` was in the two largest units that matter ("3d 4h"), "" if unknown.

    A time that lies ahead (clocks differ) counts as now.
    """
    if since is None:
        return ""
    minutes = max(now - since, timedelta()) // timedelta(minutes=1)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days >= 10:
        return f"{days}d"
    if days:
        return f"{days}d {hours}h"
    if hours:
        return f"{hours}h {minutes % 60}m"
    return f"{minutes}m"


def printable(text: str) -> str:
    """Replace control characters, which could move the cursor or colour the reader's screen."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def listed(finding: Finding, *, verbose: bool) -> bool:
    """Whether a table for people lists the finding; of resources by the thousand, what is wrong."""
    wrong = finding.status in (Status.FAILED, Status.NOT_AVAILABLE)
    return verbose or wrong or finding.control == TUNNELS


def tunnels(finding: Finding) -> tuple[TunnelSummary, ...]:
    """The finding's tunnels, none for a resource that has none."""
    return finding.tunnels if isinstance(finding.tunnels, tuple) else ()


def down(finding: Finding) -> tuple[TunnelSummary, ...]:
    """The tunnels that fail a finding by being DOWN; none of a control that is not about that."""
    if finding.control != TUNNELS:
        return ()
    return tuple(each for each in tunnels(finding) if each.status is TunnelStatus.DOWN)


def causes(finding: Finding) -> tuple[FoundCause, ...]:
    """The causes that a diagnosis found, none where there was no diagnosis."""
    return finding.causes if isinstance(finding.causes, tuple) else ()


def state(finding: Finding) -> str:
    """The connection's state ("available"), "" if the finding does not say."""
    connection = finding.connection
    return "" if isinstance(connection, msgspec.UnsetType) else connection.state


def routing(finding: Finding) -> str:
    """The connection's routing ("bgp", "static"), "" if the finding does not say."""
    connection = finding.connection
    if isinstance(connection, msgspec.UnsetType) or connection.routing == "unknown":
        return ""
    return connection.routing.value
