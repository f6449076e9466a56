"""Signature Version 4: proves with every request who makes it, without sending the secret key.

Source: AWS IAM User Guide, "Create a signed AWS API request". It is the same in every partition.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from bothup.aws.wire.credentials import Credentials
from bothup.aws.wire.url import split_url


class Signing:
    """How requests to one URL are signed, as far as it is the same for all of them.

    Every header given is signed, and Host, which is added; a header that a proxy may change or that
    is decided later (User-Agent, Content-Length) must not be among them.
    """

    def __init__(
        self, method: str, url: str, headers: Mapping[str, str], *, region: str, service: str
    ) -> None:
        """Work out what does not change."""
        host, canonical_url = _canonical_url(url)
        self.headers = {"Host": host, **headers}
        self._start = f"{method}\n{canonical_url}\n"
        self._region, self._service = region, service
        self._with_token = _Lines.of({**self.headers, "X-Amz-Date": "", "X-Amz-Security-Token": ""})
        self._without_token = _Lines.of({**self.headers, "X-Amz-Date": ""})

    def sign(self, body: bytes, credentials: Credentials, at: datetime) -> dict[str, str]:
        """Return the headers that sign a request with this body, besides those given.

        `at` is an aware datetime; AWS accepts a signature for five minutes around it.
        """
        stamp = _stamp(int(at.timestamp()))
        day, token = stamp[:8], credentials.token
        signing = {"X-Amz-Date": stamp}
        if token:
            signing["X-Amz-Security-Token"] = token
        lines = self._with_token if token else self._without_token
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        request = (
            f"{self._start}{lines.before}{stamp}{lines.between}{token or ''}{lines.after}\n"
            f"{lines.names}\n{sha256(body).hexdigest()}"
        )
        digest = sha256(request.encode()).hexdigest()
        key = _signing_key(credentials.secret_key, day, self._region, self._service)
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        signing["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={lines.names}, Signature={signature}"
        )
        return signing


class _Lines(NamedTuple):
    """Headers as they are signed: before the time's value, between it and the token's, and after.

    Without a token everything that follows the time is between.
    """

    names: str
    before: str
    between: str
    after: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "_Lines":
        lines = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
        # In this order they are sorted.
        open_values = ("x-amz-date", "x-amz-security-token")
        parts = [""]
        for name, value in lines:
            parts[-1] += f"{name}:{value}"
            if name in open_values:
                parts.append("")
            parts[-1] += "\n"
        return cls(";".join(name for name, _ in lines), *parts, *[""] * (3 - len(parts)))


@lru_cache(maxsize=8)
def _stamp(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y%m%dT%H%M%SZ}"


@lru_cache(maxsize=4096)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = _key_of_day(secret, day)
    for part in (region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@lru_cache(maxsize=512)
def _key_of_day(secret: str, day: str) -> bytes:
    return hmac.digest(f"AWS4{secret}".encode(), day.encode(), "sha256")


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
