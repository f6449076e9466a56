"""DeleteMonitor: a monitor and its probes, and with them what they cost."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, monitor_arn
from bothup.model.plan import Action, Step

ACTION = Action.DELETE_MONITOR
PERMISSIONS = ("networkmonitor:DeleteMonitor",)


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to look at the monitor before as well."""
    yield Need("ReadMonitors", ("networkmonitor:GetMonitor",), monitor_arn(step))
    yield Need("DeleteMonitors", PERMISSIONS, monitor_arn(step))
