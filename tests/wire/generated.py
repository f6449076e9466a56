"""Values, and answers in XML, made from the SDK's service model: the oracle's own ground."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from hypothesis import strategies as st

_DEPTH = 6
# Zones are drawn apart from the days.
_FIRST, _LAST = datetime(1970, 1, 2), datetime(2100, 1, 1)  # noqa: DTZ001


@cache
def service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


@cache
def parameters(service_name: str, operation_name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Parameters of an operation, sensible or not."""
    return _values(service(service_name).operation_model(operation_name).input_shape, _DEPTH)


def _values(shape: Any, depth: int) -> st.SearchStrategy[Any]:
    match shape.type_name:
        case "structure":
            members = shape.members if depth else {}
            return st.fixed_dictionaries(
                {}, optional={name: _values(part, depth - 1) for name, part in members.items()}
            )
        case "list":
            return st.lists(_values(shape.member, depth - 1), max_size=3 if depth else 0)
        case "map":
            keys = st.text(max_size=5)
            return st.dictionaries(keys, _values(shape.value, depth - 1), max_size=2)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers()
        case "float" | "double":
            return st.floats()
        case "timestamp":
            zones = st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30)), None])
            return st.datetimes(_FIRST, _LAST, timezones=zones)
        case "blob":
            return st.binary(max_size=20)
        case _:
            return st.text(max_size=12)


# What XML can hold, with what it needs escaped for.
_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n<>&'\"").filter(
        lambda letter: letter not in "\ufffe\uffff"
    ),
    max_size=12,
)
_BLANK = st.sampled_from(["", "\n    ", "\n"])
_TIMES = st.builds(
    lambda when, form: when.strftime(form),
    st.datetimes(_FIRST, _LAST),
    st.sampled_from(
        [
            "%Y-%m-%dT%H:%M:%SZ",
            "%Y-%m-%dT%H:%M:%S.000Z",
            "%Y-%m-%dT%H:%M:%S.%fZ",
            "%Y-%m-%dT%H:%M:%S+02:00",
            "%a, %d %b %Y %H:%M:%S GMT",
            "1%M%S%H0000",
        ]
    ),
)


@st.composite
def answers(draw: st.DrawFn, service_name: str, operation_name: str) -> bytes:
    """An operation's answer: members present, absent or empty, and some that nobody knows."""
    model = service(service_name)
    output = model.operation_model(operation_name).output_shape
    content = draw(_structure(output, _DEPTH))
    if wrapper := output.serialization.get("resultWrapper"):
        content = f"{draw(_BLANK)}<{wrapper}>{content}</{wrapper}>{draw(_BLANK)}"
    namespace = draw(st.sampled_from(["", f' xmlns="{model.metadata["xmlNamespace"]}/"']))
    declaration = draw(st.sampled_from(["", '<?xml version="1.0" encoding="UTF-8"?>\n']))
    name = f"{operation_name}Response"
    return f"{declaration}<{name}{namespace}>{content}</{name}>".encode()


@st.composite
def _structure(draw: st.DrawFn, shape: Any, depth: int) -> str:
    parts = []
    for name, member in shape.members.items():
        if depth and draw(st.integers(0, 3)):
            parts.append(draw(_member(name, member, depth)))
    if not draw(st.integers(0, 5)):
        parts.append("<futureMember><item>1</item>new</futureMember>")
    parts = draw(st.permutations(parts)) if len(parts) < 4 else parts
    return draw(_BLANK) + draw(_BLANK).join(parts) + draw(_BLANK)


@st.composite
def _member(draw: st.DrawFn, name: str, shape: Any, depth: int) -> str:
    tag = shape.serialization.get("name", name)
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        tag = shape.member.serialization.get("name", tag)
        items = draw(st.lists(_content(shape.member, depth - 1), min_size=1, max_size=3))
        return "".join(f"<{tag}>{item}</{tag}>" for item in items)
    content = draw(_content(shape, depth - 1))
    return f"<{tag}>{content}</{tag}>" if content else f"<{tag}/>"


def _content(shape: Any, depth: int) -> st.SearchStrategy[str]:
    match shape.type_name:
        case "structure":
            return _structure(shape, depth)
        case "list":
            tag = shape.member.serialization.get("name", "member")
            items = st.lists(_content(shape.member, depth - 1), max_size=3 if depth else 0)
            return items.map(lambda them: "".join(f"<{tag}>{item}</{tag}>\n" for item in them))
        case "map":
            pairs = st.lists(st.tuples(_TEXT.map(escape), _content(shape.value, 0)), max_size=2)
            return pairs.map(
                lambda them: "".join(
                    f"<entry><key>{key}</key>\n<value>{value}</value></entry>"
                    for key, value in them
                )
            )
        case "boolean":
            return st.sampled_from(["true", "false"])
        case "integer" | "long":
            return st.integers().map(str)
        case "float" | "double":
            return st.floats(allow_nan=False).map(repr)
        case "timestamp":
            return _TIMES
        case "blob":
            return st.sampled_from(["", "aGVsbG8=", "AA=="])
        case _:
            return _TEXT.map(escape) | _TEXT.map(_cdata) | _TEXT.map(_references)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', '')}]]>"


def _references(text: str) -> str:
    return "".join(f"&#x{ord(letter):x};" for letter in text)
