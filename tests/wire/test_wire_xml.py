"""Answers read as the SDK reads them, less the secrets."""

from datetime import UTC, datetime
from typing import Any

import pytest
from answers import connections
from botocore.parsers import create_parser
from generated import answers, service
from hypothesis import given, settings
from hypothesis import strategies as st

from bothup.aws.wire import operation
from bothup.aws.wire.answer import error_of, values
from bothup.errors import (
    AwsError,
    CredentialsRejected,
    Denied,
    Expired,
    NotEnabled,
    Throttled,
    Unreachable,
)

OPERATIONS = [
    ("ec2", "DescribeVpnConnections"),
    ("ec2", "DescribeRegions"),
    ("ec2", "DescribeCustomerGateways"),
    ("ec2", "GetActiveVpnTunnelStatus"),
    ("ec2", "GetVpnConnectionDeviceSampleConfiguration"),
    ("sts", "AssumeRole"),
    ("sts", "GetCallerIdentity"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("cloudwatch", "GetMetricStatistics"),
    ("iam", "GetContextKeysForCustomPolicy"),
    ("iam", "CreateAccessKey"),
    ("sns", "GetTopicAttributes"),
    ("sdb", "Select"),
]


def by_botocore(service_name: str, operation_name: str, body: bytes) -> dict[str, Any]:
    output = service(service_name).operation_model(operation_name).output_shape
    parser = create_parser("ec2" if service_name == "ec2" else "query")
    response = {"status_code": 200, "headers": {}, "body": body, "context": {}}
    parsed: dict[str, Any] = parser.parse(response, output)
    parsed.pop("ResponseMetadata")
    return parsed if service_name == "sts" else _plain(output, parsed)


def _plain(shape: Any, value: Any) -> Any:
    """The value without what the model marks as sensitive."""
    if shape.type_name == "structure":
        return {
            name: _plain(shape.members[name], part)
            for name, part in value.items()
            if not shape.members[name].metadata.get("sensitive")
        }
    if shape.type_name == "list":
        return [_plain(shape.member, part) for part in value]
    if shape.type_name == "timestamp" and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


@pytest.mark.parametrize(("service_name", "operation_name"), OPERATIONS)
@settings(max_examples=60)
@given(data=st.data())
def test_an_answer_reads_as_with_the_sdk(
    data: st.DataObject, service_name: str, operation_name: str
) -> None:
    body = data.draw(answers(service_name, operation_name))
    theirs = by_botocore(service_name, operation_name, body)
    ours = values(operation(service_name, operation_name), body)
    assert ours == theirs


def test_a_connection_reads_as_with_the_sdk() -> None:
    body = connections(2)
    ours = values(operation("ec2", "DescribeVpnConnections"), body)
    assert ours == by_botocore("ec2", "DescribeVpnConnections", body)
    first = ours["VpnConnections"][0]
    assert first["VgwTelemetry"][0]["LastStatusChange"] == datetime(
        2026, 10, 5, 7, 8, 9, tzinfo=UTC
    )
    assert first["Tags"] == [{"Key": "Name", "Value": "office & lab 0"}]
    assert first["Routes"] == []


def test_namespaces_make_no_difference() -> None:
    body = connections(1)
    plain = body.replace(b' xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"', b"")
    mixed = body.replace(b"<state>", b'<state xmlns="urn:other">')
    what = operation("ec2", "DescribeVpnConnections")
    assert values(what, plain) == values(what, mixed) == values(what, body)


def test_times_are_in_utc() -> None:
    body = connections(1).replace(b"07:08:09.000Z", b"07:08:09.000+02:00")
    found = values(operation("ec2", "DescribeVpnConnections"), body)
    when = found["VpnConnections"][0]["VgwTelemetry"][0]["LastStatusChange"]
    assert when.isoformat() == "2026-10-05T05:08:09+00:00"


def test_the_credentials_that_sts_gives_are_kept() -> None:
    body = (
        b"<AssumeRoleResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><AssumeRoleResult>"
        b"<Credentials><AccessKeyId>ASIAFAKE</AccessKeyId><SecretAccessKey>fake</SecretAccessKey>"
        b"<SessionToken>t==</SessionToken><Expiration>2026-11-01T00:00:00Z</Expiration>"
        b"</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
    assert values(operation("sts", "AssumeRole"), body)["Credentials"] == {
        "AccessKeyId": "ASIAFAKE",
        "SecretAccessKey": "fake",
        "SessionToken": "t==",
        "Expiration": datetime(2026, 11, 1, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("plain", "odd", "path"),
    [
        (b"2026-10-05T07:08:09.000Z", "yesterday", ("VgwTelemetry", 0, "LastStatusChange")),
        (
            b"2026-10-05T07:08:09.000Z",
            "2026-13-05T07:08:09Z",
            ("VgwTelemetry", 0, "LastStatusChange"),
        ),
        (b"2026-10-05T07:08:09.000Z", "9e99", ("VgwTelemetry", 0, "LastStatusChange")),
        (
            b"2026-10-05T07:08:09.000Z",
            "0001-01-01T00:00:00+09:00",
            ("VgwTelemetry", 0, "LastStatusChange"),
        ),
        (b"2026-10-05T07:08:09.000Z", "", ("VgwTelemetry", 0, "LastStatusChange")),
        (b"<acceptedRouteCount>0<", "many", ("VgwTelemetry", 0, "AcceptedRouteCount")),
        (b"<enableAcceleration>false<", "maybe", ("Options", "EnableAcceleration")),
    ],
)
def test_a_text_of_the_wrong_kind_is_kept_and_costs_nothing_else(
    plain: bytes, odd: str, path: tuple[str | int, ...]
) -> None:
    what = operation("ec2", "DescribeVpnConnections")
    tag, mark, _ = plain.partition(b">")
    wrong = tag + mark + odd.encode() + b"<" if mark else odd.encode()
    first, second = values(what, connections(2).replace(plain, wrong, 1))["VpnConnections"]
    found: Any = first
    for step in path:
        found = found[step]
    assert found == odd
    assert second == values(what, connections(2))["VpnConnections"][1]


@pytest.mark.parametrize("length", [0, 1, 40, 300, 5000, -1, -100, -700])
def test_an_answer_that_was_cut_off_is_unreachable_and_unquoted(length: int) -> None:
    body = connections(2)
    with pytest.raises(Unreachable, match="cut off or is not XML") as caught:
        values(operation("ec2", "DescribeVpnConnections"), body[:length])
    assert caught.value.retryable
    assert "vpn-" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Welcome to Hotel Example</body></html>",
        b"<!DOCTYPE html><html><body>Welcome</body></html>",
        b"<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><DescribeVpnConnectionsResponse/>',
    ],
)
def test_another_document_is_not_an_empty_answer(body: bytes) -> None:
    with pytest.raises(Unreachable) as caught:
        values(operation("ec2", "DescribeVpnConnections"), body)
    assert not caught.value.retryable


def test_a_query_answer_without_its_result_is_not_an_empty_one() -> None:
    with pytest.raises(Unreachable):
        values(operation("sts", "GetCallerIdentity"), b"<GetCallerIdentityResponse/>")


def ec2_error(code: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{code}</Code>'
        "<Message>AWS's &lt;own&gt; words</Message></Error></Errors>"
        "<RequestID>1-2-3</RequestID></Response>"
    ).encode()


def sts_error(code: str) -> bytes:
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n'
        f"    <Type>Sender</Type>\n    <Code>{code}</Code>\n"
        "    <Message>AWS's &lt;own&gt; words</Message>\n  </Error>\n"
        "  <RequestId>1-2-3</RequestId>\n</ErrorResponse>"
    ).encode()


@pytest.mark.parametrize("body_of", [ec2_error, sts_error])
@pytest.mark.parametrize(
    ("code", "status", "kind", "retryable"),
    [
        ("UnauthorizedOperation", 403, Denied, False),
        ("Client.UnauthorizedOperation", 403, Denied, False),
        ("AccessDenied", 403, Denied, False),
        ("AccessDeniedException", 400, Denied, False),
        ("AuthFailure", 401, CredentialsRejected, False),
        ("InvalidClientTokenId", 403, CredentialsRejected, False),
        ("UnrecognizedClientException", 403, CredentialsRejected, False),
        ("SignatureDoesNotMatch", 403, CredentialsRejected, False),
        ("OptInRequired", 403, NotEnabled, False),
        ("RegionDisabledException", 403, NotEnabled, False),
        ("RequestLimitExceeded", 503, Throttled, True),
        ("Throttling", 400, Throttled, True),
        ("ThrottlingException", 400, Throttled, True),
        ("TooManyRequestsException", 429, Throttled, True),
        ("SlowDown", 503, Throttled, True),
        ("PriorRequestNotComplete", 400, Throttled, True),
        ("SomethingNew", 429, Throttled, True),
        ("ExpiredToken", 400, Expired, False),
        ("ExpiredTokenException", 400, Expired, False),
        ("RequestExpired", 400, Expired, False),
        ("InternalError", 500, AwsError, True),
        ("Unavailable", 503, AwsError, True),
        ("RequestTimeout", 400, AwsError, True),
        ("InvalidParameterValue", 400, AwsError, False),
        ("DryRunOperation", 412, AwsError, False),
    ],
)
def test_an_error_is_translated_and_keeps_its_code_and_message(
    body_of: Any, code: str, status: int, kind: type[AwsError], retryable: bool
) -> None:
    error = error_of(status, body_of(code))
    assert type(error) is kind
    assert error.code == code.removeprefix("Client.")
    assert str(error) == "AWS's <own> words"
    assert error.retryable is retryable


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"<Response><Err", b"\xff\x00"])
@pytest.mark.parametrize(
    ("status", "kind", "code", "retryable"),
    [
        (500, AwsError, "500", True),
        (502, AwsError, "502", True),
        (503, AwsError, "503", True),
        (429, Throttled, "429", True),
        (403, Unreachable, None, False),
        (404, Unreachable, None, False),
        (204, Unreachable, None, False),
    ],
)
def test_an_error_that_is_not_awss_goes_by_its_status(
    body: bytes, status: int, kind: type[AwsError], code: str | None, retryable: bool
) -> None:
    error = error_of(status, body)
    assert (type(error), error.code, error.retryable) == (kind, code, retryable)
    assert str(status) in str(error)


def test_of_several_errors_the_first_counts() -> None:
    body = ec2_error("AccessDenied").replace(
        b"</Errors>", b"<Error><Code>InternalError</Code><Message>x</Message></Error></Errors>"
    )
    error = error_of(403, body)
    assert (error.code, str(error)) == ("AccessDenied", "AWS's <own> words")
