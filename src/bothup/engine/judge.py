"""From what was read of one Target to its Findings: pure, and the same whatever the order."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from bothup.engine.controls import Rule
from bothup.model.connection import GONE, Malformed, VpnConnection
from bothup.model.evidence import GatewayPeers
from bothup.model.finding import (
    ConnectionSummary,
    Finding,
    Reason,
    Redundancy,
    Status,
    TunnelSummary,
    Verdict,
)
from bothup.model.finding import Resource as Judged
from bothup.model.redundancy import redundancy
from bothup.model.resource_type import VPN_CONNECTION, arn_of
from bothup.model.target import Target


class Resource(Protocol):
    """What controls judge: a VPN connection, a security group, …"""

    @property
    def id(self) -> str:
        """AWS's id of it."""
        ...

    @property
    def target(self) -> Target:
        """Where it is."""
        ...

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        ...


Record = Resource | Malformed
# What controls need to know beside their subject, by its type.
Beside = Mapping[type, object]
# The connections that end on each customer gateway.
Peers = Mapping[tuple[Target, str], frozenset[str]]

_LOG = logging.getLogger(__name__)

NOTHING: Beside = MappingProxyType({})


def judge(
    records: Iterable[Record], rules: Iterable[Rule], beside: Beside = NOTHING
) -> tuple[Finding, ...]:
    """Judge every record by every rule that is about such; the findings come sorted, worst first.

    A rule whose evidence is not all there judges nothing. A control that breaks on a record costs
    that one finding. Records of several Targets may be mixed. Of several records of one connection
    the newest counts (AWS Config keeps a connection's history); of equally new ones, the worst
    verdict.
    """
    able = [rule for rule in rules if all(kind in beside for kind in rule.kinds[1:])]
    newest = _newest(records)
    peers = peers_among(newest)
    found = merged(_findings(newest, able, peers, beside))
    return tuple(sorted(found, key=worst_first))


def merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Keep of several findings of one control on one resource the worst."""
    by_id: dict[str, Finding] = {}
    for finding in findings:
        other = by_id.get(finding.id)
        if other is None or _worse(finding, other):
            by_id[finding.id] = finding
    return by_id.values()


def _findings(
    records: Iterable[Record], rules: Iterable[Rule], peers: Peers, beside: Beside
) -> Iterator[Finding]:
    for record in records:
        shown: dict[str, Any] = {}
        for rule in rules:
            if _concerns(rule, record):
                shown = shown or _shown(record, rule.control.resource)
                yield _finding(record, rule, peers, beside, shown)


def _concerns(rule: Rule, record: Record) -> bool:
    if isinstance(record, Malformed):
        return record.resource == rule.control.resource
    return isinstance(record, rule.subject)


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
    groups: defaultdict[tuple[Target, str], list[VpnConnection | Malformed]] = defaultdict(list)
    kept: list[Record] = []
    for record in records:
        if isinstance(record, VpnConnection | Malformed):
            groups[record.target, record.id].append(record)
        else:
            kept.append(record)
    for group in groups.values():
        if len(group) == 1:
            kept += group
            continue
        last = max(record.observed_at for record in group)
        kept += [record for record in group if record.observed_at == last]
    return kept


def peers_among(records: Iterable[Record]) -> dict[tuple[Target, str], frozenset[str]]:
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
    record: Record,
    rule: Rule,
    peers: Peers,
    beside: Beside,
    shown: dict[str, Any],
) -> Finding:
    if isinstance(record, Malformed):
        return _build(record, rule, _malformed(record), shown)
    try:
        verdict = rule.judge(*given(rule, record, peers, beside))
        return _build(record, rule, verdict, shown)
    except Exception as error:  # noqa: BLE001 - a control that breaks costs what it broke on
        _LOG.debug("%s breaks on %s", rule.control.id, record.id, exc_info=True)
        return _build(record, rule, _broken(error), shown)


def given(rule: Rule, record: Record, peers: Peers, beside: Beside) -> Iterator[Any]:
    """Yield the evidence that the rule's functions take, in their order."""
    for kind in rule.evidence.values():
        if kind is rule.subject:
            yield record
        elif kind is GatewayPeers and isinstance(record, VpnConnection):
            yield _peers_of(record, peers)
        elif kind is type(rule.parameters):
            yield rule.parameters
        else:
            yield beside[kind]


def _peers_of(record: VpnConnection, peers: Peers) -> GatewayPeers:
    ids = peers.get((record.target, record.customer_gateway_id or ""), frozenset())
    return GatewayPeers(others=tuple(sorted(ids - {record.id})) if record.id in ids else ())


def _broken(error: Exception) -> Verdict:
    """The error's text may quote what was read, so only its kind is told."""
    text = f"internal error ({type(error).__name__}); please report it (--debug shows where)"
    return Verdict(status=Status.NOT_AVAILABLE, reasons=(Reason(code="control-failed", text=text),))


def _malformed(record: Malformed) -> Verdict:
    return Verdict(
        status=Status.NOT_AVAILABLE,
        reasons=(Reason(code="malformed-record", text=record.problem),),
    )


def _build(record: Record, rule: Rule, verdict: Verdict, shown: dict[str, Any]) -> Finding:
    return Finding(
        id=finding_id(rule.control.id, record.target, record.id),
        control=rule.control.id,
        title=rule.page.title,
        severity=rule.control.severity,
        status=verdict.status,
        account=record.target.account,
        region=record.target.region,
        reasons=verdict.reasons,
        notices=verdict.notices,
        **shown,
    )


def _shown(record: Record, resource: str) -> dict[str, Any]:
    """What all findings on a record show of it; only of a connection more than its name."""
    tags = {} if isinstance(record, Malformed) else record.tags
    judged = Judged(
        type=resource,
        id=record.id,
        arn=arn_of(resource, record.id, record.target),
        name=tags.get("Name"),
        tags=tags,
    )
    if resource != VPN_CONNECTION:
        return {"resource": judged}
    if not isinstance(record, VpnConnection):
        return {"resource": judged, "redundancy": Redundancy.UNKNOWN, "tunnels": ()}
    return {
        "resource": judged,
        "redundancy": redundancy(record.tunnels),
        "tunnels": tunnels_of(record),
        "connection": _connection(record),
    }


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
