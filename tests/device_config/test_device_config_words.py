"""Words of all vendors in AWS's names and in seconds."""

import pytest

from bothup.read.device_config._algorithms import dh_group, encryption, integrity
from bothup.read.device_config._proposals import Suite, suite
from bothup.read.device_config._values import asn, interface, network, networks, octets, seconds


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("aes", "AES128"),
        ("aes128", "AES128"),
        ("aes 128", "AES128"),
        ("aes-128-cbc", "AES128"),
        ("aes-cbc-256", "AES256"),
        ("AES_CBC_256", "AES256"),
        ("aescbc256", "AES256"),
        ("esp-aes 256", "AES256"),
        ("esp-aes-256", "AES256"),
        ("aes192", "AES192"),
        ("aes128gcm16", "AES128-GCM-16"),
        ("aes128gcm128", "AES128-GCM-16"),
        ("aes256gcm", "AES256-GCM-16"),
        ("aes_gcm256", "AES256-GCM-16"),
        ("aes_gcm_c_256", "AES256-GCM-16"),
        ("aes_gcm_16_256", "AES256-GCM-16"),
        ("aes-256-gcm", "AES256-GCM-16"),
        ("aes-gcm-256", "AES256-GCM-16"),
        ("AES256-GCM-16", "AES256-GCM-16"),
        ("esp-gcm 256", "AES256-GCM-16"),
        ("esp-gcm", "AES128-GCM-16"),
        ("aes256gcm64", "AES256-GCM-8"),
        ("aes256ctr", "AES256CTR"),
        ("3des", "3DES"),
        ("esp-3des", "3DES"),
        ("des", "DES"),
        ("null", "NULL"),
        ("chacha20poly1305", "CHACHA20POLY1305"),
        ("sha256", None),
        ("modp2048", None),
        ("", None),
    ],
)
def test_encryption(word: str, name: str | None) -> None:
    assert encryption(word) == name


def test_aes_without_a_size_may_be_any() -> None:
    assert encryption("aes", plain_aes=None) is None
    assert encryption("aes128", plain_aes=None) == "AES128"


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("sha", "SHA1"),
        ("sha1", "SHA1"),
        ("hmac-sha1-96", "SHA1"),
        ("esp-sha-hmac", "SHA1"),
        ("sha2", "SHA2-256"),
        ("sha-256", "SHA2-256"),
        ("sha2_256", "SHA2-256"),
        ("hmac_sha256", "SHA2-256"),
        ("hmac-sha-256-128", "SHA2-256"),
        ("esp-sha256-hmac", "SHA2-256"),
        ("SHA2-384", "SHA2-384"),
        ("HMAC_SHA2_512_256", "SHA2-512"),
        ("sha256_96", "SHA2-256-96"),
        ("md5", "MD5"),
        ("esp-md5-hmac", "MD5"),
        ("none", None),
        ("aes256", None),
        ("", None),
    ],
)
def test_integrity(word: str, name: str | None) -> None:
    assert integrity(word) == name


@pytest.mark.parametrize(
    ("word", "group"),
    [
        ("14", 14),
        ("group14", 14),
        ("Group 2", 2),
        ("Diffie-Hellman Group 2", 2),
        ("dh22", 22),
        ("modp1024", 2),
        ("MODP2048", 14),
        ("modp2048s256", 24),
        ("ecp256", 19),
        ("ecp384", 20),
        ("ecp521", 21),
        ("x25519", 31),
        ("curve25519", 31),
        ("0", None),
        ("99", None),
        ("none", None),
        ("sha256", None),
        ("", None),
    ],
)
def test_groups(word: str, group: int | None) -> None:
    assert dh_group(word) == group


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("aes256-sha256-modp2048", Suite(("AES256",), ("SHA2-256",), (14,))),
        ("aes128-sha1;modp1024", Suite(("AES128",), ("SHA1",), (2,))),
        (
            "aes256gcm16-prfsha384-ecp384, aes128-aes256-sha1-modp1024-modp2048!",
            Suite(("AES256-GCM-16", "AES128", "AES256"), ("SHA1",), (20, 2, 14)),
        ),
        ("AES_CBC_256-HMAC_SHA2_512-MODP4096", Suite(("AES256",), ("SHA2-512",), (16,))),
        ("aes-sha1", Suite(("AES128",), ("SHA1",))),
        ("AES256-SHA2-512-14", Suite(("AES256",), ("SHA2-512",))),
        ("aes256-sha256-ecp384-ke1_mlkem768-noesn", Suite(("AES256",), ("SHA2-256",), (20,))),
        ("default", Suite()),
        ("aes256-sha256-modp2048,default", Suite()),
        ("", Suite()),
    ],
)
def test_proposals(text: str, known: Suite) -> None:
    assert suite(text) == known


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("28800", 28800),
        ("8h", 28800),
        ("30s", 30),
        ("1 hours", 3600),
        ("60 minutes", 3600),
        ("1d", 86400),
        ("28800 seconds", 28800),
        ("10ms", None),
        ("-1", None),
        ("1.5h", None),
        ("9" * 30, None),
        ("", None),
        (None, None),
    ],
)
def test_times(text: str | None, value: int | None) -> None:
    assert seconds(text) == value


def test_volumes_numbers_and_networks() -> None:
    assert [octets(word) for word in ("100", "1k", "2gb", "1GiB", "x")] == [
        100,
        1024,
        2 * 1024**3,
        1024**3,
        None,
    ]
    assert [asn(word) for word in ("65000", "1.10", "4294967295", "4294967296", "x", "1.")] == [
        65000,
        65546,
        4294967295,
        None,
        None,
        None,
    ]
    assert interface("169.254.10.2", "255.255.255.252") == "169.254.10.2/30"
    assert interface("169.254.10.2/33") is None
    assert network("10.1.2.3", "16") == "10.1.0.0/16"
    assert networks("10.0.0.0/8, dynamic 192.0.2.1[tcp/80] ::/0") == (
        "10.0.0.0/8",
        "192.0.2.1/32",
        "::/0",
    )
