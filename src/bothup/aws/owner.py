"""Owner: whose account a Target is in, where STS did not say and what EC2 answers still tells."""

from collections.abc import Iterator, Mapping
from typing import Any

# ARNs of what must be in the connection's own account: its certificate, its key, its log groups.
_ARNS = frozenset({"BgpLogGroupArn", "CertificateArn", "LogGroupArn", "PreSharedKeyArn"})


def owner(connections: object) -> str | None:
    """Find the one account that owns the connections; None where nothing tells, or several do."""
    found = set(_accounts(connections))
    return found.pop() if len(found) == 1 else None


def _accounts(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _accounts(each)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _account(key, value)


def _account(key: str, value: Any) -> Iterator[str]:
    if key == "OwnerId" and isinstance(value, str):
        yield value
    elif key in _ARNS and isinstance(value, str):
        fields = value.split(":")
        if len(fields) > 5 and fields[4]:
            yield fields[4]
    else:
        yield from _accounts(value)
