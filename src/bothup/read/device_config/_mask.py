"""Secrets out of a whole configuration, in the syntax of any vendor.

What stands behind a word that announces a secret goes, to the end of its line unless something
shows where it ends: rather a comment masked for nothing than half a key let through. The text stays
readable for the parsers: the same lines, the same braces and tags, the same settings.
"""

import re

MASK = "*****"

_FLAGS = re.IGNORECASE
# Names of settings and elements whose value is secret; "keys" and "keylife" are not among them.
_NAME = (
    r"[\w.-]*(?:pre-?_?shared-?_?key|psk(?!identity)|psksecret|secret|passw(?:or)?d|passphrase|phash"
    r"|bcrypt-hash|sha512-hash|md5-hash|private-?_?key|auth-?_?key|authentication-key|api-?_?key"
    r"|message-digest-key|key-string|community(?:-string)?|bindpw|otp_?seed|pwd|enc-?key)[\w.-]*"
)
_PRIVATE = re.compile(
    r"(-----BEGIN [^-\n]*(?:PRIVATE KEY|Static key)[^-\n]*-----)(.*?)(-----END [^-\n]*-----|\Z)",
    re.DOTALL | _FLAGS,
)
_ELEMENT = re.compile(
    rf"(<(?:\w+:)?(?:{_NAME}|key|prv|tlskey|tls|token)(?:\s[^<>]*)?(?<!/)>)"
    r"(\s*<!\[CDATA\[.*?(?:\]\]>\s*|\Z)|[^<]+)",
    re.DOTALL | _FLAGS,
)
_JSON = re.compile(
    rf"(\"(?:{_NAME}|CustomerGatewayConfiguration)\"\s*:\s*)\"(?:\\.|[^\"\\])*\"?", _FLAGS
)
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
    r"key|psk|secret|passw|passphrase|hash|community|bindpw|pwd|seed|xauth|: *[A-Z]{3}|0x|snmp",
    _FLAGS,
)
_LINES = (
    # In these two more settings may stand behind the key.
    re.compile(r"(isakmp\s+key\s+(?:[0-9]\s+)?)(\S+)", _FLAGS),
    re.compile(rf"(pre-shared-key\s+key\s+)({_QUOTED}|[^\s\"']\S*|.*)", _FLAGS),
    re.compile(
        rf"((?<![\w.=-])pre-?_?\s?shared-?_?\s?key(?!s)\s*[:=]?\s+{_KIND})({_VALUE})", _FLAGS
    ),
    # ipsec.secrets, and the numbers of an RSA key in it.
    re.compile(rf"(:\s*(?:PSK|EAP|XAUTH|NTLM|PIN|RSA|ECDSA|P12|PKCS8)\s+)({_VALUE})"),
    re.compile(
        r"((?:Modulus|PrivateExponent|Prime[12]|Exponent[12]|Coefficient)\s*:\s*)(0x\S+)",
        _FLAGS,
    ),
    # `name = value`, `set name value`, `name value`.
    re.compile(rf"((?<![\w.-]){_NAME}\s*=\s*)({_VALUE})", _FLAGS),
    # Behind a colon, but not swanctl's `name : template {`.
    re.compile(rf"((?<![\w.-]){_NAME}\s*:\s+)(?![^\n]*\{{\s*$)({_VALUE})", _FLAGS),
    re.compile(rf"((?<![\w.=-])(?!pre-?_?shared){_NAME}\s+{_KIND})(?![{{=:])({_VALUE})", _FLAGS),
    re.compile(rf"(\bset\s+key\s+{_KIND})({_VALUE})"),
    re.compile(r"((?:radius|tacacs)\S*\s[^\n]*\bkey\s+(?:[0-9]\s+)?)(\S[^\n]*)", _FLAGS),
    re.compile(r"(^\s*(?:server-key|key)\s+[0-9]\s+)(\S[^\n]*)", _FLAGS),
    re.compile(r"(snmp-server\s+host\s+)(\S[^\n]*)", _FLAGS),
)
_BREAK = re.compile(r"(\r\n|\r|\n)")
_XML = re.compile(r"\s*<[?!A-Za-z]")
_ATTRIBUTE = re.compile(rf"(\s{_NAME}\s*=\s*)(?:\"[^\"<]*\"|'[^'<]*')", _FLAGS)
_BETWEEN_TAGS = re.compile(r"(?<=>)[^<]+|(?<=<!\[CDATA\[).*?(?=\]\]>|\Z)", re.DOTALL)
# Forms that give themselves away wherever they stand: Junos's, crypt's, PAN-OS's, FortiOS's.
_TOKENS = re.compile(
    r"\$(?:1|2[aby]|5|6|8|9|14|sha512|pbkdf2)\$[^\s\"';<>]+|-AQ==[\w+/=-]+|(?<=\bENC )\S{8,}"
)


def mask(text: str) -> str:
    """Give the text with every secret replaced by asterisks, line by line as it was."""
    text = _PRIVATE.sub(_block, text)
    text = _ELEMENT.sub(_element, text)
    text = _JSON.sub(rf'\1"{MASK}"', text)
    text = _TOKENS.sub(MASK, text)
    if _XML.match(text):
        # A tag must not be swallowed with the words before it.
        text = _ATTRIBUTE.sub(rf'\1"{MASK}"', text)
        return _BETWEEN_TAGS.sub(lambda found: _lines(found[0]), text)
    return _lines(text)


def _block(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"[^\r\n]+", MASK, found[2]) + found[3]


def _element(found: re.Match[str]) -> str:
    if not found[2].strip():
        return found[0]
    return found[1] + MASK + "".join(_BREAK.findall(found[2]))


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
