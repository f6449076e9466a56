"""Steps: one proposed change, or all that are proposed for one tunnel, as one Step of a Plan."""

from collections.abc import Iterator, Sequence

from bothup.model.client_vpn import ClientVpnEndpoint
from bothup.model.connection import Tunnel, TunnelStatus, VpnConnection
from bothup.model.plan import Action, Risk, Step, carries, differences
from bothup.model.remedy import Change, LogGroup, Proposal
from bothup.model.shown import shown
from bothup.model.target import Target
from bothup.model.tunnel_settings import Settings, aws_initiates, fingerprint, settings_of

# AWS says "up to several minutes" of a tunnel whose endpoint it replaces (Site-to-Site VPN user
# guide, "Modifying tunnel options").
INTERRUPTION = 300


def sibling_of(connection: VpnConnection, tunnel: Tunnel) -> Tunnel:
    """Give the other of a connection's two tunnels."""
    (sibling,) = (each for each in connection.tunnels if each.outside_ip != tunnel.outside_ip)
    return sibling


def _risk(connection: VpnConnection, tunnel: Tunnel) -> Risk:
    """Say what an interruption of the tunnel means now; a tunnel not known to be DOWN may be UP."""
    if tunnel.status is TunnelStatus.DOWN:
        return Risk.DOWN_TUNNEL
    if carries(connection, sibling_of(connection, tunnel)):
        return Risk.UP_TUNNEL
    return Risk.LAST_UP_TUNNEL


def modification(
    connection: VpnConnection,
    tunnel: Tunnel,
    changes: Sequence[tuple[str, Proposal]],
    groups: Sequence[Step],
) -> Step:
    """Make one step of all changes of a tunnel's options, after those of its log groups."""
    assert tunnel.options is not None
    current = settings_of(tunnel.options)
    after = {name: value for _, each in changes for name, value in each.settings.items()}
    before = {name: current.get(name) for name in after}
    in_place = all(each.in_place for _, each in changes)
    risk = Risk.NONE if in_place else _risk(connection, tunnel)
    assumed = list(dict.fromkeys(text for _, each in changes for text in each.assumes))
    if not in_place:
        assumed += _comes_back({**current, **after})
    return Step(
        id=_id(connection.target, connection.id, tunnel.outside_ip),
        action=Action.MODIFY_TUNNEL,
        remedy="+".join(name for name, _ in changes),
        account=connection.target.account or "",
        region=connection.target.region or "",
        resource=connection.id,
        tunnel=tunnel.outside_ip,
        why="; ".join(each.why for _, each in changes),
        before=before,
        after=after,
        risk=risk,
        interruption=0 if in_place else INTERRUPTION,
        in_place=in_place,
        preconditions=(
            *_preconditions(connection, tunnel, before, after, in_place=in_place),
            *assumed,
        ),
        assumes=tuple(assumed),
        verify=tuple(_verify(tunnel, before, after, in_place=in_place)),
        needs=tuple(step.id for step in groups),
        fingerprint=fingerprint(connection, tunnel, after),
    )


def replacement(connection: VpnConnection, tunnel: Tunnel, name: str, proposal: Proposal) -> Step:
    """Make the step that replaces a tunnel's endpoint, its options kept."""
    assert tunnel.options is not None
    assumed = _comes_back(settings_of(tunnel.options))
    return Step(
        id=_id(connection.target, connection.id, tunnel.outside_ip, "maintenance"),
        action=Action.REPLACE_TUNNEL,
        remedy=name,
        account=connection.target.account or "",
        region=connection.target.region or "",
        resource=connection.id,
        tunnel=tunnel.outside_ip,
        why=proposal.why,
        risk=_risk(connection, tunnel),
        interruption=INTERRUPTION,
        preconditions=(
            *_preconditions(connection, tunnel, {}, {}, in_place=False),
            "maintenance is pending",
            *assumed,
        ),
        assumes=tuple(assumed),
        verify=("no maintenance is pending", *_verify(tunnel, {}, {}, in_place=False)),
        fingerprint=fingerprint(connection, tunnel, ()),
    )


def _preconditions(
    connection: VpnConnection, tunnel: Tunnel, before: Settings, after: Settings, *, in_place: bool
) -> Iterator[str]:
    yield "the connection is available"
    if not in_place:
        sibling = sibling_of(connection, tunnel).outside_ip
        yield f"tunnel {sibling} is UP, and has stayed UP for the settle time"
    for name, value, _ in differences(before, after):
        yield f"{name} is {shown(name, value)}"


def _verify(tunnel: Tunnel, before: Settings, after: Settings, *, in_place: bool) -> Iterator[str]:
    for name, _, value in differences(before, after):
        yield f"{name} is {shown(name, value)}"
    yield "what the step does not name is unchanged"
    if not in_place and tunnel.status is not TunnelStatus.DOWN:
        yield "the tunnel is UP, and stays UP for the settle time"


def _comes_back(settings: Settings) -> list[str]:
    if aws_initiates(settings):
        return []
    return ["the device brings the tunnel up again: AWS does not (StartupAction start needs IKEv2)"]


def endpoint_step(
    endpoint: ClientVpnEndpoint, name: str, proposal: Proposal, groups: Sequence[Step]
) -> Step:
    """Make the step that changes a Client VPN endpoint's connection log."""
    former: Settings = {"Enabled": endpoint.log_enabled}
    if endpoint.log_group:
        former["CloudwatchLogGroup"] = endpoint.log_group
    if endpoint.log_stream:
        former["CloudwatchLogStream"] = endpoint.log_stream
    before = {"ConnectionLogOptions": former}
    changes = differences(before, proposal.settings)
    return Step(
        id=_id(endpoint.target, endpoint.id),
        action=Action.MODIFY_CLIENT_VPN,
        remedy=name,
        account=endpoint.target.account or "",
        region=endpoint.target.region or "",
        resource=endpoint.id,
        why=proposal.why,
        before=before,
        after=proposal.settings,
        preconditions=tuple(f"{name} is {shown(name, value)}" for name, value, _ in changes),
        verify=tuple(f"{name} is {shown(name, value)}" for name, _, value in changes),
        needs=tuple(step.id for step in groups),
    )


def change_step(target: Target, change: Change, name: str) -> Step:
    """Make the step that changes another resource, exactly as proposed."""
    changes = differences(change.before, change.after)
    return Step(
        id=_id(target, change.resource, name),
        action=change.action,
        remedy=name,
        account=target.account or "",
        region=target.region or "",
        resource=change.resource,
        why=change.why,
        before=change.before,
        after=change.after,
        preconditions=(
            *(f"{setting} is {shown(setting, value)}" for setting, value, _ in changes),
            *change.assumes,
        ),
        verify=tuple(f"{setting} is {shown(setting, value)}" for setting, _, value in changes),
        assumes=change.assumes,
    )


def log_group_step(target: Target, group: LogGroup, remedy: str) -> Step:
    """Make the step that creates a log group."""
    after: Settings = {"logGroupName": group.name}
    if group.kms_key:
        after["kmsKeyId"] = group.kms_key
    if group.retention:
        after["retentionInDays"] = group.retention
    return _creation(Action.CREATE_LOG_GROUP, target, group, remedy, after)


def log_stream_step(target: Target, group: LogGroup, remedy: str, needed: Sequence[Step]) -> Step:
    """Make the step that creates a log stream, after that of its group."""
    after = {"logGroupName": group.name, "logStreamName": group.stream}
    return _creation(Action.CREATE_LOG_STREAM, target, group, remedy, after, needed)


def _creation(
    action: Action,
    target: Target,
    group: LogGroup,
    remedy: str,
    after: Settings,
    needed: Sequence[Step] = (),
) -> Step:
    thing = action.removeprefix("create-")
    name = ":".join(filter(None, (group.name, after.get("logStreamName"))))
    return Step(
        id=_id(target, f"{thing}:{name}"),
        action=action,
        remedy=remedy,
        account=target.account or "",
        region=target.region or "",
        resource=group.name,
        why=f"the {thing.replace('-', ' ')} is not there",
        after=after,
        verify=(f"the {thing.replace('-', ' ')} is there",),
        needs=tuple(step.id for step in needed),
    )


def _id(target: Target, *parts: str) -> str:
    return "/".join((target.account or "-", target.region or "-", *parts))
