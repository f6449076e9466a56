"""Tunnel settings: a tunnel's options by AWS's names, as a plan shows them and a call sends them.

The names and nesting are ModifyVpnTunnelOptions' (EC2 API Reference); lists are plain
(`["ikev2"]`). There is no pre-shared key among them: the model does not hold one.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from bothup.model.connection import LogOptions, Tunnel, TunnelOptions, VpnConnection

Settings = dict[str, Any]

IKE_VERSIONS = ("ikev1", "ikev2")
ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
PHASE1_DH_GROUPS = (2, *range(14, 25), 35)
PHASE2_DH_GROUPS = (2, 5, *range(14, 25), 35, 36, 37)

LOGS = "LogOptions"
LIFECYCLE = "EnableTunnelLifecycleControl"
_CLOUDWATCH = "CloudWatchLogOptions"
OFF_UNLESS_SET = frozenset({"LogEnabled", "BgpLogEnabled", LIFECYCLE})
_FIELDS = {
    "IKEVersions": "ike_versions",
    "StartupAction": "startup_action",
    "DPDTimeoutAction": "dpd_action",
    "DPDTimeoutSeconds": "dpd_timeout",
    "Phase1EncryptionAlgorithms": "phase1_encryption",
    "Phase2EncryptionAlgorithms": "phase2_encryption",
    "Phase1IntegrityAlgorithms": "phase1_integrity",
    "Phase2IntegrityAlgorithms": "phase2_integrity",
    "Phase1DHGroupNumbers": "phase1_dh_groups",
    "Phase2DHGroupNumbers": "phase2_dh_groups",
    "Phase1LifetimeSeconds": "phase1_lifetime",
    "Phase2LifetimeSeconds": "phase2_lifetime",
    "RekeyMarginTimeSeconds": "rekey_margin",
    "RekeyFuzzPercentage": "rekey_fuzz",
    "ReplayWindowSize": "replay_window",
    "TunnelInsideCidr": "inside_cidr",
    "TunnelInsideIpv6Cidr": "inside_ipv6_cidr",
}
# What an option that is not set means ("Tunnel options" in the Site-to-Site VPN user guide); the
# others have no default that could be sent, or one on which AWS's own texts disagree.
DEFAULTS: Mapping[str, Any] = {
    "IKEVersions": list(IKE_VERSIONS),
    "StartupAction": "add",
    "DPDTimeoutAction": "clear",
    "Phase1EncryptionAlgorithms": list(ENCRYPTION),
    "Phase2EncryptionAlgorithms": list(ENCRYPTION),
    "Phase1IntegrityAlgorithms": list(INTEGRITY),
    "Phase2IntegrityAlgorithms": list(INTEGRITY),
    "Phase1DHGroupNumbers": list(PHASE1_DH_GROUPS),
    "Phase2DHGroupNumbers": list(PHASE2_DH_GROUPS),
    LIFECYCLE: False,
    LOGS: {_CLOUDWATCH: {"LogEnabled": False, "BgpLogEnabled": False}},
}


def settings_of(options: TunnelOptions) -> Settings:
    """Give what is set of a tunnel's options; what is left out has AWS's default."""
    found: Settings = {}
    for name, field in _FIELDS.items():
        value = getattr(options, field)
        if value is not None and value != ():
            found[name] = list(value) if isinstance(value, tuple) else value
    if options.lifecycle_control:
        found[LIFECYCLE] = True
    if options.logs != LogOptions():
        found[LOGS] = log_settings(options.logs)
    return found


def log_settings(logs: LogOptions) -> Settings:
    """Give the log options as a whole, the settings of both log types: AWS takes them as one."""
    cloudwatch: Settings = {"LogEnabled": logs.activity_enabled}
    if logs.activity_enabled:
        cloudwatch["LogGroupArn"] = logs.activity_group_arn
        cloudwatch["LogOutputFormat"] = logs.activity_format
    cloudwatch["BgpLogEnabled"] = logs.bgp_enabled
    if logs.bgp_enabled:
        cloudwatch["BgpLogGroupArn"] = logs.bgp_group_arn
        cloudwatch["BgpLogOutputFormat"] = logs.bgp_format
    return {_CLOUDWATCH: {name: value for name, value in cloudwatch.items() if value is not None}}


def effective(settings: Settings, name: str) -> Any:
    """Give what a setting means, so that two ways to say the same are equal."""
    value: Any = settings.get(name)
    value = DEFAULTS.get(name) if value is None else value
    if name == LOGS:
        return _logs_meaning(value[_CLOUDWATCH])
    return sorted(value) if isinstance(value, list) else value


def _logs_meaning(logs: Settings) -> Settings:
    """Formats default to JSON; a log group's ARN may end in ":*", and means the same."""
    meaning: Settings = {}
    for prefix in ("", "Bgp"):
        if logs.get(f"{prefix}LogEnabled"):
            group = logs.get(f"{prefix}LogGroupArn") or ""
            meaning[f"{prefix}LogGroupArn"] = group.removesuffix(":*")
            meaning[f"{prefix}LogOutputFormat"] = logs.get(f"{prefix}LogOutputFormat") or "json"
    return meaning


def holds(settings: Settings, wanted: Settings) -> bool:
    """Say whether every wanted setting is in force; None stands for AWS's default."""
    return all(effective(settings, name) == effective(wanted, name) for name in wanted)


def former(before: Settings) -> Settings:
    """Give what to send to have the former settings back: AWS's default for what was not set."""
    return {name: DEFAULTS[name] if value is None else value for name, value in before.items()}


def as_parameter(settings: Settings) -> Settings:
    """Give ModifyVpnTunnelOptions' TunnelOptions: items of lists are objects there."""
    return {
        name: [{"Value": each} for each in value] if isinstance(value, list) else value
        for name, value in settings.items()
    }


def aws_initiates(settings: Settings) -> bool:
    """Say whether AWS brings the tunnel up by itself: StartupAction start, and IKEv2 alone can."""
    started = effective(settings, "StartupAction") == "start"
    return started and "ikev2" in effective(settings, "IKEVersions")


def fingerprint(connection: VpnConnection, tunnel: Tunnel, named: Collection[str]) -> str:
    """Name the state of everything that a change of the `named` settings does not touch.

    Telemetry is not part of it: a tunnel may go up and down between plan and apply. The sibling's
    settings are not, for a change of our own may come in between.
    """
    settings = settings_of(tunnel.options) if tunnel.options else {}
    names = sorted({*settings, *DEFAULTS} - set(named))
    frame = {
        "id": connection.id,
        "customer_gateway": connection.customer_gateway_id,
        "gateway": connection.gateway_id,
        "routing": connection.routing,
        "tunnels": sorted(each.outside_ip for each in connection.tunnels),
        "tunnel": tunnel.outside_ip,
        "settings": {name: effective(settings, name) for name in names},
    }
    return hashlib.sha256(msgspec.json.encode(frame, order="sorted")).hexdigest()[:16]
