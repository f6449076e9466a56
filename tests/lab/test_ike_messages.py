"""The daemon's lines in AWS's words."""

import pytest

from bothup.lab.ike_messages import ActivityReader

CGW = "192.0.2.10"
UP = """\
2026-11-24T09:30:03.815 14[IKE] <1> 192.0.2.10 is initiating an IKE_SA
2026-11-24T09:30:03.826 15[IKE] <tunnel|1> IKE_SA tunnel[1] established between 203.0.113.11[203.0.113.11]...192.0.2.10[192.0.2.10]
2026-11-24T09:30:03.826 15[IKE] <tunnel|1> CHILD_SA tunnel{1} established with SPIs 575e3eb7_i e1d4d77e_o and TS 10.20.0.0/24 === 10.10.0.0/24
"""  # noqa: E501
BEGUN = "2026-11-24T09:31:00.000 14[IKE] <2> 192.0.2.10 is initiating an IKE_SA\n"


def read(*lines: str) -> list[tuple[str, str, str]]:
    text = "".join(lines)
    told = ActivityReader(CGW).read(text.splitlines())
    return [(line.phase1, line.phase2, line.details) for line in told]


def said(group: str, text: str, ike: str = "tunnel|1") -> str:
    return f"2026-11-24T09:32:00.500 09[{group}] <{ike}> {text}\n"


def test_coming_up_has_no_message() -> None:
    assert read(UP) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            said("IKE", "received DELETE for IKE_SA tunnel[1]"),
            ("established", "established", "AWS tunnel received DELETE for IKE_SA from CGW"),
        ),
        (
            said("IKE", "giving up after 3 retransmits"),
            ("established", "established", "AWS tunnel DPD timed out after 3 retransmits"),
        ),
        (
            said("IKE", "DPD check timed out, enforcing DPD action"),
            ("established", "established", "Peer is not responsive - Declaring peer dead"),
        ),
        (
            said("ENC", "parsed CREATE_CHILD_SA request 4 [ N(REKEY_SA) SA No KE TSi TSr ]"),
            (
                "established",
                "rekeying",
                "AWS tunnel processed request (id=4) for CREATE_CHILD_SA",
            ),
        ),
        (
            said("IKE", "received DELETE for ESP CHILD_SA with SPI f6a74b86"),
            (
                "established",
                "established",
                "AWS tunnel received DELETE for Phase 2 SA with SPI: f6a74b86",
            ),
        ),
        (
            said("IKE", "detected CHILD_REKEY collision with CHILD_DELETE"),
            (
                "established",
                "established",
                "AWS tunnel detected a (CHILD_REKEY) collision as CHILD_DELETE",
            ),
        ),
    ],
)
def test_a_tunnel_that_is_up(line: str, expected: tuple[str, str, str]) -> None:
    assert read(UP, line) == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            said("IKE", "tried 1 shared key for 'a' - 'b', but MAC mismatched", "2"),
            "AWS tunnel detected a pre-shared key mismatch with cgw: 192.0.2.10",
        ),
        (
            said("ENC", "generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]", "2"),
            "AWS tunnel is sending AUTHENTICATION_FAILED as the response",
        ),
        (
            said("IKE", "received proposals unacceptable", "2"),
            'No Proposal Match Found. Notifying with "No proposal chosen"',
        ),
        (
            said("JOB", "deleting half open IKE_SA with 192.0.2.10 after timeout", "2"),
            "AWS tunnel Timeout: deleting un-established Phase 1 IKE_SA with cgw: 192.0.2.10",
        ),
        (said("IKE", "no proposal found", "2"), "No Proposal Match Found by AWS"),
    ],
)
def test_a_negotiation_that_fails(line: str, expected: str) -> None:
    assert read(BEGUN, line) == [("negotiating", "down", expected)]


def test_a_request_that_is_given_up_before_the_tunnel_stood_is_no_dead_peer() -> None:
    assert read(BEGUN, said("IKE", "giving up after 3 retransmits", "2")) == []


def test_what_ended_is_down_afterwards() -> None:
    gone = said("IKE", "giving up after 3 retransmits")
    after = said("IKE", "no IKE config found for a...b, sending NO_PROPOSAL_CHOSEN", "3")
    assert [line[:2] for line in read(UP, gone, after)] == [
        ("established", "established"),
        ("down", "down"),
    ]
