"""DeleteAlarms: an alarm that nothing needs any more."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, alarm_arn
from bothup.model.plan import Action, Step

ACTION = Action.DELETE_ALARM
PERMISSIONS = ("cloudwatch:DeleteAlarms",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to look at the alarm before as well."""
    yield Need("ReadAlarms", ("cloudwatch:DescribeAlarms",))
    yield Need("DeleteAlarms", PERMISSIONS, alarm_arn(step))
