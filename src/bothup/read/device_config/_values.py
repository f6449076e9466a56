"""Values as devices write them, in the form that the model has; None is "cannot be read"."""

import ipaddress
import re

_NUMBER = re.compile(r"[0-9]{1,18}")
_TIME = re.compile(r"([0-9]{1,12})\s*(s|sec|secs|seconds?|m|min|minutes?|h|hours?|d|days?|ms)?")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = re.compile(r"([0-9]{1,15})\s*([kmgt]?)i?b?")
_ON = frozenset({"yes", "true", "enable", "enabled", "on", "1"})
_OFF = frozenset({"no", "false", "disable", "disabled", "off", "0"})
ANYWHERE = "0.0.0.0/0"


def number(word: str | None) -> int | None:
    """Read a whole number."""
    return int(word) if word is not None and _NUMBER.fullmatch(word) else None


def seconds(word: str | None) -> int | None:
    """Read a time with or without its unit ("8h", "3600", "30s")."""
    found = _TIME.fullmatch(word.strip().lower()) if word else None
    if found is None or found[2] == "ms":
        return None
    return int(found[1]) * _UNITS[(found[2] or "s")[0]]


def minutes(word: str | None) -> int | None:
    """Read a number of minutes, as seconds."""
    count = number(word)
    return None if count is None else count * 60


def octets(word: str | None) -> int | None:
    """Read a volume ("4608000", "100m", "1gb") as bytes."""
    found = _BYTES.fullmatch(word.strip().lower()) if word else None
    return int(found[1]) * 1024 ** " kmgt".index(found[2] or " ") if found else None


def kilobytes(word: str | None) -> int | None:
    """Read a number of kilobytes, as bytes."""
    count = number(word)
    return None if count is None else count * 1024


def flag(word: str | None) -> bool | None:
    """Read a switch."""
    known = (word or "").strip().lower()
    return True if known in _ON else False if known in _OFF else None


def only_on(word: str | None) -> bool | None:
    """Read a switch whose "off" is no more than its default."""
    return flag(word) or None


def positive(word: str | None) -> int | None:
    """Read a time of which 0 means "not set"."""
    return seconds(word) or None


def asn(word: str | None) -> int | None:
    """Read an AS number, as one number or as two parts (RFC 5396)."""
    high, dot, low = (word or "").partition(".")
    parts = (number(high), number(low) if dot else 0)
    if parts[0] is None or parts[1] is None:
        return None
    value = parts[0] * 65536 + parts[1] if dot else parts[0]
    return value if value < 2**32 else None


def address(word: str | None) -> str | None:
    """Read an IP address; a mask behind it is left out."""
    try:
        return str(ipaddress.ip_address((word or "").strip().strip("\"'").partition("/")[0]))
    except ValueError:
        return None


def interface(word: str | None, mask: str | None = None) -> str | None:
    """Read the address of an interface, which keeps its mask ("169.254.10.2/30")."""
    text = (word or "").strip().strip("\"'")
    try:
        if mask is None and "/" not in text:
            return str(ipaddress.ip_address(text))
        return str(ipaddress.ip_interface(text if mask is None else f"{text}/{mask}"))
    except ValueError:
        return None


def network(word: str | None, mask: str | None = None) -> str | None:
    """Read a network in any notation: with a prefix, a netmask or a wildcard mask, or a host."""
    text = (word or "").strip().strip("\"'")
    try:
        return str(ipaddress.ip_network(text if mask is None else f"{text}/{mask}", strict=False))
    except ValueError:
        return None


def networks(words: str | None) -> tuple[str, ...]:
    """Read the networks of a list that commas or blanks separate; what is none is left out."""
    parts = re.split(r"[,\s{}]+", words or "")
    return tuple(known for part in parts if part and (known := network(part.partition("[")[0])))


def unquoted(word: str) -> str:
    """Take the quotes from around a word."""
    bare = word.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] and bare[0] in "\"'":
        return bare[1:-1]
    return bare
