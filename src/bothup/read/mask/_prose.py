"""Secrets by the words that announce them, within the sentences of a log."""

import re

from bothup.read.mask._forms import MASK, may_hold

# A word that announces a key, what may stand between it and the key, and the key: quoted or not.
_QUOTED = r""""(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?"""
_BARE = r"""[^\s,;"'<>(){}\]]+"""
# What a sentence says of a key: a word, or how long it is. What looks otherwise is the key itself.
_SAID = (
    r"(?-i:[A-Za-z]?[a-z]+(?:[-'/][a-z]+)*|[A-Z]+"
    r"|\d{1,5}(?:-?(?:bits?|bytes?|octets?|chars?|characters?|s|min))?)"
    r"""(?:[:,.;!?)\]}]*(?:\\[nrt])?(?:["'\s]|$))"""
)
_SENTENCE = (
    r"(?:\s+(?:is|was|has|have|will|be|been|now|successfully|equals)"
    r"|\s+(?:set|changed|reset|updated)\s+to)+"
    rf"(?:\s*:)?\s+(?=[\"']|(?!{_SAID})\S)"
)
_ANNOUNCED = re.compile(
    rf"""
    (?P<word>
        (?<![A-Za-z=:])
        (?:(?:pre-shared-key\s+)?(?:address|hostname)\s+\S+(?:\s+[\d.]+)?\s+key
        |(?:message-digest|authentication)-key\s+\d+\s+md5
        |pre[-_ ]?shared[-_ ]?(?:key|secret)s?
        |psk[-_]?secret
        |(?:local|remote|ike|shared|session|auth(?:entication)?|md5|tcp-?md5|radius)[-_]
            (?:key|secret|password)
        |psk(?=["']?\s*[:=]|\s+["']|{_SENTENCE})|preshare(?=\s+["'])
        |shared\ ?(?:key|secret)(?=["']?\s*[:=])|secret_access_key
        |secret(?:-\d+)?|passwd|password|passphrase|key-string|phash|private-?key|\w*-?pwd
        |(?:encrypted|plain-text)-password|community(?:-string)?
        |(?:private)?exponent[12]?|prime[12]|modulus|coefficient
        |isakmp\s+key
        |(?:radius|tacacs)\S*(?:\s+\S+){{0,9}}?\s+key|snmp-server\s+host\s+\S+(?:\s+version\s+\S+)?
        )\b["']?
    )
    (?P<between>
        \s*(?:[:=]>?|=>)\s*|\s+(?:is|was)(?:\s*:\s*|\s+(?=["']))
        |{_SENTENCE}
        |\s+(?:(?:ascii-text|ascii|hexadecimal|hex|local|remote|cleartext|encrypted|plain-text
            |ENC|cipher|simple|key|text|string|[0-9])\s+)*
    )
    (?!(?:for|from|is|was|has|not|with|of|but|address|hostname|arn|storage|mismatch|mismatched
        |authentication|successful|found|failed|exchange)(?=[:,.;)]?(?:\s|$)))
    (?P<secret>{_QUOTED}|{_BARE})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# strongSwan's and libreswan's secrets files: `identities : PSK "key"`, base64 and hexadecimal too.
_SECRETS_FILE = re.compile(
    rf"(:\s*(?:(?:PSK|XAUTH|EAP|NTLM|PIN)|(?:RSA|ECDSA|PKCS8|P12)\s+\S+\.\S+)\s+)"
    rf"({_QUOTED}|\S+)"
)
# A cheap look that rules out almost every line.
_WORDS = (
    *("key", "psk", "secret", "pass", "communi", "phash", "pwd", "exponent", "prime", "coeff"),
    *("snmp", "presha", "modulus", "xauth", "eap ", "ntlm", "pin ", "rsa ", "p12", "pkcs8"),
)


def without_announced(text: str) -> str:
    """Mask what a word announces, and leave the sentence around it."""
    if not may_hold(_WORDS, text):
        return text
    text = _SECRETS_FILE.sub(rf"\1{MASK}", text)
    return _ANNOUNCED.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    secret = found["secret"]
    if MASK in secret:
        return found[0]
    mark = secret[0] if secret[0] in "\"'" else ""
    return f"{found['word']}{found['between']}{mark}{MASK}{mark}"
