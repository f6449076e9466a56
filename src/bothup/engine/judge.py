"""From what was read of one Target to its Findings: pure, and the same whatever the order."""

import logging
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from bothup.engine.controls import Rule
from bothup.model.connection import GONE, Malformed, VpnConnection
from bothup.model.evidence import GatewayPeers
from bothup.model.finding import (
    ConnectionSummary,
    Finding,
    Reason,
    Redundancy,
    Resource,
    Status,
    TunnelSummary,
    Verdict,
)
from bothup.model.target import Target

Record = VpnConnection | Malformed

_LOG = logging.getLogger(__name__)


def judge(records: Iterable[Record], rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Judge every record by every rule; the findings come sorted, worst first.

    A control that breaks on a record costs that one finding. Records of several Targets may be
    mixed. Of several records of one connection the newest counts (AWS
    Config keeps a connection's history); of equally new ones, the worst verdict.
    """
    newest = _newest(records)
    peers = _peers(newest)
    found = merged(_finding(record, rule, peers) for record in newest for rule in rules)
    return tuple(sorted(found, key=worst_first))


def merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Keep of several findings of one control on one resource the worst."""
    by_id: dict[str, Finding] = {}
    for finding in findings:
        other = by_id.get(finding.id)
        if other is None or _worse(finding, other):
            by_id[finding.id] = finding
    return by_id.values()


def worst_first(finding: Finding) -> tuple[object, ...]:
    """Sort key: the worst first, then account, Region and id."""
    redundancy = finding.redundancy
    return (
        _STATUS_ORDER[finding.status],
        -finding.severity.rank,
        _REDUNDANCY_ORDER[redundancy] if isinstance(redundancy, Redundancy) else 9,
        finding.account or "",
        finding.region or "",
        finding.id,
    )


def _worse(one: Finding, other: Finding) -> bool:
    return (*worst_first(one), repr(one)) < (*worst_first(other), repr(other))


_STATUS_ORDER = {
    Status.FAILED: 0,
    Status.NOT_AVAILABLE: 1,
    Status.PASSED: 2,
    Status.NOT_APPLICABLE: 3,
}
_REDUNDANCY_ORDER = {
    Redundancy.DOWN: 0,
    Redundancy.DEGRADED: 1,
    Redundancy.UNKNOWN: 2,
    Redundancy.REDUNDANT: 3,
}


def finding_id(control: str, target: Target, resource: str) -> str:
    """Name a finding: the same control, account, Region and resource give the same id."""
    return f"bothup/{control}/{target.account or '-'}/{target.region or '-'}/{resource}"


def _newest(records: Iterable[Record]) -> list[Record]:
    groups: defaultdict[tuple[Target, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[record.target, record.id].append(record)
    kept: list[Record] = []
    for group in groups.values():
        if len(group) == 1:
            kept += group
            continue
        last = max(record.observed_at for record in group)
        kept += [record for record in group if record.observed_at == last]
    return kept


def _peers(records: Iterable[Record]) -> dict[tuple[Target, str], frozenset[str]]:
    """Connections with two tunnels by the customer gateway that they end on."""
    ending: defaultdict[tuple[Target, str], set[str]] = defaultdict(set)
    for record in records:
        if (
            isinstance(record, VpnConnection)
            and record.customer_gateway_id
            and record.state not in GONE
            and len(record.tunnels) >= 2
        ):
            ending[record.target, record.customer_gateway_id].add(record.id)
    return {gateway: frozenset(ids) for gateway, ids in ending.items()}


def _finding(
    record: Record, rule: Rule, peers: dict[tuple[Target, str], frozenset[str]]
) -> Finding:
    if isinstance(record, Malformed):
        return _build(record, rule, _malformed(record))
    ids = peers.get((record.target, record.customer_gateway_id or ""), frozenset())
    others = tuple(sorted(ids - {record.id})) if record.id in ids else ()
    peers_here = GatewayPeers(others=others)
    evidence: dict[type, object] = {VpnConnection: record, GatewayPeers: peers_here}
    try:
        verdict = rule.judge(*(evidence[kind] for kind in rule.evidence.values()))
        return _build(record, rule, verdict)
    except Exception as error:  # noqa: BLE001 - a control that breaks costs what it broke on
        _LOG.debug("%s breaks on %s", rule.control.id, record.id, exc_info=True)
        return _build(record, rule, _broken(error))


def _broken(error: Exception) -> Verdict:
    """The error's text may quote what was read, so only its kind is told."""
    text = f"internal error ({type(error).__name__}); please report it (--debug shows where)"
    return Verdict(status=Status.NOT_AVAILABLE, reasons=(Reason(code="control-failed", text=text),))


def _malformed(record: Malformed) -> Verdict:
    return Verdict(
        status=Status.NOT_AVAILABLE,
        reasons=(Reason(code="malformed-record", text=record.problem),),
        redundancy=Redundancy.UNKNOWN,
    )


def _build(record: Record, rule: Rule, verdict: Verdict) -> Finding:
    connection = record if isinstance(record, VpnConnection) else None
    tags = connection.tags if connection else {}
    return Finding(
        id=finding_id(rule.control.id, record.target, record.id),
        control=rule.control.id,
        title=rule.page.title,
        severity=rule.control.severity,
        status=verdict.status,
        account=record.target.account,
        region=record.target.region,
        resource=Resource(
            type=rule.control.resource,
            id=record.id,
            arn=record.target.ec2_arn(f"vpn-connection/{record.id}"),
            name=tags.get("Name"),
            tags=tags,
        ),
        redundancy=verdict.redundancy or Redundancy.UNKNOWN,
        reasons=verdict.reasons,
        notices=verdict.notices,
        tunnels=tunnels_of(connection) if connection else (),
        connection=_connection(connection) if connection else msgspec.UNSET,
    )


def tunnels_of(connection: VpnConnection) -> tuple[TunnelSummary, ...]:
    """Give what a finding shows of the connection's tunnels."""
    return tuple(
        TunnelSummary(
            outside_ip=tunnel.outside_ip,
            status=tunnel.status,
            status_message=tunnel.status_message,
            last_status_change=tunnel.last_status_change,
            accepted_routes=tunnel.accepted_routes,
        )
        for tunnel in connection.tunnels
    )


def _connection(connection: VpnConnection) -> ConnectionSummary:
    return ConnectionSummary(
        state=connection.state,
        routing=connection.routing,
        customer_gateway=connection.customer_gateway_id,
        gateway=connection.gateway_id,
        charged_as=_charged_as(connection),
    )


def _charged_as(connection: VpnConnection) -> str:
    if connection.concentrator:
        return "concentrator"
    if connection.accelerated:
        return "accelerated"
    return (connection.bandwidth or "standard").lower()
