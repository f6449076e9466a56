"""Signatures are the SDK's own, header by header."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from bothup.aws.wire.credentials import Credentials
from bothup.aws.wire.sigv4 import Signing
from bothup.errors import UsageError

PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)
HOSTS = st.sampled_from(
    [
        "ec2.eu-west-1.amazonaws.com",
        "ec2.cn-north-1.amazonaws.com.cn",
        "STS.us-gov-west-1.AmazonAWS.com",
        "127.0.0.1",
        "[::1]",
        "user:password@localhost",
    ]
)
SEGMENTS = st.sampled_from(["", ".", "..", "a", "Z09-_.~", "%20", "é", "b c+:@!$&'()*,;=", "..."])
PATHS = st.lists(SEGMENTS, max_size=6).map("/".join)
QUERIES = st.text(st.sampled_from("abc=&%2F-._~"), max_size=16)
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "X-Amz-Target", "x-other", "ACCEPT", "X-Amz-A-b"]),
    st.text(st.sampled_from("abc;=/ \t"), max_size=12),
)


@st.composite
def urls(draw: st.DrawFn) -> str:
    scheme, host = draw(st.sampled_from(["http", "https"])), draw(HOSTS)
    port = draw(st.sampled_from(["", ":80", ":443", ":8443"]))
    path, query = draw(PATHS), draw(QUERIES)
    return f"{scheme}://{host}{port}{'/' if path else ''}{path}{'?' if query else ''}{query}"


def by_botocore(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    credentials: Credentials,
    region: str,
    service: str,
    at: datetime,
) -> dict[str, str]:
    request = AWSRequest(method, url, headers=headers, data=body)
    keys = BotocoreCredentials(
        credentials.access_key, credentials.secret_key, credentials.token or None
    )
    with patch("botocore.auth.get_current_datetime", return_value=at):
        SigV4Auth(keys, service, region).add_auth(request)
    return dict(request.headers.items())


@given(
    method=st.sampled_from(["POST", "GET"]),
    url=urls(),
    headers=HEADERS,
    body=st.binary(max_size=60) | st.text(max_size=40).map(str.encode),
    credentials=st.builds(
        Credentials,
        st.text(PRINTABLE, min_size=1, max_size=20),
        st.text(max_size=40),
        st.none() | st.text(PRINTABLE, min_size=1, max_size=60),
    ),
    region=st.sampled_from(["eu-west-1", "cn-north-1", "us-gov-west-1", "aws-global"]),
    service=st.sampled_from(["ec2", "sts", "monitoring"]),
    at=st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_every_header_is_the_sdks(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    credentials: Credentials,
    region: str,
    service: str,
    at: datetime,
) -> None:
    signing = Signing(method, url, headers, region=region, service=service)
    ours = {**signing.headers, **signing.sign(body, credentials, at)}
    host = ours.pop("Host")
    theirs = by_botocore(method, url, headers, body, credentials, region, service, at)
    assert ours == theirs
    assert host == host.lower()


def test_aws_own_example() -> None:
    """The worked example of AWS's General Reference, "Signature Version 4 signing process"."""
    signing = Signing(
        "GET",
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        region="us-east-1",
        service="iam",
    )
    headers = signing.sign(
        b"",
        Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


def test_credentials_do_not_show_their_secrets() -> None:
    credentials = Credentials("AKIDEXAMPLE", "hunter2-secret", "hunter2-token")
    assert "hunter2" not in repr(credentials)
    assert "hunter2" not in f"{credentials}"


@pytest.mark.parametrize("token", ["tok en", "token\r\nX-Evil: 1", "tokén"])
def test_a_token_that_cannot_stand_in_a_header_is_refused_unquoted(token: str) -> None:
    with pytest.raises(UsageError, match="session token") as caught:
        Credentials("AKIDEXAMPLE", "secret", token)
    assert "tok" not in str(caught.value).replace("token", "")


@pytest.mark.parametrize("key", ["", "AKID\n"])
def test_an_access_key_that_cannot_stand_in_a_header_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="access key"):
        Credentials(key, "secret")
