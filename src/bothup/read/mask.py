"""Secrets out of text: pre-shared keys, keys and passwords in the syntax of any vendor.

What follows a word that announces a key is replaced, whatever it looks like: a name masked for
nothing costs less than a key let through. Certificates, key ids and sequence numbers stay.
"""

import re

MASK = "<masked>"

# A word that announces a key, what may stand between it and the key, and the key: quoted or not.
_QUOTED = r""""(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?"""
_BARE = r"""[^\s,;"'<>(){}\]]+"""
_ANNOUNCED = re.compile(
    rf"""
    (?P<word>
        (?<![A-Za-z=:])
        (?:pre[-_ ]?shared[-_ ]?(?:key|secret)s?
        |psk[-_]?secret
        |(?:local|remote|ike|shared|session|auth(?:entication)?|md5|tcp-?md5|radius)[-_]
            (?:key|secret|password)
        |psk(?=["']?\s*[:=])
        |secret|passwd|password|passphrase|key-string
        |crypto\s+isakmp\s+key
        |address\s+\S+\s+key
        )\b["']?
    )
    (?P<between>
        \s*(?:[:=]>?|=>)\s*
        |\s+(?:(?:ascii-text|ascii|hexadecimal|hex|local|remote|cleartext|encrypted|plain-text
            |ENC|key|text|string|[0-9])\s+)*
    )
    (?!(?:for|from|is|was|has|not|with|of|but|address|arn|storage|mismatch|mismatched
        |authentication|successful|found|failed|exchange)\b)
    (?P<secret>{_QUOTED}|{_BARE})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# strongSwan's and libreswan's secrets files: `identities : PSK "key"`, base64 and hexadecimal too.
_SECRETS_FILE = re.compile(
    rf"(:\s*(?:PSK|XAUTH|EAP|RSA|PIN)\s+)({_QUOTED}|0[sx]\S+)", re.IGNORECASE
)
_ELEMENT = re.compile(
    r"(<((?:\w+:)?[\w.-]*(?:pre[-_]?shared[-_]?key|psk|secret|password|passphrase)[\w.-]*)"
    r"(?:\s[^>]*)?>)[^<]*",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
# Encrypted forms that devices print: FortiGate's, Junos's $9$ and $8$, Palo Alto's -AQ==.
_SCRAMBLED = re.compile(
    r"""\$[589]\$[^\s";]+|-AQ==[A-Za-z0-9+/=]{8,}|\bENC\s+[A-Za-z0-9+/=]{12,}"""
)
# A cheap look that rules out almost every line.
_PERHAPS = re.compile(r"key|psk|secret|pass|\$[589]\$|-AQ==|ENC ", re.IGNORECASE)


def masked(text: str) -> str:
    """Give the text with every secret replaced by MASK."""
    if not _PERHAPS.search(text):
        return text
    text = _BLOCK.sub(rf"\1{MASK}\2", text)
    text = _ELEMENT.sub(rf"\1{MASK}", text)
    text = _SECRETS_FILE.sub(rf"\1{MASK}", text)
    text = _SCRAMBLED.sub(MASK, text)
    return _ANNOUNCED.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    secret = found["secret"]
    if secret.startswith("<") or MASK in secret:
        return found[0]
    mark = secret[0] if secret[0] in "\"'" else ""
    return f"{found['word']}{found['between']}{mark}{MASK}{mark}"
