"""CloudWatch's metrics of tunnels over HTTP, and that they agree with what the tunnels were."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import BRANCHES, NETWORK, named
from sim_sdk import sdk_client

from bothup.sim import Fault, SimServer, load_scenario, parse_scenario

SCENARIO = "causes"
TUNNEL, VPN = "TunnelIpAddress", "VpnId"


def series(
    sim: SimServer,
    name: str,
    metric: str,
    since: datetime,
    until: datetime | None = None,
    *,
    dimension: str = TUNNEL,
    number: int = 1,
    stat: str = "Average",
    period: int = 300,
) -> list[tuple[datetime, float]]:
    """The points of one metric, oldest first."""
    one = named(sim, name)
    value = one.id if dimension == VPN else one.tunnels[number].outside_ip
    query = {
        "Id": "m1",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/VPN",
                "MetricName": metric,
                "Dimensions": [{"Name": dimension, "Value": value}],
            },
            "Period": period,
            "Stat": stat,
        },
    }
    answer = sdk_client(sim, "cloudwatch", one.region, one.account).get_metric_data(
        MetricDataQueries=[query],
        StartTime=since,
        EndTime=until or sim.clock.now(),
        ScanBy="TimestampAscending",
    )
    [result] = answer["MetricDataResults"]
    assert result["StatusCode"] == "Complete"
    return list(zip(result["Timestamps"], result["Values"], strict=True))


def values(points: list[tuple[datetime, float]]) -> list[float]:
    return [value for _, value in points]


def ago(sim: SimServer, **how_long: float) -> datetime:
    return sim.clock.now() - timedelta(**how_long)


def test_the_metrics_that_there_are(sim: SimServer, client: Any) -> None:
    one = named(sim, "delft")
    pages = client("cloudwatch").get_paginator("list_metrics")
    found = [m for page in pages.paginate(Namespace="AWS/VPN") for m in page["Metrics"]]
    names = {m["MetricName"] for m in found}
    assert names == {"TunnelState", "TunnelDataIn", "TunnelDataOut"}
    dimensions = {tuple((d["Name"], d["Value"]) for d in m["Dimensions"]) for m in found}
    assert {((VPN, one.id),), *(((TUNNEL, t.outside_ip),) for t in one.tunnels)} <= dimensions
    own = client("cloudwatch").list_metrics(
        Namespace="AWS/VPN", MetricName="TunnelState", Dimensions=[{"Name": VPN, "Value": one.id}]
    )["Metrics"]
    assert len(own) == 1
    by_tunnel = client("cloudwatch").list_metrics(Dimensions=[{"Name": TUNNEL}])["Metrics"]
    assert all([d["Name"] for d in m["Dimensions"]] == [TUNNEL] for m in by_tunnel)
    elsewhere = client("cloudwatch", account=BRANCHES).list_metrics(Namespace="AWS/VPN")["Metrics"]
    assert one.id not in str(elsewhere)


def test_tunnel_metrics_may_come_with_the_connection() -> None:
    scenario = parse_scenario(
        """
        tunnel_metrics = "with-vpn"
        [[accounts]]
        id = "111122223333"
        name = "One"
        connections = [{name = "a", region = "eu-west-1"}]
        """,
        "together.toml",
    )
    with SimServer(scenario) as server:
        cloudwatch = sdk_client(server, "cloudwatch", "eu-west-1")
        found = cloudwatch.list_metrics(Namespace="AWS/VPN")["Metrics"]
        names = {tuple(d["Name"] for d in m["Dimensions"]) for m in found}
        assert names == {(VPN,), (VPN, TUNNEL)}
        one, now = named(server, "a"), server.clock.now()
        both = [
            {"Name": VPN, "Value": one.id},
            {"Name": TUNNEL, "Value": one.tunnels[0].outside_ip},
        ]
        for dimensions, points in ((both, 1), (both[1:], 0)):
            told = cloudwatch.get_metric_statistics(
                Namespace="AWS/VPN",
                MetricName="TunnelState",
                Dimensions=dimensions,
                StartTime=now - timedelta(minutes=5),
                EndTime=now - timedelta(minutes=1),
                Period=300,
                Statistics=["Average"],
            )
            assert len(told["Datapoints"]) >= points
            assert bool(told["Datapoints"]) == bool(points)


def test_state_falls_when_the_tunnel_does(sim: SimServer) -> None:
    changed = named(sim, "kiel").tunnels[1].past.changed
    points = series(sim, "kiel", "TunnelState", changed - timedelta(hours=3))
    before = {value for time, value in points if time + timedelta(minutes=5) <= changed}
    after = {value for time, value in points if time >= changed}
    assert (before, after) == ({1.0}, {0.0})
    [between] = [v for t, v in points if t < changed < t + timedelta(minutes=5)] or [0.5]
    assert 0 <= between <= 1
    assert {v for _, v in series(sim, "kiel", "TunnelState", changed, number=0)} == {1.0}


def test_a_connection_is_its_two_tunnels(sim: SimServer) -> None:
    since = ago(sim, minutes=30)
    told = {
        stat: set(values(series(sim, "kiel", "TunnelState", since, dimension=VPN, stat=stat)))
        for stat in ("Average", "Minimum", "Maximum")
    }
    assert told == {"Average": {0.5}, "Minimum": {0.0}, "Maximum": {1.0}}


def test_a_tunnel_that_never_was_up_has_nothing_but_zeros(sim: SimServer) -> None:
    for metric in ("TunnelState", "TunnelDataIn", "TunnelDataOut"):
        points = series(sim, "aarhus", metric, ago(sim, days=60), period=3600)
        assert len(points) > 1400
        assert set(values(points)) == {0.0}


def test_an_idle_tunnel_was_quiet_before_it_went(sim: SimServer) -> None:
    changed = named(sim, "lyon").tunnels[1].past.changed
    hour = timedelta(hours=1)
    for metric in ("TunnelDataIn", "TunnelDataOut"):
        points = series(sim, "lyon", metric, changed - 3 * hour, changed, stat="Sum")
        busy = [v for t, v in points if t < changed - hour]
        quiet = [v for t, v in points if changed - hour / 2 < t]
        assert min(busy) > 10_000
        assert set(quiet) == {0.0}
    state = series(sim, "lyon", "TunnelState", changed - hour, changed - timedelta(minutes=5))
    assert set(values(state)) == {1.0}


def test_a_closed_tunnel_was_busy_to_the_end(sim: SimServer) -> None:
    changed = named(sim, "malmo").tunnels[1].past.changed
    points = series(sim, "malmo", "TunnelDataIn", changed - timedelta(hours=1), changed, stat="Sum")
    assert min(values(points)) > 10_000


def falls(points: list[tuple[datetime, float]]) -> list[datetime]:
    """The times at which a series leaves 1."""
    pairs = pairwise(points)
    return [later[0] for earlier, later in pairs if earlier[1] == 1 > later[1]]


def test_rekeying_fails_at_the_pace_of_a_lifetime(sim: SimServer) -> None:
    drops = falls(series(sim, "nantes", "TunnelState", ago(sim, days=1), period=60))
    gaps = [later - earlier for earlier, later in pairwise(drops)]
    assert len(gaps) > 20
    assert all(timedelta(minutes=50) < gap < timedelta(minutes=60) for gap in gaps)


def test_a_bad_path_has_no_rhythm(sim: SimServer) -> None:
    drops = falls(series(sim, "ypres", "TunnelState", ago(sim, days=1), period=60))
    gaps = [(later - earlier).seconds for earlier, later in pairwise(drops)]
    assert len(gaps) > 50
    assert max(gaps) > 1.4 * min(gaps)


def test_traffic_that_goes_out_by_one_tunnel_and_comes_in_by_the_other(sim: SimServer) -> None:
    since = ago(sim, hours=2)
    told = {
        (metric, number): min(
            values(series(sim, "zadar", metric, since, number=number, stat="Sum"))[:-1]
        )
        > 5_000
        for metric in ("TunnelDataIn", "TunnelDataOut")
        for number in (0, 1)
    }
    assert told == {
        ("TunnelDataIn", 0): False,
        ("TunnelDataIn", 1): True,
        ("TunnelDataOut", 0): True,
        ("TunnelDataOut", 1): False,
    }


def test_keep_alives_are_there_while_ipsec_is_up_and_bgp_is_not(sim: SimServer) -> None:
    since = ago(sim, hours=2)
    bgp = values(series(sim, "ulm", "TunnelDataIn", since, stat="Sum"))[1:-1]
    assert all(0 < value < 5_000 for value in bgp)
    assert set(values(series(sim, "ulm", "TunnelState", since))) == {0.0}
    assert set(values(series(sim, "kiel", "TunnelDataIn", ago(sim, hours=1), stat="Sum"))) == {0.0}


@pytest.mark.parametrize(
    ("period", "days", "count"),
    [(60, 20, 15 * 1440), (300, 70, 63 * 288), (3600, 480, None), (86_400, 60, 61)],
)
def test_old_values_are_kept_in_longer_periods_only(
    sim: SimServer, period: int, days: int, count: int | None
) -> None:
    points = series(sim, "bonn", "TunnelState", ago(sim, days=days), period=period)
    if count is None:  # no older than the connection, and no older than is kept
        count = (sim.clock.now() - named(sim, "bonn").tunnels[1].past.created) // timedelta(hours=1)
    assert abs(len(points) - count) <= 2
    assert all(time.timestamp() % period == 0 for time, _ in points)


def test_there_is_nothing_of_the_future(sim: SimServer) -> None:
    now = sim.clock.now()
    points = series(sim, "bonn", "TunnelState", now - timedelta(hours=1), now + timedelta(hours=1))
    assert points[-1][0] <= now


def test_a_change_while_it_runs_shows(sim: SimServer) -> None:
    one = named(sim, "metz")
    down = sim.clock.now()
    sim.set_tunnel(BRANCHES, one.region, one.id, one.tunnels[0].outside_ip, up=False)
    sim.clock.advance(timedelta(minutes=15))
    points = series(sim, "metz", "TunnelState", down - timedelta(minutes=10), number=0)
    assert points[0][1] == 1.0
    assert points[-1][1] == 0.0


def test_five_hundred_metrics_and_not_one_more(sim: SimServer, client: Any) -> None:
    stat = {
        "Metric": {"Namespace": "AWS/VPN", "MetricName": "TunnelState", "Dimensions": []},
        "Period": 300,
        "Stat": "Average",
    }
    queries = [{"Id": f"m{number}", "MetricStat": stat} for number in range(501)]
    asked = {"StartTime": ago(sim, hours=1), "EndTime": sim.clock.now()}
    told = client("cloudwatch").get_metric_data(MetricDataQueries=queries[:500], **asked)
    assert len(told["MetricDataResults"]) == 500
    assert told["MetricDataResults"][0]["Values"] == []  # there is no such metric
    with pytest.raises(ClientError, match="ValidationError"):
        client("cloudwatch").get_metric_data(MetricDataQueries=queries, **asked)


@pytest.mark.parametrize("most", [10, 97, 100_000])
def test_points_come_in_pages(sim: SimServer, client: Any, most: int) -> None:
    one = named(sim, "bonn")
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/VPN",
                    "MetricName": "TunnelDataIn",
                    "Dimensions": [{"Name": TUNNEL, "Value": tunnel.outside_ip}],
                },
                "Period": 300,
                "Stat": "Sum",
            },
        }
        for number, tunnel in enumerate(one.tunnels)
    ]
    pages = client("cloudwatch").get_paginator("get_metric_data")
    now = datetime.now(UTC) - timedelta(hours=1)
    told: dict[str, list[datetime]] = {"m0": [], "m1": []}
    for page in pages.paginate(
        MetricDataQueries=queries,
        StartTime=now - timedelta(hours=12),
        EndTime=now,
        MaxDatapoints=most,
    ):
        assert sum(len(one["Values"]) for one in page["MetricDataResults"]) <= most
        for result in page["MetricDataResults"]:
            told[result["Id"]] += result["Timestamps"]
    for times in told.values():
        assert 144 <= len(times) <= 145
        assert times == sorted(set(times), reverse=True)


def test_statistics(sim: SimServer, client: Any) -> None:
    one, now = named(sim, "kiel"), sim.clock.now()
    asked = {
        "Namespace": "AWS/VPN",
        "MetricName": "TunnelState",
        "Dimensions": [{"Name": VPN, "Value": one.id}],
        "Period": 300,
        "Statistics": ["Minimum", "SampleCount"],
    }
    told = client("cloudwatch").get_metric_statistics(
        **asked, StartTime=now - timedelta(minutes=40), EndTime=now - timedelta(minutes=10)
    )
    assert told["Label"] == "TunnelState"
    assert {(p["Minimum"], p["SampleCount"]) for p in told["Datapoints"]} == {(0.0, 10.0)}
    times = [point["Timestamp"] for point in told["Datapoints"]]
    assert times != sorted(times)  # AWS promises no order
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        client("cloudwatch").get_metric_statistics(
            **asked, StartTime=now - timedelta(days=6), EndTime=now
        )


@pytest.mark.parametrize(
    "query",
    [
        {"Expression": "SEARCH('{AWS/VPN,VpnId}', 'Average', 300)"},
        {"MetricStat": {"Stat": "p99"}},
        {"MetricStat": {"Period": 45}},
    ],
)
def test_what_is_not_simulated_is_refused(
    sim: SimServer, client: Any, query: dict[str, Any]
) -> None:
    one = named(sim, "kiel")
    known = {
        "Metric": {
            "Namespace": "AWS/VPN",
            "MetricName": "TunnelState",
            "Dimensions": [{"Name": VPN, "Value": one.id}],
        },
        "Period": 300,
        "Stat": "Average",
    }
    if "MetricStat" in query:
        query = {"MetricStat": known | query["MetricStat"]}
    queries = [{"Id": "m1", **query}, {"Id": "m2", "MetricStat": known}]
    with pytest.raises(ClientError, match="ValidationError"):
        client("cloudwatch").get_metric_data(
            MetricDataQueries=queries, StartTime=ago(sim, hours=1), EndTime=sim.clock.now()
        )


def test_other_namespaces_are_motos(client: Any) -> None:
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="Mine", MetricData=[{"MetricName": "Load", "Value": 1.0}])
    assert [m["MetricName"] for m in cloudwatch.list_metrics(Namespace="Mine")["Metrics"]] == [
        "Load"
    ]


@pytest.mark.parametrize("operation", ["cloudwatch:ListMetrics", "cloudwatch:*"])
def test_faults(sim: SimServer, client: Any, operation: str) -> None:
    sim.faults.add(Fault(code="AccessDenied", operation=operation, times=1))
    with pytest.raises(ClientError, match="AccessDenied"):
        client("cloudwatch").list_metrics(Namespace="AWS/VPN")


def test_a_start_works_nothing_out() -> None:
    with SimServer(load_scenario("causes")) as server:
        assert not server.world.records.chronicles.begun
        one = named(server, "kiel")
        series(server, "kiel", "TunnelState", server.clock.now() - timedelta(minutes=9))
        assert server.world.records.chronicles.begun
        assert one.account == NETWORK
