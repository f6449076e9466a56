"""Who changed the connection, its gateways or its tunnels: CloudTrail's event history."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from bothup.aws.collect._command import command
from bothup.aws.collect.incident import BEFORE, Incident, Span
from bothup.aws.collect.trail import KEPT, OPERATION, PAGE, PAGES, Lookup, Trail
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.collect.wanted import Document, Subject, Wanted, lacking
from bothup.model.connection import TunnelStatus, VpnConnection
from bothup.model.diagnosis import EvidenceKind, MissingEvidence

PERMISSIONS = ("cloudtrail:LookupEvents",)

# The records of these need not name the connection as a resource; their parameters do.
_BY_NAME = ("ModifyVpnTunnelOptions", "ReplaceVpnTunnel")


def wanted(subject: Subject, trail: Trail) -> Iterator[Wanted | MissingEvidence]:
    """Want the events around the changes of status; what is older than CloudTrail keeps, lacks."""
    span, horizon = _span(subject), subject.incident.now - KEPT
    clipped = _clipped(span, subject.incident)
    params = _lookups(subject.connection)[0].params(clipped)
    how = command("cloudtrail", OPERATION, subject.target.region, params)
    told, moments = subject.incident.at or subject.incident.since, _moments(subject)
    if span.end < horizon or (moments and not told and max(moments) < horizon):
        why = f"CloudTrail keeps {KEPT.days} days of event history, and the change is older"
        yield MissingEvidence(kind=EvidenceKind.CHANGES, why=why, how_to_get=how)
        return
    yield Wanted(
        kind=EvidenceKind.CHANGES,
        what="CloudTrail's events on the connection",
        command=how,
        fetch=partial(_fetch, subject, trail, clipped, how),
    )


def _moments(subject: Subject) -> list[datetime]:
    """When the tunnels changed that are asked about: those in trouble, if there are any."""
    tunnels = subject.connection.tunnels
    troubled = [each for each in tunnels if each.status is not TunnelStatus.UP] or tunnels
    return [each.last_status_change for each in troubled if each.last_status_change]


def expected(subject: Subject) -> Iterator[tuple[Lookup, Span]]:
    """Give the look-ups that `wanted` makes."""
    span = _clipped(_span(subject), subject.incident)
    for lookup in _lookups(subject.connection):
        yield lookup, span


def _span(subject: Subject) -> Span:
    moments = _moments(subject)
    span = subject.incident.whole(moments)
    # What changed a tunnel is looked for where the tunnel changed, also before --since.
    around = subject.incident.at is None
    return Span(min([span.start, *(each - BEFORE for each in moments if around)]), span.end)


def _clipped(span: Span, incident: Incident) -> Span:
    return Span(max(span.start, incident.now - KEPT), span.end)


def _lookups(connection: VpnConnection) -> list[Lookup]:
    private = _private(connection.gateway_id)
    named = filter(None, (connection.id, connection.customer_gateway_id, private))
    return [
        *(Lookup(connection.target, "ResourceName", each) for each in named),
        *(Lookup(connection.target, "EventName", each) for each in _BY_NAME),
    ]


async def _fetch(subject: Subject, trail: Trail, span: Span, how: str, call: Call) -> Document:
    connection = subject.connection
    found: dict[str, Document] = {}
    cut: list[str] = []
    for lookup in _lookups(connection):
        events = await trail.events(call, lookup, span)
        named = lookup.attribute == "ResourceName"
        found |= {
            each.id: each.change
            for each in events.listed
            if named or connection.id in str(each.change)
        }
        cut += [] if events.whole else [lookup.value]
    changes = sorted(found.values(), key=lambda each: str(each.get("eventTime")))
    return {"changes": changes} | (_older(cut, how) if cut else {})


def _older(cut: list[str], how: str) -> Document:
    """Say that there are more events than were read: what is not among them may have been."""
    most = PAGES * PAGE
    why = f"CloudTrail has more than {most} events of {', '.join(cut)}: the older ones are not read"
    return lacking(MissingEvidence(kind=EvidenceKind.CHANGES, why=why, how_to_get=how))


def _private(gateway: str | None) -> str | None:
    """A transit gateway has too many connections for its events to tell of this one."""
    return gateway if gateway and gateway.startswith("vgw-") else None
