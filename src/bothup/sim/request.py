"""Request and Answer: what comes in and goes out, free of sockets."""

from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

Delivery = Literal["whole", "chunked", "truncated", "reset", "reset-mid-body", "hang"]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request; `headers` have lower-case names, `target` is path and query as sent."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without the query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the query protocol, from the body or the query string."""
        encoded = self.body.decode(errors="replace") if self.body else self.target.partition("?")[2]
        return dict(_pairs(encoded))


@lru_cache(maxsize=16)
def _pairs(encoded: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a form, which is looked at several times on its way."""
    return tuple(parse_qsl(encoded, keep_blank_values=True))


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP answer, and in what manner it reaches the caller."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delivery: Delivery = "whole"
