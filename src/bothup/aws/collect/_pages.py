"""The pages of a Describe call, one after the other."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bothup.aws.collect.vpn_connections import Call
from bothup.errors import Unreachable


async def pages(
    call: Call, operation: str, key: str, params: Mapping[str, Any]
) -> AsyncIterator[list[Any]]:
    """Yield the list under `key` of each page; raises AwsError.

    Raises Unreachable for a page without the list, which AWS leaves empty where there is nothing,
    and for a page that leads to itself.
    """
    here: str | None = None
    while True:
        answer = await call("ec2", operation, {**params, "NextToken": here} if here else params)
        found = answer.get(key)
        if not isinstance(found, list):
            raise Unreachable(f"the answer to {operation} holds no list of {key}")
        yield found
        following = answer.get("NextToken")
        if not following:
            return
        if following == here:
            raise Unreachable(f"a page of {operation} leads to itself", retryable=False)
        here = following
