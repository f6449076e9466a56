"""An alarm should be about a connection and a tunnel that exist

## What it checks
Whether the connection and the tunnel that an alarm's dimensions, or the name of one of bothup's
own, speak of are among those that AWS lists. Outside IPs change when a connection is made anew.

## Why it matters
An alarm of a tunnel that is gone either rings for ever, and teaches everybody not to listen, or
never rings again, while the tunnel that took its place has none. Each costs money.

## How to fix it
`bothup alarms apply` deletes those that it made, and others that are named with `--foreign`:
`aws cloudwatch delete-alarms`.

## When it is a false positive
An alarm that is kept for a connection that is about to come back.
"""

from collections.abc import Iterator

from bothup.alarms.here import Here
from bothup.alarms.scope import scope_of
from bothup.model.alarm import NAMESPACE, TUNNEL, VPN, Alarm
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.LOW
RESOURCE = "AWS::CloudWatch::Alarm"


def flaws(alarm: Alarm, here: Here) -> Iterator[Reason]:
    """Yield what an alarm is about and is not there any more."""
    named = scope_of(alarm.name)
    said = dict(alarm.dimensions) if alarm.settings.get("Namespace") == NAMESPACE else {}
    connection = named.connection if named else said.get(VPN, "")
    tunnel = named.tunnel if named else said.get(TUNNEL, "")
    if connection in here.unclear:
        return
    if connection and connection not in here.connections:
        yield Reason(code="connection-gone", text=f"{connection} is not there any more")
    elif tunnel and not _is_there(tunnel, connection, here):
        of = f" of {connection}" if connection else ""
        text = f"no tunnel{of} has the outside IP {tunnel} any more"
        yield Reason(code="tunnel-gone", text=text, tunnel=tunnel)


def _is_there(tunnel: str, connection: str, here: Here) -> bool:
    """Whether the tunnel is there, or may be: it may be one of a connection that was not read."""
    found = here.tunnels.get(tunnel)
    if found is None:
        return bool(here.unclear) and not connection
    return not connection or found == connection
