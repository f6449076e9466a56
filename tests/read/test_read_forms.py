"""The accepted forms of an input: one connection reads the same from each of them."""

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from read_inputs import ANSWER, CONNECTION, DESCRIBED, EVIDENCE, ID, lines, pretty
from read_records import FULL, HERE, NOW, connection, telemetry

from bothup.model.connection import Malformed
from bothup.model.target import Target
from bothup.read.describe import read_connection
from bothup.read.source import Document, read_input

ACCEPTED = "expected the JSON of `aws ec2 describe-vpn-connections`, of AWS Config or of bothup"
EXPECTED = read_connection(CONNECTION, HERE, NOW)


def read(data: bytes, account: str | None = None, region: str | None = None) -> Document:
    return read_input(data, "file", account=account, region=region, now=NOW)


@pytest.mark.parametrize("form", DESCRIBED)
def test_every_form_of_a_described_connection_reads_the_same(form: str):
    found = read(DESCRIBED[form], account=HERE.account, region=HERE.region)
    assert found == Document(connections=(EXPECTED,))


@pytest.mark.parametrize("empty", [b'{"VpnConnections": []}', b"[]", b"VpnConnections: []\n"])
def test_no_connection_is_a_valid_input(empty: bytes):
    assert read(empty) == Document()


TEXTS = "VpnConnectionId State Category CustomerGatewayId VpnGatewayId TransitGatewayId"
FIELDS = [
    *[("", key) for key in TEXTS.split()],
    *[("", key) for key in ("CoreNetworkArn", "VpnConcentratorId", "GatewayAssociationState")],
    ("", "VgwTelemetry"),
    *[("VgwTelemetry[0].", key) for key in telemetry(CertificateArn="arn")],
    *[("Options.", key) for key in CONNECTION["Options"]],
    *[("Options.", key) for key in ("LocalIpv6NetworkCidr", "RemoteIpv6NetworkCidr")],
    *[("Options.TunnelOptions[0].", key) for key in FULL if key != "LogOptions"],
    ("Options.TunnelOptions[0].", "IKEVersions"),
    ("Options.TunnelOptions[0].", "DPDTimeoutSeconds"),
    ("Options.TunnelOptions[0].", "DPDTimeoutAction"),
    ("Options.TunnelOptions[0].LogOptions.", "CloudWatchLogOptions"),
]


@pytest.mark.parametrize(("parent", "key"), FIELDS)
def test_a_text_and_its_record_are_read_for_the_same_fields(parent: str, key: str):
    wrong: Any = {key: 5 if key == "CloudWatchLogOptions" else {"odd": 1}}
    if "LogOptions" in parent:
        wrong = {"LogOptions": wrong}
    match parent.partition(".")[0]:
        case "VgwTelemetry[0]":
            wrong = {"VgwTelemetry": [wrong]}
        case "Options":
            wrong = {"Options": {"TunnelOptions": [wrong]} if "Tunnel" in parent else wrong}
    record = {"VpnConnectionId": "vpn-1"} | wrong
    expected = read_connection(record, Target(), NOW)
    assert isinstance(expected, Malformed)
    assert expected.problem.startswith(f"{parent}{key}: expected ")
    assert read(pretty(record)).connections == (expected,)


def test_a_malformed_text_is_named_as_its_record_is():
    record = {"VgwTelemetry": 5, "CustomerGatewayConfiguration": "x", "odd \ud83d": "\ud83d"}
    expected = read_connection(record, Target(), NOW)
    (found,) = read(pretty({"VpnConnections": [record]})).connections
    assert found.id == expected.id


def test_documents_may_follow_each_other_as_a_loop_over_regions_prints_them():
    first = pretty({"VpnConnections": [connection(VpnConnectionId="vpn-1")]})
    second = pretty({"VpnConnections": [connection(VpnConnectionId="vpn-2")]})
    empty = pretty({"VpnConnections": []})
    for text in (first + empty + second, first.strip() + second, first + b"\r\n\r\n" + second):
        assert [found.id for found in read(text).connections] == ["vpn-1", "vpn-2"]


def test_yaml_that_ends_within_a_line_is_not_the_whole():
    text = DESCRIBED["its YAML"]
    assert text.endswith(b"\n")
    assert not read(text).coverage
    (covered,) = read(text.rstrip(b"\n")).coverage
    assert (str(covered.status), covered.message) == (
        "failed",
        "the YAML ends within a line: it was probably cut off",
    )


def test_yaml_documents_may_follow_each_other():
    text = b"---\n" + DESCRIBED["its YAML"]
    assert len(read(text + text).connections) == 2


def test_yaml_is_read_as_the_aws_cli_writes_it():
    text = (
        b"# region eu-west-1\nVpnConnections:\n- VpnConnectionId: vpn-1\n  Tags:\n"
        b"  - Key: opens\n    Value: 12:30\n  - Key: no\n    Value: 0x10\n  - Key: day\n"
        b"    Value: 2026-01-01\n  VgwTelemetry:\n  - OutsideIpAddress: 198.51.100.1\n"
        b"    LastStatusChange: 2026-02-01T08:32:20+00:00\n    AcceptedRouteCount: 3\n"
    )
    (found,) = read(text).connections
    assert not isinstance(found, Malformed)
    assert found.tags == {"opens": "12:30", "no": "0x10", "day": "2026-01-01"}
    assert found.tunnels[0].accepted_routes == 3


def test_lines_may_be_labelled_with_account_and_region():
    text = lines(
        CONNECTION | {"Account": "444455556666", "Region": "us-east-2"},
        CONNECTION | {"account": "444455556666", "region": "cn-north-1"},
        CONNECTION | {"OwnerId": 12345678, "region": "us-gov-west-1"},
        CONNECTION | {"OwnerId": "444455556666"},
        CONNECTION,
    )
    assert [found.target for found in read(text).connections] == [
        Target(account="444455556666", region="us-east-2"),
        Target(account="444455556666", region="cn-north-1"),
        Target(account="000012345678", region="us-gov-west-1"),
        Target(account="444455556666"),
        Target(),
    ]


def test_an_answer_may_be_labelled_too():
    text = pretty(ANSWER | {"Account": "444455556666", "Region": "us-east-2"})
    (found,) = read(text).connections
    assert found.target == Target(account="444455556666", region="us-east-2")


def test_the_input_wins_over_what_was_given_and_a_notice_says_so():
    text = lines(
        CONNECTION | {"Account": "444455556666"},
        CONNECTION | {"Account": "444455556666", "Region": "us-east-2"},
        CONNECTION,
    )
    found = read(text, account="111122223333", region="eu-west-1")
    assert [(c.target.account, c.target.region) for c in found.connections] == [
        ("444455556666", "eu-west-1"),
        ("444455556666", "us-east-2"),
        ("111122223333", "eu-west-1"),
    ]
    assert found.notices == (
        "account 111122223333 was given, but 2 records say otherwise: the input wins",
        "region eu-west-1 was given, but 1 record says otherwise: the input wins",
    )


def test_what_agrees_with_what_was_given_needs_no_notice():
    text = lines(CONNECTION | {"Account": HERE.account, "Region": HERE.region})
    found = read(text, account=HERE.account, region=HERE.region)
    assert found == Document(connections=(EXPECTED,))


def test_a_given_region_tells_its_partition():
    (found,) = read(pretty(ANSWER), account="444455556666", region="cn-north-1").connections
    assert found.target.partition == "aws-cn"


def test_a_label_of_a_wrong_type_costs_its_record():
    (found,) = read(lines(CONNECTION | {"Account": ["444455556666"]})).connections
    assert isinstance(found, Malformed)
    assert (found.id, found.problem) == (ID, "Account: expected an account id, got a list")


def test_one_malformed_record_costs_itself_alone():
    records = [CONNECTION, 5, {}, connection(VgwTelemetry=5), CONNECTION]
    found = read(pretty({"VpnConnections": records})).connections
    assert [isinstance(each, Malformed) for each in found] == [False, True, True, True, False]
    assert [each.problem for each in found if isinstance(each, Malformed)] == [
        "$.VpnConnections[1]: expected an object, got a number",
        "$.VpnConnections[2]: VpnConnectionId: expected a connection id, got nothing",
        "$.VpnConnections[3]: VgwTelemetry: expected a list, got a number",
    ]


def test_a_malformed_record_says_on_which_line_of_many_and_where_in_it():
    bad = connection(VgwTelemetry=5)
    found = read(lines(CONNECTION, bad, {"VpnConnections": [CONNECTION, bad]}, [bad])).connections
    assert [each.problem for each in found if isinstance(each, Malformed)] == [
        "line 2: VgwTelemetry: expected a list, got a number",
        "line 3, $.VpnConnections[1]: VgwTelemetry: expected a list, got a number",
        "line 4, $[0]: VgwTelemetry: expected a list, got a number",
    ]


def test_in_a_list_what_is_no_connection_costs_itself_alone():
    found = read(pretty([CONNECTION, 5, [CONNECTION], {"VpcId": "vpc-1"}])).connections
    assert [each.problem for each in found if isinstance(each, Malformed)] == [
        f"$[1]: a number; {ACCEPTED}",
        f"$[2]: a list; {ACCEPTED}",
        f'$[3]: an object with the keys "VpcId"; {ACCEPTED}',
    ]


GOOD = lines(CONNECTION)
BAD_LINES = [
    (b'{"VpnConnectionId": "vpn-0abc", "State": "avail', "vpn-0abc", "the JSON is cut off"),
    (b'{"VpnConnectionId": "vpn-0abc",', "vpn-0abc", "the JSON is cut off"),
    (
        b'{"VpnConnectionId": "vpn-0abc", "State": nope, "Type": 1}',
        "vpn-0abc",
        "not JSON: invalid character",
    ),
    (b'{"VpnConnectionId" "vpn-1"}', None, "not JSON; expected ':'"),
    (b"throttled, retrying", None, "not JSON: invalid character"),
]


@pytest.mark.parametrize(("line", "name", "problem"), BAD_LINES)
@pytest.mark.parametrize("before", [0, 1, 2])
def test_one_bad_line_costs_itself_alone(line: bytes, name: str | None, problem: str, before: int):
    found = read(GOOD * before + line + b"\n" + GOOD * (2 - before)).connections
    bad = found[before]
    assert isinstance(bad, Malformed)
    assert bad.problem == f"line {before + 1}: {problem}"
    assert bad.id == name or (name is None and bad.id.startswith("malformed-"))
    assert sum(isinstance(each, Malformed) for each in found) == 1
    assert len(found) == 3


def test_a_last_line_that_was_cut_off_costs_itself_alone():
    found = read(GOOD + GOOD[:-30]).connections
    assert [isinstance(each, Malformed) for each in found] == [False, True]


def test_a_line_of_another_kind_costs_itself_alone():
    _, bad = read(GOOD + lines({"VpcId": "vpc-1"})).connections
    assert isinstance(bad, Malformed)
    assert bad.problem == (f'line 2: $: an object with the keys "VpcId"; {ACCEPTED}')


def test_half_a_surrogate_pair_costs_one_character():
    text = json.dumps({"VpnConnections": [connection(Tags=[{"Key": "a", "Value": "\ud83d!"}])]})
    (found,) = read(text.encode() + rb"  ").connections
    assert not isinstance(found, Malformed)
    assert found.tags == {"a": "\ufffd!"}
    backslash = rb'{"VpnConnectionId": "vpn-1", "State": "\\ud83d", "Category": "\ud83d"}'
    (found,) = read(backslash).connections
    assert not isinstance(found, Malformed)
    assert (found.state, found.category) == ("\\ud83d", "\ufffd")


UNREADABLE = [
    (b'{"VpnConnectionId": "vpn-0abc", "State": "\xe9"}', "not UTF-8"),
    (
        b'{"VpnConnectionId": "vpn-0abc", "State": ' + b"9" * 5000 + b"}",
        "a number with too many digits",
    ),
]


@pytest.mark.parametrize(("record", "problem"), UNREADABLE)
def test_a_record_that_no_value_can_be_made_of_costs_itself_alone(record: bytes, problem: str):
    found = read(b'{"VpnConnections": [' + record + b", " + pretty(CONNECTION) + b"]}").connections
    assert isinstance(found[0], Malformed)
    assert (found[0].id, found[0].problem) == ("vpn-0abc", f"$.VpnConnections[0]: {problem}")
    assert not isinstance(found[1], Malformed)


def test_a_repeated_key_counts_the_last_time():
    record = b'{"VpnConnectionId": 1, "VpnConnectionId": "vpn-2"}'
    text = b'{"VpnConnections": [5], "VpnConnections": [' + record + b"]}"
    assert [found.id for found in read(text).connections] == ["vpn-2"]


def test_a_page_of_several_is_told():
    assert read(pretty(ANSWER | {"NextToken": None})).notices == ()
    assert read(pretty(ANSWER | {"NextToken": "x"})).notices == (
        "the input is one page of several: what follows (NextToken) is missing",
    )
    assert read(pretty(ANSWER | {"NextToken": "x"}) * 2).notices == (
        "2 documents are one page of several: what follows them (NextToken) is missing",
        "1 record of the input repeats another: the worst counts, and counts once",
    )


def test_an_evidence_bundle_is_as_old_as_it_says():
    found = read(pretty(EVIDENCE))
    assert found == Document(
        connections=(
            read_connection(
                CONNECTION,
                Target(account="444455556666", region="us-east-2"),
                dt.datetime(2026, 2, 28, 6, tzinfo=dt.UTC),
            ),
        )
    )


def test_an_evidence_bundle_may_lack_all_but_its_schema():
    empty = read(b'{"schema": "bothup.evidence/1", "connection": null}')
    assert empty.notices == ("1 evidence bundle holds no connection",)
    assert [each.status for each in empty.coverage] == ["failed"]
    (found,) = read(pretty({"schema": "bothup.evidence/1", "connection": CONNECTION})).connections
    assert found == msgspec.structs.replace(EXPECTED, target=Target())
