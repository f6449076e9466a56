"""Form bodies are the SDK's own, byte by byte."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.serialize import create_serializer
from generated import parameters, service
from hypothesis import given, settings
from hypothesis import strategies as st

from bothup.aws.wire import operation
from bothup.aws.wire.query import form

OPERATIONS = [
    ("ec2", "DescribeVpnConnections"),
    ("ec2", "DescribeRegions"),
    ("ec2", "DescribeSpotFleetRequestHistory"),
    ("ec2", "ModifyVpnTunnelOptions"),
    ("ec2", "RequestSpotInstances"),
    ("sts", "AssumeRole"),
    ("sts", "GetCallerIdentity"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("cloudwatch", "GetMetricStatistics"),
    ("cloudwatch", "PutMetricData"),
    ("iam", "SimulateCustomPolicy"),
    ("sns", "SetEndpointAttributes"),
    ("sdb", "GetAttributes"),
]


def by_botocore(service_name: str, operation_name: str, params: dict[str, Any]) -> bytes:
    model = service(service_name)
    protocol = "ec2" if service_name == "ec2" else "query"
    serializer = create_serializer(protocol, include_validation=False)
    request = serializer.serialize_to_request(params, model.operation_model(operation_name))
    body: bytes = AWSRequest("POST", "https://example.com/", data=request["body"]).body
    return body


@pytest.mark.parametrize(("service_name", "operation_name"), OPERATIONS)
@settings(max_examples=60)
@given(data=st.data())
def test_the_body_is_the_sdks(data: st.DataObject, service_name: str, operation_name: str) -> None:
    params = data.draw(parameters(service_name, operation_name))
    theirs = by_botocore(service_name, operation_name, params)
    assert form(operation(service_name, operation_name), params) == theirs


def test_lists_are_flat_in_one_dialect_and_not_in_the_other() -> None:
    filters = {"Filters": [{"Name": "state", "Values": ["available", "a&b"]}], "DryRun": True}
    assert form(operation("ec2", "DescribeVpnConnections"), filters) == (
        b"Action=DescribeVpnConnections&Version=2016-11-15&Filter.1.Name=state"
        b"&Filter.1.Value.1=available&Filter.1.Value.2=a%26b&DryRun=true"
    )
    role = {"RoleArn": "arn:aws:iam::111122223333:role/r", "TransitiveTagKeys": ["a", "b"]}
    assert form(operation("sts", "AssumeRole"), role) == (
        b"Action=AssumeRole&Version=2011-06-15"
        b"&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fr"
        b"&TransitiveTagKeys.member.1=a&TransitiveTagKeys.member.2=b"
    )


def test_a_timestamp_is_sent_in_utc() -> None:
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    body = form(operation("cloudwatch", "GetMetricStatistics"), {"StartTime": when})
    assert body.endswith(b"&StartTime=2026-01-02T03%3A04%3A05Z")


@pytest.mark.parametrize(
    ("name", "params", "problem"),
    [
        ("DescribeRegions", {"Regions": []}, "DescribeRegionsRequest has no member Regions"),
        ("DescribeRegions", {"Filters": [{"name": "x"}]}, "Filter has no member name"),
    ],
)
def test_an_unknown_parameter_is_an_error(name: str, params: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        form(operation("ec2", name), params)
