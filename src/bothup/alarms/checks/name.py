"""An alarm's name should be of one connection and one tunnel alone

## What it checks
Whether an alarm is named for another connection or tunnel than it watches, and whether a name that
holds neither was used for one connection after the other.

## Why it matters
PutMetricAlarm replaces the alarm of the same name without a word. A script that gives every
connection's alarm one name leaves a single alarm: that of the last connection.

## How to fix it
Put the connection's id and the tunnel's outside IP into the name. `bothup alarms apply` does, and
makes the alarms that were lost.

## When it is a false positive
An alarm that is named for something else on purpose, as a site.
"""

from collections.abc import Iterator

from bothup.alarms.here import Here
from bothup.alarms.rings import place_of, scope
from bothup.model.alarm import Alarm
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.MEDIUM
RESOURCE = "AWS::CloudWatch::Alarm"


def flaws(alarm: Alarm, here: Here) -> Iterator[Reason]:
    """Yield how an alarm's name leads to another alarm's being overwritten."""
    connection, tunnel = place_of(alarm, here)
    if alarm.composite or not connection:
        return
    named = [each for each in here.connections if each in alarm.name]
    if named and connection not in named:
        text = f"it is named for {named[0]} and watches {connection}: one has overwritten the other"
        yield Reason(code="overwritten", text=text)
        return
    addresses = [each for each in here.tunnels if each in alarm.name.replace("/", " ").split()]
    if tunnel and addresses and tunnel not in addresses:
        text = f"it is named for tunnel {addresses[0]} and watches {tunnel}"
        yield Reason(code="overwritten", text=text, tunnel=tunnel)
        return
    tags = here.connections[connection].tags if connection in here.connections else {}
    unnamed = not (named or addresses or (tags.get("Name") or "\0") in alarm.name)
    bare = _without_alarms(here) if unnamed else []
    if bare:
        text = (
            f"its name holds neither connection nor tunnel, and {bare[0]} has no alarm: one of the "
            "same name would have been overwritten"
        )
        yield Reason(code="overwritten", text=text)


def _without_alarms(here: Here) -> list[str]:
    """The connections that no alarm watches, whatever it makes of what it sees."""
    scopes = (scope(each, here) for each in here.read.alarms)
    watched = {each.connection for each in scopes if each}
    return sorted(here.connections.keys() - watched)
