"""What is kept of a CloudTrail event: who did what, and no value that could be secret."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bothup.aws.collect.changes import wanted
from bothup.aws.collect.incident import Incident, Span
from bothup.aws.collect.recorded import change
from bothup.aws.collect.trail import Events, Lookup, Trail
from bothup.aws.collect.wanted import Subject, Wanted
from bothup.errors import AwsError
from bothup.model.connection import Tunnel, TunnelStatus, VpnConnection
from bothup.model.target import Target
from bothup.read.evidence_parts import read_change

KEY = "Zz9.SecretSecret_1"
NOW, HOUR = datetime(2026, 11, 24, 12, tzinfo=UTC), timedelta(hours=1)
LOOKUP = Lookup(Target(region="eu-west-1"), "EventName", "ModifyVpnTunnelOptions")


def event(parameters: Any, **more: Any) -> dict[str, Any]:
    record = {
        "eventName": "ModifyVpnTunnelOptions",
        "eventTime": "2026-11-24T05:00:00Z",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/ops/jo",
            "accessKeyId": f"ASIA{KEY}",
            "sessionContext": {"sessionIssuer": {"userName": "ops"}},
        },
        "requestParameters": parameters,
        "responseElements": {"CustomerGatewayConfiguration": f"<pre_shared_key>{KEY}</…>"},
        **more,
    }
    return {"EventId": "e-1", "EventName": "…", "CloudTrailEvent": json.dumps(record)}


def test_every_page_is_read_and_what_only_reads_is_passed_over() -> None:
    asked: list[str | None] = []

    async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
        asked.append(params.get("NextToken"))
        number = len(asked)
        read = {**event({}), "EventId": f"r-{number}", "ReadOnly": "true"}
        wrote = {**event({}), "EventId": f"w-{number}", "ReadOnly": "false"}
        more = {"NextToken": f"page-{number}"} if number < 3 else {}
        return {"Events": [read, wrote], **more}

    found = asyncio.run(Trail().events(call, LOOKUP, Span(NOW - HOUR, NOW)))
    assert ([each.id for each in found.listed], found.whole) == (["w-1", "w-2", "w-3"], True)
    assert asked == [None, "page-1", "page-2"]


def test_one_lookup_serves_all_who_ask_how_far_back_they_may_look() -> None:
    asked: list[datetime] = []

    async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
        asked.append(params["StartTime"])
        ago = (1, 3, 5, 7, 9, 11, 13, 15)[2 * len(asked) - 2 :][:2]
        events = [{**event({}), "EventId": f"{hours} h", "EventTime": NOW - hours * HOUR}
                  for hours in ago]  # fmt: skip
        return {"Events": events, "NextToken": "more"}

    spans = [Span(NOW - hours * HOUR, NOW) for hours in (4, 20, 15)]

    async def all_of_them() -> list[Events]:
        trail = Trail((LOOKUP, each) for each in spans)
        return await asyncio.gather(*(trail.events(call, LOOKUP, each) for each in spans))

    late, early, edge = asyncio.run(all_of_them())
    assert asked == [NOW - 20 * HOUR] * 4
    assert ([each.id for each in late.listed], late.whole) == (["1 h", "3 h"], True)
    assert (len(early.listed), early.whole) == (8, False)
    assert (len(edge.listed), edge.whole) == (8, False)


def test_a_lookup_that_failed_is_made_again_for_the_next_who_asks() -> None:
    answers = [AwsError("no"), {"Events": [event({})]}]

    async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
        answer = answers.pop(0)
        if isinstance(answer, AwsError):
            raise answer
        return answer

    async def twice() -> Events:
        trail, span = Trail(), Span(NOW - HOUR, NOW)
        with pytest.raises(AwsError, match="no"):
            await trail.events(call, LOOKUP, span)
        return await trail.events(call, LOOKUP, span)

    assert [each.id for each in asyncio.run(twice()).listed] == ["e-1"]


def test_what_is_older_than_the_pages_that_are_read_is_missing() -> None:
    async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
        by_name = params["LookupAttributes"][0]["AttributeKey"] == "EventName"
        return {"Events": [], **({"NextToken": "more"} if by_name else {})}

    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    tunnel = Tunnel(outside_ip="203.0.113.1", status=TunnelStatus.DOWN, last_status_change=now)
    connection = VpnConnection(
        id="vpn-1", target=Target(region="eu-west-1"), tunnels=(tunnel,), observed_at=now
    )
    (one,) = wanted(Subject(connection=connection, incident=Incident(now=now)), Trail())
    assert isinstance(one, Wanted)
    told = asyncio.run(one.gathered(call))
    (missing,) = told["missing_evidence"]
    assert (told["changes"], missing["kind"]) == ([], "changes")
    assert "more than 200 events of ModifyVpnTunnelOptions, ReplaceVpnTunnel" in missing["why"]


def test_events_of_several_look_ups_stay_apart_without_ids() -> None:
    async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
        (attribute,) = params["LookupAttributes"]
        told = event({"vpnConnectionId": "vpn-1"}, eventName=attribute["AttributeValue"])
        return {"Events": [{**told, "EventId": None}, {**told, "EventId": None}]}

    connection = VpnConnection(id="vpn-1", target=Target(region="eu-west-1"), observed_at=NOW)
    (one,) = wanted(Subject(connection=connection, incident=Incident(now=NOW)), Trail())
    assert isinstance(one, Wanted)
    names = sorted(each["eventName"] for each in asyncio.run(one.gathered(call))["changes"])
    assert names == ["ModifyVpnTunnelOptions"] * 2 + ["ReplaceVpnTunnel"] * 2 + ["vpn-1"] * 2


def test_a_modification_keeps_its_settings_and_loses_its_key() -> None:
    parameters = {
        "ModifyVpnTunnelOptionsRequest": {
            "VpnConnectionId": "vpn-1",
            "VpnTunnelOutsideIpAddress": "203.0.113.1",
            "TunnelOptions": {
                "PreSharedKey": KEY,
                "StartupAction": "start",
                "IKEVersions": [{"Value": "ikev2"}],
                "Phase1LifetimeSeconds": 28800,
            },
        }
    }
    kept = change(event(parameters))
    assert KEY not in json.dumps(kept)
    inner = kept["requestParameters"]["ModifyVpnTunnelOptionsRequest"]
    assert inner["TunnelOptions"] == {
        "PreSharedKey": "*****",
        "StartupAction": "start",
        "IKEVersions": [{"Value": "ikev2"}],
        "Phase1LifetimeSeconds": 28800,
    }
    read = read_change(kept, 0)
    assert (read.name, read.tunnel) == ("ModifyVpnTunnelOptions", "203.0.113.1")
    assert read.actor == "arn:aws:sts::111122223333:assumed-role/ops/jo"
    assert read.settings == (
        "IKEVersions",
        "Phase1LifetimeSeconds",
        "PreSharedKey",
        "StartupAction",
    )


def test_a_key_in_any_other_place_goes_too() -> None:
    for parameters in (
        {"options": f'{{"PreSharedKey":"{KEY}"}}'},
        {"TunnelOptions": {"PreSharedKey": {"Value": KEY}}},
        {"TunnelOptions": [{"preSharedKey": KEY}]},
        {"preSharedKey": [KEY, {"value": KEY}]},
        {"anything": KEY},
        KEY,
        [KEY],
        {"customerGatewayConfiguration": {"vpnConnectionId": KEY}},
    ):
        assert KEY not in json.dumps(change(event(parameters)))


def test_an_event_whose_record_cannot_be_read_keeps_what_the_listing_says() -> None:
    for record in (None, "", "{", "[1]", '"text"'):
        told = {"EventId": "e-1", "EventName": "ReplaceVpnTunnel", "Username": "jo"}
        kept = change({**told, "CloudTrailEvent": record})
        assert kept == {
            "eventName": "ReplaceVpnTunnel",
            "eventID": "e-1",
            "userIdentity": {"arn": "jo"},
        }


def test_changes_are_looked_for_where_the_tunnel_changed_also_before_since() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    changed = now - timedelta(days=2)
    tunnel = Tunnel(outside_ip="203.0.113.1", status=TunnelStatus.DOWN, last_status_change=changed)
    connection = VpnConnection(
        id="vpn-1", target=Target(region="eu-west-1"), tunnels=(tunnel,), observed_at=now
    )
    asked = Incident(now=now, since=now - timedelta(hours=1))
    (one,) = wanted(Subject(connection=connection, incident=asked), Trail())
    assert "--start-time 2026-11-22T09:00:00Z" in str(one)
