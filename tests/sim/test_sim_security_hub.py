"""Security Hub in the simulated AWS, with the real SDK."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bothup.sim import SimServer
from conftest import Client

NOW = datetime.now(UTC)
REGION = "eu-central-1"
CONTROL = [{"Value": "EC2.20", "Comparison": "EQUALS"}]


@pytest.fixture
def hub(client: Client) -> Any:
    return client("securityhub", region=REGION)


def sent(sim: SimServer, name: str, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    account = sim.scenario.management.id
    return {
        "SchemaVersion": "2018-10-08",
        "Id": name,
        "ProductArn": f"arn:aws:securityhub:{REGION}:{account}:product/{account}/default",
        "GeneratorId": "mine",
        "AwsAccountId": account,
        "CreatedAt": NOW.isoformat(),
        "UpdatedAt": at.isoformat(),
        "Title": "a title",
        "Description": "a description",
        "Resources": [{"Type": "Other", "Id": "x"}],
        **more,
    }


def told(hub: Any, **filters: Any) -> list[dict[str, Any]]:
    pages = hub.get_paginator("get_findings").paginate(Filters=filters, PaginationConfig={})
    return [each for page in pages for each in page["Findings"]]


def by_id(name: str) -> dict[str, Any]:
    return {"Id": [{"Value": name, "Comparison": "EQUALS"}]}


def test_aws_has_findings_of_its_own_on_every_connection(hub: Any, sim: SimServer) -> None:
    found = told(hub, ComplianceSecurityControlId=CONTROL)
    place = sim.world.place(sim.scenario.management.id, REGION)
    judged = [
        each
        for each in place.connections.values()
        if each.state not in ("pending", "deleting", "deleted")
    ]
    assert len(found) == len(judged) > 0
    assert {each["Compliance"]["Status"] for each in found} <= {"PASSED", "FAILED"}
    assert all(each["ProductArn"].endswith("::product/aws/securityhub") for each in found)


def test_an_import_is_held_and_leaves_the_customers_members_alone(hub: Any, sim: SimServer) -> None:
    answer = hub.batch_import_findings(Findings=[sent(sim, "kept")])
    assert (answer["SuccessCount"], answer["FailedCount"]) == (1, 0)
    name = {"Id": "kept", "ProductArn": sent(sim, "kept")["ProductArn"]}
    hub.batch_update_findings(
        FindingIdentifiers=[name, {**name, "Id": "none"}],
        Note={"Text": "seen", "UpdatedBy": "me"},
        Workflow={"Status": "SUPPRESSED"},
    )
    later = NOW + timedelta(seconds=1)
    hub.batch_import_findings(Findings=[sent(sim, "kept", later, Title="another")])
    (held,) = told(hub, **by_id("kept"))
    assert (held["Title"], held["Note"]["Text"]) == ("another", "seen")
    assert held["Workflow"] == {"Status": "SUPPRESSED"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"AwsAccountId": "999999999999"},
        {"Title": "x" * 257},
        {"Description": "x" * 1025},
        {"ProductFields": {str(n): "x" * 2000 for n in range(200)}},
        {"UpdatedAt": (NOW - timedelta(days=1)).isoformat()},
    ],
    ids=["account", "title", "description", "size", "times"],
)
def test_one_bad_finding_fails_alone(hub: Any, sim: SimServer, wrong: dict[str, Any]) -> None:
    bad = sent(sim, "bad") | wrong
    answer = hub.batch_import_findings(Findings=[bad, sent(sim, f"good-{len(str(wrong))}")])
    assert (answer["SuccessCount"], answer["FailedCount"]) == (1, 1)
    assert answer["FailedFindings"][0]["Id"] == "bad"
    assert told(hub, **by_id("bad")) == []


def test_failures_on_demand_are_not_held(hub: Any, sim: SimServer) -> None:
    sim.world.records.hub.fail("flaky", "InternalError")
    first = hub.batch_import_findings(Findings=[sent(sim, "flaky")])
    assert first["FailedFindings"][0]["ErrorCode"] == "InternalError"
    assert told(hub, **by_id("flaky")) == []
    assert hub.batch_import_findings(Findings=[sent(sim, "flaky")])["SuccessCount"] == 1


def test_more_than_a_hundred_and_the_same_once_more_are_refused(hub: Any, sim: SimServer) -> None:
    with pytest.raises(ClientError, match="InvalidInputException"):
        hub.batch_import_findings(Findings=[sent(sim, str(n)) for n in range(101)])
    hub.batch_import_findings(Findings=[sent(sim, "twice")])
    assert hub.batch_import_findings(Findings=[sent(sim, "twice")])["FailedCount"] == 1


def test_pages_and_prefixes(hub: Any, sim: SimServer) -> None:
    hub.batch_import_findings(Findings=[sent(sim, f"page/{n:03}") for n in range(30)])
    begun = {"Id": [{"Value": "page/", "Comparison": "PREFIX"}]}
    page = hub.get_findings(Filters=begun, MaxResults=20)
    assert len(page["Findings"]) == 20
    rest = hub.get_findings(Filters=begun, MaxResults=20, NextToken=page["NextToken"])
    assert [len(rest["Findings"]), rest.get("NextToken")] == [10, None]
