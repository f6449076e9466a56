"""CreateLogGroup and PutRetentionPolicy: a place for logs, which keeps them for so many days."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, logs_arn
from bothup.model.plan import Action, Step

ACTION = Action.CREATE_LOG_GROUP
PERMISSIONS = ("logs:CreateLogGroup",)
RETENTION_PERMISSIONS = ("logs:PutRetentionPolicy",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to look after a group that is there as well."""
    arn = logs_arn(step, f"log-group:{step.resource}:*")
    yield Need("ReadLogGroups", ("logs:DescribeLogGroups",))
    yield Need("CreateLogGroups", PERMISSIONS, arn)
    if "retentionInDays" in step.after:
        yield Need("CreateLogGroups", RETENTION_PERMISSIONS, arn)
