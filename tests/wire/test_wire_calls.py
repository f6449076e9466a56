"""Calls as a whole: what is sent, what comes back, what is tried again, what never shows."""

import asyncio
import logging
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from answers import connections
from raw_server import (
    DESCRIBE,
    EMPTY,
    IDENTITY,
    KEYS,
    NOTHING,
    Peer,
    RawServer,
    Request,
    always,
    answer,
    describe,
    in_turn,
)

from bothup.aws.wire import Credentials, Endpoint, Wire, operation
from bothup.aws.wire.sigv4 import Signing
from bothup.errors import (
    AwsError,
    CredentialsRejected,
    Denied,
    Expired,
    Throttled,
    Unreachable,
    UsageError,
)


def refusal(code: str, status: str = "400 Bad Request", *headers: str, text: str = "No.") -> bytes:
    body = (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors>"
        "<RequestID>1-2-3</RequestID></Response>"
    )
    return answer(body.encode(), status, *headers)


def calls(*replies: bytes, count: int = 1, **settings: Any) -> tuple[list[Any], list[Request]]:
    """Make calls to a server that gives these replies; return what came of it, and what it saw."""
    seen: list[Request] = []

    async def run() -> list[Any]:
        async with RawServer(in_turn(*replies, seen=seen)) as server, Wire(**settings) as wire:
            found: list[Any] = []
            for _ in range(count):
                try:
                    found.append(await describe(wire, server.url))
                except AwsError as error:
                    found.append(error)
            return found

    return asyncio.run(run()), seen


def test_a_call_is_signed_for_its_endpoint_and_account() -> None:
    at = datetime(2026, 11, 5, 6, 7, 8, tzinfo=UTC)
    body = (
        b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>"
        b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    seen: list[Request] = []

    async def run() -> str:
        async with RawServer(always(answer(body), seen)) as server, Wire(now=lambda: at) as wire:
            endpoint = Endpoint(server.url, "cn-north-1", "sts")
            for keys in (KEYS, Credentials("AKIDOTHER", "other")):
                assert await wire.call(
                    IDENTITY, {}, endpoint=endpoint, credentials=keys, timeout=5
                ) == {"Account": "111122223333"}
            assert server.connections == 1
            return server.url

    url = asyncio.run(run())
    for request, keys in zip(seen, (KEYS, Credentials("AKIDOTHER", "other")), strict=True):
        signing = Signing(
            "POST",
            url,
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            region="cn-north-1",
            service="sts",
        )
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        expected = signing.headers | signing.sign(body, keys, at)
        sent = {name: request.headers[name.lower()] for name in expected}
        assert sent == expected
        assert ("x-amz-security-token" in request.headers) == (keys.token is not None)


def test_an_error_says_what_was_called_and_where() -> None:
    [error], _ = calls(refusal("UnauthorizedOperation", "403 Forbidden", text="You may not."))
    assert type(error) is Denied
    assert error.code == "UnauthorizedOperation"
    assert str(error).startswith("DescribeVpnConnections at 127.0.0.1:")
    assert str(error).endswith(": You may not.")


def test_throttling_is_left_to_the_caller() -> None:
    found, seen = calls(refusal("RequestLimitExceeded", "503 Unavailable"), answer(), count=2)
    assert type(found[0]) is Throttled
    assert found[1] == NOTHING
    assert len(seen) == 2


def test_an_expired_token_is_left_to_the_caller() -> None:
    date = format_datetime(datetime.now(UTC), usegmt=True)
    [error], seen = calls(refusal("ExpiredToken", "400 Bad Request", f"Date: {date}"))
    assert type(error) is Expired
    assert len(seen) == 1


SERVER_TIME = datetime(2026, 11, 5, 6, 7, 8, tzinfo=UTC)
DATE = f"Date: {format_datetime(SERVER_TIME, usegmt=True)}"


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(minutes=-6)])
@pytest.mark.parametrize("code", ["RequestExpired", "AuthFailure", "SignatureDoesNotMatch"])
def test_a_clock_that_is_wrong_is_corrected_once_for_all_calls(ahead: timedelta, code: str) -> None:
    found, seen = calls(
        refusal(code, "400 Bad Request", DATE),
        answer(),
        answer(),
        count=2,
        now=lambda: SERVER_TIME + ahead,
    )
    assert found == [NOTHING, NOTHING]
    wrong = f"{SERVER_TIME + ahead:%Y%m%dT%H%M%SZ}"
    assert [r.headers["x-amz-date"] for r in seen] == [wrong] + ["20261105T060708Z"] * 2


def test_a_clock_that_goes_wrong_again_is_corrected_again() -> None:
    later = SERVER_TIME + timedelta(hours=1)
    found, seen = calls(
        refusal("RequestExpired", "400 Bad Request", DATE),
        answer(),
        refusal(
            "RequestExpired", "400 Bad Request", f"Date: {format_datetime(later, usegmt=True)}"
        ),
        answer(),
        count=2,
        now=lambda: SERVER_TIME + timedelta(hours=5),
    )
    assert found == [NOTHING, NOTHING]
    assert seen[3].headers["x-amz-date"] == f"{later:%Y%m%dT%H%M%SZ}"


def test_a_clock_is_corrected_no_more_than_once_a_call() -> None:
    later = f"Date: {format_datetime(SERVER_TIME + timedelta(hours=9), usegmt=True)}"
    [error], seen = calls(
        refusal("RequestExpired", "400 Bad Request", DATE),
        refusal("RequestExpired", "400 Bad Request", later),
        now=lambda: SERVER_TIME + timedelta(hours=1),
    )
    assert type(error) is Expired
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("code", "headers", "off", "kind"),
    [
        ("RequestExpired", [DATE], timedelta(minutes=3), Expired),
        ("RequestExpired", [], timedelta(hours=1), Expired),
        ("RequestExpired", ["Date: today"], timedelta(hours=1), Expired),
        ("AuthFailure", [DATE], timedelta(0), CredentialsRejected),
        ("UnauthorizedOperation", [DATE], timedelta(hours=1), Denied),
    ],
)
def test_a_refusal_that_is_not_the_clocks_fault_stands(
    code: str, headers: list[str], off: timedelta, kind: type[AwsError]
) -> None:
    [error], seen = calls(refusal(code, "400 Bad Request", *headers), now=lambda: SERVER_TIME + off)
    assert type(error) is kind
    assert len(seen) == 1


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_on_the_same_host_is_followed_and_signed_anew(status: str) -> None:
    async def run() -> None:
        first, second = list[Request](), list[Request]()
        async with RawServer(always(answer(), second)) as new:
            moved = answer(b"", status, f"Location: {new.url}/there?a=b")
            async with RawServer(always(moved, first)) as old, Wire() as wire:
                assert await describe(wire, old.url) == NOTHING
                assert second[0].target == "/there?a=b"
                assert second[0].body == first[0].body
                assert second[0].headers["host"] == f"127.0.0.1:{new.port}"
                signatures = {r.headers["authorization"] for r in (*first, *second)}
                assert len(signatures) == 2

    asyncio.run(run())


@pytest.mark.parametrize(
    ("status", "location"),
    [
        ("301 Moved Permanently", "/"),
        ("302 Found", "/"),
        ("303 See Other", "/"),
        ("307 Temporary Redirect", "http://localhost/"),
        ("307 Temporary Redirect", "http://evil.example/?a=hunter2"),
        ("307 Temporary Redirect", "ftp://127.0.0.1/"),
        ("307 Temporary Redirect", "/a b"),
        ("307 Temporary Redirect", "/é"),
        ("307 Temporary Redirect", "//["),
        ("307 Temporary Redirect", ""),
    ],
)
def test_any_other_redirect_is_an_error(status: str, location: str) -> None:
    [error], seen = calls(answer(b"", status, f"Location: {location}"))
    assert type(error) is Unreachable
    assert f"HTTP status {status[:3]}" in str(error)
    assert not error.retryable
    assert len(seen) == 1


def test_a_redirect_that_leads_round_is_an_error() -> None:
    moved = answer(b"", "307 Temporary Redirect", "Location: /again")
    [error], seen = calls(moved, moved)
    assert "HTTP status 307" in str(error)
    assert len(seen) == 2


def test_what_a_refusal_quotes_of_the_request_is_blotted_out() -> None:
    """STS quotes the canonical request, and so the session token, where a signature is wrong."""
    text = "The Canonical String should have been 'POST\nx-amz-security-token:hunter2-token\n'"
    [error], _ = calls(refusal("SignatureDoesNotMatch", "403 Forbidden", text=text))
    assert "hunter2" not in "".join(traceback.format_exception(error))
    assert "x-amz-security-token:***" in str(error)


@pytest.mark.parametrize("cut", [0, 1, 17, 400])
def test_a_token_that_is_quoted_in_part_is_blotted_out_as_well(cut: int) -> None:
    token = "hunter2-" + "".join(map(chr, range(48, 123))) * 20
    keys = Credentials("AKID", "other-secret", token)
    text = f"start {token} {token[: len(token) - cut]}"
    assert keys.masked(text) == "start *** ***"
    assert keys.masked(f"{token[:20]}x{token[:30]}") == "***x***"


def test_a_long_message_is_cut_after_its_secrets_are_gone() -> None:
    text = "x" * 990 + "hunter2-token" + "y" * 5000
    [error], _ = calls(refusal("AccessDenied", "403 Forbidden", text=text))
    assert str(error).endswith("x***yyyyyyy")


@pytest.mark.parametrize("path", ["/a b", "/é", "/?a b"])
def test_an_endpoint_that_cannot_stand_in_a_request_is_a_usage_error(path: str) -> None:
    async def run() -> None:
        async with Wire() as wire:
            await describe(wire, f"http://127.0.0.1{path}")

    with pytest.raises(UsageError, match="endpoint URL has a blank"):
        asyncio.run(run())


@pytest.mark.parametrize(
    "reply",
    [
        answer(connections(1)[:-300]),
        answer(connections(1).replace(b"</preSharedKey>", b"", 1)),
        answer(connections(1).replace(b"DescribeVpnConnectionsResponse", b"Other")),
        answer(b"FAKE-SECRET " * 20, "500 Internal Server Error"),
        answer(b"FAKE-SECRET " * 20, "404 Not Found"),
        answer(connections(1), "404 Not Found"),
        answer(connections(1))[:-5],
    ],
)
def test_no_answer_is_ever_quoted(reply: bytes) -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.send(reply)

    async def run() -> None:
        async with RawServer(serve) as server, Wire() as wire:
            await describe(wire, server.url)

    with pytest.raises(AwsError) as caught:
        asyncio.run(run())
    text = "".join(traceback.format_exception(caught.value))
    assert "FAKE-SECRET" not in text
    assert "hunter2" not in text


def test_the_log_tells_of_each_answer_and_of_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reply = answer(connections(1), "200 OK", "X-Amzn-RequestId: 5-6-7", "X-Other: FAKE-SECRET")
    calls(reply, refusal("UnauthorizedOperation", "403 Forbidden"), count=2)
    first, second = (r.getMessage() for r in caplog.records if r.name == "bothup.aws.wire")
    assert first.startswith("POST 127.0.0.1 DescribeVpnConnections: 200, ")
    assert f"{len(connections(1))} bytes" in first
    assert first.endswith(" ms, request 5-6-7")
    assert second.startswith("POST 127.0.0.1 DescribeVpnConnections: 403, ")
    assert "hunter2" not in caplog.text
    assert "FAKE-SECRET" not in caplog.text
    assert "Authorization" not in caplog.text


def test_hundreds_of_calls_in_flight_get_their_own_answers() -> None:
    async def serve(peer: Peer) -> None:
        while True:
            request = await peer.request()
            number = request.headers["authorization"].partition("AKID")[2].partition("/")[0]
            await asyncio.sleep(int(number) % 7 / 1000)
            await peer.send(answer(EMPTY.replace(b"<vpnConnectionSet/>", _one(int(number)))))

    def _one(number: int) -> bytes:
        item = f"<item><vpnConnectionId>vpn-{number}</vpnConnectionId></item>"
        return f"<vpnConnectionSet>{item}</vpnConnectionSet>".encode()

    async def run() -> None:
        async with RawServer(serve) as server, Wire(per_host=16) as wire:
            endpoint = Endpoint(server.url, "eu-west-1", "ec2")

            async def call(number: int) -> None:
                keys = Credentials(f"AKID{number}", f"secret{number}")
                found = await wire.call(
                    DESCRIBE, {}, endpoint=endpoint, credentials=keys, timeout=30
                )
                assert found == {"VpnConnections": [{"VpnConnectionId": f"vpn-{number}"}]}

            await asyncio.gather(*map(call, range(400)))
            assert server.connections == 16

    asyncio.run(run())


def test_an_operation_from_the_sdks_own_data_can_be_called() -> None:
    gateways = operation("ec2", "DescribeCustomerGateways")
    body = (
        b"<DescribeCustomerGatewaysResponse><customerGatewaySet><item><bgpAsn>65000</bgpAsn>"
        b"</item></customerGatewaySet></DescribeCustomerGatewaysResponse>"
    )
    seen: list[Request] = []

    async def run() -> Any:
        async with RawServer(always(answer(body), seen)) as server, Wire() as wire:
            return await wire.call(
                gateways,
                {"CustomerGatewayIds": ["cgw-1"]},
                endpoint=Endpoint(server.url, "eu-west-1", "ec2"),
                credentials=KEYS,
                timeout=5,
            )

    assert asyncio.run(run()) == {"CustomerGateways": [{"BgpAsn": "65000"}]}
    assert seen[0].body.endswith(b"&CustomerGatewayId.1=cgw-1")
