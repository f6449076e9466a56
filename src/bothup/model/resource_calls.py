"""The calls to EC2 that change resources other than tunnels, each for exactly what a step names.

A step's settings, by its action:

- GROUP_RULES: `IpPermissions` and `IpPermissionsEgress`, the rules that the step is about, one peer
  each, as far as they are there;
- SNAPSHOT_PERMISSION: `Public`, whether everybody may restore the snapshot;
- EBS_ENCRYPTION: `EbsEncryptionByDefault`; METADATA_OPTIONS: `HttpTokens`;
- SUBNET_ATTRIBUTE: `MapPublicIpOnLaunch`, `AssignIpv6AddressOnCreation`;
- CREATE_FLOW_LOGS, DELETE_FLOW_LOGS: `FlowLogs`, those that the step is about.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bothup.model.plan import Action, Step

Made = tuple[str, dict[str, Any]]

RULES = {"IpPermissions": "Ingress", "IpPermissionsEgress": "Egress"}
SETTINGS: Mapping[Action, frozenset[str]] = {
    Action.GROUP_RULES: frozenset(RULES),
    Action.SNAPSHOT_PERMISSION: frozenset({"Public"}),
    Action.EBS_ENCRYPTION: frozenset({"EbsEncryptionByDefault"}),
    Action.METADATA_OPTIONS: frozenset({"HttpTokens"}),
    Action.SUBNET_ATTRIBUTE: frozenset({"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"}),
    Action.CREATE_FLOW_LOGS: frozenset({"FlowLogs"}),
    Action.DELETE_FLOW_LOGS: frozenset({"FlowLogs"}),
}


def _rules(step: Step) -> Iterator[Made]:
    for name, direction in RULES.items():
        before, after = step.before.get(name, []), step.after.get(name, [])
        for verb, rules in (
            ("Revoke", [each for each in before if each not in after]),
            ("Authorize", [each for each in after if each not in before]),
        ):
            if rules:
                params = {"GroupId": step.resource, "IpPermissions": rules}
                yield f"{verb}SecurityGroup{direction}", params


def _snapshot(step: Step) -> Iterator[Made]:
    yield (
        "ModifySnapshotAttribute",
        {
            "SnapshotId": step.resource,
            "Attribute": "createVolumePermission",
            "OperationType": "add" if step.after["Public"] else "remove",
            "GroupNames": ["all"],
        },
    )


def _ebs_encryption(step: Step) -> Iterator[Made]:
    verb = "Enable" if step.after["EbsEncryptionByDefault"] else "Disable"
    yield f"{verb}EbsEncryptionByDefault", {}


def _metadata(step: Step) -> Iterator[Made]:
    yield "ModifyInstanceMetadataOptions", {"InstanceId": step.resource, **step.after}


def _subnet(step: Step) -> Iterator[Made]:
    """EC2 takes one attribute a call."""
    for name, value in step.after.items():
        yield "ModifySubnetAttribute", {"SubnetId": step.resource, name: {"Value": value}}


def _flow_logs(step: Step) -> Iterator[Made]:
    for log in step.after["FlowLogs"]:
        yield "CreateFlowLogs", {"ResourceType": "VPC", "ResourceIds": [step.resource], **log}


def _no_flow_logs(_: Step) -> Iterator[Made]:
    """Which ids the flow logs have is known when they are deleted (`aws.change.flow_logs`)."""
    yield from ()


CHANGES: Mapping[Action, Callable[[Step], Iterator[Made]]] = {
    Action.GROUP_RULES: _rules,
    Action.SNAPSHOT_PERMISSION: _snapshot,
    Action.EBS_ENCRYPTION: _ebs_encryption,
    Action.METADATA_OPTIONS: _metadata,
    Action.SUBNET_ATTRIBUTE: _subnet,
    Action.CREATE_FLOW_LOGS: _flow_logs,
    Action.DELETE_FLOW_LOGS: _no_flow_logs,
}
