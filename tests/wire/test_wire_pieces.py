"""An answer that is split reads as one that is parsed; what a parser refuses is never accepted."""

from collections.abc import Callable
from typing import Any

import pytest
from answers import connections
from generated import answers
from hypothesis import example, given
from hypothesis import strategies as st

from bothup.aws.wire import operation
from bothup.aws.wire.answer import values
from bothup.aws.wire.pieces import NAME, Odd, Pieces, parsed, plain
from bothup.aws.wire.redact import without
from bothup.errors import Unreachable

DESCRIBE = operation("ec2", "DescribeVpnConnections")
BODY = without(connections(1).replace(b"office &amp; lab", b"office"), DESCRIBE.secrets)
# In a list of structures with one member, which is read all at once.
VALUE = BODY.index(b"<value>", BODY.index(b"<ikeVersionSet>"))
START = b'<DescribeVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
END = b"</DescribeVpnConnectionsResponse>"


def reading(take_apart: Callable[[bytes], Pieces], body: bytes) -> Any:
    """What an answer says when it is taken apart in this way; None where it says nothing."""
    try:
        pieces = take_apart(body)
        return pieces.root, DESCRIBE.read(pieces)
    except (Odd, Unreachable):
        return None


def test_an_answer_as_aws_writes_it_is_plain() -> None:
    read = reading(plain, BODY)
    assert read is not None
    assert read == reading(parsed, BODY)
    whole = b'<?xml version="1.0" encoding="UTF-8"?>\n<a>\n <b>1</b><c/></a>\n'
    assert plain(whole) == ("a", ["b", "/b", "c", "/c", "/a"], ["1", "", "", "", "\n"])


@given(body=answers("ec2", "DescribeVpnConnections") | answers("ec2", "GetPasswordData"))
def test_splitting_gives_the_pieces_that_parsing_gives(body: bytes) -> None:
    try:
        split = plain(body)
    except Odd:
        return
    if not all(NAME.fullmatch(tag.removeprefix("/")) for tag in split.tags):
        return  # the reader refuses it
    try:
        expected = parsed(body)
    except Unreachable:
        pytest.fail("not XML, but plain")
    assert (split.root, split.tags) == (expected.root, expected.tags)
    assert len(split.tags) == len(split.texts) == len(expected.texts)


MARKS = (
    "< > / & &amp; </ /> <!-- --> <![CDATA[ ]]> <?a?> a <a> </a> <item> </item> <state <state> "
    "</state> \uffff \" ='b' é <é> </é> <a:b> </a:b> <1> </1>"
)
JUNK = st.lists(
    st.sampled_from([*MARKS.split(), " ", "\0", "\r", ' xmlns="urn:a"']), max_size=4
).map("".join)


@given(start=st.integers(0, len(BODY)), size=st.just(0) | st.integers(0, 200), junk=JUNK)
@example(start=len(BODY), size=0, junk="a")
@example(start=0, size=0, junk=" ")
@example(start=BODY.index(b"<state>"), size=0, junk="<state")
@example(start=BODY.index(b"<state>"), size=0, junk="<state>1 > 0</state>")
@example(start=VALUE, size=0, junk="<a></a>")
@example(start=VALUE, size=0, junk="<value>1</value>")
@example(start=VALUE, size=7, junk="<new>")
@example(start=VALUE + 7, size=0, junk="<a></a>")
@example(start=BODY.rindex(b"<item>", 0, VALUE), size=6, junk="<member>")
@example(start=BODY.index(b"</item>", VALUE), size=7, junk="")
@example(start=BODY.index(b"</ikeVersionSet>", VALUE), size=16, junk="")
@example(start=BODY.index(b"<state>"), size=0, junk="<unknown")
@example(start=BODY.index(b"<state>"), size=0, junk="<state><b>1</b></state>")
@example(start=BODY.index(b"<state>"), size=0, junk="<state>\uffff</state>")
@example(start=BODY.index(b"<state>"), size=0, junk="<unknown><a></b></unknown>")
@example(start=BODY.index(b"<state>"), size=0, junk="<unknown><1></1></unknown>")
def test_a_damaged_answer_is_left_to_the_parser_or_reads_the_same(
    start: int, size: int, junk: str
) -> None:
    damaged = BODY[:start] + junk.encode() + BODY[start + size :]
    read = reading(plain, damaged)
    assert read is None or read == reading(parsed, damaged)


@pytest.mark.parametrize(
    "inside",
    [
        b"<vpnConnectionSet></vpnConnectionSet>",
        b"\n    <vpnConnectionSet>\n    </vpnConnectionSet>\n",
        b"<vpnConnectionSet/>",
        b"<requestId>1</requestId><vpnConnectionSet/>",
        b"<vpnConnectionSet /><!-- none -->",
        b'<vpnConnectionSet xmlns="urn:other"></vpnConnectionSet >',
        b"<new><![CDATA[</a>]]></new><vpnConnectionSet></vpnConnectionSet>",
        b"<new>&amp;</new><vpnConnectionSet></vpnConnectionSet>",
        b"<n:new xmlns:n='urn:n'><n:b/></n:new><vpnConnectionSet></vpnConnectionSet>",
    ],
)
def test_none_is_an_empty_list_however_it_is_written(inside: bytes) -> None:
    assert values(DESCRIBE, START + inside + END) == {"VpnConnections": []}
