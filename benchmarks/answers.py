"""What the endpoint answers: whole HTTP answers of EC2, STS and Organizations, ready to send."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.connections import REGIONS, connection

CALLER = "100000000000"
"""The account that the credentials in the environment belong to."""

_REQUEST_ID = "5f3a1c52-0000-4000-8000-00000000beef"
_EC2 = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'
_STS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
_PAGE = 20  # ListAccounts gives no more at a time
_ASSUMED_KEY = "ASIAFAKE"


def account(number: int) -> str:
    """The id of the organisation's account of that number."""
    return str(int(CALLER) + 1 + number)


def vpn_connections(region: str, count: int) -> bytes:
    """DescribeVpnConnections of one Region: `count` connections that no other Region has."""
    first = REGIONS.index(region) * count
    items = "".join(f"<item>{_xml(connection(first + n))}</item>" for n in range(count))
    return ec2("DescribeVpnConnections", f"<vpnConnectionSet>{items}</vpnConnectionSet>")


def regions() -> bytes:
    """DescribeRegions: the 17 Regions that need no opting in."""
    items = "".join(
        f"<item><regionName>{name}</regionName><regionEndpoint>ec2.{name}.amazonaws.com"
        "</regionEndpoint><optInStatus>opt-in-not-required</optInStatus></item>"
        for name in REGIONS
    )
    return ec2("DescribeRegions", f"<regionInfo>{items}</regionInfo>")


def caller_identity(access_key: str) -> bytes:
    """GetCallerIdentity of the caller, or of the account whose assumed role has that key."""
    name = access_key.removeprefix(_ASSUMED_KEY) if access_key.startswith(_ASSUMED_KEY) else CALLER
    return _sts(
        "GetCallerIdentity",
        f"<Arn>arn:aws:iam::{name}:user/bench</Arn><UserId>AIDAFAKE</UserId><Account>{name}</Account>",
    )


def assumed_role(name: str) -> bytes:
    """AssumeRole: keys of their own for the account `name`, good for an hour."""
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    token = f"fake-session-token-of-{name}".ljust(600, "x")
    return _sts(
        "AssumeRole",
        f"<AssumedRoleUser><Arn>arn:aws:sts::{name}:assumed-role/bothup-read/bench</Arn>"
        f"<AssumedRoleId>AROAFAKE:bench</AssumedRoleId></AssumedRoleUser>"
        f"<Credentials><AccessKeyId>{_ASSUMED_KEY}{name}</AccessKeyId>"
        f"<SecretAccessKey>{f'fake-secret-of-{name}'.ljust(40, 'x')}</SecretAccessKey>"
        f"<SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials>",
    )


def accounts(total: int, token: str | None) -> bytes:
    """ListAccounts: the page that starts at `token` of an organisation of `total` accounts."""
    first = int(token or 0)
    last = min(first + _PAGE, total)
    page: dict[str, Any] = {"Accounts": [_listed(account(n)) for n in range(first, last)]}
    if last < total:
        page["NextToken"] = str(last)
    return answer(200, "application/x-amz-json-1.1", json.dumps(page).encode())


def refusal(action: str) -> bytes:
    """For an action that the endpoint does not know."""
    body = (
        "<Response><Errors><Error><Code>InvalidAction</Code><Message>The benchmark's endpoint"
        f" does not know {escape(action)}.</Message></Error></Errors>"
        f"<RequestID>{_REQUEST_ID}</RequestID></Response>"
    )
    return answer(400, "text/xml;charset=UTF-8", body.encode())


def answer(status: int, content_type: str, body: bytes) -> bytes:
    """A whole HTTP/1.1 answer, head and body."""
    head = (
        f"HTTP/1.1 {status} {'OK' if status < 400 else 'Bad Request'}\r\n"
        f"x-amzn-RequestId: {_REQUEST_ID}\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _listed(name: str) -> dict[str, Any]:
    return {
        "Id": name,
        "Arn": f"arn:aws:organizations::{CALLER}:account/o-fake/{name}",
        "Email": f"aws+{name}@example.com",
        "Name": f"account-{name}",
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": 1600000000.0,
    }


def ec2(action: str, inner: str) -> bytes:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{action}Response {_EC2}>'
        f"<requestId>{_REQUEST_ID}</requestId>{inner}</{action}Response>"
    )
    return answer(200, "text/xml;charset=UTF-8", body.encode())


def _sts(action: str, inner: str) -> bytes:
    body = (
        f"<{action}Response {_STS}><{action}Result>{inner}</{action}Result><ResponseMetadata>"
        f"<RequestId>{_REQUEST_ID}</RequestId></ResponseMetadata></{action}Response>"
    )
    return answer(200, "text/xml", body.encode())


def _xml(members: dict[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in members.items())


def _element(name: str, value: Any) -> str:
    """One member in EC2's XML: `TunnelOptions` becomes `tunnelOptionSet`, `State` is `state`."""
    tag = name[0].lower() + name[1:]
    if isinstance(value, list):
        if name not in ("Routes", "VgwTelemetry"):  # the two lists without the usual ending
            tag = tag.removesuffix("s") + "Set"
        return f"<{tag}>{_items(value)}</{tag}>"
    if isinstance(value, dict):
        return f"<{tag}>{_xml(value)}</{tag}>"
    if name == "LastStatusChange":  # the command line prints another form than the wire has
        value = value.replace("+00:00", ".000Z")
    text = str(value).lower() if isinstance(value, bool) else escape(str(value), {'"': "&quot;"})
    return f"<{tag}>{text}</{tag}>"


def _items(values: Iterable[dict[str, Any]]) -> str:
    return "".join(f"<item>{_xml(value)}</item>" for value in values)
