"""BatchImportFindings: findings into an account's own Security Hub, in one Region.

A finding that is sent again is updated, so that a call whose answer was lost is made again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from bothup.aws.collect.vpn_connections import Call
from bothup.errors import Unreachable

PERMISSIONS = ("securityhub:BatchImportFindings",)

# A batch holds so many findings, and a finding so many bytes (BatchImportFindings, API Reference).
# A batch is kept as small as one finding may be, unless it is that one finding.
MOST, MOST_BYTES = 100, 240 * 1024
_TRIES = 3
# Sending these again would fail again.
_FINAL = ("InvalidInput", "InvalidParameter", "AccessDenied", "TooLarge")


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that Security Hub did not take."""

    id: str
    code: str
    message: str


def batches(findings: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the findings in batches that Security Hub takes, in their order."""
    batch: list[dict[str, Any]] = []
    held = 0
    for finding in findings:
        size = len(json.dumps(finding, ensure_ascii=False).encode())
        if batch and (len(batch) == MOST or held + size > MOST_BYTES):
            yield batch
            batch, held = [], 0
        batch.append(finding)
        held += size
    if batch:
        yield batch


async def send(call: Call, findings: Sequence[dict[str, Any]]) -> tuple[Failure, ...]:
    """Send one batch, those that failed once more, and return those that fail to the end.

    Raises AwsError where the call itself fails.
    """
    left = {each["Id"]: each for each in findings}
    failed: dict[str, Failure] = {}
    for _ in range(_TRIES):
        answer = await call("securityhub", "BatchImportFindings", {"Findings": [*left.values()]})
        if "FailedCount" not in answer:
            raise Unreachable("the answer to BatchImportFindings does not say what failed")
        again = [_failure(each) for each in answer.get("FailedFindings", ())]
        failed = {name: each for name, each in failed.items() if name not in left}
        failed |= {each.id: each for each in again}
        left = {each.id: left[each.id] for each in again if each.id in left and _passing(each)}
        if not left:
            break
    return tuple(failed.values())


def _failure(told: dict[str, Any]) -> Failure:
    return Failure(
        id=str(told.get("Id")),
        code=str(told.get("ErrorCode")),
        message=str(told.get("ErrorMessage")),
    )


def _passing(failure: Failure) -> bool:
    return not failure.code.startswith(_FINAL)
