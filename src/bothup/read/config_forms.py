"""What AWS Config's configuration items come wrapped in."""

from collections.abc import Iterator

import msgspec

from bothup.read.config_item import capitalised, read_item, read_unprocessed
from bothup.read.described import read_record
from bothup.read.fields import kind
from bothup.read.items import Form, Item, Members, NotOurs, Origin, placed
from bothup.read.parts import entries, members, next_page, value

_UNPROCESSED = "unprocessedResourceKeys"


def _listed(key: str) -> Form:
    """Give the reader of a document that lists items under a key."""

    def read(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
        for index, entry in enumerate(entries(parts[key], f"$.{key}")):
            yield from placed([read_item(entry, origin)], f"$.{key}[{index}]")
        if _UNPROCESSED in parts:
            for entry in entries(parts[_UNPROCESSED], f"$.{_UNPROCESSED}"):
                yield read_unprocessed(entry, origin)
        yield from next_page(parts)

    return read


def _single(key: str) -> Form:
    """Give the reader of an event that carries one item."""

    def read(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
        yield read_item(parts[key], origin)

    return read


def _event(key: str) -> Form:
    """Give the reader of what carries an event, as an object or as a text of JSON."""

    def read(_: msgspec.Raw, parts: Members, origin: Origin) -> Iterator[Item]:
        path = f"$.{key}"
        event = parts[key]
        if isinstance(text := value(event, path), str):
            event = msgspec.Raw(text.encode("utf-8", "replace"))
        carried = members(event, path)
        for name in ("configurationItem", "configurationItemSummary"):
            if name in carried:
                yield read_item(carried[name], origin)
                return
        raise NotOurs(path, "an event without a configuration item", "one with it")

    return read


def _bare(raw: msgspec.Raw, _: Members, origin: Origin) -> Iterator[Item]:
    yield read_item(raw, origin)


def _configuration(raw: msgspec.Raw, _: Members, origin: Origin) -> Iterator[Item]:
    """Read what stands in an item as its configuration, by itself."""
    record = value(raw)
    if not isinstance(record, dict):
        raise NotOurs("$", kind(record), "an object")
    yield read_record(capitalised(record), origin)


CONFIG_FORMS: dict[str, Form] = {
    "vpnConnectionId": _configuration,
    "configurationItems": _listed("configurationItems"),
    "baseConfigurationItems": _listed("baseConfigurationItems"),
    "Results": _listed("Results"),
    "configurationItem": _single("configurationItem"),
    "configurationItemSummary": _single("configurationItemSummary"),
    "invokingEvent": _event("invokingEvent"),
    "detail": _event("detail"),
    "resourceType": _bare,
    "configuration": _bare,
}
