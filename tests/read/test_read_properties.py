"""What must never happen, whatever the input: a traceback, a secret shown, two readings of one."""

import contextlib
import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from read_inputs import INPUTS
from read_records import HERE, NOW, SECRET
from read_strategies import TEXTS, VALUES, connections, damaged

from bothup.errors import InputError
from bothup.model.connection import Malformed, VpnConnection
from bothup.read.describe import read_connection
from bothup.read.source import Document, read_input


def read(data: bytes) -> Document:
    return read_input(data, "file", account=HERE.account, region=HERE.region, now=NOW)


@given(VALUES | damaged() | st.floats() | st.dates() | st.binary())
def test_no_record_makes_the_reader_raise(record: object):
    assert isinstance(read_connection(record, HERE, NOW), VpnConnection | Malformed)


@given(damaged())
def test_a_record_shows_no_secret_and_can_be_written(record: dict[str, Any]):
    found = read_connection(record, HERE, NOW)
    assert SECRET not in repr(found)
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


@given(connections(), st.randoms(use_true_random=False))
def test_the_order_of_telemetry_and_options_changes_nothing(record: dict[str, Any], random: Any):
    before = read_connection(record, HERE, NOW)
    for entries in (
        record.get("VgwTelemetry", []),
        record.get("Options", {}).get("TunnelOptions", []),
    ):
        random.shuffle(entries)
    assert read_connection(record, HERE, NOW) == before


# By these keys a record tells where it is; a file's reader says more of one that is wrong.
ACCOUNTS = {"Account", "account", "OwnerId", "AwsAccountId", "AccountId"}
PLACES = ACCOUNTS | {"Region", "region", "AwsRegion"}


def without_place(value: Any) -> Any:
    """The value, unless a file's reader would ask it where it is from."""
    return {} if isinstance(value, dict) and not PLACES.isdisjoint(value) else value


@given(st.lists(damaged() | VALUES.map(without_place), min_size=1, max_size=3))
def test_a_text_reads_as_its_records_do(records: list[Any]):
    text = json.dumps({"VpnConnections": records})
    expected = [read_connection(record, HERE, NOW) for record in json.loads(text)["VpnConnections"]]
    found = [unplaced(each) for each in read(text.encode()).connections]
    assert found == expected


def unplaced(record: VpnConnection | Malformed) -> VpnConnection | Malformed:
    """The record as it is read by itself, without its place among others."""
    if isinstance(record, VpnConnection):
        return record
    return msgspec.structs.replace(record, problem=record.problem.partition("]: ")[2])


@given(
    st.binary()
    | TEXTS.map(lambda text: text.encode("utf-8", "replace"))
    | st.text().map(str.encode)
)
def test_no_bytes_make_the_reader_raise_anything_but_input_errors(data: bytes):
    with contextlib.suppress(InputError):
        read(data)


@given(VALUES)
def test_no_json_makes_the_reader_raise_anything_but_input_errors(value: object):
    with contextlib.suppress(InputError):
        read(json.dumps(value).encode())


@given(st.sampled_from(sorted(INPUTS)), st.data())
def test_a_damaged_input_is_an_error_or_a_value_and_shows_no_secret(form: str, data: st.DataObject):
    text = INPUTS[form]
    begin = data.draw(st.integers(0, len(text)), "begin")
    end = data.draw(st.integers(begin, min(len(text), begin + 20)) | st.just(len(text)), "end")
    patch = data.draw(st.binary(max_size=4) | st.sampled_from([b"{", b"[", b'"', b"\n", b"\\"]))
    try:
        shown = repr(read(text[:begin] + patch + text[end:]))
    except InputError as error:
        shown = str(error)
    assert SECRET not in shown


@given(
    st.sampled_from(["VgwTelemetry", "Options", "VpnConnections", "schema", "configuration"]),
    VALUES,
)
def test_any_value_of_a_telling_key_is_an_error_or_a_value(key: str, value: object):
    with contextlib.suppress(InputError):
        read(json.dumps({key: value}).encode())
