"""CloudFormation: the connections as the plan leaves them, as a template to import them with.

CloudFormation replaces a connection, with new addresses and keys, when a tunnel option in its
template changes. So carry the plan out with `bothup apply`, then import: every resource has
DeletionPolicy Retain, which an import asks for. A template lists tunnels without their addresses;
the metadata says which is which. DH groups above 24, which the resource type does not know, are
left out.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from bothup.export._order import HIGHEST_GROUP, groups_unknown_elsewhere, settings_after
from bothup.model.connection import Routing
from bothup.model.plan import Action, Plan, PlannedConnection, Step
from bothup.model.tunnel_settings import as_parameter
from bothup.report._look import Look

_GATEWAYS = {"tgw-": "TransitGatewayId", "vgw-": "VpnGatewayId"}


def render(plan: Plan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the template as JSON."""
    resources: dict[str, Any] = {}
    for connection in plan.connections:
        name = _unique(connection.name or connection.id, resources)
        resources[name] = _connection(plan, connection)
    for step in plan.steps:
        if step.action is Action.CREATE_LOG_GROUP:
            resources[_unique(step.resource, resources)] = _log_group(step)
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Plan {plan.id} by bothup: carry it out first, then import these resources",
        "Resources": resources,
    }
    yield json.dumps(template, indent=2, ensure_ascii=False)
    yield "\n"


def _connection(plan: Plan, connection: PlannedConnection) -> dict[str, Any]:
    tunnels = dict(settings_after(plan, connection))
    properties: dict[str, Any] = {
        "Type": "ipsec.1",
        "CustomerGatewayId": connection.customer_gateway,
        "VpnTunnelOptionsSpecifications": [_tunnel(settings) for settings in tunnels.values()],
    }
    if connection.routing is not Routing.UNKNOWN:
        properties["StaticRoutesOnly"] = connection.routing is Routing.STATIC
    for prefix, name in _GATEWAYS.items():
        if (connection.gateway or "").startswith(prefix):
            properties[name] = connection.gateway
    return {
        "Type": "AWS::EC2::VPNConnection",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {
            "VpnConnectionId": connection.id,
            "Account": connection.account,
            "Region": connection.region,
            "TunnelOutsideIps": list(tunnels),
            **({"Warnings": list(connection.warnings)} if connection.warnings else {}),
        },
        "Properties": properties,
    }


def _tunnel(settings: dict[str, Any]) -> dict[str, Any]:
    """Give a tunnel's properties, which are ModifyVpnTunnelOptions' but for one name."""
    known = {
        name: [each for each in settings[name] if each <= HIGHEST_GROUP]
        for name in groups_unknown_elsewhere(settings)
    }
    given = as_parameter({**settings, **known})
    if logs := given.pop("LogOptions", None):
        given["LogOptions"] = {"CloudwatchLogOptions": logs["CloudWatchLogOptions"]}
    return given


def _log_group(step: Step) -> dict[str, Any]:
    properties = {"LogGroupName": step.resource}
    for name, ours in (("RetentionInDays", "retentionInDays"), ("KmsKeyId", "kmsKeyId")):
        if ours in step.after:
            properties[name] = step.after[ours]
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {"Account": step.account, "Region": step.region},
        "Properties": properties,
    }


def _unique(name: str, names: dict[str, Any]) -> str:
    """Make a logical id, letters and digits only, that no other resource has."""
    base = "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name)) or "Vpn"
    number, found = 1, base
    while found in names:
        number += 1
        found = f"{base}{number}"
    return found
