"""What a resource is like now, as far as a step on it is concerned."""

from collections.abc import Awaitable, Callable

from bothup.aws.change import (
    ebs_encryption,
    flow_logs,
    group_rules,
    metadata_options,
    snapshot_permission,
    subnet_attribute,
)
from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import Settings
from bothup.read.fields import WrongField

_CURRENT: dict[Action, Callable[[Call, Step], Awaitable[Settings]]] = {
    Action.CREATE_FLOW_LOGS: flow_logs.current,
    Action.DELETE_FLOW_LOGS: flow_logs.current,
    Action.EBS_ENCRYPTION: ebs_encryption.current,
    Action.GROUP_RULES: group_rules.current,
    Action.METADATA_OPTIONS: metadata_options.current,
    Action.SNAPSHOT_PERMISSION: snapshot_permission.current,
    Action.SUBNET_ATTRIBUTE: subnet_attribute.current,
}


async def current(call: Call, step: Step) -> Settings:
    """Read the settings that the step names; raises AwsError."""
    try:
        return await _CURRENT[step.action](call, step)
    except WrongField as wrong:
        raise AwsError(f"AWS's description of {step.resource} makes no sense: {wrong}") from None
