"""The tunnels as they were, by TunnelState."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bothup.aws.collect.past import as_it_was
from tests.collect.ground import commands, missing

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE, OTHER = "203.0.113.1", "203.0.113.2"
MINUTES = timedelta(minutes=5)


def document(**states: list[float]) -> dict[str, Any]:
    """A document whose points are five minutes apart, the tenth of them at the time asked about."""
    first = AT - 10 * MINUTES
    return {
        "region": "eu-west-1",
        "connection": {
            "VpnConnectionId": "vpn-1",
            "VgwTelemetry": [
                {"OutsideIpAddress": ONE, "Status": "UP", "StatusMessage": "IPSEC IS UP"},
                {"OutsideIpAddress": OTHER, "Status": "UP", "AcceptedRouteCount": 3},
            ],
        },
        "metrics": [
            {
                "tunnel": {"one": ONE, "other": OTHER}[name],
                "name": "TunnelState",
                "statistic": "Average",
                "points": [
                    [(first + place * MINUTES).timestamp(), value]
                    for place, value in enumerate(values)
                ],
            }
            for name, values in states.items()
        ],
    }


def telemetry(told: dict[str, Any]) -> dict[str, Any]:
    return {each.pop("OutsideIpAddress"): each for each in told["connection"]["VgwTelemetry"]}


def test_a_tunnel_that_was_down_is_down_since_its_drop() -> None:
    drop = [1.0] * 8 + [0.4] + [0.0] * 4 + [1.0] * 6
    told = as_it_was(document(one=drop, other=[1.0] * 19), AT)
    assert telemetry(told) == {
        ONE: {"Status": "DOWN", "LastStatusChange": AT - 2 * MINUTES},
        OTHER: {"Status": "UP"},
    }
    assert told["at"] == AT
    assert told["notes"] == [
        "the state of the tunnels is that of 2026-11-20 12:00 UTC, by TunnelState"
    ]
    assert "missing_evidence" not in told


def test_a_drop_a_little_later_is_the_one_that_is_meant() -> None:
    later = [1.0] * 14 + [0.0] * 4
    told = telemetry(as_it_was(document(one=later, other=[1.0] * 19), AT))
    assert told[ONE] == {"Status": "DOWN", "LastStatusChange": AT + 4 * MINUTES}


def test_of_two_drops_the_nearer_one_is_meant() -> None:
    twice = [0.0] + [1.0] * 7 + [0.0] * 2 + [1.0] * 9
    told = telemetry(as_it_was(document(one=twice, other=[1.0] * 19), AT))
    assert told[ONE]["LastStatusChange"] == AT - 2 * MINUTES


@pytest.mark.parametrize("points", [[], [1.0]])
def test_without_points_nothing_is_claimed(points: list[float]) -> None:
    far = document(one=[1.0] * 19, other=points)
    for series in far["metrics"]:
        if series["tunnel"] == OTHER:
            series["points"] = [[at - 86_400, value] for at, value in series["points"]]
    told = as_it_was(far, AT)
    assert set(telemetry(told)) == {ONE}
    (why,) = missing(told)["telemetry"]
    assert why.startswith(f"how {OTHER} was at 2026-11-20 12:00 UTC is not known")
    (command,) = commands(told)
    assert command.startswith("aws cloudwatch get-metric-statistics --region eu-west-1")
    assert "2026-11-20T11:00:00Z" in command
