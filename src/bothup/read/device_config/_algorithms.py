"""Names of algorithms and groups, from every vendor's spelling to AWS's.

What AWS has no name for keeps the vendor's, in capitals ("3DES", "MD5"). Numbers of Diffie-Hellman
groups are IANA's ("Transform Type 4" of the IKEv2 parameters).
"""

import re

_TOKEN = re.compile(r"[a-z]+|[0-9]+")
_NO_NAME = frozenset({"esp", "hmac"})
_KEY_SIZES = frozenset({"128", "192", "256"})
# Length of GCM's check value: octets (strongSwan), bits, or libreswan's letter.
_CHECK_VALUES = {"8": 8, "64": 8, "a": 8, "12": 12, "96": 12, "b": 12, "16": 16, "128": 16, "c": 16}
_NO_CIPHER = frozenset({"null", "none"})

_MODP = {768: 1, 1024: 2, 1536: 5, 2048: 14, 3072: 15, 4096: 16, 6144: 17, 8192: 18}
_NAMED_GROUPS = {
    "modp1024s160": 22,
    "modp2048s224": 23,
    "modp2048s256": 24,
    "ecp192": 25,
    "ecp224": 26,
    "ecp256": 19,
    "ecp384": 20,
    "ecp521": 21,
    "ecp224bp": 27,
    "ecp256bp": 28,
    "ecp384bp": 29,
    "ecp512bp": 30,
    "x25519": 31,
    "curve25519": 31,
    "x448": 32,
    "curve448": 32,
    "mlkem512": 35,
    "mlkem768": 36,
    "mlkem1024": 37,
} | {f"modp{bits}": group for bits, group in _MODP.items()}
_NUMBERED = re.compile(r"(?:(?:diffie-hellman |dh)? ?-?(?:group)?[ -]?)([0-9]{1,2})")


def encryption(word: str, *, plain_aes: str | None = "AES128") -> str | None:
    """Name an encryption algorithm as AWS does; None for what is none.

    `plain_aes` is what the vendor means by AES without a key size, None where that is not known.
    """
    spaced = word.lower().replace("aescbc", "aes-cbc").replace("aesgcm", "aes-gcm")
    tokens = [each for each in _TOKEN.findall(spaced) if each not in _NO_NAME]
    if not tokens or not {"aes", "gcm"} & set(tokens):
        return _other_cipher(tokens)
    if "gcm" in tokens:
        return _gcm(tokens)
    if {"gmac", "ccm", "ctr", "xcbc", "cmac"} & set(tokens):
        return word.upper()
    size = next((token for token in tokens if token in _KEY_SIZES), None)
    return f"AES{size}" if size else plain_aes


def _gcm(tokens: list[str]) -> str | None:
    at = tokens.index("gcm")
    before = [token for token in tokens[:at] if token in _KEY_SIZES]
    after = tokens[at + 1 :]
    if not before:
        # "aes_gcm_16_256" and "gcm 256" name the key last, "aes-gcm" is Cisco's for 128 bits.
        sizes = [token for token in after if token in _KEY_SIZES]
        before, after = (sizes[-1:] or ["128"]), [t for t in after if t not in sizes[-1:]]
    octets = next((_CHECK_VALUES[token] for token in after if token in _CHECK_VALUES), 16)
    return f"AES{before[0]}-GCM-{octets}"


def _other_cipher(tokens: list[str]) -> str | None:
    joined = "".join(tokens)
    for known in ("3des", "camellia", "chacha", "blowfish", "cast", "seed", "aria"):
        if joined.startswith(known):
            return joined.upper()
    if tokens and tokens[0] == "des":
        return "DES"
    return "NULL" if tokens and tokens[0] in _NO_CIPHER else None


def integrity(word: str) -> str | None:
    """Name an integrity algorithm as AWS does; None for what is none."""
    tokens = [each for each in _TOKEN.findall(word.lower()) if each not in _NO_NAME]
    if not tokens or tokens[0] not in ("sha", "md"):
        return None
    if tokens[0] == "md":
        return "MD5"
    if tokens[-2:] == ["256", "96"]:
        return "SHA2-256-96"  # the truncation of old kernels, which AWS does not speak
    size = next((token for token in tokens if token in ("256", "384", "512")), None)
    if size:
        return f"SHA2-{size}"
    return "SHA2-256" if tokens[1:] == ["2"] else "SHA1"


def dh_group(word: str) -> int | None:
    """Number a Diffie-Hellman group: "modp2048", "group14", "dh14" and "14" are all 14."""
    bare = word.strip().lower()
    named = _NAMED_GROUPS.get(bare.replace("_", "").replace("-", ""))
    if named is not None:
        return named
    found = _NUMBERED.fullmatch(bare)
    return int(found[1]) if found and 0 < int(found[1]) <= 40 else None
