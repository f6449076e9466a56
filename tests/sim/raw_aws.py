"""Requests to a server without an SDK client: signed as told, sent as bytes, read as bytes."""

import http.client
import json
import re
import socket
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

DESCRIBE = b"Action=DescribeVpnConnections&Version=2016-11-15"
# Nothing here is about how fast a server is: on a busy machine the first call takes seconds.
PATIENCE = 60
WHO = b"Action=GetCallerIdentity&Version=2011-06-15"


def signed_headers(
    url: str,
    env: dict[str, str],
    body: bytes,
    *,
    when: datetime | None = None,
    service: str = "ec2",
    region: str = "eu-central-1",
    content_type: str = "application/x-www-form-urlencoded; charset=utf-8",
) -> dict[str, str]:
    """The headers of a POST of `body`, signed at `when` with the keys of `env`."""
    keys = Credentials(
        env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"]
    )
    request = AWSRequest("POST", url + "/", data=body)
    request.headers["Host"] = urlsplit(url).netloc
    request.headers["Content-Type"] = content_type
    stamp = (when or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    request.context["timestamp"] = request.headers["X-Amz-Date"] = stamp
    if keys.token:
        request.headers["X-Amz-Security-Token"] = keys.token
    signer = SigV4Auth(keys, service, region)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    names = signer.signed_headers(signer.headers_to_sign(request))
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, "
        f"Signature={signer.signature(to_sign, request)}"
    )
    return {name: str(value) for name, value in request.headers.items()}


def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def code_of(body: bytes) -> str:
    """The error code of an XML answer."""
    found = re.search(rb"<Code>(.*)</Code>", body)
    return found[1].decode() if found else ""


def control(url: str, method: str, what: str, value: Any = None) -> tuple[int, Any]:
    """Status and value of a call to /bothup-sim/."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, f"/bothup-sim/{what}", json.dumps(value) if value else None)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def raw_socket(url: str, headers: dict[str, str], body: bytes) -> socket.socket:
    """A socket on which a POST has been sent, to be read by hand."""
    parts = urlsplit(url)
    fields = {**headers, "Content-Length": str(len(body))}
    head = "POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
    connection = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    connection.sendall(head.encode() + body)
    return connection
