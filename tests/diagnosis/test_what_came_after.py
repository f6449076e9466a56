"""What comes after a drop says why a tunnel stays down; what came before it, why it fell."""

from datetime import timedelta
from typing import Any

import pytest
from tests.diagnosis.lab import (
    AWS,
    BEGIN,
    INIT,
    NO_ANSWER,
    NOW,
    UP,
    activity,
    bgp,
    bird,
    charon,
    connection,
    evidence,
    retransmits,
    states,
)

from bothup.engine.diagnose import diagnose
from bothup.read.bundle import bundle_of

DELETED = "AWS tunnel received DELETE for IKE_SA from CGW"
DEAD = "AWS tunnel DPD timed out after 3 retransmits"
CLOSED = (
    "CFG: vici terminate IKE_SA 'tunnel1'",
    "IKE: deleting IKE_SA tunnel1[1] between 192.0.2.10[192.0.2.10]...203.0.113.11[203.0.113.11]",
    "IKE: sending DELETE for IKE_SA tunnel1[1]",
    "IKE: IKE_SA deleted",
)
RENEWAL = (
    "ENC: generating CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No KE TSi TSr ]",
    *retransmits(2),
)
BGP_DOWN = {"static": False, "message": "IPSEC IS UP"}
ESTABLISHED = states("Idle", "Connect", "OpenSent", "OpenConfirm", "Established")
IN_VAIN = states("Idle", "Connect", "Active", "Connect", "Active")
HOLD = "AWS-side peer sent a Hold Timer Expired notification to neighbor 169.254.10.2"
CONNECTING = "<TRACE> tunnel1: Connecting to 169.254.10.1 from local address 169.254.10.2"
RESET = (
    "AWS-side peer received a notification 6/6 (Cease/Other Configuration Change) from neighbor "
    "169.254.10.2"
)


def first(document: dict[str, Any]) -> str:
    found = diagnose(bundle_of(document, now=NOW), now=NOW)
    (tunnel,) = (each for each in found.tunnels if each.outside_ip == AWS)
    return tunnel.causes[0].id


def document(logs: list[dict[str, Any]], told: dict[str, Any] | None = None) -> dict[str, Any]:
    return evidence(logs, told or connection())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (CLOSED, "peer-deleted-sa"),
        ((*CLOSED, *INIT, *NO_ANSWER), "ike-no-response"),
    ],
    ids=["closed", "closed-and-tried-again"],
)
def test_attempts_after_a_close(lines: tuple[str, ...], expected: str) -> None:
    assert first(document([activity(DELETED), charon(*UP, *lines)])) == expected


def test_a_renewal_that_fails_before_aws_finds_the_device_dead() -> None:
    late = activity(DEAD, phase1="established", phase2="established")
    late["lines"] = [line.replace(str(int((BEGIN + timedelta(seconds=10)).timestamp())),
                                  str(int((BEGIN + timedelta(seconds=60)).timestamp())))
                     for line in late["lines"]]  # fmt: skip
    assert first(document([late])) == "dpd-timeout"
    assert first(document([late, charon(*UP, *RENEWAL)])) == "rekey-failure"


@pytest.mark.parametrize(
    ("after", "expected"),
    [((), "customer-gateway-down"), (retransmits(5), "dpd-timeout")],
    ids=["silent", "noticed"],
)
def test_a_device_whose_log_ends_when_aws_finds_it_dead(
    after: tuple[str, ...], expected: str
) -> None:
    dead = activity(DEAD, phase1="established", phase2="established")
    both_down = connection(sibling="DOWN")
    told = document([dead, charon(*UP, *after, step=0.5)], both_down)
    assert first(told) == expected


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ((HOLD, *states("Established", "Idle")), "bgp-hold-timer"),
        ((HOLD, *states("Established", "Idle"), *IN_VAIN), "bgp-unreachable"),
        ((RESET, *states("Established", "Idle"), *IN_VAIN), "bgp-unreachable"),
    ],
    ids=["hold-timer", "hold-timer-and-no-way-back", "reset-and-no-way-back"],
)
def test_a_bgp_session_that_does_not_come_back(lost: tuple[str, ...], expected: str) -> None:
    told = [bgp(*ESTABLISHED, *lost), bird(*[CONNECTING] * 3)]
    assert first(document(told, connection(**BGP_DOWN))) == expected


def test_a_reset_says_less_than_the_refusal_that_follows() -> None:
    again = states("Established", "Idle", "Connect", "OpenSent", "Idle")
    refused = bird("<TRACE> tunnel1: Error: Bad peer AS: 64512")
    told = [bgp(*ESTABLISHED, RESET, *again), refused]
    assert first(document(told, connection(**BGP_DOWN))) == "bgp-asn-mismatch"
