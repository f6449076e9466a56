"""Shapes: what the SDK's service model says of an operation's input and output, and no more.

EC2's model is large (loading it costs some 100 ms), so what the few operations need that every run
calls is kept in `shapes.json`, which `python -m bothup.aws.wire.generate` writes. Everything else
is taken from botocore's data when it is first asked for.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

TABLE = Path(__file__).with_name("shapes.json")


class Ref(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A use of a shape: as a member, a list's item, a map's key or value, an input or an output."""

    shape: str
    location_name: str | None = None
    query_name: str | None = None
    flattened: bool = False
    result_wrapper: str | None = None


class Shape(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A type; the names and flags that it carries itself hold where a Ref says nothing."""

    type: str
    members: dict[str, Ref] = {}
    member: Ref | None = None
    key: Ref | None = None
    value: Ref | None = None
    location_name: str | None = None
    query_name: str | None = None
    flattened: bool = False
    sensitive: bool = False

    def parts(self) -> list[Ref]:
        """Return what a list or a map is made of; nothing for any other type."""
        return [ref for ref in (self.member, self.key, self.value) if ref]

    def refs(self) -> list[Ref]:
        """Return every use of another shape."""
        return [*self.members.values(), *self.parts()]


class Signature(msgspec.Struct, frozen=True, omit_defaults=True):
    """An operation's input and output; None where it has none."""

    input: Ref | None = None
    output: Ref | None = None


class Metadata(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A service's protocols and API version."""

    api_version: str
    protocol: str
    protocols: tuple[str, ...] = ()


class ServiceModel(msgspec.Struct, frozen=True):
    """A service: its operations and the shapes they use, by name."""

    metadata: Metadata
    operations: dict[str, Signature]
    shapes: dict[str, Shape]

    def own_name(self, ref: Ref) -> str | None:
        """Return the name that the model gives to a use of a shape, None where it gives none."""
        return ref.location_name or self.shapes[ref.shape].location_name

    def is_flat(self, ref: Ref) -> bool:
        """Say whether a list's or map's entries stand side by side in the parent."""
        return ref.flattened or self.shapes[ref.shape].flattened

    def xml_name(self, ref: Ref, member: str) -> str:
        """Return the name of the XML element that holds a structure's member."""
        shape = self.shapes[ref.shape]
        item_name = self.own_name(shape.member) if shape.member and self.is_flat(ref) else None
        return item_name or self.own_name(ref) or member

    def is_secret(self, ref: Ref) -> bool:
        """Say whether the model calls a value secret, or the entries of the list or map that it is.

        Entries all have the same name, so they can only be told apart by the list around them.
        """
        shape = self.shapes[ref.shape]
        return shape.sensitive or any(map(self.is_secret, shape.parts()))

    def only(self, operations: Iterable[str]) -> "ServiceModel":
        """Return the model of these operations, without the shapes that none of them uses."""
        kept = {name: self.operations[name] for name in operations}
        open_refs = [ref for used in kept.values() for ref in (used.input, used.output) if ref]
        shapes: dict[str, Shape] = {}
        while open_refs:
            name = open_refs.pop().shape
            if name not in shapes:
                shapes[name] = self.shapes[name]
                open_refs.extend(shapes[name].refs())
        return ServiceModel(self.metadata, kept, dict(sorted(shapes.items())))


def service_model(service: str, operation: str) -> ServiceModel:
    """Return a model that has the operation; raise KeyError where the SDK knows none such."""
    known = _table().get(service)
    if known and operation in known.operations:
        return known
    model = sdk_model(service)
    if operation not in model.operations:
        raise KeyError(f"{service} has no operation {operation}")
    return model


@lru_cache(maxsize=8)
def sdk_model(service: str) -> ServiceModel:
    """Read a service's model from botocore's data; raise KeyError where there is none."""
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        data: Any = Loader().load_service_model(service, "service-2")
    except UnknownServiceError:
        raise KeyError(f"the SDK has no service {service}") from None
    return msgspec.convert(data, ServiceModel)


@lru_cache(maxsize=1)
def _table() -> dict[str, ServiceModel]:
    return msgspec.json.decode(TABLE.read_bytes(), type=dict[str, ServiceModel])
