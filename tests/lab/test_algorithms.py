"""AWS's tunnel options as strongSwan's proposals, and back."""

import pytest

from bothup.lab.algorithms import Phase, proposals, suite


@pytest.mark.parametrize(
    ("options", "phase", "expected"),
    [
        (
            {
                "Phase1EncryptionAlgorithms": [{"Value": "AES256"}],
                "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}],
                "Phase1DHGroupNumbers": [{"Value": 20}],
            },
            "Phase1",
            ["aes256-sha256-ecp384"],
        ),
        (
            {
                "Phase1EncryptionAlgorithms": [{"Value": "AES128"}, {"Value": "AES256-GCM-16"}],
                "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}],
                "Phase1DHGroupNumbers": [{"Value": 14}],
            },
            "Phase1",
            ["aes128-sha256-modp2048", "aes256gcm16-prfsha256-modp2048"],
        ),
        (
            {
                "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
                "Phase2DHGroupNumbers": [{"Value": 5}],
            },
            "Phase2",
            ["aes256gcm16-modp1536"],
        ),
    ],
)
def test_proposals(options: dict[str, object], phase: Phase, expected: list[str]) -> None:
    assert proposals(options, phase) == expected


def test_what_is_not_restricted_takes_everything() -> None:
    plain, aead = proposals({}, "Phase1")
    assert plain.startswith("aes128-aes256-sha1-sha256-sha384-sha512-modp1024-modp2048")
    assert aead.startswith("aes128gcm16-aes256gcm16-prfsha1-")


def test_suite() -> None:
    ike = {"version": b"2", "encr-alg": b"AES_GCM_16", "encr-keysize": b"256",
           "prf-alg": b"PRF_HMAC_SHA2_384", "dh-group": b"ECP_384"}  # fmt: skip
    child = {"encr-alg": b"AES_CBC", "encr-keysize": b"128", "integ-alg": b"HMAC_SHA1_96"}
    found = suite(ike, child, by_aws=True)
    assert (found.ike, found.initiator) == ("ikev2", "aws")
    assert found.phase1 == ("AES256-GCM-16", "SHA2-384", 20)
    assert found.phase2 == ("AES128", "SHA1", 20)
