"""An instance in an item of DescribeInstances."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from bothup.model.connection import Malformed
from bothup.model.instance import Instance
from bothup.model.resource_type import INSTANCE
from bothup.model.target import Target
from bothup.read.ec2.resource import readable, tags_of
from bothup.read.fields import Record, each, moment, part, text

# "User initiated (2026-10-01 12:00:00 GMT)": the only place where EC2 tells since when.
_WHEN = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")

_NO_METADATA: tuple[str | None, str | None] = None, None


def read_instance(item: object, target: Target, now: datetime) -> Instance | Malformed:
    """Read one item that was true at `now`; never raises."""
    return readable(item, target, INSTANCE, "InstanceId", partial(_instance, target, now))


def tokens_of(answer: Record) -> str | None:
    """Say of a described instance whether its metadata service asks for tokens."""
    for reservation in each(answer, "Reservations", dict):
        for instance in each(reservation, "Instances", dict):
            return part(instance, "MetadataOptions", _metadata, _NO_METADATA)[0]
    return None


def _instance(target: Target, now: datetime, item: Record, name: str) -> Instance:
    tokens, endpoint = part(item, "MetadataOptions", _metadata, _NO_METADATA)
    return Instance(
        id=name,
        target=target,
        observed_at=now,
        tags=tags_of(item),
        state=part(item, "State", lambda state: text(state, "Name") or "", "").lower(),
        launched_at=moment(item, "LaunchTime"),
        stopped_at=_stopped(text(item, "StateTransitionReason") or ""),
        http_tokens=tokens,
        http_endpoint=endpoint,
        public_ips=_public_ips(item),
    )


def _metadata(options: Record) -> tuple[str | None, str | None]:
    return text(options, "HttpTokens"), text(options, "HttpEndpoint")


def _stopped(reason: str) -> datetime | None:
    found = _WHEN.search(reason)
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _public_ips(item: Record) -> tuple[str, ...] | None:
    """Give all that are told; AWS leaves out an address that is not there, but no list."""
    found = tuple(sorted(set(_public(item))))
    return found if found or item.get("NetworkInterfaces") is not None else None


def _public(item: Record) -> Iterator[str]:
    if address := text(item, "PublicIpAddress"):
        yield address
    for interface in each(item, "NetworkInterfaces", dict):
        yield from _associated(interface)
        for private in each(interface, "PrivateIpAddresses", dict):
            yield from _associated(private)


def _associated(item: Record) -> Iterator[str]:
    if address := part(item, "Association", lambda found: text(found, "PublicIp"), None):
        yield address
