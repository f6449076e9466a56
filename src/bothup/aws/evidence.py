"""All the evidence on one connection as a document (`bothup.evidence/1`), each piece by itself.

`read.bundle` reads it. Beside what the schema asks for it holds `telemetry` (each reading, to tell
a flap), `attachments`, `notes` for people, and `at` where a past time was asked about.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from bothup.aws.collect import (
    attachment,
    changes,
    customer_gateways,
    health,
    same_gateway,
    telemetry,
    tunnel_logs,
    tunnel_metrics,
    tunnel_status,
)
from bothup.aws.collect.incident import Incident
from bothup.aws.collect.past import as_it_was
from bothup.aws.collect.same_gateway import Devices
from bothup.aws.collect.trail import Trail
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Absent, Document, Subject, Wanted, lacking, merged, reason
from bothup.errors import AwsError
from bothup.model.bundle import SCHEMA
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.diagnosis import EvidenceKind, MissingEvidence
from bothup.model.target import Target
from bothup.read.describe import read_connection

Collector = Callable[[Subject], Iterator[Wanted | MissingEvidence]]

COLLECTORS: tuple[Collector, ...] = (
    customer_gateways.wanted,
    tunnel_status.wanted,
    tunnel_logs.wanted,
    tunnel_metrics.wanted,
    health.wanted,
    attachment.wanted,
)


async def collect(
    connection: str,
    target: Target,
    incident: Incident,
    devices: Devices,
    trail: Trail,
    *,
    seen: VpnConnection | None = None,
    interval: float = 0.0,
) -> Document:
    """Gather all that AWS tells of a connection; what it does not tell is `missing_evidence`.

    As it was `seen` before, it counts where it cannot be read again. With an `interval` its
    telemetry is read a second time, so many seconds after the first. Raises nothing that AWS or its
    answers can cause.
    """
    call = devices.way(target)
    head: Document = {
        "schema": SCHEMA,
        "collected_at": incident.now,
        "account": target.account,
        "region": target.region,
    }
    found: VpnConnection | Malformed
    try:
        first = await telemetry.read(call, connection)
        found = read_connection(first.item, target, first.at)
    except Absent as absent:
        return head | _undescribed(connection, target, str(absent))
    except AwsError as error:
        why = f"{connection} could not be read: {reason(error)}"
        if seen is None:
            return head | _undescribed(connection, target, why)
        first, found = telemetry.surveyed(seen), seen
        why += f"; its tunnels are as they were at {first.at:%H:%M:%S} UTC, without their options"
        head |= _undescribed(connection, target, why)
    if isinstance(found, Malformed):
        return head | {"connection": first.item}
    subject = Subject(connection=found, incident=incident)
    parts = await asyncio.gather(
        telemetry.again(call, first, interval), *_parts(subject, call, devices, trail)
    )
    whole = merged([head, *parts])
    return as_it_was(whole, incident.at) if incident.at else whole


def _parts(
    subject: Subject, call: Call, devices: Devices, trail: Trail
) -> Iterator[Coroutine[Any, Any, Document]]:
    wishes = [each for collector in COLLECTORS for each in collector(subject)]
    shared = (*changes.wanted(subject, trail), *same_gateway.wanted(subject, devices))
    for wish in (*wishes, *shared):
        yield wish.gathered(call) if isinstance(wish, Wanted) else _said(wish)


async def _said(missing: MissingEvidence) -> Document:
    return lacking(missing)


def _undescribed(connection: str, target: Target, why: str) -> Document:
    how = telemetry.command_for(target, connection)
    missing = lacking(MissingEvidence(kind=EvidenceKind.TELEMETRY, why=why, how_to_get=how))
    return {"connection": {"VpnConnectionId": connection}} | missing
