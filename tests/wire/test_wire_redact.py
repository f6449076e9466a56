"""No secret gets past the cut, however odd the answer is."""

import traceback

import pytest
from answers import connections
from hypothesis import given
from hypothesis import strategies as st

from bothup.aws.wire import operation
from bothup.aws.wire.answer import values
from bothup.aws.wire.redact import without
from bothup.aws.wire.shapes import ServiceModel, sdk_model
from bothup.errors import Unreachable

DESCRIBE = operation("ec2", "DescribeVpnConnections")
SECRET = b"FAKE-SECRET"


def test_what_is_cut_is_what_the_model_marks_as_sensitive() -> None:
    assert DESCRIBE.secrets == (b"customerGatewayConfiguration", b"preSharedKey")
    sample = operation("ec2", "GetVpnConnectionDeviceSampleConfiguration").secrets
    assert b"vpnConnectionDeviceSampleConfiguration" in sample
    assert b"passwordData" in operation("ec2", "GetPasswordData").secrets
    assert operation("sts", "AssumeRole").secrets == ()


def test_a_name_that_is_plain_elsewhere_is_left_to_the_reader() -> None:
    """`value` is a secret in one structure here and the key's partner in tags everywhere."""
    attribute = operation("ec2", "DescribeInstanceAttribute")
    assert b"value" not in attribute.secrets
    body = (
        b"<DescribeInstanceAttributeResponse><instanceId>i-1</instanceId><userData><value>"
        b"FAKE-SECRET</value></userData></DescribeInstanceAttributeResponse>"
    )
    assert SECRET.decode() in str(values(attribute, body))
    marked = body.replace(b"userData", b"preSharedKey")
    assert values(attribute, marked) == {"InstanceId": "i-1"}


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


@given(start=st.integers(0, len(BODY)), size=st.integers(1, 400), to=st.integers(0, len(BODY)))
def test_no_secret_survives_a_mangled_answer(start: int, size: int, to: int) -> None:
    piece, rest = BODY[start : start + size], BODY[:start] + BODY[start + size :]
    assert SECRET.decode() not in outcome(rest)
    assert SECRET.decode() not in outcome(rest[:to] + piece + rest[to:])


def test_the_reader_passes_over_what_the_cut_has_missed() -> None:
    model: ServiceModel = sdk_model("ec2")
    from bothup.aws.wire.xml import namespace_length, parse, reader

    root = parse(BODY)
    found = reader(model, model.operations[DESCRIBE.name].output)(root, namespace_length(root))
    assert found == values(DESCRIBE, BODY)
    kept = reader(model, model.operations[DESCRIBE.name].output, keep_secrets=True)
    assert SECRET.decode() in repr(kept(root, namespace_length(root)))
