"""The members of an evidence bundle beside connection, logs and device texts, one by one.

Each function reads one JSON value, in the casing of the AWS API that it comes from, and raises
WrongField where the value is not what it should be.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bothup.model.bundle import (
    ActiveStatus,
    Attachment,
    Change,
    CustomerGateway,
    HealthEvent,
    Replacement,
    Series,
)
from bothup.model.diagnosis import EvidenceKind, MissingEvidence
from bothup.read.fields import Record, WrongField, count, kind, moment, text
from bothup.read.mask import masked

_LONGEST_TEXT = 600


def records(value: object, name: str) -> Iterator[Record]:
    """Yield the objects of a list; raises WrongField for anything else."""
    if not isinstance(value, list):
        raise WrongField(name, "a list", kind(value))
    for index, entry in enumerate(value):
        if not isinstance(entry, dict):
            raise WrongField(f"{name}[{index}]", "an object", kind(entry))
        yield entry


def record(value: object, name: str) -> Record:
    """Give an object; raises WrongField for anything else."""
    if not isinstance(value, dict):
        raise WrongField(name, "an object", kind(value))
    return value


def read_customer_gateway(entry: Record) -> CustomerGateway:
    """Read an item of DescribeCustomerGateways; the ASN may be text, as the API has it."""
    asn = entry.get("BgpAsnExtended") or entry.get("BgpAsn")
    return CustomerGateway(
        id=text(entry, "CustomerGatewayId") or "",
        ip_address=text(entry, "IpAddress") or None,
        bgp_asn=int(asn) if isinstance(asn, int | str) and str(asn).isdigit() else None,
        state=text(entry, "State"),
        certificate_arn=text(entry, "CertificateArn") or None,
    )


def read_active_status(entry: Record) -> ActiveStatus:
    """Read GetActiveVpnTunnelStatus."""
    inner = entry.get("ActiveVpnTunnelStatus")
    entry = inner if isinstance(inner, dict) else entry
    return ActiveStatus(
        phase1_encryption=text(entry, "Phase1EncryptionAlgorithm"),
        phase1_integrity=text(entry, "Phase1IntegrityAlgorithm"),
        phase1_dh_group=count(entry, "Phase1DHGroup"),
        phase2_encryption=text(entry, "Phase2EncryptionAlgorithm"),
        phase2_integrity=text(entry, "Phase2IntegrityAlgorithm"),
        phase2_dh_group=count(entry, "Phase2DHGroup"),
        ike_version=(text(entry, "IkeVersion") or "").lower() or None,
        provisioning_status=text(entry, "ProvisioningStatus"),
        provisioning_reason=text(entry, "ProvisioningStatusReason"),
    )


def read_replacement(entry: Record) -> Replacement:
    """Read GetVpnTunnelReplacementStatus."""
    details = entry.get("MaintenanceDetails")
    details = details if isinstance(details, dict) else entry
    pending = details.get("PendingMaintenance")
    return Replacement(
        pending=pending is True or str(pending).lower() in ("available", "true", "pending"),
        applied_after=moment(details, "MaintenanceAutoAppliedAfter"),
        last_applied=moment(details, "LastMaintenanceApplied"),
    )


def read_series(entry: Record) -> Series:
    """Read one metric of a tunnel or of the connection; the points come sorted."""
    points = entry.get("points") or []
    if not isinstance(points, list):
        raise WrongField("points", "a list", kind(points))
    return Series(
        name=text(entry, "name") or "",
        tunnel=text(entry, "tunnel") or None,
        statistic=text(entry, "statistic") or "",
        period=count(entry, "period") or 300,
        points=tuple(sorted(_point(point, index) for index, point in enumerate(points))),
    )


def _point(point: object, index: int) -> tuple[datetime, float]:
    if isinstance(point, list | tuple) and len(point) == 2:
        at, value = point
        when = moment({"time": at}, "time")
        if when and isinstance(value, int | float) and not isinstance(value, bool):
            return when, float(value)
    raise WrongField(f"points[{index}]", "[epoch, value]", kind(point))


def read_change(entry: Record, index: int) -> Change:
    """Read a CloudTrail record, or an event of LookupEvents that holds one as text."""
    inner = entry.get("CloudTrailEvent")
    if isinstance(inner, str):
        try:
            inner = json.loads(inner)
        except (ValueError, RecursionError):
            inner = None
    told = inner if isinstance(inner, dict) else entry
    parameters = told.get("requestParameters")
    flat = dict(_flat(parameters)) if isinstance(parameters, dict) else {}
    user = told.get("userIdentity")
    return Change(
        name=text(told, "eventName") or text(entry, "EventName") or "",
        time=moment(told, "eventTime") or moment(entry, "EventTime"),
        tunnel=_named(flat, "vpntunneloutsideipaddress"),
        actor=(text(user, "arn") if isinstance(user, dict) else None) or text(entry, "Username"),
        settings=tuple(_settings(parameters)) if isinstance(parameters, dict) else (),
        error=text(told, "errorCode"),
        index=index,
    )


def _flat(value: Record) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner)
        else:
            yield str(key), inner


def _named(flat: Record, wanted: str) -> str | None:
    found = (value for key, value in flat.items() if key.lower() == wanted)
    return next((value for value in found if isinstance(value, str)), None)


def _settings(parameters: Record) -> Iterator[str]:
    """Name the tunnel options that a call carries; a value may be a key and is left alone."""
    for key, value in parameters.items():
        if str(key).lower() == "tunneloptions" and isinstance(value, dict):
            yield from sorted(str(name) for name in value)
        elif isinstance(value, dict):
            yield from _settings(value)


def read_attachment(entry: Record, index: int) -> Attachment:
    """Read an item of DescribeVpnGateways or of DescribeTransitGatewayAttachments."""
    if private := text(entry, "VpnGatewayId"):
        listed = entry.get("VpcAttachments") or []
        states = [text(each, "State") or "" for each in records(listed, "VpcAttachments")]
        state = "attached" if "attached" in states else next(filter(None, states), "detached")
        return Attachment(gateway=private, state=state, index=index)
    association = entry.get("Association")
    told = text(association, "State") if isinstance(association, dict) else None
    return Attachment(
        gateway=text(entry, "TransitGatewayId") or "",
        state=text(entry, "State") or "",
        associated=told == "associated",
        index=index,
    )


def read_health(entry: Record, index: int) -> HealthEvent:
    """Read an AWS Health event: of DescribeEvents, or the detail of an EventBridge event."""
    detail = entry.get("detail")
    told = detail if isinstance(detail, dict) else entry
    words = told.get("eventDescription")
    if isinstance(words, list):
        words = " ".join(
            str(each.get("latestDescription", "")) for each in words if isinstance(each, dict)
        )
    return HealthEvent(
        code=text(told, "eventTypeCode") or "",
        start=moment_or_none(told, "startTime"),
        end=moment_or_none(told, "endTime"),
        text=masked(words)[:_LONGEST_TEXT] if isinstance(words, str) else "",
        index=index,
    )


def moment_or_none(entry: Record, key: str) -> datetime | None:
    """Give an instant, also from the RFC 1123 form that AWS Health uses; None if unreadable."""
    try:
        return moment(entry, key)
    except WrongField:
        value = entry.get(key)
    if not isinstance(value, str):
        return None
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S %z"):
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def read_missing(entry: Record) -> MissingEvidence:
    """Read what a collector could not get."""
    named = text(entry, "kind") or ""
    if named not in set(EvidenceKind):
        raise WrongField("kind", "a kind of evidence", "another string")
    return MissingEvidence(
        kind=EvidenceKind(named),
        why=masked(text(entry, "why") or ""),
        how_to_get=masked(text(entry, "how_to_get") or ""),
    )
