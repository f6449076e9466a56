"""Algorithms: AWS's names for them and strongSwan's, and proposals made of tunnel options.

Sources: "Tunnel options" in the AWS Site-to-Site VPN user guide, and strongSwan's list of IKEv2
cipher suites.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from bothup.sim.negotiate import (
    ENCRYPTION,
    INTEGRITY,
    PHASE1_DH_GROUPS,
    PHASE2_DH_GROUPS,
    Suite,
    allowed,
)

_CIPHERS = {
    "AES128": "aes128",
    "AES256": "aes256",
    "AES128-GCM-16": "aes128gcm16",
    "AES256-GCM-16": "aes256gcm16",
}
_HASHES = {"SHA1": "sha1", "SHA2-256": "sha256", "SHA2-384": "sha384", "SHA2-512": "sha512"}
# Group 35 and later are what AWS alone has under these numbers, or post-quantum ones.
_GROUPS = {
    2: "modp1024",
    5: "modp1536",
    14: "modp2048",
    15: "modp3072",
    16: "modp4096",
    17: "modp6144",
    18: "modp8192",
    19: "ecp256",
    20: "ecp384",
    21: "ecp521",
    22: "modp1024s160",
    23: "modp2048s224",
    24: "modp2048s256",
}
_BY_TRANSFORM = {
    **{name.upper().replace("MODP", "MODP_").replace("ECP", "ECP_"): number
       for number, name in _GROUPS.items()},
    "MODP_1024_160": 22,
    "MODP_2048_224": 23,
    "MODP_2048_256": 24,
}  # fmt: skip
_INTEGRITY = {
    "HMAC_SHA1_96": "SHA1",
    "HMAC_SHA2_256_128": "SHA2-256",
    "HMAC_SHA2_384_192": "SHA2-384",
    "HMAC_SHA2_512_256": "SHA2-512",
}

Phase = Literal["Phase1", "Phase2"]


def proposals(options: Mapping[str, Any], phase: Phase) -> list[str]:
    """What a tunnel with these options takes in a phase, as strongSwan's proposals.

    An AEAD cipher stands in a proposal of its own, with a pseudo-random function in phase 1.
    """
    groups = PHASE1_DH_GROUPS if phase == "Phase1" else PHASE2_DH_GROUPS
    ciphers = allowed(options, f"{phase}EncryptionAlgorithms", ENCRYPTION)
    hashes = allowed(options, f"{phase}IntegrityAlgorithms", INTEGRITY)
    chosen = allowed(options, f"{phase}DHGroupNumbers", groups)
    return list(_proposals(ciphers, hashes, chosen, phase))


def _proposals(
    ciphers: Sequence[str], hashes: Sequence[str], groups: Sequence[int], phase: Phase
) -> Iterator[str]:
    names = [_GROUPS[group] for group in groups if group in _GROUPS]
    plain = [_CIPHERS[each] for each in ciphers if "GCM" not in each]
    aead = [_CIPHERS[each] for each in ciphers if "GCM" in each]
    if plain:
        yield "-".join([*plain, *(_HASHES[each] for each in hashes), *names])
    if aead:
        functions = [f"prf{_HASHES[each]}" for each in hashes] if phase == "Phase1" else []
        yield "-".join([*aead, *functions, *names])


def suite(ike: Mapping[str, Any], child: Mapping[str, Any], *, by_aws: bool) -> Suite:
    """What two sides agreed on, of `list-sas`; phase 2's first SA takes phase 1's DH group."""
    group = _group(ike)
    return Suite(
        ike=f"ikev{_text(ike, 'version')}",
        initiator="aws" if by_aws else "customer",
        phase1=(_cipher(ike), _hash(ike), group),
        phase2=(_cipher(child), _hash(child), _group(child) or group),
    )


def _cipher(sa: Mapping[str, Any]) -> str:
    name, size = _text(sa, "encr-alg"), _text(sa, "encr-keysize")
    return f"AES{size}-GCM-16" if "GCM_16" in name else f"AES{size}"


def _hash(sa: Mapping[str, Any]) -> str:
    """The integrity algorithm; with AEAD the pseudo-random function's hash."""
    known = _INTEGRITY.get(_text(sa, "integ-alg"))
    if known:
        return known
    prf = _text(sa, "prf-alg").removeprefix("PRF_HMAC_")
    return {"SHA1": "SHA1", "SHA2_384": "SHA2-384", "SHA2_512": "SHA2-512"}.get(prf, "SHA2-256")


def _group(sa: Mapping[str, Any]) -> int:
    return _BY_TRANSFORM.get(_text(sa, "dh-group"), 0)


def _text(sa: Mapping[str, Any], name: str) -> str:
    value = sa.get(name, b"")
    return value.decode() if isinstance(value, bytes) else str(value)
