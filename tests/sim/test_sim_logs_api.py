"""CloudWatch Logs over HTTP: groups, streams, pages, times, and what is gone."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import BRANCHES, NETWORK, events_around, group, millis, named, stream

from bothup.sim import Fault, SimServer, parse_scenario
from bothup.sim.evidence.streams import VALIDATION

SCENARIO = "causes"
WEST = "eu-west-1"
GONE = "ResourceNotFoundException"


def test_groups_are_those_that_tunnels_log_to(sim: SimServer, client: Any) -> None:
    found = client("logs", WEST).describe_log_groups(logGroupNamePrefix="/aws/vendedlogs/vpn/")
    names = [one["logGroupName"] for one in found["logGroups"]]
    assert names == [f"/aws/vendedlogs/vpn/{n}" for n in ("cork", "evora", "fulda", "vigo-market")]
    [evora] = client("logs", WEST).describe_log_groups(logGroupNamePattern="EVORA")["logGroups"]
    assert evora["arn"] == f"arn:aws:logs:{WEST}:{NETWORK}:log-group:/aws/vendedlogs/vpn/evora:*"
    assert client("logs", account=BRANCHES).describe_log_groups()["logGroups"] == []


def test_groups_come_in_pages(client: Any) -> None:
    pages = client("logs").get_paginator("describe_log_groups")
    names = [
        one["logGroupName"]
        for page in pages.paginate(PaginationConfig={"PageSize": 7})
        for one in page["logGroups"]
    ]
    assert names == sorted(set(names))
    assert len(names) > 20


def test_streams_of_a_group(sim: SimServer, client: Any) -> None:
    one = named(sim, "delft")
    found = client("logs").describe_log_streams(logGroupName=group(one))["logStreams"]
    own = {stream(one, t, bgp=bgp) for t in one.tunnels for bgp in (False, True)}
    assert [each["logStreamName"] for each in found] == sorted(own | {VALIDATION})
    by_time = client("logs").describe_log_streams(
        logGroupName=group(one), orderBy="LastEventTime", descending=True
    )["logStreams"]
    times = [each["lastEventTimestamp"] for each in by_time]
    assert times == sorted(times, reverse=True)
    now = millis(sim.clock.now())
    newest = next(e for e in found if e["logStreamName"] == stream(one, one.tunnels[1]))
    assert now - 120_000 < newest["lastEventTimestamp"] <= now
    assert newest["firstEventTimestamp"] < now - 300 * 86_400_000


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_events_come_in_pages_and_none_is_lost_or_there_twice(
    sim: SimServer, client: Any, limit: int
) -> None:
    one = named(sim, "gent")
    changed = one.tunnels[1].past.changed
    asked = {
        "logGroupName": group(one),
        "logStreamNamePrefix": "vpn-",
        "startTime": millis(changed - timedelta(minutes=70)),
        "endTime": millis(changed + timedelta(minutes=15)),
    }
    whole = client("logs").filter_log_events(**asked)["events"]
    assert len(whole) > 30
    pages = client("logs").get_paginator("filter_log_events")
    told = [
        event
        for page in pages.paginate(**asked, PaginationConfig={"PageSize": limit})
        for event in page["events"]
    ]
    assert told == whole
    assert len({event["eventId"] for event in told}) == len(told)
    times = [event["timestamp"] for event in told]
    assert times == sorted(times)
    assert times[0] >= asked["startTime"]
    assert times[-1] <= asked["endTime"]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_events_of_one_millisecond_are_told_apart(sim: SimServer, client: Any, limit: int) -> None:
    one = named(sim, "bonn")
    changed = millis(one.tunnels[1].past.changed)
    asked = {
        "logGroupName": group(one),
        "logStreamNames": [stream(one, one.tunnels[1], bgp=True)],
        "startTime": changed,
        "endTime": changed + 10_000,
    }
    pages = client("logs").get_paginator("filter_log_events")
    told = [
        event["message"]
        for page in pages.paginate(**asked, PaginationConfig={"PageSize": limit})
        for event in page["events"]
    ]
    routes = [message for message in told if "RouteStatus" in message]
    assert len(set(told)) == len(told) > len(routes) == one.tunnels[1].device.routes > 2


def test_a_page_holds_a_megabyte(sim: SimServer, client: Any) -> None:
    one = named(sim, "delft")
    answer = client("logs").filter_log_events(
        logGroupName=group(one), startTime=millis(one.tunnels[1].past.changed)
    )
    assert answer["nextToken"]
    size = sum(len(event["message"]) for event in answer["events"])
    assert 900_000 < size <= 1_048_576


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ('"pre-shared key mismatch"', {"pre-shared key mismatch"}),
        ("DELETE", {"DELETE"}),
        ("?DELETE ?AUTHENTICATION_FAILED", {"DELETE", "AUTHENTICATION_FAILED"}),
        ("AWS tunnel -DELETE -CREATE_CHILD_SA", {"pre-shared", "AUTHENTICATION_FAILED"}),
    ],
)
def test_patterns(sim: SimServer, client: Any, pattern: str, found: set[str]) -> None:
    one = named(sim, "delft")
    changed = one.tunnels[1].past.changed
    answer = client("logs").filter_log_events(
        logGroupName=group(one),
        logStreamNames=[stream(one, one.tunnels[1])],
        startTime=millis(changed - timedelta(minutes=70)),
        endTime=millis(changed + timedelta(minutes=5)),
        filterPattern=pattern,
    )
    told = [event["message"] for event in answer["events"]]
    assert all(any(word in line for word in found) for line in told)
    assert all(any(word in line for line in told) for word in found)


def test_a_pattern_that_is_not_simulated_is_refused(sim: SimServer, client: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException.*not simulated"):
        client("logs").filter_log_events(
            logGroupName=group(named(sim, "delft")), filterPattern='{ $.details = "x" }'
        )


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("filter_log_events", {"logStreamNames": ["x"], "logStreamNamePrefix": "y"}),
        ("filter_log_events", {"startTime": 2, "endTime": 1}),
        ("filter_log_events", {"nextToken": "nonsense"}),
        ("get_log_events", {"logStreamName": VALIDATION, "nextToken": "nonsense"}),
        ("describe_log_streams", {"nextToken": "nonsense"}),
        ("describe_log_streams", {"orderBy": "LastEventTime", "logStreamNamePrefix": "v"}),
    ],
)
def test_what_makes_no_sense_is_refused(
    sim: SimServer, client: Any, call: str, more: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        getattr(client("logs"), call)(logGroupName=group(named(sim, "delft")), **more)


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("filter_log_events", {}),
        ("describe_log_streams", {}),
        ("get_log_events", {"logStreamName": "x"}),
        ("put_retention_policy", {"retentionInDays": 30}),
        ("delete_log_group", {}),
    ],
)
def test_a_group_that_somebody_deleted(
    sim: SimServer, client: Any, call: str, more: dict[str, Any]
) -> None:
    one = named(sim, "derby")
    assert one.tunnels[1].options["LogOptions"]["CloudWatchLogOptions"]["LogEnabled"]
    with pytest.raises(ClientError, match=f"{GONE}.*log group does not exist"):
        getattr(client("logs", WEST), call)(logGroupName=group(one), **more)


def test_logs_begin_when_they_are_turned_on(sim: SimServer, client: Any) -> None:
    one = named(sim, "evora")
    assert events_around(sim, "evora", one.tunnels[1]) == []
    answer = client("logs", WEST).filter_log_events(logGroupName=group(one), limit=1)
    first = answer["events"][0]["timestamp"]
    assert first == millis(one.tunnels[1].past.logged_since)
    assert one.tunnels[1].past.logged_since > one.tunnels[1].past.changed


def test_bgp_is_not_logged_where_only_activity_is(sim: SimServer, client: Any) -> None:
    one = named(sim, "fulda")
    found = client("logs", WEST).describe_log_streams(logGroupName=group(one))["logStreams"]
    own = {stream(one, tunnel) for tunnel in one.tunnels}
    assert {each["logStreamName"] for each in found} == own | {VALIDATION}


def test_the_newest_and_the_oldest_events_of_a_stream(sim: SimServer, client: Any) -> None:
    one = named(sim, "kiel")
    asked = {"logGroupName": group(one), "logStreamName": stream(one, one.tunnels[1])}
    newest = client("logs").get_log_events(**asked, limit=2)
    assert "DPD timed out" in newest["events"][-1]["message"]
    before = client("logs").get_log_events(**asked, limit=2, nextToken=newest["nextBackwardToken"])
    assert before["events"][-1]["timestamp"] <= newest["events"][0]["timestamp"]
    after = client("logs").get_log_events(**asked, nextToken=newest["nextForwardToken"])
    assert after["events"] == []
    oldest = client("logs").get_log_events(**asked, limit=1, startFromHead=True)["events"][0]
    assert oldest["timestamp"] < newest["events"][0]["timestamp"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", GONE])
def test_faults_strike_here_as_well(sim: SimServer, client: Any, code: str) -> None:
    sim.faults.add(Fault(code=code, operation="logs:FilterLogEvents", times=1))
    with pytest.raises(ClientError, match=code):
        client("logs").filter_log_events(logGroupName=group(named(sim, "delft")))
    assert client("logs").describe_log_groups()["logGroups"]


LIVE = parse_scenario(
    """
    [[accounts]]
    id = "111122223333"
    name = "One"
    [[accounts.connections]]
    name = "bare"
    region = "eu-west-1"
    [[accounts.connections]]
    name = "refused"
    region = "eu-west-1"
    kind = "wrong-key"
    """,
    "live.toml",
)


class TestWhileItRuns:
    """What happens to tunnels and groups after the start."""

    @pytest.fixture
    def live(self) -> Any:
        with SimServer(LIVE) as server:
            yield server

    @pytest.fixture
    def logs(self, live: SimServer) -> Any:
        from sim_sdk import sdk_client

        return sdk_client(live, "logs", WEST)

    def enable(self, live: SimServer, name: str, form: str = "json") -> str:
        from sim_sdk import sdk_client

        one = named(live, name)
        arn = f"arn:aws:logs:{WEST}:{NETWORK}:log-group:/mine"
        options = {"LogEnabled": True, "LogGroupArn": arn, "LogOutputFormat": form}
        sdk_client(live, "ec2", WEST).modify_vpn_tunnel_options(
            VpnConnectionId=one.id,
            VpnTunnelOutsideIpAddress=one.tunnels[1].outside_ip,
            TunnelOptions={"LogOptions": {"CloudWatchLogOptions": options}},
        )
        live.clock.advance(timedelta(minutes=6))
        return stream(one, one.tunnels[1])

    def test_a_tunnel_logs_from_the_time_that_it_is_told_to(
        self, live: SimServer, logs: Any
    ) -> None:
        logs.create_log_group(logGroupName="/mine", tags={"a": "b"})
        turned_on = live.clock.now()
        name = self.enable(live, "refused")
        live.clock.advance(timedelta(minutes=10))
        events = logs.filter_log_events(logGroupName="/mine", logStreamNames=[name])["events"]
        assert "pre-shared key mismatch" in events[0]["message"]
        # The endpoint is replaced first, and says nothing meanwhile.
        assert events[0]["timestamp"] > millis(turned_on + timedelta(minutes=4))
        assert events[-1]["timestamp"] <= millis(live.clock.now())
        self.enable(live, "refused", form="text")
        live.clock.advance(timedelta(minutes=10))
        both = logs.filter_log_events(logGroupName="/mine", logStreamNames=[name])["events"]
        forms = [event["message"][0] for event in both]
        assert set(forms) == {"{", "2"}
        assert forms == sorted(forms, reverse=True)
        times = [event["timestamp"] for event in both]
        assert times == sorted(times)

    def test_a_drop_that_is_forced_is_logged(self, live: SimServer, logs: Any) -> None:
        logs.create_log_group(logGroupName="/mine")
        name = self.enable(live, "bare")
        one = named(live, "bare")
        live.set_tunnel(NETWORK, WEST, one.id, one.tunnels[1].outside_ip, up=False)
        live.clock.advance(timedelta(minutes=1))
        events = logs.filter_log_events(logGroupName="/mine", logStreamNames=[name])["events"]
        assert "DPD timed out" in events[0]["message"]

    def test_a_group_goes_with_what_is_in_it(self, live: SimServer, logs: Any) -> None:
        logs.create_log_group(logGroupName="/mine")
        with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
            logs.create_log_group(logGroupName="/mine")
        self.enable(live, "refused")
        assert logs.describe_log_streams(logGroupName="/mine")["logStreams"]
        logs.delete_log_group(logGroupName="/mine")
        with pytest.raises(ClientError, match=GONE):
            logs.filter_log_events(logGroupName="/mine")
        logs.create_log_group(logGroupName="/mine")
        again = millis(live.clock.now())
        live.clock.advance(timedelta(minutes=5))
        events = logs.filter_log_events(logGroupName="/mine", logStreamNamePrefix="vpn-")["events"]
        assert events
        assert all(event["timestamp"] >= again for event in events)

    def test_retention_and_tags(self, logs: Any) -> None:
        logs.create_log_group(logGroupName="/mine", tags={"a": "b"})
        logs.put_retention_policy(logGroupName="/mine", retentionInDays=30)
        [shown] = logs.describe_log_groups()["logGroups"]
        assert shown["retentionInDays"] == 30
        logs.tag_resource(resourceArn=shown["logGroupArn"], tags={"c": "d"})
        tags = logs.list_tags_for_resource(resourceArn=shown["logGroupArn"])["tags"]
        assert tags == {"a": "b", "c": "d"}
        logs.delete_retention_policy(logGroupName="/mine")
        assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]

    def test_own_streams_beside_awss(self, live: SimServer, logs: Any) -> None:
        logs.create_log_group(logGroupName="/mine")
        logs.create_log_stream(logGroupName="/mine", logStreamName="other")
        now = millis(live.clock.now())
        logs.put_log_events(
            logGroupName="/mine",
            logStreamName="other",
            logEvents=[{"timestamp": now, "message": "something else"}],
        )
        events = logs.filter_log_events(logGroupName="/mine")["events"]
        assert [event["message"] for event in events] == ["something else"]
        with pytest.raises(ClientError, match=GONE):
            logs.put_log_events(
                logGroupName="/mine",
                logStreamName="nowhere",
                logEvents=[{"timestamp": now, "message": "lost"}],
            )
