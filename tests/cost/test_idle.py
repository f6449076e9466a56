"""Which connections count as unused, and what is said of their price."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bothup.engine.controls import rule
from bothup.engine.idle import with_idle
from bothup.engine.judge import judge
from bothup.engine.prices import price, prices
from bothup.engine.tally import Tally
from bothup.model.finding import Finding, Idle
from bothup.model.target import Target
from bothup.read.describe import read_connection
from bothup.report._words import headline

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = Target(account="111122223333", region="us-east-1")
LONG, SHORT = NOW - timedelta(days=12), NOW - timedelta(days=2)


def found(
    *tunnels: tuple[str, datetime], target: Target = HERE, static: bool = True, **more: Any
) -> Finding:
    options = {"StaticRoutesOnly": static, **more.pop("Options", {})}
    record = {
        "VpnConnectionId": "vpn-1",
        "State": "available",
        "Options": options,
        "VgwTelemetry": [
            {
                "OutsideIpAddress": f"192.0.2.{n}",
                "Status": status,
                "LastStatusChange": since.isoformat(),
            }
            for n, (status, since) in enumerate(tunnels)
        ],
        **more,
    }
    (finding,) = judge([read_connection(record, target, NOW)], [rule("EC2.20")])
    return finding


def told(finding: Finding, carried: float | None = None, days: int = 7) -> Idle | None:
    where = (finding.account, finding.region, finding.resource.id)
    known = {} if carried is None else {where: carried}
    (made,) = with_idle([finding], now=NOW, days=days, carried=known)
    notices = [each.code for each in made.notices]
    assert (made.idle is not finding.idle) == ("idle-connection" in notices)
    assert not (carried is not None and "traffic-unknown" in notices)
    return made.idle if isinstance(made.idle, Idle) else None


def test_both_tunnels_down_for_days() -> None:
    idle = told(found(("DOWN", LONG), ("DOWN", LONG - timedelta(days=9))))
    assert idle
    assert (idle.kind, idle.since, idle.monthly, idle.exact) == ("down", LONG, 36.0, True)


@pytest.mark.parametrize(
    "finding",
    [
        found(("DOWN", LONG), ("DOWN", SHORT)),
        found(("DOWN", LONG), ("UP", LONG)),
        found(("DOWN", LONG)),
        found(("DOWN", LONG), ("DOWN", LONG), State="deleting"),
        found(("DOWN", LONG), ("DOWN", LONG), State="pending"),
    ],
    ids=["one of late", "one up", "one told", "deleting", "pending"],
)
def test_what_is_used_or_not_known_or_not_charged_is_left_alone(finding: Finding) -> None:
    assert told(finding) is None


def test_days_are_the_users() -> None:
    finding = found(("DOWN", LONG), ("DOWN", LONG))
    assert told(finding, days=12)
    assert told(finding, days=13) is None


def test_no_traffic_is_none_on_a_static_connection_and_a_trickle_with_bgp() -> None:
    up = (("UP", LONG), ("UP", LONG))
    idle = told(found(*up), carried=0.0)
    assert idle
    assert (idle.kind, idle.since) == ("no-traffic", NOW - timedelta(days=7))
    assert told(found(*up), carried=1.0) is None
    assert told(found(*up, static=False), carried=4e6 * 7)
    assert told(found(*up, static=False), carried=6e6 * 7) is None
    assert told(found(*up), carried=None) is None


@pytest.mark.parametrize(
    ("more", "region"),
    [
        ({"Options": {"EnableAcceleration": True}}, "us-east-1"),
        ({"Options": {"TunnelBandwidth": "large"}}, "us-east-1"),
        ({"VpnConcentratorId": "vpnc-1"}, "us-east-1"),
        ({}, "us-gov-west-1"),
        ({}, "cn-north-1"),
        ({}, None),
    ],
)
def test_a_price_that_is_not_known_is_not_guessed(more: Any, region: str | None) -> None:
    target = Target(account="111122223333", region=region)
    finding = found(("DOWN", LONG), ("DOWN", LONG), target=target, **more)
    idle = told(finding)
    assert idle
    assert idle.monthly is None
    (made,) = with_idle([finding], now=NOW, days=7, carried={})
    assert "the price is not known" in made.notices[-1].text


def test_prices_of_a_region_go_before_the_general_one() -> None:
    assert prices().as_of.year >= 2026
    tokyo = price(Target(region="ap-northeast-1"), "standard")
    frankfurt = price(Target(region="eu-central-1"), "standard")
    assert tokyo
    assert frankfurt
    assert (tokyo.monthly, tokyo.exact) == (34.56, True)
    assert (frankfurt.monthly, frankfurt.exact) == (36.0, False)
    assert price(Target(region="eu-central-1"), None) is None


def test_the_sum_counts_a_connection_once_and_says_what_has_no_price() -> None:
    down = (("DOWN", LONG), ("DOWN", LONG))
    fast = found(*down, VpnConnectionId="vpn-2", Options={"EnableAcceleration": True})
    findings = with_idle([found(*down), fast], now=NOW, days=7, carried={})
    tally = Tally()
    tally.add([*findings, findings[0]])
    summary = tally.summary()
    assert (summary.idle, summary.idle_monthly, summary.idle_unpriced) == (2, 36.0, 1)
    assert "2 unused, about $36.00 a month and 1 without a known price" in headline(summary)
