"""One AWS Config configuration item of AWS::EC2::VPNConnection.

Config writes the fields of DescribeVpnConnections with a small first letter. The configuration is
an object (snapshot files, rule events) or a text of JSON (the service's API), and null once the
resource is deleted.
"""

from typing import Any

import msgspec

from bothup.read.describe import malformed, read_connection
from bothup.read.described import refused, unreadable
from bothup.read.fields import Record, WrongField, kind, moment, text
from bothup.read.items import Aside, Item, Origin
from bothup.read.labels import target_of
from bothup.read.parts import value
from bothup.read.wanted import Undecodable, everything

RESOURCE_TYPE = "AWS::EC2::VPNConnection"
_DELETED = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded"})
# The deepest part that is read lies seven levels down, in the log options of a tunnel.
_DEPTH = 10


def read_item(raw: msgspec.Raw, origin: Origin) -> Item:
    """Read one item; it may be a text of JSON itself, as in the results of an advanced query."""
    try:
        item = _parsed(everything(raw))
    except Undecodable as error:
        return unreadable(bytes(raw), origin, str(error))
    if not isinstance(item, dict):
        return refused(raw, origin, f"expected a configuration item, got {kind(item)}")
    fields = _capitalised(item, depth=1)
    return Aside.OTHER_TYPE if _is_of_other_type(fields) else _connection(fields, origin)


def read_unprocessed(raw: msgspec.Raw, origin: Origin) -> Item:
    """Read a key of unprocessedResourceKeys: a resource that Config was asked for and left out."""
    key = value(raw, "$.unprocessedResourceKeys")
    fields = _capitalised(key, depth=1) if isinstance(key, dict) else {}
    if _is_of_other_type(fields):
        return Aside.OTHER_TYPE
    problem = "AWS Config did not return it (unprocessedResourceKeys)"
    return malformed(_named(fields), origin.target, origin.now, problem)


def capitalised(record: Record) -> dict[str, Any]:
    """Give a record in the CLI's casing: vgwTelemetry becomes VgwTelemetry, at every level."""
    found: dict[str, Any] = _capitalised(record, _DEPTH)
    return found


def _connection(fields: Record, origin: Origin) -> Item:
    target, observed_at = origin.target, origin.now
    try:
        target = target_of(fields, target)
        observed_at = moment(fields, "ConfigurationItemCaptureTime") or observed_at
        record = _described(fields)
    except WrongField as wrong:
        return malformed(_named(fields), target, observed_at, str(wrong))
    return read_connection(record, target, observed_at)


def _described(fields: Record) -> dict[str, Any]:
    """Make of an item the record that DescribeVpnConnections would have given."""
    if text(fields, "ConfigurationItemStatus") in _DELETED:
        return _named(fields) | {"State": "deleted", "Tags": _tags(fields)}
    configuration = _parsed(fields.get("Configuration"))
    if not isinstance(configuration, dict):
        raise WrongField("Configuration", "an object", kind(configuration))
    told = {"VpnConnectionId": fields.get("ResourceId"), "Tags": _tags(fields)}
    described = capitalised(configuration)
    return described | {key: told[key] for key in told if described.get(key) is None}


def _named(fields: Record) -> dict[str, Any]:
    return {"VpnConnectionId": fields.get("ResourceId"), "Item": fields}


def _tags(fields: Record) -> list[dict[str, Any]]:
    tags = fields.get("Tags")
    pairs = tags.items() if isinstance(tags, dict) else ()
    return [{"Key": key, "Value": value} for key, value in pairs]


def _is_of_other_type(fields: Record) -> bool:
    """Tell by the type, or by the id where a query did not ask for the type."""
    stated, name = fields.get("ResourceType"), fields.get("ResourceId")
    if isinstance(stated, str):
        return stated != RESOURCE_TYPE
    return isinstance(name, str) and not name.startswith("vpn-")


def _parsed(part: object) -> Any:
    """Read a text as JSON; what is no text, or no JSON, stays as it is."""
    if not isinstance(part, str):
        return part
    try:
        return everything(msgspec.Raw(part.encode()))
    except (Undecodable, ValueError):
        return part


def _capitalised(part: Any, depth: int) -> Any:
    if depth and isinstance(part, dict):
        return {key[:1].upper() + key[1:]: _capitalised(v, depth - 1) for key, v in part.items()}
    if depth and isinstance(part, list):
        return [_capitalised(entry, depth - 1) for entry in part]
    return part
