"""Options of one tunnel, from an entry of Options.TunnelOptions.

AWS leaves out what is not set. It answers with DpdTimeoutSeconds, DpdTimeoutAction and IkeVersions
but takes DPDTimeoutSeconds, DPDTimeoutAction and IKEVersions (EC2 API Reference, TunnelOption and
ModifyVpnTunnelOptionsSpecification), so either may stand in a saved record.
"""

from bothup.model.connection import LogOptions, TunnelOptions
from bothup.read.fields import Record, WrongField, count, each, flag, kind, part, text

_NO_LOGS = LogOptions()


def read_options(entry: Record) -> TunnelOptions:
    """Read everything but the address and the pre-shared key; raises WrongField."""
    return TunnelOptions(
        inside_cidr=text(entry, "TunnelInsideCidr") or None,
        inside_ipv6_cidr=text(entry, "TunnelInsideIpv6Cidr") or None,
        ike_versions=_words(entry, _spelling(entry, "IkeVersions", "IKEVersions")),
        startup_action=text(entry, "StartupAction") or None,
        dpd_timeout=count(entry, _spelling(entry, "DpdTimeoutSeconds", "DPDTimeoutSeconds")),
        dpd_action=text(entry, _spelling(entry, "DpdTimeoutAction", "DPDTimeoutAction")) or None,
        phase1_lifetime=count(entry, "Phase1LifetimeSeconds"),
        phase2_lifetime=count(entry, "Phase2LifetimeSeconds"),
        rekey_margin=count(entry, "RekeyMarginTimeSeconds"),
        rekey_fuzz=count(entry, "RekeyFuzzPercentage"),
        replay_window=count(entry, "ReplayWindowSize"),
        phase1_encryption=_words(entry, "Phase1EncryptionAlgorithms"),
        phase2_encryption=_words(entry, "Phase2EncryptionAlgorithms"),
        phase1_integrity=_words(entry, "Phase1IntegrityAlgorithms"),
        phase2_integrity=_words(entry, "Phase2IntegrityAlgorithms"),
        phase1_dh_groups=_numbers(entry, "Phase1DHGroupNumbers"),
        phase2_dh_groups=_numbers(entry, "Phase2DHGroupNumbers"),
        lifecycle_control=flag(entry, "EnableTunnelLifecycleControl") or False,
        logs=part(entry, "LogOptions", _logs, _NO_LOGS),
    )


def _spelling(entry: Record, answered: str, asked: str) -> str:
    return asked if entry.get(answered) is None and asked in entry else answered


def _words(entry: Record, key: str) -> tuple[str, ...]:
    return tuple(each(entry, key, _word)) if key in entry else ()


def _word(entry: Record) -> str:
    value = text(entry, "Value")
    if value is None:
        raise WrongField("Value", "a string", kind(value))
    return value


def _numbers(entry: Record, key: str) -> tuple[int, ...]:
    return tuple(each(entry, key, _number)) if key in entry else ()


def _number(entry: Record) -> int:
    value = count(entry, "Value")
    if value is None:
        raise WrongField("Value", "a whole number", kind(value))
    return value


def _logs(entry: Record) -> LogOptions:
    return part(entry, "CloudWatchLogOptions", _cloudwatch, _NO_LOGS)


def _cloudwatch(entry: Record) -> LogOptions:
    return LogOptions(
        activity_enabled=flag(entry, "LogEnabled") or False,
        activity_group_arn=text(entry, "LogGroupArn") or None,
        activity_format=text(entry, "LogOutputFormat") or None,
        bgp_enabled=flag(entry, "BgpLogEnabled") or False,
        bgp_group_arn=text(entry, "BgpLogGroupArn") or None,
        bgp_format=text(entry, "BgpLogOutputFormat") or None,
    )
