"""CreateLogStream: a stream in a log group."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, logs_arn
from bothup.model.plan import Action, Step

ACTION = Action.CREATE_LOG_STREAM
PERMISSIONS = ("logs:CreateLogStream",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed."""
    stream = step.after["logStreamName"]
    arn = logs_arn(step, f"log-group:{step.resource}:log-stream:{stream}")
    yield Need("CreateLogStreams", PERMISSIONS, arn)
