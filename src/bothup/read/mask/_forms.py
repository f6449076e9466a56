"""Secrets whose form gives them away, wherever they stand."""

import re
from collections.abc import Iterable

MASK = "*****"

_FLAGS = re.IGNORECASE
# Names of settings and elements whose value is secret; "keys" and "keylife" are not among them.
NAME = (
    r"[\w.-]*(?:(?:pre)?-?_?shared-?_?key|psk(?!identity)|psksecret|secret|passw(?:or)?d|passphrase|phash"
    r"|bcrypt-hash|sha512-hash|md5-hash|private-?_?key|auth-?_?key|authentication-key|api-?_?key"
    r"|message-digest-key|key-string|community(?:-string)?|bindpw|otp_?seed|pwd|enc-?key)[\w.-]*"
)
# A cheap look that rules out almost every line; a dump of memory names no word.
_WORDS = (
    *("key", "psk", "secret", "pass", "hash", "communi", "bindpw", "pwd", "seed", "<prv", "<tls"),
    *("<token", "configuration", "$", "-aq==", "enc ", "://"),
)
_DUMPED = re.compile(r": (?:[0-9A-Fa-f]{2} ){8}")
_PRIVATE = re.compile(
    r"(-----BEGIN [^-\n]*(?:PRIVATE KEY|Static key)[^-\n]*-----)(.*?)(-----END [^-\n]*-----|\Z)",
    re.DOTALL | _FLAGS,
)
_ELEMENT = re.compile(
    rf"(<(?:\w+:)?(?:{NAME}|key|prv|tlskey|tls|token)(?:\s[^<>]*)?(?<!/)>)"
    r"(\s*<!\[CDATA\[.*?(?:\]\]>\s*|\Z)|[^<]+)",
    re.DOTALL | _FLAGS,
)
_MEMBER = re.compile(
    rf"([\"'](?![\w.-]*Arn\b)(?:{NAME}|CustomerGatewayConfiguration)[\"']\s*:\s*)"
    r"(?:\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?)",
    _FLAGS,
)
# The same within a text that is itself a value of JSON: its quotes come behind backslashes.
_NESTED = re.compile(
    rf"((\\{{1,15}}\")(?![\w.-]*Arn\b)(?:{NAME}|CustomerGatewayConfiguration)\2\s*:\s*\2)"
    r".*?(?=(?<!\\)\2|$)",
    _FLAGS | re.MULTILINE,
)
# A setting's path in brackets and then its values, as Junos writes them into its audit log.
_PATH = re.compile(rf"(\[(?:[^\s\[\]]+ ){{1,20}}{NAME}(?: [^\s\[\]]+)?\] )[^\r\n]+", _FLAGS)
# The password of an address: scheme://user:password@host.
_LOGIN = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)")
# A setting's old and new value in brackets, as FortiOS writes them into its event log.
_BRACKETS = re.compile(rf"((?<![\w.-]){NAME}\[)[^\]]*", _FLAGS)
# Junos's, crypt's, PAN-OS's, FortiOS's.
_TOKENS = re.compile(
    r"\$(?:1|2[aby]|5|6|8|9|14|sha512|pbkdf2)\$[^\s\"';<>]+|-AQ==[\w+/=-]+|(?<=\bENC )\S{8,}"
)
# A dump of memory, in which a daemon's private log shows keys.
_DUMP = re.compile(r"(\b[0-9a-f]{1,4}: )(?:[0-9A-F]{2} ){8,16}.*|(\bkey \d+:)[0-9A-F]{16,}", _FLAGS)
_BREAK = re.compile(r"\r\n|\r|\n")


def without_forms(text: str) -> str:
    """Mask them; lines stay lines and elements elements."""
    if not may_hold(_WORDS, text) and not _DUMPED.search(text):
        return text
    text = _PRIVATE.sub(_block, text)
    text = _ELEMENT.sub(_element, text)
    text = _MEMBER.sub(rf'\1"{MASK}"', text)
    text = _NESTED.sub(rf"\1{MASK}", text)
    text = _PATH.sub(rf"\1{MASK}", text)
    text = _LOGIN.sub(rf"\1{MASK}", text)
    text = _BRACKETS.sub(rf"\1{MASK}", text)
    text = _TOKENS.sub(MASK, text)
    return _DUMP.sub(lambda found: f"{found[1] or found[2]}{MASK}", text)


def may_hold(words: Iterable[str], text: str) -> bool:
    """Whether one of the words, in whatever case, is in the text."""
    lower = text.lower()
    return any(word in lower for word in words)


def _block(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"[^\r\n]+", MASK, found[2]) + found[3]


def _element(found: re.Match[str]) -> str:
    if not found[2].strip():
        return found[0]
    return found[1] + MASK + "".join(_BREAK.findall(found[2]))
