"""Dry runs: EC2 checks every call before the first one is made.

A permission that is missing is found before anything changes. CloudWatch Logs knows no dry run.
"""

import asyncio
from collections.abc import Sequence

from bothup.apply.journal import State
from bothup.apply.means import Means
from bothup.apply.stops import NotPermitted
from bothup.errors import AwsError, Denied
from bothup.model.call import calls
from bothup.model.plan import Step

# Of EC2's calls that a step makes, the one that knows no dry run.
_UNTRIED = frozenset({"ModifySubnetAttribute"})


async def dry_runs(
    steps: Sequence[Step], means: Means, free: asyncio.Semaphore
) -> dict[str, AwsError]:
    """Try every call to EC2 that is still to be made; gives by step id what EC2 says against it.

    Raises NotPermitted, with all of them, where calls are denied.
    """

    async def one(step: Step) -> AwsError | None:
        async with free:
            return await _dry_run(step, means)

    planned = [step for step in steps if means.entry(step).state is State.PLANNED]
    said = await asyncio.gather(*map(one, planned))
    errors = {step.id: error for step, error in zip(planned, said, strict=True) if error}
    if denied := [str(error) for error in errors.values() if isinstance(error, Denied)]:
        listed = "\n  ".join(dict.fromkeys(denied))
        raise NotPermitted(
            f"a dry run was denied, so nothing is changed (`bothup iam apply PLAN` prints what is "
            f"needed):\n  {listed}"
        )
    return errors


async def _dry_run(step: Step, means: Means) -> AwsError | None:
    for call in calls(step):
        if call.service != "ec2" or call.operation in _UNTRIED:
            continue
        for attempt in range(means.pace.attempts):
            try:
                await means.access.send(call, dry_run=True)
                break
            except AwsError as error:
                last = attempt + 1 == means.pace.attempts
                if last or not (error.retryable or error.code == "IncorrectState"):
                    return error
                await means.clock.sleep(means.pace.poll)
    return None
