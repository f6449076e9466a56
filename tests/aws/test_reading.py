"""What several kinds of evidence that cannot be read come to together."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bothup.aws.errors import aws_error
from bothup.aws.reading import Gap, read, told
from bothup.engine.controls import select
from bothup.errors import AwsError, Denied, Throttled
from bothup.model.target import Target

THROTTLED, DENIED = "RequestLimitExceeded", "UnauthorizedOperation"
HERE = Target(account="111122223333", region="eu-central-1")


def gaps(codes: Mapping[str, str], *controls: str) -> tuple[Gap, ...]:
    """Read with these errors, by the names of the calls; what they leave out is empty."""

    async def call(_: str, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        assert params is not None
        if name in codes:
            raise aws_error(codes[name], f"no {name}", status=503)
        return {"Subnets": [], "Vpcs": []}

    needs = {each.control.id: each.kinds for each in select(controls)}
    return asyncio.run(read(call, HERE, needs, lambda _, __: None))


def test_what_is_denied_comes_before_what_is_throttled() -> None:
    codes = {"DescribeFlowLogs": THROTTLED, "DescribeVpcEndpoints": DENIED}
    found = gaps(codes, "EC2.6", "EC2.10", "EC2.15")
    assert [type(each.error) for each in found] == [Denied, Throttled]
    assert (
        told(found) == f"EC2.10: no DescribeVpcEndpoints; EC2.6: {THROTTLED}: no DescribeFlowLogs"
    )


def test_where_nothing_can_be_judged_every_error_is_told() -> None:
    codes = {"DescribeFlowLogs": THROTTLED, "DescribeVpcEndpoints": DENIED}
    with pytest.raises(Denied, match=f"EC2.10: no .*; EC2.6: {THROTTLED}: no ") as raised:
        gaps(codes, "EC2.6", "EC2.10")
    assert raised.value.code == DENIED


def test_one_error_stays_as_it_is() -> None:
    with pytest.raises(AwsError) as raised:
        gaps({"DescribeSecurityGroups": DENIED}, "EC2.13", "EC2.14")
    assert str(raised.value) == "no DescribeSecurityGroups"
