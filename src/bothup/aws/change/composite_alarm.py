"""PutCompositeAlarm: an alarm on other alarms, new or in the place of the one of its name."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, alarm_arn
from bothup.model.plan import Action, Step

ACTION = Action.PUT_COMPOSITE
PERMISSIONS = ("cloudwatch:PutCompositeAlarm",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to look at the alarm before as well."""
    yield Need("ReadAlarms", ("cloudwatch:DescribeAlarms",))
    yield Need("PutCompositeAlarms", PERMISSIONS, alarm_arn(step))
