"""A short name for a record that has none, made of its content without its secrets."""

import hashlib
import re

from bothup.read.fields import writable

_SECRET = frozenset({"customergatewayconfiguration", "presharedkey"})
_SECRET_MEMBER = re.compile(
    rb'"(?:CustomerGatewayConfiguration|PreSharedKey)"\s*:\s*"(?:\\.|[^"\\])*"?', re.IGNORECASE
)
# Deeper than any record of AWS; what lies below does not change the name.
_DEPTH = 12


def fingerprint(record: object) -> str:
    """Give 12 hex digits that are the same in every run, in whatever order lists and keys come."""
    return hashlib.sha256(_canonical(record, _DEPTH)).hexdigest()[:12]


def _canonical(value: object, depth: int) -> bytes:
    if isinstance(value, dict | list | tuple) and depth == 0:
        return b"..."
    if isinstance(value, dict):
        return b"{%s}" % b",".join(sorted(_members(value, depth - 1)))
    if isinstance(value, list | tuple):
        return b"[%s]" % b",".join(sorted(_canonical(entry, depth - 1) for entry in value))
    return _scalar(value)


def _members(value: dict[object, object], depth: int) -> list[bytes]:
    return [
        _scalar(key) + b":" + _canonical(entry, depth)
        for key, entry in value.items()
        if str(key).lower() not in _SECRET
    ]


def _scalar(value: object) -> bytes:
    match value:
        case str():
            return b'"%s"' % writable(value).encode()
        case bool() | float() | None:
            return repr(value).encode()
        case int():
            return b"%x" % value
        case _:
            return type(value).__name__.encode()


def fingerprint_of_text(text: bytes) -> str:
    """Give the same for a text that cannot be read as a record; its secrets are cut out first."""
    return fingerprint(_SECRET_MEMBER.sub(b"", text).decode("utf-8", "replace"))
