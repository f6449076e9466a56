"""An answer's bytes to values, or to the error that they describe."""

from typing import Any
from xml.etree.ElementTree import Element

from bothup.aws.errors import aws_error
from bothup.aws.wire.operation import Operation
from bothup.aws.wire.redact import without
from bothup.aws.wire.xml import child, namespace_length, parse
from bothup.errors import AwsError, Unreachable


def values(operation: Operation, body: bytes) -> dict[str, Any]:
    """Return what an answer says, with the SDK's names and without its secrets.

    Raises Unreachable where it was cut off or is not an answer to this operation.
    """
    root = parse(without(body, operation.secrets))
    cut = namespace_length(root)
    # The name is checked because an empty answer says that there is nothing, and any other
    # document would read as an empty one.
    content: Element | None = root if root.tag[cut:] == f"{operation.name}Response" else None
    if content is not None and operation.result_wrapper:
        content = child(content, operation.result_wrapper)
    if content is None:
        raise Unreachable(f"the answer is not one to {operation.name}", retryable=False)
    found: dict[str, Any] = operation.read(content, cut)
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
        root = parse(body)
    except Unreachable:
        return "", ""
    texts = {part.tag.rpartition("}")[2]: part.text or "" for part in reversed(list(root.iter()))}
    return texts.get("Code", ""), texts.get("Message", "")
