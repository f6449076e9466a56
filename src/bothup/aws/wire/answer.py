"""An answer's bytes to values, or to the error that they describe."""

from typing import Any

from bothup.aws.errors import aws_error
from bothup.aws.wire.operation import Operation
from bothup.aws.wire.pieces import Odd, Pieces, parsed, plain
from bothup.aws.wire.redact import without
from bothup.errors import AwsError, Unreachable


def values(operation: Operation, body: bytes) -> dict[str, Any]:
    """Return what an answer says, with the SDK's names and without its secrets.

    Raises Unreachable where it was cut off or is not an answer to this operation.
    """
    body = without(body, operation.secrets)
    try:
        return _values(operation, plain(body))
    except Odd:
        pass
    try:
        return _values(operation, parsed(body))
    except Odd:
        text = f"the answer is not one to {operation.name}"
        raise Unreachable(text, retryable=False) from None


def _values(operation: Operation, answer: Pieces) -> dict[str, Any]:
    # The name is checked because an empty answer says that there is nothing, and any other
    # document would read as an empty one.
    if answer.root != f"{operation.name}Response":
        raise Odd
    found: dict[str, Any] | None = operation.read(answer)
    if found is None:
        raise Odd
    return found


def error_of(status: int, body: bytes) -> AwsError:
    """Return the error that an answer describes, whichever of the two protocols it came by.

    What does not speak AWS's way (a proxy, a load balancer) is an Unreachable, or a retryable
    AwsError with the status as its code where the status says that the fault is a server's.
    """
    code, message = _code_and_message(body)
    if code:
        return aws_error(code, message or code, status=status)
    if status >= 500 or status == 429:
        return aws_error(str(status), f"HTTP status {status}", status=status)
    return Unreachable(f"HTTP status {status}, which did not come from AWS", retryable=False)


def _code_and_message(body: bytes) -> tuple[str, str]:
    try:
        _, tags, texts = parsed(body)
    except Unreachable:
        return "", ""
    first: dict[str, str] = {}
    for tag, text in zip(tags, texts, strict=True):
        first.setdefault(tag, text)
    return first.get("Code", ""), first.get("Message", "")
