"""Where a service answers, taken apart once for all calls that go there."""

from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from bothup.errors import UsageError

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Url(msgspec.Struct, frozen=True):
    """An http or https URL.

    `host` is as the resolver wants it (IPv6 addresses without brackets), `authority` as the Host
    header wants it: lower case, without a default port. User and password are not part of either.
    `path` is never empty and `query` has no question mark.
    """

    scheme: str
    host: str
    port: int
    authority: str
    path: str
    query: str

    @property
    def sendable(self) -> bool:
        """Whether all of it can stand in a request as it is: ASCII without blanks."""
        text = self.authority + self.target
        return text.isascii() and text.isprintable() and " " not in text

    @property
    def target(self) -> str:
        """The request target of a call that goes straight to the host."""
        return f"{self.path}?{self.query}" if self.query else self.path


@lru_cache(maxsize=1024)
def split_url(text: str) -> Url:
    """Take a URL apart; raise UsageError where it is not one that can be called.

    Credentials in the URL are not quoted in the error.
    """
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise UsageError("an endpoint URL is malformed (host or port)") from None
    if parts.scheme not in _DEFAULT_PORTS or not host or port == 0:
        raise UsageError("an endpoint URL is malformed: expected http(s)://host[:port][/path]")
    default = _DEFAULT_PORTS[parts.scheme]
    authority = f"[{host}]" if ":" in host else host
    if port not in (None, default):
        authority += f":{port}"
    return Url(parts.scheme, host, port or default, authority, parts.path or "/", parts.query)
