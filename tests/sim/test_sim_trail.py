"""CloudTrail's LookupEvents over HTTP: what was changed before the start, and what is since."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import BRANCHES, NETWORK, named
from sim_sdk import sdk_client

from bothup.read.evidence_parts import read_change
from bothup.sim import Fault, SimServer, load_scenario

SCENARIO = "causes"
REGION = "eu-central-1"


def look_up(client: Any, key: str, value: str, **more: Any) -> list[dict[str, Any]]:
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    pages = client("cloudtrail").get_paginator("lookup_events")
    return [
        e for page in pages.paginate(LookupAttributes=attributes, **more) for e in page["Events"]
    ]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("essen", ("IKEVersions",)),
        ("porto", ("DPDTimeoutAction", "IKEVersions")),
    ],
)
def test_a_change_that_took_a_tunnel_down(
    sim: SimServer, client: Any, name: str, settings: tuple[str, ...]
) -> None:
    one = named(sim, name)
    [event] = look_up(client, "ResourceName", one.id)
    assert event["EventName"] == "ModifyVpnTunnelOptions"
    assert event["EventTime"] == one.tunnels[1].past.changed
    assert event["Resources"] == [
        {"ResourceType": "AWS::EC2::VPNConnection", "ResourceName": one.id}
    ]
    change = read_change(event, 0)
    assert change.settings == settings
    assert change.tunnel == one.tunnels[1].outside_ip
    assert change.time == event["EventTime"]
    assert change.actor
    assert change.actor.startswith(f"arn:aws:iam::{NETWORK}:user/")
    assert change.error is None


def test_nothing_was_changed_where_something_else_is_wrong(sim: SimServer, client: Any) -> None:
    for name in ("kiel", "malmo", "oulu", "faro", "quimper"):
        assert look_up(client, "ResourceName", named(sim, name).id) == []


def test_a_young_connections_creation(sim: SimServer, client: Any) -> None:
    one = named(sim, "bergen")
    [event] = look_up(client, "ResourceName", one.id)
    assert event["EventName"] == "CreateVpnConnection"
    told = json.loads(event["CloudTrailEvent"])
    assert told["requestParameters"]["customerGatewayId"] == one.customer_gateway_id
    assert event in look_up(client, "ResourceName", one.customer_gateway_id)


def test_logs_that_were_turned_on_later(sim: SimServer) -> None:
    one = named(sim, "evora")
    cloudtrail = sdk_client(sim, "cloudtrail", "eu-west-1")
    attributes = [{"AttributeKey": "ResourceName", "AttributeValue": one.id}]
    events = cloudtrail.lookup_events(LookupAttributes=attributes)["Events"]
    assert [read_change(event, 0).settings for event in events] == [("LogOptions",)] * 2
    assert {event["EventTime"] for event in events} == {one.tunnels[0].past.logged_since}
    assert len({event["EventId"] for event in events}) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventName", "CreateVpnConnection"),
        ("EventSource", "ec2.amazonaws.com"),
        ("ReadOnly", "false"),
        ("ResourceType", "AWS::EC2::VPNConnection"),
    ],
)
def test_attributes(client: Any, key: str, value: str) -> None:
    found = look_up(client, key, value)
    assert found
    members = {"EventName": "EventName", "EventSource": "EventSource", "ReadOnly": "ReadOnly"}
    if key in members:
        assert {event[members[key]] for event in found} == {value}
    for event in found[:2]:
        for name in ("EventId", "Username", "AccessKeyId"):
            assert event in look_up(client, name, event[name])
    assert look_up(client, key, "nothing") == []


def test_pages_are_newest_first(client: Any) -> None:
    whole = client("cloudtrail").lookup_events()["Events"]
    paged = look_up(client, "ReadOnly", "false", PaginationConfig={"PageSize": 2})
    assert paged == whole
    assert len({event["EventId"] for event in whole}) == len(whole) > 4
    times = [event["EventTime"] for event in whole]
    assert times == sorted(times, reverse=True)


def test_a_time_can_be_named_and_90_days_is_the_most(sim: SimServer, client: Any) -> None:
    now = sim.clock.now()
    changed = named(sim, "essen").tunnels[1].past.changed
    around = client("cloudtrail").lookup_events(
        StartTime=changed - timedelta(minutes=1), EndTime=changed + timedelta(minutes=1)
    )["Events"]
    assert [event["EventName"] for event in around] == ["ModifyVpnTunnelOptions"]
    ancient = client("cloudtrail").lookup_events(
        StartTime=now - timedelta(days=1000), EndTime=now - timedelta(days=91)
    )["Events"]
    assert ancient == []
    assert all(one.created < now - timedelta(days=90) for one in [named(sim, "kiel")])
    with pytest.raises(ClientError, match="InvalidTimeRangeException"):
        client("cloudtrail").lookup_events(StartTime=now, EndTime=now - timedelta(days=1))
    two = [{"AttributeKey": "EventName", "AttributeValue": "x"}] * 2
    with pytest.raises(ClientError, match="InvalidLookupAttributesException"):
        client("cloudtrail").lookup_events(LookupAttributes=two)
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        client("cloudtrail").lookup_events(NextToken="nonsense")


def test_another_account_and_another_region_see_their_own(sim: SimServer) -> None:
    one = named(sim, "kassel")
    attributes = [{"AttributeKey": "ResourceName", "AttributeValue": one.id}]
    told = {
        (account, region): len(
            sdk_client(sim, "cloudtrail", region, account).lookup_events(
                LookupAttributes=attributes
            )["Events"]
        )
        for account in (NETWORK, BRANCHES)
        for region in (REGION, "us-east-1")
    }
    assert told == {
        (BRANCHES, REGION): 1,
        (BRANCHES, "us-east-1"): 0,
        (NETWORK, REGION): 0,
        (NETWORK, "us-east-1"): 0,
    }


def test_what_is_changed_while_it_runs() -> None:
    with SimServer(load_scenario("causes")) as server:
        one = named(server, "kiel")
        outside = one.tunnels[1].outside_ip
        ec2 = sdk_client(server, "ec2")
        role = {"VpnConnectionId": one.id, "VpnTunnelOutsideIpAddress": outside}
        ec2.describe_vpn_connections()
        ec2.modify_vpn_tunnel_options(
            **role, TunnelOptions={"PreSharedKey": "never.seen_again", "StartupAction": "start"}
        )
        with pytest.raises(ClientError, match="IncorrectState"):
            ec2.replace_vpn_tunnel(**role)
        with pytest.raises(ClientError, match="DryRunOperation"):
            ec2.delete_vpn_connection(VpnConnectionId=one.id, DryRun=True)
        events = sdk_client(server, "cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": one.id}]
        )["Events"]
        changes = [read_change(event, 0) for event in events]
        assert {(change.name, change.error) for change in changes} == {
            ("ModifyVpnTunnelOptions", None),
            ("ReplaceVpnTunnel", "Client.IncorrectState"),
            ("DeleteVpnConnection", "Client.DryRunOperation"),
        }
        modified = next(one for one in events if one["EventName"] == "ModifyVpnTunnelOptions")
        assert read_change(modified, 0).settings == ("PreSharedKey", "StartupAction")
        told = json.loads(modified["CloudTrailEvent"])
        assert told["userIdentity"]["arn"] == f"arn:aws:iam::{NETWORK}:user/operator"
        assert "never.seen_again" not in str(events)
        options = told["requestParameters"]["ModifyVpnTunnelOptionsRequest"]["TunnelOptions"]
        assert options["PreSharedKey"] == "<sensitiveDataRemoved>"


def test_no_key_is_in_any_record(client: Any) -> None:
    assert "SIMPSK" not in str(client("cloudtrail").lookup_events())


def test_faults(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(code="AccessDeniedException", operation="cloudtrail:Lookup*", times=1))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client("cloudtrail").lookup_events()
