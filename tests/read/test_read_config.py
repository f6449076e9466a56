"""AWS Config's configuration items, in everything that they come wrapped in."""

import datetime as dt
import json
from typing import Any

import pytest
from read_inputs import (
    API_ITEM,
    CONFIGURATION,
    CONNECTION,
    ID,
    INSTANCE,
    ITEM,
    ITEMS,
    lines,
    pretty,
)
from read_records import NOW, SECRET

from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Target
from bothup.read.describe import read_connection
from bothup.read.source import Document, read_input

THERE = Target(account="444455556666", region="us-east-2")
CAPTURED = dt.datetime(2026, 2, 28, 6, tzinfo=dt.UTC)
EXPECTED = read_connection(CONNECTION, THERE, CAPTURED)


def read(value: object, **given: Any) -> Document:
    return read_input(pretty(value), "file", **given, now=NOW)


def malformed(value: object) -> Malformed:
    (found,) = read(value).connections
    assert isinstance(found, Malformed)
    assert SECRET not in repr(found)
    return found


@pytest.mark.parametrize("form", ITEMS)
def test_every_wrapper_reads_the_same_as_the_connection_described(form: str):
    found = read_input(ITEMS[form], "file", now=NOW)
    assert found == Document(connections=(EXPECTED,))


def test_account_and_region_of_an_item_win():
    found = read(ITEM, account="111122223333", region="us-east-2")
    assert found.connections == (EXPECTED,)
    assert found.notices == (
        "account 111122223333 was given, but 1 record says otherwise: the input wins",
    )


def test_an_item_may_spell_its_account_the_old_way():
    item = {key: value for key, value in ITEM.items() if key != "accountId"}
    assert read(item | {"awsAccountId": "444455556666"}).connections == (EXPECTED,)


@pytest.mark.parametrize("change", ["2026-02-01T08:32:20.000Z", 1769934740000])
def test_times_are_text_or_milliseconds(change: object):
    telemetry = [entry | {"lastStatusChange": change} for entry in CONFIGURATION["vgwTelemetry"]]
    found = read(ITEM | {"configuration": CONFIGURATION | {"vgwTelemetry": telemetry}})
    assert found.connections == (EXPECTED,)


def test_items_of_other_types_are_passed_over_and_counted():
    assert read({"configurationItems": [ITEM, INSTANCE]}) == Document(
        connections=(EXPECTED,), notices=("1 item of another resource type passed over",)
    )
    assert read({"configurationItems": [INSTANCE, ITEM, INSTANCE]}) == Document(
        connections=(EXPECTED,), notices=("2 items of other resource types passed over",)
    )


@pytest.mark.parametrize("status", ["ResourceDeleted", "ResourceDeletedNotRecorded"])
def test_a_deleted_resource_is_a_deleted_connection(status: str):
    found = read(ITEM | {"configurationItemStatus": status, "configuration": None})
    assert found.connections == (
        VpnConnection(
            id=ID, target=THERE, state="deleted", tags={"Name": "Zürich"}, observed_at=CAPTURED
        ),
    )


def test_a_history_holds_the_connection_as_it_was_at_each_time():
    older = API_ITEM | {"configurationItemCaptureTime": "2026-01-01T00:00:00Z"}
    found = read({"configurationItems": [API_ITEM, older], "nextToken": "x"})
    assert [each.observed_at.month for each in found.connections] == [2, 1]
    assert found.notices == (
        "the input is one page of several: what follows (NextToken) is missing",
    )


def test_an_advanced_query_may_ask_for_a_few_fields_only():
    row = {"resourceId": ID, "configuration": {"vgwTelemetry": CONFIGURATION["vgwTelemetry"]}}
    other = {"resourceId": "i-0123456789abcdef0", "configuration": {}}
    found = read({"Results": [json.dumps(row), json.dumps(other)]})
    (connection,) = found.connections
    assert isinstance(connection, VpnConnection)
    assert (connection.id, connection.target, connection.observed_at) == (ID, Target(), NOW)
    assert isinstance(EXPECTED, VpnConnection)
    assert [tunnel.status for tunnel in connection.tunnels] == ["UP", "UP"]
    assert found.notices == ("1 item of another resource type passed over",)


def test_id_and_tags_of_the_item_stand_in_for_those_of_the_configuration():
    bare = CONFIGURATION | {"tags": None, "vpnConnectionId": None}
    (found,) = read(ITEM | {"configuration": bare}).connections
    assert isinstance(found, VpnConnection)
    assert (found.id, found.tags) == (ID, {"Name": "Zürich"})


def test_what_config_left_out_is_not_lost():
    keys = [
        {"resourceType": "AWS::EC2::VPNConnection", "resourceId": "vpn-9"},
        {"resourceType": "AWS::EC2::Instance", "resourceId": "i-9"},
    ]
    found = read({"baseConfigurationItems": [API_ITEM], "unprocessedResourceKeys": keys})
    good, left_out = found.connections
    assert good == EXPECTED
    assert isinstance(left_out, Malformed)
    assert left_out.id == "vpn-9"
    assert left_out.problem == "AWS Config did not return it (unprocessedResourceKeys)"
    assert found.notices == ("1 item of another resource type passed over",)


CAPTURE_TIME = "ConfigurationItemCaptureTime"
PROBLEMS = [
    ({"configuration": None}, "Configuration: expected an object, got null"),
    ({"configuration": f"{{{SECRET}"}, "Configuration: expected an object, got a string"),
    ({"configuration": [SECRET]}, "Configuration: expected an object, got a list"),
    ({"configuration": json.dumps(SECRET)}, "Configuration: expected an object, got a string"),
    (
        {"configuration": CONFIGURATION | {"vgwTelemetry": [5]}},
        "VgwTelemetry[0]: expected an object, got a number",
    ),
    (
        {"configurationItemCaptureTime": SECRET},
        f"{CAPTURE_TIME}: expected a time with its offset, got a string that is not one",
    ),
    ({"awsRegion": 5}, "AwsRegion: expected a string, got a number"),
    ({"configurationItemStatus": 5}, "ConfigurationItemStatus: expected a string, got a number"),
]


@pytest.mark.parametrize(("change", "problem"), PROBLEMS)
def test_a_bad_item_costs_itself_alone_and_keeps_its_id(change: dict[str, Any], problem: str):
    found = read({"configurationItems": [ITEM | change, ITEM]}).connections
    assert isinstance(found[0], Malformed)
    assert (found[0].id, found[0].problem) == (ID, f"$.configurationItems[0]: {problem}")
    assert found[1] == EXPECTED
    assert SECRET not in repr(found)


def test_a_deleted_item_without_its_id_is_malformed():
    found = malformed(ITEM | {"configurationItemStatus": "ResourceDeleted", "resourceId": None})
    assert found.problem == "VpnConnectionId: expected a connection id, got nothing"


@pytest.mark.parametrize(("entry", "kind"), [(5, "a number"), (SECRET, "a string"), ([], "a list")])
def test_what_is_no_item_costs_itself_alone(entry: object, kind: str):
    found = malformed({"configurationItems": [entry]})
    told = f"$.configurationItems[0]: expected a configuration item, got {kind}"
    assert found.problem == told


def test_items_may_stand_one_a_line_among_bad_lines():
    found = read_input(lines(API_ITEM, ITEM) + b"{\n", "file", now=NOW)
    assert found.connections[:2] == (EXPECTED, EXPECTED)
    assert isinstance(found.connections[2], Malformed)
