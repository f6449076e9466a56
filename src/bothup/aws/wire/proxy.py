"""Proxies, by the rules of the SDK: HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case.

What the operating system has configured counts as well (macOS, Windows), as in `urllib`.
"""

import base64
import os
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from bothup.errors import UsageError


class Proxy(msgspec.Struct, frozen=True):
    """An HTTP proxy; `authorization` is a Proxy-Authorization header's value, never shown."""

    scheme: str
    host: str
    port: int
    authorization: str | None = None

    def __str__(self) -> str:
        return f"proxy {self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Proxy({self.scheme}://{self.host}:{self.port})"


def proxy_for(url: str, proxies: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy that leads to a URL, None where the way is straight.

    `proxies` maps "http" and "https" to proxy URLs and overrides the environment. Raises
    UsageError where a proxy's URL is malformed, without quoting it.
    """
    parts = urlsplit(url)
    if proxies is None:
        if not _may_be_configured():
            return None
        from urllib.request import getproxies, proxy_bypass

        proxies = {} if proxy_bypass(parts.netloc) else getproxies()
    address = proxies.get(parts.scheme)
    return _proxy(address) if address else None


def _may_be_configured() -> bool:
    """Say whether it is worth it to import what finds out, which takes as long as many calls do."""
    named = any(name.lower().endswith("_proxy") for name in os.environ)
    return named or sys.platform in ("darwin", "win32")


def _proxy(address: str) -> Proxy:
    if not address.startswith(("http:", "https:")):
        address = "http://" + address.removeprefix("//")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise UsageError("the proxy's URL is malformed; expected http://[user:password@]host:port")
    authorization = None
    if parts.username and parts.password:
        words = f"{unquote(parts.username)}:{unquote(parts.password)}"
        authorization = "Basic " + base64.b64encode(words.encode()).decode()
    return Proxy(
        parts.scheme, host, port or (443 if parts.scheme == "https" else 80), authorization
    )
