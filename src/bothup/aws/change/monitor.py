"""CreateMonitor: a monitor with its probes, which send from a subnet through a connection."""

from collections.abc import Iterator

from bothup.aws.change.need import Need, monitor_arn
from bothup.model.plan import Action, Step

ACTION = Action.CREATE_MONITOR
PERMISSIONS = (
    "networkmonitor:CreateMonitor",
    "networkmonitor:CreateProbe",
    "networkmonitor:TagResource",
)
_ROLE = "aws-service-role/networkmonitor.amazonaws.com/AWSServiceRoleForNetworkMonitor"


def needs(step: Step) -> Iterator[Need]:
    """Yield what the step must be allowed, to look at the monitor before as well.

    The first monitor of an account also makes the service's own role, which puts network
    interfaces into the subnet.
    """
    role = f"arn:{step.target.partition}:iam::{step.account}:role/{_ROLE}"
    yield Need("ReadMonitors", ("networkmonitor:GetMonitor",), monitor_arn(step))
    yield Need("CreateMonitors", PERMISSIONS, monitor_arn(step))
    yield Need("CreateServiceRole", ("iam:CreateServiceLinkedRole",), role)
