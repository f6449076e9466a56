"""What becomes of a tunnel when its two sides meet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.sim.negotiate import ENCRYPTION, IKE_VERSIONS, INTEGRITY, Device, Suite, negotiate
from bothup.sim.options import described

KEY = "SIMPSKexample"


def options(**wanted: Any) -> dict[str, Any]:
    return {"PreSharedKey": KEY, **described(wanted)}


def device(**more: Any) -> Device:
    return Device(**{"key": KEY, **more})


@pytest.mark.parametrize(
    ("aws", "peer", "obstacle"),
    [
        ({}, {"configured": False}, "peer-not-configured"),
        ({}, {"initiates": False}, "nobody-initiates"),
        ({"StartupAction": "start", "IKEVersions": ["ikev1"]}, {"initiates": False}, "nobody-init"),
        ({"StartupAction": "start"}, {"initiates": False, "ike": ("ikev1",)}, "ike-version"),
        ({"IKEVersions": ["ikev2"]}, {"ike": ("ikev1",)}, "ike-version-mismatch"),
        ({"Phase1DHGroupNumbers": [20]}, {}, "ike-proposal-mismatch"),
        ({"Phase1IntegrityAlgorithms": ["SHA2-512"]}, {}, "ike-proposal-mismatch"),
        ({}, {"encryption": ("3DES",)}, "ike-proposal-mismatch"),
        ({}, {"key": "another"}, "psk-mismatch"),
        ({"Phase2DHGroupNumbers": [5]}, {}, "ipsec-proposal-mismatch"),
        ({"Phase2EncryptionAlgorithms": ["AES256-GCM-16"]}, {}, "ipsec-proposal-mismatch"),
        ({"Phase1DHGroupNumbers": [20]}, {"key": "another"}, "ike-proposal-mismatch"),
        ({"StartupAction": "start"}, {"path": "blocked"}, "path-blocked"),
        ({}, {"path": "blocked", "initiates": False}, "path-blocked"),
        ({}, {"path": "answers-blocked"}, "answers-blocked"),
        ({}, {"path": "answers-blocked", "initiates": False}, "nobody-initiates"),
        ({}, {"path": "4500-blocked", "nat": True}, "port-4500-blocked"),
        ({}, {"path": "4500-blocked", "nat": True, "key": "another"}, "port-4500-blocked"),
        ({}, {"flaw": "identity"}, "identity-mismatch"),
        ({}, {"flaw": "identity", "key": "another"}, "psk-mismatch"),
        ({}, {"flaw": "certificate"}, "certificate-refused"),
        ({}, {"flaw": "selectors"}, "selectors-mismatch"),
    ],
)
def test_what_keeps_a_tunnel_down(aws: dict[str, Any], peer: dict[str, Any], obstacle: str) -> None:
    found = negotiate(options(**aws), device(**peer))
    assert isinstance(found, str)
    assert found.startswith(obstacle)


def test_without_nat_nothing_goes_over_udp_4500() -> None:
    assert isinstance(negotiate(options(), device(path="4500-blocked")), Suite)


def test_the_lowest_that_both_allow_is_taken() -> None:
    suite = negotiate(
        options(Phase1EncryptionAlgorithms=["AES256", "AES128"], Phase2DHGroupNumbers=[14, 2]),
        device(encryption=("AES256", "AES128"), dh_groups=(14, 2)),
    )
    assert suite == Suite(
        ike="ikev2",
        initiator="customer",
        phase1=("AES128", "SHA1", 2),
        phase2=("AES128", "SHA1", 2),
    )


def test_aws_starts_where_the_device_does_not() -> None:
    suite = negotiate(options(StartupAction="start"), device(initiates=False))
    assert isinstance(suite, Suite)
    assert (suite.initiator, suite.ike) == ("aws", "ikev2")


some_of = lambda values: st.lists(st.sampled_from(values), min_size=1, unique=True)  # noqa: E731


@given(
    ike=some_of(IKE_VERSIONS),
    encryption=some_of(ENCRYPTION),
    integrity=some_of(INTEGRITY),
    start=st.booleans(),
    peer=st.builds(
        Device,
        key=st.just(KEY),
        initiates=st.booleans(),
        ike=some_of(IKE_VERSIONS).map(tuple),
        encryption=some_of(ENCRYPTION).map(tuple),
        integrity=some_of(INTEGRITY).map(tuple),
    ),
)
def test_nothing_is_agreed_on_that_one_side_does_not_allow(
    ike: list[str], encryption: list[str], integrity: list[str], start: bool, peer: Device
) -> None:
    suite = negotiate(
        options(
            IKEVersions=ike,
            Phase1EncryptionAlgorithms=encryption,
            Phase2EncryptionAlgorithms=encryption,
            Phase1IntegrityAlgorithms=integrity,
            Phase2IntegrityAlgorithms=integrity,
            StartupAction="start" if start else "add",
        ),
        peer,
    )
    if isinstance(suite, Suite):
        assert suite.ike in ike
        assert suite.ike in peer.ike
        assert suite.initiator == "customer" or (start and suite.ike == "ikev2")
        for chosen in (suite.phase1, suite.phase2):
            assert chosen[0] in set(encryption) & set(peer.encryption)
            assert chosen[1] in set(integrity) & set(peer.integrity)
