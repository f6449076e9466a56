"""AWS Health over HTTP: what AWS tells of replaced endpoints and single tunnels."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from evidence_world import BRANCHES, named

from bothup.read.evidence_parts import read_health
from bothup.sim import Fault, SimServer

SCENARIO = "causes"
REPLACED, SINGLE = "AWS_VPN_REDUNDANCY_LOSS", "AWS_VPN_SINGLE_TUNNEL_NOTIFICATION"


def events(client: Any, **chosen: Any) -> list[dict[str, Any]]:
    pages = client("health", "us-east-1").get_paginator("describe_events")
    return [event for page in pages.paginate(filter=chosen) for event in page["events"]]


def of(client: Any, sim: SimServer, name: str, code: str) -> list[dict[str, Any]]:
    return events(client, entityValues=[named(sim, name).id], eventTypeCodes=[code])


def test_a_replaced_endpoint_is_told_of_when_it_is_over(sim: SimServer, client: Any) -> None:
    tunnel = named(sim, "oulu").tunnels[1]
    newest, *_ = of(client, sim, "oulu", REPLACED)
    after = newest["startTime"] - tunnel.past.changed
    assert timedelta() < after < timedelta(minutes=10)
    assert (newest["service"], newest["eventTypeCategory"]) == ("VPN", "accountNotification")
    assert read_health(newest, 0).code == REPLACED
    entities = client("health", "us-east-1").describe_affected_entities(
        filter={"eventArns": [newest["arn"]]}
    )["entities"]
    assert [entity["entityValue"] for entity in entities] == [named(sim, "oulu").id]


def test_a_change_of_options_replaces_the_endpoint_too(sim: SimServer, client: Any) -> None:
    newest, *_ = of(client, sim, "porto", REPLACED)
    assert newest["startTime"] > named(sim, "porto").tunnels[1].past.changed


def test_a_path_that_is_cut_is_no_replacement(sim: SimServer, client: Any) -> None:
    changed = named(sim, "kiel").tunnels[1].past.changed
    times = [event["startTime"] for event in of(client, sim, "kiel", REPLACED)]
    assert all(time < changed - timedelta(days=1) for time in times)


@pytest.mark.parametrize(
    ("name", "told"), [("aarhus", 1), ("delft", 1), ("kiel", 0), ("bonn", 0), ("wels", 0)]
)
def test_a_single_tunnel_is_told_of_after_a_day(
    sim: SimServer, client: Any, name: str, told: int
) -> None:
    assert len(of(client, sim, name, SINGLE)) == told


def test_filters(sim: SimServer, client: Any) -> None:
    now = sim.clock.now()
    every = events(client)
    assert {event["region"] for event in every} == {"eu-central-1", "eu-west-1"}
    assert {e["region"] for e in events(client, regions=["eu-west-1"])} == {"eu-west-1"}
    assert events(client, services=["EC2"]) == []
    recent = events(client, startTimes=[{"from": now - timedelta(days=1)}])
    assert 0 < len(recent) < len(every)
    assert all(event["startTime"] >= now - timedelta(days=1) for event in recent)
    arn = recent[0]["arn"]
    assert [event["arn"] for event in events(client, eventArns=[arn])] == [arn]
    assert all(event["startTime"] > now - timedelta(days=90) for event in every)


def test_pages(client: Any) -> None:
    whole = [event["arn"] for event in events(client)]
    pages = client("health", "us-east-1").get_paginator("describe_events")
    told = [
        event["arn"]
        for page in pages.paginate(PaginationConfig={"PageSize": 10})
        for event in page["events"]
    ]
    assert told == whole
    assert len(set(whole)) == len(whole) > 10


def test_texts(client: Any) -> None:
    [one, *_] = events(client, eventTypeCodes=[REPLACED])
    answer = client("health", "us-east-1").describe_event_details(
        eventArns=[one["arn"], "arn:aws:health:us-east-1::event/VPN/X/X-1"]
    )
    [details] = answer["successfulSet"]
    assert one["region"] in details["eventDescription"]["latestDescription"]
    assert len(answer["failedSet"]) == 1


def test_it_takes_a_support_plan(client: Any) -> None:
    with pytest.raises(ClientError, match="SubscriptionRequiredException"):
        client("health", "us-east-1", account=BRANCHES).describe_events()


def test_it_takes_the_right_endpoint(client: Any) -> None:
    with pytest.raises(ClientError, match="no endpoint in eu-central-1"):
        client("health", "eu-central-1").describe_events()


def test_faults(sim: SimServer, client: Any) -> None:
    sim.faults.add(Fault(code="AccessDeniedException", operation="health:*", times=1))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client("health", "us-east-1").describe_events()
