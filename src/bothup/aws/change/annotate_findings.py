"""BatchUpdateFindings: a note and fields of the customer's own onto findings that are there."""

from typing import Any

from bothup.aws.change.import_findings import Failure
from bothup.aws.collect.vpn_connections import Call

PERMISSIONS = ("securityhub:BatchUpdateFindings",)


async def annotate(call: Call, params: dict[str, Any]) -> tuple[Failure, ...]:
    """Write onto the findings that the parameters name; return those that it was not written to.

    Raises AwsError where the call itself fails.
    """
    answer = await call("securityhub", "BatchUpdateFindings", params)
    return tuple(
        Failure(
            id=str(each.get("FindingIdentifier", {}).get("Id")),
            code=str(each.get("ErrorCode")),
            message=str(each.get("ErrorMessage")),
        )
        for each in answer.get("UnprocessedFindings", ())
    )
