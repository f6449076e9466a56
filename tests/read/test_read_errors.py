"""What is no accepted form gets one error that says what, where and what was expected."""

import codecs
import gzip
import json
import sys
from typing import Any

import pytest
from read_inputs import ANSWER, CONNECTION, lines, pretty
from read_records import NOW, SECRET

from bothup.errors import InputError
from bothup.read.source import read_input

ACCEPTED = "expected the JSON of `aws ec2 describe-vpn-connections`, of AWS Config or of bothup"
CLI = "expected the AWS CLI's JSON or YAML: call it with --output json"
CALL = "expected the output of a call that worked"
AWS_ERROR = (
    "An error occurred (UnauthorizedOperation) when calling the DescribeVpnConnections operation: "
)
TABLE = (
    "-----------------------------\n|  DescribeVpnConnections   |\n+---------------------------+\n"
)
CUT = pretty(ANSWER)[:-40]


def at_end(text: bytes) -> str:
    rows = text.decode().rstrip().split("\n")
    return f"line {len(rows)}, column {len(rows[-1]) + 1}"


ERRORS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", f"file: nothing in it; {ACCEPTED}"),
    "blanks": (b" \r\n\t\n", f"file: nothing in it; {ACCEPTED}"),
    "a mark alone": (codecs.BOM_UTF8, f"file: nothing in it; {ACCEPTED}"),
    "a comment alone": (b"# c\n", f"file: no document in it; {ACCEPTED}"),
    # syntax
    "a word": (
        b'{\n  "VpnConnections": [tru]\n}',
        "file, line 2, column 22: not JSON: invalid character",
    ),
    "no comma": (
        b'{"VpnConnections": [{"State": "\xc3\xa9\xc3\xa9" "Type": 1}]}',
        "file, line 1, column 36: not JSON; expected ',' or '}'",
    ),
    "an escape": (rb'["\x"]', "file, line 1, column 3: not JSON: invalid escaped character"),
    "a NUL": (b'["a\0"]', "file, line 1, column 4: not JSON: invalid character"),
    "NaN": (b'{"VpnConnections": [NaN]}', "file, line 1, column 21: not JSON: invalid character"),
    "cut off": (CUT, f"file, {at_end(CUT)}: the JSON is cut off"),
    "the second cut off": (
        pretty(ANSWER) + CUT,
        f"file, {at_end(pretty(ANSWER) + CUT)}: the JSON is cut off",
    ),
    "a list of lines cut off": (
        b"[\n" + lines(CONNECTION).strip() + b",\n" + lines(CONNECTION),
        f"file, line 3, column {len(lines(CONNECTION))}: the JSON is cut off",
    ),
    "garbage behind": (
        pretty(ANSWER) + b"}",
        f"file, line {pretty(ANSWER).count(10) + 1}, column 1: not JSON: invalid character",
    ),
    "nested": (b"[" * 100_000, "file, line 1, column 1: nested too deeply"),
    "nested YAML": (b"- " * 100_000, "file, line 1, column 199: nested too deeply; " + ACCEPTED),
    "bad YAML": (
        b"VpnConnections:\n- State: a: b\n",
        f"file, line 2, column 11: neither JSON nor YAML; {ACCEPTED}",
    ),
    "a YAML alias": (
        b"VpnConnections:\n- &a State\n- *a\n",
        f"file, line 3, column 3: a YAML alias, which the AWS CLI never writes; {ACCEPTED}",
    ),
    "a YAML tag": (
        b"VpnConnections: !!python/object:os.system []\n",
        f"file, line 1, column 17: a YAML tag, which the AWS CLI never writes; {ACCEPTED}",
    ),
    "a YAML key": (
        b"1: a\n",
        f"file, line 2, column 1: an object with a key that is no text; {ACCEPTED}",
    ),
    "YAML with a bell": (
        b"a: \x07\n",
        f"file: neither JSON nor YAML: control characters or impossible ones; {ACCEPTED}",
    ),
    "YAML in Latin-1": (
        b"a:\n  - \xe9\n",
        "file, line 2, column 5: not UTF-8; expected JSON or YAML",
    ),
    "a key in Latin-1": (b'{"\xe9": 1}', "file, $: not UTF-8; expected an object"),
    # encodings
    "half UTF-16": (
        "{}".encode("utf-16")[:-1],
        "file, byte 5: not UTF-16-LE; expected the text that its mark says",
    ),
    "UTF-16 without its mark": (
        "{}".encode("utf-16-le"),
        (
            "file, line 1, column 1: binary data, or UTF-16 without its byte order mark;"
            " expected UTF-8"
        ),
    ),
    "gzip cut off": (
        gzip.compress(pretty(ANSWER))[:-20],
        "file: a gzip file that is broken or cut off; expected a whole one",
    ),
    "gzip alone": (
        b"\x1f\x8b",
        "file: a gzip file that is broken or cut off; expected a whole one",
    ),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "file, line 1, column 1: binary data; expected JSON or YAML",
    ),
    # other texts
    "an AWS error": (
        f"\n{AWS_ERROR}{SECRET}\n".encode(),
        f"file, line 2, column 1: an error message of AWS (UnauthorizedOperation); {CALL}",
    ),
    "an AWS error of the new CLI": (
        f"\naws: [ERROR]: {AWS_ERROR}\n".encode(),
        f"file, line 2, column 1: an error message of AWS (UnauthorizedOperation); {CALL}",
    ),
    "an AWS error behind an answer": (
        pretty({"VpnConnections": []}) + f"\n{AWS_ERROR}\n".encode() + pretty(ANSWER),
        f"file, line 5, column 1: an error message of AWS (UnauthorizedOperation); {CALL}",
    ),
    "no credentials": (
        b"Unable to locate credentials. You can configure credentials by running ...\n",
        f"file, line 1, column 1: an error message of the AWS CLI; {CALL}",
    ),
    "usage": (
        b"\nusage: aws [options] <command>\n",
        f"file, line 2, column 1: an error message of the AWS CLI; {CALL}",
    ),
    "table": (TABLE.encode(), f"file, line 1, column 1: the AWS CLI's table output; {CLI}"),
    "text": (
        b"VPNCONNECTIONS\tVPN\tcgw-1\tavailable\n",
        f"file, line 1, column 1: the AWS CLI's text output; {CLI}",
    ),
    "XML": (
        b'<?xml version="1.0"?>\n<vpn_connection/>',
        "file, line 1, column 1: XML or HTML; expected JSON or YAML",
    ),
    "CSV": (
        b"id,state\nvpn-1,available\n",
        f"file, line 1: comma- or tab-separated values; {ACCEPTED}",
    ),
    "CSV in quotes": (
        b'"id";"state"\n"vpn-1";"available"\n',
        f"file, line 1: comma- or tab-separated values; {ACCEPTED}",
    ),
    "prose": (b"hello there\n", f"file, line 1, column 1: neither JSON nor YAML; {ACCEPTED}"),
    # other JSON
    "a number": (b"42", f"file, $: a number; {ACCEPTED}"),
    "a string": (f'"{SECRET}"'.encode(), f"file, $: a string; {ACCEPTED}"),
    "null": (b"null", f"file, $: null; {ACCEPTED}"),
    "an empty object": (b"{}", f"file, $: an empty object; {ACCEPTED}"),
    "another command": (
        b'{"Vpcs": [{}]}',
        f"file, $: the output of `aws ec2 describe-vpcs`; {ACCEPTED}",
    ),
    "unknown keys": (
        json.dumps({"a": SECRET, "b": [SECRET]}).encode(),
        f'file, $: an object with the keys "a", "b"; {ACCEPTED}',
    ),
    "a key for the screen": (
        b'{"\\u001b[2J": 1}',
        f'file, $: an object with the keys "\\u001b[2J"; {ACCEPTED}',
    ),
    "many keys": (
        json.dumps(dict.fromkeys("abcdefg")).encode(),
        f'file, $: an object with the keys "a", "b", "c", "d", "e" and others; {ACCEPTED}',
    ),
    "a list of others": (b'[1, "a"]', f"file, $[0]: a number; {ACCEPTED}"),
    "lines of others": (
        b'{"a": 1}\n{"b": 2}\n',
        f'file, line 1, $: an object with the keys "a"; {ACCEPTED}',
    ),
    "no list": (b'{"VpnConnections": null}', "file, $.VpnConnections: null; expected a list"),
    "an object for a list": (
        b'{"VpnConnections": {"a": 1}}',
        "file, $.VpnConnections: an object; expected a list",
    ),
    "a list for a connection": (
        b'{"VpnConnection": []}',
        "file, $.VpnConnection: a list; expected an object",
    ),
    "a bad label": (
        b'{"VpnConnections": [], "Account": [5]}',
        "file, $.Account: a list; expected an account id",
    ),
    "another schema": (
        b'{"schema": "bothup.scan/2"}',
        "file, $.schema: another schema; expected bothup.scan/1 or bothup.evidence/1",
    ),
    "another kind": (
        b'{"kind": "Pod"}',
        "file, $.kind: another kind; expected scan, coverage, finding or summary",
    ),
    "a scan without findings": (
        b'{"schema": "bothup.scan/1"}',
        "file, $: a scan without findings; expected findings",
    ),
    "findings that are no list": (
        b'{"schema": "bothup.scan/1", "findings": {}}',
        "file, $.findings: an object; expected a list",
    ),
    "a bundle of an impossible time": (
        json.dumps(
            {"schema": "bothup.evidence/1", "connection": CONNECTION, "collected_at": SECRET}
        ).encode(),
        "file, $.collected_at: a string that is not one; expected a time with its offset",
    ),
    "an event without an item": (
        json.dumps({"invokingEvent": '{"messageType": "ScheduledNotification"}'}).encode(),
        "file, $.invokingEvent: an event without a configuration item; expected one with it",
    ),
    "an event that is none": (
        json.dumps({"detail": SECRET}).encode(),
        "file, $.detail: not JSON; expected an object",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str):
    data, message = ERRORS[name]
    with pytest.raises(InputError) as caught:
        read_input(data, "file", now=NOW)
    assert str(caught.value) == message
    assert caught.value.__cause__ is None
    assert SECRET not in str(caught.value)


def test_the_error_has_its_parts():
    with pytest.raises(InputError) as caught:
        read_input(b'{"VpnConnections": 5}', "-", now=NOW)
    error: Any = caught.value
    assert (error.source, error.where) == ("-", "$.VpnConnections")
    assert (error.problem, error.expected) == ("a number", "a list")
    assert error.exit_code == 2


def test_deep_nesting_is_an_error_however_deep_the_caller_is():
    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            read_input(b'{"VpnConnections": ' + b"[" * 900 + b"]" * 900 + b"}", "file", now=NOW)

    with pytest.raises(InputError, match="nested too deeply"):
        deeper(sys.getrecursionlimit() // 2)


def test_an_answer_that_was_cut_off_anywhere_is_never_half_read():
    text = pretty(ANSWER)
    for end in range(1, len(text) - 2, 7):
        with pytest.raises(InputError):
            read_input(text[:end], "file", now=NOW)
