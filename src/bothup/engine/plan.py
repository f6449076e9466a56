"""From what was read of connections and endpoints to the Plan: pure, the same for the same state.

All changes to one tunnel travel in one step, which costs one interruption however many they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bothup import __version__
from bothup.engine.judge import Beside, Resource
from bothup.engine.owners import owners
from bothup.engine.remedies import Cure
from bothup.engine.steps import (
    change_step,
    endpoint_step,
    log_group_step,
    log_stream_step,
    modification,
    replacement,
    sibling_of,
)
from bothup.model.bundle import ActiveStatus, Replacement
from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import GONE, Malformed, Routing, Tunnel, VpnConnection
from bothup.model.plan import Action, Plan, PlannedConnection, PlannedTunnel, Refused, Step
from bothup.model.remedy import (
    Change,
    FlowLogWish,
    Gateway,
    LogGroup,
    LogWish,
    Maintenance,
    Nat,
    Negotiated,
    Proposal,
    Refusal,
)
from bothup.model.resource_type import VPN_CONNECTION
from bothup.model.scan import Tool
from bothup.model.target import Coverage, Target
from bothup.model.tunnel_settings import settings_of

_TUNNELS = 2
_REPLACED_ANYWAY = Refusal(
    reason="the endpoint is replaced by the change of its options: plan again afterwards"
)

_NO_OPTIONS = Refusal(reason="AWS does not tell the options of the tunnel", unread=True)


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one connection; `active` and `replacements` are by outside IP.

    `problems` say why something could not be read, by the name of the evidence that it is for.
    """

    connection: VpnConnection
    gateway: Gateway = Gateway()
    active: dict[str, ActiveStatus] = {}
    replacements: dict[str, Replacement] = {}
    problems: dict[str, str] = {}
    nat: Nat = Nat()


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that is no connection, with what stands beside it, by type."""

    resource: Resource
    beside: Beside


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asked for: where logs go, when steps may start, how many there may be."""

    tunnel_logs: LogGroup
    client_logs: LogGroup
    flow_logs: FlowLogWish = FlowLogWish()
    window: str | None = None
    max_steps: int | None = None


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """Log groups, and streams as (group, stream), that are there in a Target."""

    groups: frozenset[str] = frozenset()
    streams: frozenset[tuple[str, str]] = frozenset()


def plan(
    subjects: Iterable[Subject],
    endpoints: Iterable[ClientVpnEndpoint],
    cures: Sequence[Cure],
    wishes: Wishes,
    *,
    present: dict[Target, Present],
    others: Iterable[Other] = (),
    malformed: Iterable[Malformed] = (),
    made_at: datetime,
    coverage: tuple[Coverage, ...] = (),
    notices: tuple[str, ...] = (),
) -> Plan:
    """Plan what the remedies propose; down tunnels come first, the last one up comes last.

    What is `malformed` is refused, for nobody can tell what it needs.
    """
    planner = _Planner(cures, wishes, present)
    connections = [subject for subject in subjects if subject.connection.state not in GONE]
    alive = [endpoint for endpoint in endpoints if endpoint.state not in GONE]
    found = [each for subject in connections for each in planner.connection(subject)]
    found += [each for endpoint in alive for each in planner.endpoint(endpoint)]
    found += [each for other in others for each in planner.other(other)]
    found += [each for odd in malformed for each in planner.malformed(odd)]
    steps = _in_order(each for each in found if isinstance(each, Step))
    kept = _first(steps, wishes.max_steps)
    if left_out := sum(map(_counts, steps)) - sum(map(_counts, kept)):
        notices = (*notices, f"--max-steps leaves out {left_out} more")
    changed = {step.resource for step in kept}
    return Plan(
        tool=Tool(name="bothup", version=__version__),
        made_at=made_at,
        window=wishes.window,
        coverage=coverage,
        connections=tuple(
            _planned(subject.connection)
            for subject in connections
            if subject.connection.id in changed
        ),
        steps=kept,
        refused=tuple(each for each in found if isinstance(each, Refused)),
        notices=notices,
    )


class _Planner:
    """Asks every cure about every subject."""

    def __init__(
        self, cures: Sequence[Cure], wishes: Wishes, present: dict[Target, Present]
    ) -> None:
        self._cures, self._wishes, self._present = cures, wishes, present

    def connection(self, subject: Subject) -> Iterator[Step | Refused]:
        """Plan one connection's tunnels."""
        connection = subject.connection
        if not any(cure.subject is Tunnel for cure in self._cures):
            return
        if refusal := _not_plannable(connection):
            yield _refused("all", connection, None, refusal)
            return
        for tunnel in connection.tunnels:
            if tunnel.options is None:
                yield _refused("all", connection, tunnel, _NO_OPTIONS)
                continue
            said = list(self._ask(Tunnel, self._evidence(subject, tunnel)))
            for name, each in said:
                if isinstance(each, Refusal):
                    yield _refused(name, connection, tunnel, each)
            proposals = [(name, each) for name, each in said if isinstance(each, Proposal)]
            yield from self._tunnel(connection, tunnel, proposals)

    def endpoint(self, endpoint: ClientVpnEndpoint) -> Iterator[Step | Refused]:
        """Plan one Client VPN endpoint."""
        evidence: dict[type, Any] = {
            ClientVpnEndpoint: endpoint,
            LogWish: self._wish(endpoint.target),
        }
        for name, said in self._ask(ClientVpnEndpoint, evidence):
            if isinstance(said, Proposal):
                groups = self._log_steps(endpoint.target, said.log_groups, name)
                yield from groups
                yield endpoint_step(endpoint, name, said, groups)
            elif isinstance(said, Refusal):
                yield _refused(name, endpoint, None, said)

    def other(self, other: Other) -> Iterator[Step | Refused]:
        """Plan for a resource that is no connection."""
        resource, target = other.resource, other.resource.target
        evidence = {
            **other.beside,
            type(resource): resource,
            FlowLogWish: self._wishes.flow_logs,
        }
        for name, said in self._ask(type(resource), evidence):
            if isinstance(said, Change):
                yield change_step(target, said, name)
            elif isinstance(said, Refusal):
                yield _refused(name, resource, None, said)

    def malformed(self, odd: Malformed) -> Iterator[Refused]:
        """Refuse what cannot be read, unless no cure is about such things."""
        if odd.resource != VPN_CONNECTION or any(cure.subject is Tunnel for cure in self._cures):
            reason = f"it cannot be read: {odd.problem}"
            yield _refused("all", odd, None, Refusal(reason=reason, unread=True))

    def _ask(
        self, subject: type, evidence: dict[type, Any]
    ) -> Iterator[tuple[str, Proposal | Change | Refusal]]:
        for cure in self._cures:
            if cure.subject is subject:
                given = (evidence[kind] for kind in cure.evidence.values())
                for said in cure.propose(*given):
                    yield cure.remedy.id, said

    def _evidence(self, subject: Subject, tunnel: Tunnel) -> dict[type, Any]:
        connection, here = subject.connection, tunnel.outside_ip
        return {
            Tunnel: tunnel,
            VpnConnection: connection,
            Gateway: subject.gateway,
            Negotiated: Negotiated(
                here=subject.active.get(here),
                sibling=subject.active.get(sibling_of(connection, tunnel).outside_ip),
                problem=subject.problems.get(Negotiated.__name__, ""),
            ),
            Maintenance: Maintenance(
                replacement=subject.replacements.get(here),
                windowed=self._wishes.window is not None,
                problem=subject.problems.get(Maintenance.__name__, ""),
            ),
            Nat: subject.nat,
            LogWish: self._wish(connection.target),
        }

    def _wish(self, target: Target) -> LogWish:
        group = self._wishes.tunnel_logs
        return LogWish(
            tunnels=group,
            clients=self._wishes.client_logs,
            arn=f"arn:{target.partition}:logs:{target.region}:{target.account}:"
            f"log-group:{group.name}",
        )

    def _tunnel(
        self, connection: VpnConnection, tunnel: Tunnel, proposals: list[tuple[str, Proposal]]
    ) -> Iterator[Step | Refused]:
        """Make one step of all that is proposed for a tunnel."""
        changes = [(name, each) for name, each in proposals if not each.replace]
        replacing = [(name, each) for name, each in proposals if each.replace]
        replaced = False
        if changes:
            wanted = tuple(group for _, each in changes for group in each.log_groups)
            groups = self._log_steps(connection.target, wanted, "tunnel-logs")
            step = modification(connection, tunnel, changes, groups)
            yield from (*groups, step)
            replaced = step.interrupts
        for name, each in replacing:
            if replaced:
                yield _refused(name, connection, tunnel, _REPLACED_ANYWAY)
            else:
                yield replacement(connection, tunnel, name, each)

    def _log_steps(self, target: Target, groups: Iterable[LogGroup], remedy: str) -> list[Step]:
        """Steps that create what is missing of the log groups and streams."""
        present = self._present.get(target, Present())
        steps: list[Step] = []
        for group in groups:
            here = [] if group.name in present.groups else [log_group_step(target, group, remedy)]
            if group.stream and (group.name, group.stream) not in present.streams:
                here.append(log_stream_step(target, group, remedy, here))
            steps += here
        return steps


def _not_plannable(connection: VpnConnection) -> Refusal | None:
    if connection.state != "available":
        state = connection.state or "in an unknown state"
        text = f"the connection is {state}: plan again when it is available"
        return Refusal(reason=text, unread=not connection.state)
    addresses = {tunnel.outside_ip for tunnel in connection.tunnels}
    if len(connection.tunnels) != _TUNNELS or len(addresses) != _TUNNELS or "" in addresses:
        text = "AWS does not tell two tunnels of the connection by their addresses"
        return Refusal(reason=text, unread=True)
    return None


def _refused(
    remedy: str, resource: Resource | Malformed, tunnel: Tunnel | None, refusal: Refusal
) -> Refused:
    return Refused(
        remedy=remedy,
        account=resource.target.account,
        region=resource.target.region,
        resource=resource.id,
        tunnel=tunnel.outside_ip if tunnel else None,
        reason=refusal.reason,
        do_on_device=refusal.do_on_device,
        unread=refusal.unread,
    )


def _planned(connection: VpnConnection) -> PlannedConnection:
    return PlannedConnection(
        id=connection.id,
        account=connection.target.account or "",
        region=connection.target.region or "",
        name=connection.tags.get("Name"),
        routing=connection.routing,
        customer_gateway=connection.customer_gateway_id,
        gateway=connection.gateway_id,
        tunnels=tuple(
            PlannedTunnel(
                outside_ip=tunnel.outside_ip,
                status=tunnel.status,
                settings=settings_of(tunnel.options) if tunnel.options else {},
            )
            for tunnel in connection.tunnels
        ),
        warnings=tuple(_warnings(connection)),
    )


def _warnings(connection: VpnConnection) -> Iterator[str]:
    for owner in owners(connection.tags):
        yield f"{owner} owns the connection: what is changed here drifts from what it says"
    if connection.accelerated:
        yield "the connection is accelerated: the device has to begin rekeying, and to use NAT-T"
    if connection.routing is Routing.UNKNOWN:
        yield "AWS does not say whether routing is dynamic: BGP logs are not looked at"


def _in_order(steps: Iterable[Step]) -> list[Step]:
    """Sort steps, and drop those that another connection asked for already."""
    unique = {step.id: step for step in steps}
    return sorted(unique.values(), key=lambda step: (step.risk.rank, not _creates(step)))


def _creates(step: Step) -> bool:
    return step.action in (Action.CREATE_LOG_GROUP, Action.CREATE_LOG_STREAM)


def _counts(step: Step) -> bool:
    return not _creates(step)


def _first(steps: list[Step], most: int | None) -> tuple[Step, ...]:
    """Keep the first changes, and what they need."""
    if most is None:
        return tuple(steps)
    changes = [step for step in steps if _counts(step)][:most]
    needed = {name for step in changes for name in step.needs}
    needed |= {name for step in steps if step.id in needed for name in step.needs}
    return tuple(step for step in steps if step in changes or step.id in needed)
