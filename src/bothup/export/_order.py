"""Steps by what they change, in the plan's order, for forms that are carried out elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from bothup.model.plan import Action, Plan, PlannedConnection, Step

CREATES = (Action.CREATE_LOG_GROUP, Action.CREATE_LOG_STREAM)
# EC2 takes higher DH groups; neither CloudFormation's resource type nor Terraform's provider does.
HIGHEST_GROUP = 24


def by_resource(plan: Plan) -> Iterator[tuple[str, str, str, tuple[Step, ...]]]:
    """Yield account, Region, resource and its steps; what is created comes first."""
    groups: dict[tuple[bool, str, str, str], list[Step]] = {}
    for step in plan.steps:
        key = (step.action not in CREATES, step.account, step.region, step.resource)
        groups.setdefault(key, []).append(step)
    for (_, account, region, resource), steps in sorted(
        groups.items(), key=lambda item: item[0][0]
    ):
        yield account, region, resource, tuple(steps)


def settings_after(
    plan: Plan, connection: PlannedConnection
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the outside IPs of a connection, each with the settings that it has after the plan."""
    for tunnel in connection.tunnels:
        settings = dict(tunnel.settings)
        for step in plan.steps:
            if step.resource == connection.id and step.tunnel == tunnel.outside_ip:
                settings.update(step.after)
        yield tunnel.outside_ip, settings


def groups_unknown_elsewhere(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the settings that hold DH groups which only EC2 itself takes."""
    for name, value in settings.items():
        if name.endswith("DHGroupNumbers") and max(value) > HIGHEST_GROUP:
            yield name
