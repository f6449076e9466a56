"""Terraform: the connections as the plan leaves them, for state and code to agree with AWS.

Attributes are those of the provider's `aws_vpn_connection`. It calls the tunnel with the lower
outside IP, as text, the first one, unless a key or an inside address in its state says otherwise;
so tunnels come in that order, and each block checks the outside IP.
"""

from collections.abc import Iterator
from typing import Any

from bothup.export._hcl import text, unique
from bothup.export._order import HIGHEST_GROUP, groups_unknown_elsewhere, settings_after
from bothup.model.connection import Routing
from bothup.model.plan import Action, Plan, PlannedConnection, Step
from bothup.report._look import Look, printable

_HEAD = """\
# Plan {plan}, made at {made:%Y-%m-%d %H:%M} UTC by bothup
#
# Carry the plan out with `bothup apply` first: `terraform apply` changes both tunnels of a
# connection one right after the other, and does not wait until the first one is UP again.
# Afterwards `terraform plan` should find nothing to do but the imports. Where it says that an
# address is another one, a key or an inside address in your state turns the order of the tunnels
# round: exchange tunnel1_ and tunnel2_. Several accounts or Regions need a provider each.
"""
# Inside addresses are left out: under the wrong number they would have the connection replaced.
_NAMES = {
    "DPDTimeoutAction": "dpd_timeout_action",
    "DPDTimeoutSeconds": "dpd_timeout_seconds",
    "EnableTunnelLifecycleControl": "enable_tunnel_lifecycle_control",
    "IKEVersions": "ike_versions",
    "Phase1DHGroupNumbers": "phase1_dh_group_numbers",
    "Phase1EncryptionAlgorithms": "phase1_encryption_algorithms",
    "Phase1IntegrityAlgorithms": "phase1_integrity_algorithms",
    "Phase1LifetimeSeconds": "phase1_lifetime_seconds",
    "Phase2DHGroupNumbers": "phase2_dh_group_numbers",
    "Phase2EncryptionAlgorithms": "phase2_encryption_algorithms",
    "Phase2IntegrityAlgorithms": "phase2_integrity_algorithms",
    "Phase2LifetimeSeconds": "phase2_lifetime_seconds",
    "RekeyFuzzPercentage": "rekey_fuzz_percentage",
    "RekeyMarginTimeSeconds": "rekey_margin_time_seconds",
    "ReplayWindowSize": "replay_window_size",
    "StartupAction": "startup_action",
}
_LOGS = {
    "LogEnabled": "log_enabled",
    "LogGroupArn": "log_group_arn",
    "LogOutputFormat": "log_output_format",
    "BgpLogEnabled": "bgp_log_enabled",
    "BgpLogGroupArn": "bgp_log_group_arn",
    "BgpLogOutputFormat": "bgp_log_output_format",
}


def render(plan: Plan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield an import block and a resource block for each connection and each new log group."""
    yield _HEAD.format(plan=plan.id, made=plan.made_at)
    names: set[str] = set()
    for step in plan.steps:
        if step.action is Action.CREATE_LOG_GROUP:
            yield from _log_group(step, unique(step.resource, names))
        elif step.action is Action.MODIFY_CLIENT_VPN:
            yield from _client_vpn(step)
    for connection in plan.connections:
        yield from _connection(plan, connection, unique(connection.name or connection.id, names))


def _connection(plan: Plan, connection: PlannedConnection, name: str) -> Iterator[str]:
    yield f"\n# {printable(connection.id)} in {connection.account} {connection.region}\n"
    for warning in connection.warnings:
        yield f"# ! {printable(warning)}\n"
    yield from _import(f"aws_vpn_connection.{name}", connection.id)
    yield f'\nresource "aws_vpn_connection" "{name}" {{\n'
    yield f"  customer_gateway_id = {text(connection.customer_gateway)}\n"
    if gateway := _gateway(connection):
        yield f"  {gateway} = {text(connection.gateway)}\n"
    yield '  type = "ipsec.1"\n'
    if connection.routing is not Routing.UNKNOWN:
        yield f"  static_routes_only = {text(connection.routing is Routing.STATIC)}\n"
    addresses: list[str] = []
    ignored: list[str] = []
    for number, (address, settings) in enumerate(settings_after(plan, connection), 1):
        addresses.append(address)
        unknown = set(groups_unknown_elsewhere(settings))
        ignored += (f"tunnel{number}_{_NAMES[name]}" for name in sorted(unknown))
        yield f"\n  # outside IP {address}\n"
        yield from _tunnel(
            f"tunnel{number}", {name: settings[name] for name in settings if name not in unknown}
        )
    yield "\n  lifecycle {\n    prevent_destroy = true\n"
    if ignored:
        yield f"    # they hold DH groups above {HIGHEST_GROUP}, which the provider does not take\n"
        yield f"    ignore_changes = [{', '.join(ignored)}]\n"
    for number, address in enumerate(addresses, 1):
        wrong = f"tunnel{number} is not {address}: exchange tunnel1_ and tunnel2_"
        yield "    postcondition {\n"
        yield f"      condition     = self.tunnel{number}_address == {text(address)}\n"
        yield f"      error_message = {text(wrong)}\n"
        yield "    }\n"
    yield "  }\n}\n"


def _tunnel(prefix: str, settings: dict[str, Any]) -> Iterator[str]:
    for name, value in settings.items():
        if name in _NAMES:
            yield f"  {prefix}_{_NAMES[name]} = {text(value)}\n"
    logs = settings.get("LogOptions", {}).get("CloudWatchLogOptions")
    if logs:
        yield f"  {prefix}_log_options {{\n    cloudwatch_log_options {{\n"
        for name, value in logs.items():
            yield f"      {_LOGS[name]} = {text(value)}\n"
        yield "    }\n  }\n"


def _log_group(step: Step, name: str) -> Iterator[str]:
    yield f"\n# in {step.account} {step.region}\n"
    yield from _import(f"aws_cloudwatch_log_group.{name}", step.resource)
    yield f'\nresource "aws_cloudwatch_log_group" "{name}" {{\n'
    yield f"  name = {text(step.resource)}\n"
    if days := step.after.get("retentionInDays"):
        yield f"  retention_in_days = {days}\n"
    if key := step.after.get("kmsKeyId"):
        yield f"  kms_key_id = {text(key)}\n"
    yield "}\n"


def _client_vpn(step: Step) -> Iterator[str]:
    """The endpoint has settings that the plan does not know, so only the block is given."""
    options = step.after["ConnectionLogOptions"]
    yield f"\n# In the aws_ec2_client_vpn_endpoint of {printable(step.resource)}:\n"
    yield "#   connection_log_options {\n"
    yield f"#     enabled = {text(options['Enabled'])}\n"
    yield f"#     cloudwatch_log_group = {text(options['CloudwatchLogGroup'])}\n"
    yield f"#     cloudwatch_log_stream = {text(options['CloudwatchLogStream'])}\n"
    yield "#   }\n"


def _import(to: str, identity: str) -> Iterator[str]:
    yield f"import {{\n  to = {to}\n  id = {text(identity)}\n}}\n"


def _gateway(connection: PlannedConnection) -> str | None:
    gateway = connection.gateway or ""
    if gateway.startswith("tgw-"):
        return "transit_gateway_id"
    return "vpn_gateway_id" if gateway.startswith("vgw-") else None
