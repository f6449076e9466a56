"""Which CloudWatch log groups and streams are there, as far as a plan needs to know."""

from collections.abc import Awaitable, Callable
from typing import Any

from bothup.model.call import Call
from bothup.model.target import Target

PERMISSIONS = ("logs:DescribeLogGroups", "logs:DescribeLogStreams")

Ask = Callable[[Call], Awaitable[dict[str, Any]]]


async def has_group(ask: Ask, target: Target, name: str) -> bool:
    """Say whether a log group of that name is there; raises AwsError."""
    return (await group(ask, target, name)) is not None


async def group(ask: Ask, target: Target, name: str) -> dict[str, Any] | None:
    """Give what CloudWatch says of a log group, None where there is none; raises AwsError."""
    answer = await _ask(ask, target, "DescribeLogGroups", {"logGroupNamePrefix": name})
    listed = answer.get("logGroups", ())
    return next((each for each in listed if each.get("logGroupName") == name), None)


async def has_stream(ask: Ask, target: Target, group: str, stream: str) -> bool:
    """Say whether a stream of that name is in the group, which must be there; raises AwsError."""
    wanted = {"logGroupName": group, "logStreamNamePrefix": stream}
    answer = await _ask(ask, target, "DescribeLogStreams", wanted)
    return any(each.get("logStreamName") == stream for each in answer.get("logStreams", ()))


async def _ask(ask: Ask, target: Target, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    return await ask(Call(target=target, service="logs", operation=operation, params=params))
