"""An alarm should see data

## What it checks
Whether an alarm has been in INSUFFICIENT_DATA for a day or longer.

## Why it matters
It cannot tell whether the tunnel is up, and will not ring when it is not. Mostly its dimensions are
those of no metric, or of a tunnel that is gone, and missing data is not treated as breaching.

## How to fix it
See BOTHUP.ALARM.CONDITION; `bothup alarms apply` corrects both.

## When it is a false positive
A connection that was just made, or that its owner has taken out of use.
"""

from collections.abc import Iterator
from datetime import timedelta

from bothup.alarms.here import Here
from bothup.model.alarm import Alarm
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.MEDIUM
RESOURCE = "AWS::CloudWatch::Alarm"
LONGEST = timedelta(days=1)


def flaws(alarm: Alarm, here: Here) -> Iterator[Reason]:
    """Yield that an alarm has had no data for long."""
    if alarm.state != "INSUFFICIENT_DATA" or alarm.since is None:
        return
    since = here.now - alarm.since
    if since >= LONGEST:
        text = f"it has been without data since {alarm.since:%Y-%m-%d %H:%M} UTC"
        yield Reason(code="insufficient-data", text=text)
