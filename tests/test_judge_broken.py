"""A control that breaks on one connection costs that verdict, and no other."""

from datetime import UTC, datetime

import msgspec
import pytest

from bothup.engine.controls import rule
from bothup.engine.judge import judge
from bothup.model.connection import VpnConnection
from bothup.model.finding import Status, Verdict
from bothup.model.target import Target

EC2_20 = rule("EC2.20")
TARGET = Target(account="111122223333", region="eu-west-1")


def broken(connection: VpnConnection) -> Verdict:
    if connection.id == "vpn-2":
        raise KeyError(connection.tags["Secret"])
    return Verdict(status=Status.PASSED)


def mute(connection: VpnConnection) -> None:
    del connection


def connections(count: int) -> list[VpnConnection]:
    return [
        VpnConnection(
            id=f"vpn-{number}",
            target=TARGET,
            tags={"Secret": "s3cret"},
            observed_at=datetime(2026, 11, 24, tzinfo=UTC),
        )
        for number in range(1, count + 1)
    ]


def test_a_control_that_breaks_costs_one_finding() -> None:
    wrong = msgspec.structs.replace(EC2_20, judge=broken, evidence={"connection": VpnConnection})
    found = {each.resource.id: each for each in judge(connections(3), [wrong])}
    assert {name: each.status for name, each in found.items()} == {
        "vpn-1": Status.PASSED,
        "vpn-2": Status.NOT_AVAILABLE,
        "vpn-3": Status.PASSED,
    }
    (reason,) = found["vpn-2"].reasons
    assert reason.code == "control-failed"
    assert "KeyError" in reason.text
    assert "s3cret" not in reason.text


@pytest.mark.parametrize("judged", [mute, lambda connection: "PASSED"])
def test_what_is_no_verdict_is_no_pass(judged: object) -> None:
    wrong = msgspec.structs.replace(EC2_20, judge=judged, evidence={"connection": VpnConnection})
    (found,) = judge(connections(1), [wrong])
    assert found.status is Status.NOT_AVAILABLE
