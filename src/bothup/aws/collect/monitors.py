"""A monitor of CloudWatch Network Synthetic Monitor, by its name."""

from bothup.aws.collect.log_groups import Ask
from bothup.errors import AwsError
from bothup.model.call import Call
from bothup.model.probing import Monitor, monitor_settings
from bothup.model.target import Target

PERMISSIONS = ("networkmonitor:GetMonitor",)
_NOWHERE = "ResourceNotFoundException"


async def monitor(ask: Ask, target: Target, name: str) -> Monitor | None:
    """Give the monitor of that name, None where there is none; raises AwsError."""
    wanted = {"monitorName": name}
    call = Call(target=target, service="networkmonitor", operation="GetMonitor", params=wanted)
    try:
        answer = await ask(call)
    except AwsError as error:
        if error.code != _NOWHERE:
            raise
        return None
    return Monitor(
        name=name,
        target=target,
        state=answer.get("state", ""),
        settings=monitor_settings(answer.get("aggregationPeriod"), answer.get("probes") or []),
    )
