"""Steps that interrupt nothing: log groups and streams, a Client VPN endpoint's log, alarms,
monitors, settings of other resources.
"""

from functools import partial

import msgspec

from bothup.apply.journal import IN_FLIGHT, State, Was
from bothup.apply.means import Means
from bothup.apply.stops import Stopped, Why
from bothup.aws.change.flow_logs import deletions
from bothup.aws.change.resource import current
from bothup.aws.collect.alarms import one_alarm
from bothup.aws.collect.client_vpn_endpoints import client_vpn_endpoints
from bothup.aws.collect.log_groups import group
from bothup.aws.collect.monitors import monitor
from bothup.aws.collect.wanted import reason
from bothup.errors import AwsError
from bothup.model.call import Call, calls
from bothup.model.plan import Action, Step
from bothup.model.resource_calls import CHANGES
from bothup.model.tunnel_settings import Settings, former

ON_ALARMS = (Action.PUT_ALARM, Action.PUT_COMPOSITE, Action.DELETE_ALARM)
_ON_MONITORS = (Action.CREATE_MONITOR, Action.DELETE_MONITOR)
_THERE = "ResourceAlreadyExistsException"


async def carry_out(step: Step, means: Means) -> None:
    """Make the step, or go on with it; raises Stopped, Interrupted or AwsError.

    All of these calls may be repeated: what is in force already stays as it is.
    """
    await means.clock.sleep(0)
    if means.entry(step).state not in IN_FLIGHT:
        means.check_window(step.resource)
    if step.action in ON_ALARMS:
        await _alarm(step, means)
    elif step.action in _ON_MONITORS:
        await _monitor(step, means)
    elif step.action in CHANGES:
        await _resource(step, means)
    elif step.action is Action.MODIFY_CLIENT_VPN:
        await _log_of_endpoint(step, means)
    else:
        await _create(step, means)


def _is_done(
    step: Step, means: Means, current: Settings, before: Settings, after: Settings
) -> bool:
    """Say whether nothing is left to be done; raises Stopped where somebody else changed it."""
    if current == after:
        means.record(step, State.DONE, "in force already")
        return True
    if current != before:
        raise _drifted(step, means)
    return False


def _drifted(step: Step, means: Means) -> Stopped:
    """Somebody else has changed it: whatever was begun on it is overtaken, and keeps nobody out."""
    if means.entry(step).state in IN_FLIGHT:
        means.record(step, State.DRIFTED, "somebody else changed it meanwhile")
    return Stopped(
        Why.DRIFT, f"{step.resource} is not as it was when the plan was made: plan again"
    )


async def _alarm(step: Step, means: Means) -> None:
    """Put or delete an alarm that is still as it was; a refused call leaves nothing unsettled."""
    found = await one_alarm(partial(means.access.read, step.target), step.target, step.resource)
    current = found.settings if found else {}
    if _is_done(step, means, current, step.before, step.after):
        return
    means.calling(step, step.before, Was())
    try:
        for call in calls(step):
            await means.access.repeat(call)
    except AwsError as error:
        means.record(step, State.PLANNED, f"not done: {reason(error)}")
        raise Stopped(Why.AWS, reason(error)) from None
    means.record(step, State.DONE, "done")


async def _monitor(step: Step, means: Means) -> None:
    """Create or delete a monitor that is still as it was."""
    current = await _settings(step, means)
    if _is_done(step, means, current, step.before, step.after):
        return
    means.calling(step, step.before, Was())
    (call,) = calls(step)
    try:
        await means.access.send(call)
    except AwsError as error:
        if await _settings(step, means) != step.after:
            means.record(step, State.PLANNED, f"not done: {error}")
            raise
    means.record(step, State.DONE, "done")


async def _settings(step: Step, means: Means) -> Settings:
    """Give the monitor's settings, none where it is gone or going."""
    found = await monitor(means.access.ask, step.target, step.resource)
    return found.settings if found and found.state != "DELETING" else {}


async def _resource(step: Step, means: Means) -> None:
    """Change a resource that is still as it was, and see that it shows."""
    read = partial(means.access.read, step.target)
    seen = await current(read, step)
    if seen == step.after:
        means.record(step, State.DONE, "in force already")
        return
    if any(seen[name] not in (step.before[name], step.after[name]) for name in step.after):
        raise _drifted(step, means)
    # A step of several calls may have been cut off between them: what is left of it is made.
    made = await deletions(read, step) or calls(msgspec.structs.replace(step, before=seen))
    means.calling(step, step.before, Was())
    try:
        for call in made:
            await means.access.send(call)
    except AwsError as error:
        if await current(read, step) == step.before:
            means.record(step, State.PLANNED, f"not done: {reason(error)}")
        raise
    if await current(read, step) != step.after:
        raise Stopped(Why.AWS, f"{step.resource}: AWS took the change and does not show it")
    means.record(step, State.DONE, "done")


async def _create(step: Step, means: Means) -> None:
    begun = means.entry(step).state is State.CALLING
    means.calling(step, {}, Was())
    create, *further = calls(step)
    try:
        await means.access.send(create)
    except AwsError as error:
        if error.code != _THERE:
            if not (begun or error.retryable):
                means.record(step, State.PLANNED, f"not done: {error}")
            raise
        # Somebody else's log group keeps its retention. One that this apply created, or may have
        # created before it was cut off, gets the one that was asked for.
        if not begun or await _has_retention(create, means):
            further = []
    for call in further:
        await means.access.send(call)
    means.record(step, State.DONE, "there")


async def _has_retention(create: Call, means: Means) -> bool:
    name = create.params["logGroupName"]
    found = await group(means.access.ask, create.target, name)
    return found is not None and found.get("retentionInDays") is not None


async def _log_of_endpoint(step: Step, means: Means) -> None:
    current = await _options(step, means)
    if _is_done(step, means, current, _wanted(step.before), _wanted(step.after)):
        return
    means.calling(step, former(step.before), Was())
    (call,) = calls(step)
    try:
        await means.access.send(call)
    except AwsError as error:
        if not error.retryable or await _options(step, means) != _wanted(step.after):
            raise
    if await _options(step, means) != _wanted(step.after):
        raise Stopped(Why.AWS, f"{step.resource}: AWS took the change and does not show it")
    means.record(step, State.DONE, "done")


async def _options(step: Step, means: Means) -> Settings:
    call = partial(means.access.read, step.target)
    found = await client_vpn_endpoints(call, step.target, [step.resource])
    if not found:
        raise Stopped(Why.DRIFT, f"{step.resource} is gone")
    (endpoint,) = found
    if endpoint.log_enabled is None:
        raise Stopped(Why.AWS, f"{step.resource}: AWS does not say whether the log is on")
    return _meaning(endpoint.log_enabled, endpoint.log_group, endpoint.log_stream)


def _wanted(settings: Settings) -> Settings:
    options = settings["ConnectionLogOptions"]
    return _meaning(
        options["Enabled"], options.get("CloudwatchLogGroup"), options.get("CloudwatchLogStream")
    )


def _meaning(enabled: bool, group: str | None, stream: str | None) -> Settings:
    """Where the log is off, the group and stream that AWS may still name mean nothing."""
    return {"group": group, "stream": stream} if enabled else {}
