"""Secrets by the names of settings, line by line of a configuration in the syntax of any vendor."""

import re

from bothup.read.mask._forms import MASK, NAME

_FLAGS = re.IGNORECASE
_QUOTED = r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')(?=[\s;,)}\]]|$)"
# To the end of the line, or to a semicolon behind which the line is over or a comment begins.
_REST = r"[^\n]*?(?=\s*;\s*(?:\}|#|$))|[^\n]*"
_VALUE = rf"(?:{_QUOTED}|{_REST})"
# What may stand between the word and the secret.
_KIND = (
    r"(?:(?:ascii-text|hexadecimal|local|remote|ENC|encrypted|key|[0-9])\s+)*"
    r"(?:(?:address|hostname)\s+\S+\s+(?:[0-9.]+\s+)?key\s+(?:[0-9]\s+)?)?"
)
_PERHAPS = re.compile(
    r"key|psk|secret|passw|passphrase|hash|community|bindpw|pwd|seed|xauth|preshare|: *[A-Z]{3}|0x"
    r"|snmp",
    _FLAGS,
)
_LINES = (
    # In these two more settings may stand behind the key.
    re.compile(r"(isakmp\s+key\s+(?:[0-9]\s+)?)(\S+)", _FLAGS),
    re.compile(rf"(pre-shared-key\s+key\s+)({_QUOTED}|[^\s\"']\S*|.*)", _FLAGS),
    re.compile(
        rf"((?<![\w.=-])pre-?_?\s?shared-?_?\s?key(?!s)\s*[:=]?\s+{_KIND})({_VALUE})", _FLAGS
    ),
    re.compile(rf"(\bpreshare\s+)({_QUOTED})", _FLAGS),
    # ipsec.secrets, and the numbers of an RSA key in it.
    re.compile(rf"(:\s*(?:PSK|EAP|XAUTH|NTLM|PIN|RSA|ECDSA|P12|PKCS8)\s+)({_VALUE})"),
    re.compile(
        r"((?:Modulus|PrivateExponent|Prime[12]|Exponent[12]|Coefficient)\s*:\s*)(0x\S+)",
        _FLAGS,
    ),
    # `name = value`, `set name value`, `name value`.
    re.compile(rf"((?<![\w.-]){NAME}\s*=\s*)({_VALUE})", _FLAGS),
    # Behind a colon, but not swanctl's `name : template {`.
    re.compile(rf"((?<![\w.-]){NAME}\s*:\s*)(?![^\n]*\{{\s*$)({_VALUE})", _FLAGS),
    re.compile(
        rf"((?<![\w.=-])(?!pre-?_?shared-?_?\s?key){NAME}\s+{_KIND})(?![{{=:])({_VALUE})", _FLAGS
    ),
    re.compile(rf"(\bset\s+key\s+{_KIND})({_VALUE})"),
    re.compile(r"((?:radius|tacacs)\S*\s[^\n]*\bkey\s+(?:[0-9]\s+)?)(\S[^\n]*)", _FLAGS),
    re.compile(r"(^\s*(?:server-key|key)\s+[0-9]\s+)(\S[^\n]*)", _FLAGS),
    re.compile(r"(snmp-server\s+host\s+)(\S[^\n]*)", _FLAGS),
)
_BREAK = re.compile(r"(\r\n|\r|\n)")
_XML = re.compile(r"\s*<[?!A-Za-z]")
_ATTRIBUTE = re.compile(rf"(\s{NAME}\s*=\s*)(?:\"[^\"<]*\"|'[^'<]*')", _FLAGS)
_BETWEEN_TAGS = re.compile(r"(?<=>)[^<]+|(?<=<!\[CDATA\[).*?(?=\]\]>|\Z)", re.DOTALL)


def without_settings(text: str) -> str:
    """Mask what stands behind the names of secrets, line by line."""
    if _XML.match(text):
        # A tag must not be swallowed with the words before it.
        text = _ATTRIBUTE.sub(rf'\1"{MASK}"', text)
        return _BETWEEN_TAGS.sub(lambda found: _lines(found[0]), text)
    return _lines(text)


def _lines(text: str) -> str:
    lines = _BREAK.split(text)
    return "".join(_line(line) if _PERHAPS.search(line) else line for line in lines)


def _line(line: str) -> str:
    for rule in _LINES:
        line = rule.sub(_value, line)
    return line


def _value(found: re.Match[str]) -> str:
    secret = found[2].strip()
    if not secret or set(secret) <= set("{};\"'*"):
        return found[0]
    quote = secret[0] if len(secret) > 1 and secret[0] in "\"'" and secret[-1] == secret[0] else ""
    return f"{found[1]}{quote}{MASK}{quote}"
