"""PutEvaluations: the verdicts of a custom rule to AWS Config, which sent the result token.

A verdict that is put again replaces the one before, so that a call whose answer was lost is made
again. AWS Config takes no INSUFFICIENT_DATA from a rule (PutEvaluations, API Reference).
"""

from collections.abc import Sequence
from typing import Any

from bothup.aws.collect.vpn_connections import Call
from bothup.errors import AwsError

PERMISSIONS = ("config:PutEvaluations",)

MOST = 100
_TRIES = 3


async def put(call: Call, evaluations: Sequence[dict[str, Any]], token: str, *, test: bool) -> None:
    """Put verdicts, 100 in a call; those that fail are put again.

    Raises AwsError where a call fails, or a verdict fails to the end.
    """
    for first in range(0, len(evaluations), MOST):
        left = list(evaluations[first : first + MOST])
        for _ in range(_TRIES):
            params = {"Evaluations": left, "ResultToken": token, "TestMode": test}
            answer = await call("config", "PutEvaluations", params)
            left = list(answer.get("FailedEvaluations", ()))
            if not left:
                break
        if left:
            names = ", ".join(each["ComplianceResourceId"] for each in left[:3])
            raise AwsError(f"AWS Config did not take {len(left)} evaluations, among them {names}")
