"""Signature Version 4: proves with every request who makes it, without sending the secret key.

Source: AWS IAM User Guide, "Create a signed AWS API request". It is the same in every partition.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from bothup.aws.wire.credentials import Credentials
from bothup.aws.wire.url import split_url


def signed_headers(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    credentials: Credentials,
    region: str,
    service: str,
    at: datetime,
) -> dict[str, str]:
    """Return the request's headers with those that sign it added.

    Every header given is signed, and Host, which is added if it is missing; a header that a proxy
    may change or that is decided later (User-Agent, Content-Length) belongs on top of the result.
    `at` is an aware datetime in UTC; AWS accepts a signature for five minutes around it.
    """
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    host, canonical_url = _canonical_url(url)
    result = {"Host": host, **headers, "X-Amz-Date": stamp}
    if credentials.token:
        result["X-Amz-Security-Token"] = credentials.token
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in result.items())
    names = ";".join([name for name, _ in lines])
    block = "".join([f"{name}:{value}\n" for name, value in lines])
    request = f"{method}\n{canonical_url}\n{block}\n{names}\n{sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = _signing_key(credentials.secret_key, stamp[:8], region, service)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    result["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return result


@lru_cache(maxsize=4096)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@lru_cache(maxsize=1024)
def _canonical_url(url: str) -> tuple[str, str]:
    """Return the Host header, and path and query string as they are signed, a line each."""
    parts = split_url(url)
    pairs = parts.query.split("&") if parts.query else []
    query = "&".join(
        f"{name}={value}" for name, _, value in sorted(pair.partition("=") for pair in pairs)
    )
    return parts.authority, f"{quote(_normal_path(parts.path), safe='/')}\n{query}"


def _normal_path(path: str) -> str:
    """Drop `.`, `..` and empty segments (RFC 3986, 5.2.4; AWS joins double slashes as well)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")
