"""Parameters to a form body, in the two dialects of AWS's Query protocols.

Both flatten nested values into names with dots and numbers. The `query` dialect puts `member` (or
the model's word) between a list and its numbers and sends an empty list as an empty value; the
`ec2` dialect does neither, and has names of its own (AWS Query and EC2 Query protocol, Smithy 2.0).
"""

import base64
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from bothup.aws.wire.operation import Operation
from bothup.aws.wire.shapes import Ref, ServiceModel, Shape


def form(operation: Operation, params: Mapping[str, Any]) -> bytes:
    """Return the form body of a call.

    Parameters have the SDK's names; a timestamp is a datetime (UTC where it has no zone), a blob
    is bytes. Raises ValueError for a parameter that the operation does not have.
    """
    if not params:
        return operation.start
    if operation.input is None:
        raise ValueError(f"{operation.name} takes no parameters")
    dialect = _Ec2 if operation.protocol == "ec2" else _Query
    pairs = dialect(operation.model).pairs(operation.input, params, "")
    return "&".join(
        [
            operation.start.decode(),
            *(f"{quote_plus(name)}={quote_plus(text)}" for name, text in pairs),
        ]
    ).encode()


class _Query:
    """The `query` dialect."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model

    def pairs(self, ref: Ref, value: Any, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield the form fields that stand for a value."""
        shape = self._model.shapes[ref.shape]
        if shape.type == "structure":
            yield from self._structure(ref, shape, value, prefix)
        elif shape.type == "list":
            yield from self._list(ref, shape, value, prefix)
        elif shape.type == "map":
            yield from self._map(ref, shape, value, prefix)
        else:
            yield prefix, _text(shape.type, value)

    def _structure(
        self, ref: Ref, shape: Shape, value: Mapping[str, Any], prefix: str
    ) -> Iterator[tuple[str, str]]:
        for name, part in value.items():
            if name not in shape.members:
                raise ValueError(f"{ref.shape} has no member {name}")
            member = shape.members[name]
            wire_name = self._member_name(member, name)
            yield from self.pairs(member, part, f"{prefix}.{wire_name}" if prefix else wire_name)

    def _list(self, ref: Ref, shape: Shape, value: Any, prefix: str) -> Iterator[tuple[str, str]]:
        assert shape.member
        if not value:
            yield prefix, ""
            return
        item_name = self._model.own_name(shape.member)
        if not self._model.is_flat(ref):
            prefix = f"{prefix}.{item_name or 'member'}"
        elif item_name:
            # A flattened list goes by its items' name instead of its own.
            prefix = ".".join([*prefix.split(".")[:-1], item_name])
        for number, item in enumerate(value, 1):
            yield from self.pairs(shape.member, item, f"{prefix}.{number}")

    def _map(
        self, ref: Ref, shape: Shape, value: Mapping[str, Any], prefix: str
    ) -> Iterator[tuple[str, str]]:
        assert shape.key
        assert shape.value
        if not self._model.is_flat(ref):
            prefix = f"{prefix}.entry"
        key_name = self._member_name(shape.key, "key")
        value_name = self._member_name(shape.value, "value")
        for number, (key, part) in enumerate(value.items(), 1):
            yield from self.pairs(shape.key, key, f"{prefix}.{number}.{key_name}")
            yield from self.pairs(shape.value, part, f"{prefix}.{number}.{value_name}")

    def _member_name(self, ref: Ref, default: str) -> str:
        return self._model.own_name(ref) or default


class _Ec2(_Query):
    """The `ec2` dialect."""

    def _list(self, ref: Ref, shape: Shape, value: Any, prefix: str) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - every list is flattened
        assert shape.member
        for number, item in enumerate(value, 1):
            yield from self.pairs(shape.member, item, f"{prefix}.{number}")

    def _member_name(self, ref: Ref, default: str) -> str:
        own = ref.query_name or self._model.shapes[ref.shape].query_name
        name = self._model.own_name(ref)
        return own or (name[0].upper() + name[1:] if name else default)


def _text(kind: str, value: Any) -> str:
    match kind:
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            return _timestamp(value)
        case "blob":
            return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
        case "float" | "double" if not math.isfinite(value):
            return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
        case _:
            return str(value)


def _timestamp(value: datetime) -> str:
    utc = value.astimezone(UTC) if value.tzinfo else value
    return f"{utc:%Y-%m-%dT%H:%M:%S}{f'.{utc.microsecond:06d}' if utc.microsecond else ''}Z"
