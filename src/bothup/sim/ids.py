"""Names and keys made from the scenario alone, so that two starts give the same answers."""

import base64
import hashlib


def digest(*parts: str) -> bytes:
    """32 bytes that depend on `parts` and on nothing else."""
    return hashlib.sha256("\0".join(parts).encode()).digest()


def resource_id(prefix: str, *parts: str) -> str:
    """A resource id as AWS makes them: `vpn-0` and sixteen hexadecimal digits."""
    return f"{prefix}-0{digest(prefix, *parts).hex()[:16]}"


def letters(length: int, *parts: str) -> str:
    """`length` (up to 52) letters and digits as they occur in access keys: A-Z and 2-7."""
    return base64.b32encode(digest(*parts)).decode()[:length]


def pre_shared_key(*parts: str) -> str:
    """A pre-shared key of 32 characters that anybody who finds it in the wrong place knows."""
    return "SIMPSK" + letters(26, "psk", *parts)
