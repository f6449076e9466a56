"""Pages: a long answer in parts."""

from typing import Any

from bothup.sim.refusal import Refusal


def page(
    member: str,
    items: list[Any],
    params: dict[str, Any],
    most: int,
    *,
    limit: str = "limit",
    token: str = "nextToken",  # noqa: S107 - a parameter's name
    error: str = "InvalidParameterException",
) -> dict[str, Any]:
    """The part of `items` that a call asks for, with the token of the next part if there is one.

    `limit` and `token` are the names of the call's parameters; a part has at most `most` items.
    """
    try:
        first = int(params.get(token) or "0")
    except ValueError:
        raise Refusal(error, f"The specified {token} is invalid.") from None
    after = first + min(params.get(limit) or most, most)
    answer: dict[str, Any] = {member: items[first:after]}
    return answer | ({token: f"{after:08d}"} if after < len(items) else {})
