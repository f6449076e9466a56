"""An alarm that rings should tell somebody

## What it checks
That an alarm's actions are switched on and that it has at least one for ALARM, itself or through a
composite alarm that rings when this one alone does, however many composite ones are in between.

## Why it matters
An alarm without an action turns red on a page that nobody looks at.

## How to fix it
`bothup alarms apply --topic ARN`, or `aws cloudwatch enable-alarm-actions`.

## When it is a false positive
Actions that are switched off during maintenance. An alarm that is only there for a dashboard.
"""

from collections.abc import Iterator

from bothup.alarms.here import Here
from bothup.model.alarm import Alarm
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.HIGH
RESOURCE = "AWS::CloudWatch::Alarm"


def flaws(alarm: Alarm, here: Here) -> Iterator[Reason]:
    """Yield why nobody hears of it when an alarm rings."""
    if here.ringing(alarm) or _is_suppressor(alarm, here):
        return
    if not alarm.enabled:
        yield Reason(code="actions-disabled", text="its actions are switched off")
    if not alarm.actions:
        over = [each for each in here.composites(alarm) if each.enabled and each.actions]
        more = f", and {over[0].name} does not ring with it alone" if over else ""
        yield Reason(code="no-actions", text=f"it has no action for ALARM{more}")


def _is_suppressor(alarm: Alarm, here: Here) -> bool:
    """Whether the alarm is there to keep a composite one quiet, and nothing else."""
    quiet = not alarm.actions
    names = (each.settings.get("ActionsSuppressor") for each in here.read.alarms)
    return quiet and any(name in (alarm.name, alarm.arn) for name in names)
