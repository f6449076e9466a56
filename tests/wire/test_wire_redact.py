"""No secret gets past the cut, however odd the answer is."""

import traceback

import msgspec
import pytest
from answers import connections
from hypothesis import given
from hypothesis import strategies as st

from bothup.aws.wire import operation
from bothup.aws.wire.answer import values
from bothup.aws.wire.pieces import parsed
from bothup.aws.wire.redact import secret_names, without
from bothup.aws.wire.shapes import Metadata, Ref, ServiceModel, Shape, sdk_model
from bothup.aws.wire.xml import reader
from bothup.errors import Unreachable

DESCRIBE = operation("ec2", "DescribeVpnConnections")
SECRET = b"FAKE-SECRET"


def test_what_is_cut_is_what_the_model_marks_as_sensitive() -> None:
    assert DESCRIBE.secrets == (b"customerGatewayConfiguration", b"preSharedKey")
    sample = operation("ec2", "GetVpnConnectionDeviceSampleConfiguration").secrets
    assert b"vpnConnectionDeviceSampleConfiguration" in sample
    assert b"passwordData" in operation("ec2", "GetPasswordData").secrets
    assert operation("sts", "AssumeRole").secrets == ()


def test_a_connections_secrets_are_cut_whatever_the_model_says() -> None:
    model = sdk_model("ec2").only([DESCRIBE.name])
    shapes = {
        name: msgspec.structs.replace(shape, sensitive=False)
        for name, shape in model.shapes.items()
    }
    unmarked = msgspec.structs.replace(model, shapes=shapes)
    assert secret_names(unmarked, model.operations[DESCRIBE.name].output) == DESCRIBE.secrets


def test_a_list_of_secrets_is_cut_as_a_whole() -> None:
    shapes = {
        "Out": Shape("structure", members={"Keys": Ref("List"), "Name": Ref("String")}),
        "List": Shape("list", member=Ref("Secret", location_name="item")),
        "Secret": Shape("string", sensitive=True),
        "String": Shape("string"),
    }
    model = ServiceModel(Metadata("1", "ec2"), {}, shapes)
    assert set(secret_names(model, Ref("Out"))) == {b"Keys", *DESCRIBE.secrets}
    pieces = parsed(b"<Out><Keys><item>FAKE-SECRET</item></Keys><Name>a</Name></Out>")
    assert reader(model, Ref("Out"))(pieces) == {"Name": "a"}


def test_what_is_in_a_secret_is_not_even_parsed() -> None:
    body = connections(1).replace(b"FAKE-SECRET-KEY-1", b"&FAKE-SECRET;<")
    assert values(DESCRIBE, body) == values(DESCRIBE, connections(1))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"<a><preSharedKey>FAKE-SECRET</preSharedKey><b/></a>", b"<a><b/></a>"),
        (b"<a><preSharedKey x='1'\n>FAKE-SECRET</preSharedKey\t><b/></a>", b"<a><b/></a>"),
        (b"<a><preSharedKey/><b/></a>", b"<a><b/></a>"),
        (b"<a><preSharedKey /><preSharedKey>FAKE-SECRET</preSharedKey></a>", b"<a></a>"),
        (b"<a><preSharedKey><c>FAKE-SECRET</c></preSharedKey></a>", b"<a></a>"),
        (
            b"<a><preSharedKey>&lt;/preSharedKey&gt;FAKE-SECRET</preSharedKey></a>",
            b"<a></a>",
        ),
        (
            b"<a><preSharedKey><![CDATA[</preSharedKey>FAKE-SECRET]]></preSharedKey></a>",
            b"<a></a>",
        ),
        (b"<a><preSharedKey><![CDATA[</preSharedKey>FAKE-SECRET</preSharedKey></a>", b"<a>"),
        (b"<a><preSharedKey>FAKE-SECRET</preSharedKeyArn></a>", b"<a>"),
        (b"<a><preSharedKey>FAKE-SECRET</a><b/>", b"<a>"),
        (b"<a><preSharedKey FAKE-SECRET", b"<a>"),
        (b"<a><preSharedKey>FAKE-SECRET</preSharedKey", b"<a>"),
        (b"<a><preSharedKey", b"<a>"),
        (b"<a><preSharedKey>FAKE<b/><preSharedKey>FAKE-SECRET</preSharedKey></a>", b"<a>"),
        (
            b"<a><preSharedKeyArn>arn</preSharedKeyArn><preSharedKeys>2</preSharedKeys></a>",
            b"<a><preSharedKeyArn>arn</preSharedKeyArn><preSharedKeys>2</preSharedKeys></a>",
        ),
        (b"", b""),
    ],
)
def test_an_element_is_cut_whatever_it_holds(body: bytes, kept: bytes) -> None:
    assert without(body, (b"customerGatewayConfiguration", b"preSharedKey")) == kept


@pytest.mark.parametrize("prefix", [b"ec2:", b"x:"])
def test_a_secret_under_another_namespace_is_passed_over(prefix: bytes) -> None:
    body = connections(1).replace(b"<preSharedKey", b"<" + prefix + b"preSharedKey")
    body = body.replace(b"</preSharedKey", b"</" + prefix + b"preSharedKey")
    body = body.replace(b' xmlns="', b' xmlns:%s="urn:x" xmlns="' % prefix[:-1])
    assert values(DESCRIBE, body) == values(DESCRIBE, connections(1))


def test_the_cut_changes_nothing_but_secrets() -> None:
    body = connections(3)
    assert SECRET in body
    cut = without(body, DESCRIBE.secrets)
    assert SECRET not in cut
    assert len(cut) < len(body) / 2


def outcome(body: bytes) -> str:
    """All that comes of an answer: its values, or the error with its whole traceback."""
    try:
        return repr(values(DESCRIBE, body))
    except Unreachable as error:
        return "".join(traceback.format_exception(error))


BODY = connections(1)


@given(st.integers(0, len(BODY)))
def test_no_secret_survives_a_cut_off_answer(length: int) -> None:
    assert SECRET not in without(BODY[:length], DESCRIBE.secrets)
    assert SECRET.decode() not in outcome(BODY[:length])


@given(start=st.integers(0, len(BODY)), size=st.integers(0, 400), junk=st.binary(max_size=3))
def test_no_secret_survives_a_damaged_answer(start: int, size: int, junk: bytes) -> None:
    damaged = BODY[:start] + junk + BODY[start + size :]
    assert SECRET.decode() not in outcome(damaged)


def test_the_reader_passes_over_what_the_cut_has_missed() -> None:
    model = sdk_model("ec2")
    output = model.operations[DESCRIBE.name].output

    def read(*, keep_secrets: bool) -> object:
        return reader(model, output, keep_secrets=keep_secrets)(parsed(BODY))

    assert read(keep_secrets=False) == values(DESCRIBE, BODY)
    assert SECRET.decode() in repr(read(keep_secrets=True))
