"""Options of one tunnel, from an entry of Options.TunnelOptions.

AWS leaves out what is not set. It answers with DpdTimeoutSeconds, DpdTimeoutAction and IkeVersions
but takes DPDTimeoutSeconds, DPDTimeoutAction and IKEVersions (EC2 API Reference, TunnelOption and
ModifyVpnTunnelOptionsSpecification), so either may stand in a saved record.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bothup.model.connection import LogOptions, TunnelOptions
from bothup.read.fields import LARGEST, Record, WrongField, count, each, flag, kind, part, text

_NO_LOGS = LogOptions()


def read_options(entry: Record) -> TunnelOptions:
    """Read everything but the address and the pre-shared key; raises WrongField."""
    return TunnelOptions(**_known(entry, _OPTIONS))


def _known(entry: Record, readers: "_Readers") -> dict[str, Any]:
    """Read what is there: of all that there could be, AWS leaves out the most."""
    found: dict[str, Any] = {}
    for key, value in entry.items():
        if value is not None and (known := readers.get(key)):
            name, read = known
            if name not in found or key not in _AS_ASKED:
                found[name] = read(entry, key)
    return found


def _words(entry: Record, key: str) -> tuple[str, ...]:
    found = _values(entry, key)
    try:
        if "".join(found).isascii():
            return found
    except TypeError:
        pass
    return tuple(each(entry, key, _word))


def _word(entry: Record) -> str:
    value = text(entry, "Value")
    if value is None:
        raise WrongField("Value", "a string", kind(value))
    return value


def _numbers(entry: Record, key: str) -> tuple[int, ...]:
    found = _values(entry, key)
    for value in found:
        if type(value) is not int or not 0 <= value <= LARGEST:
            return tuple(each(entry, key, _number))
    return found


def _values(entry: Record, key: str) -> tuple[Any, ...]:
    """Take the values out of a list all at once, which does for most; (None,) where it does not."""
    try:
        return tuple([item["Value"] for item in entry[key]])
    except (TypeError, LookupError):
        return (None,)


def _number(entry: Record) -> int:
    value = count(entry, "Value")
    if value is None:
        raise WrongField("Value", "a whole number", kind(value))
    return value


def _logs(entry: Record, key: str) -> LogOptions:
    return part(entry, key, _log_options, _NO_LOGS)


def _log_options(options: Record) -> LogOptions:
    return part(options, "CloudWatchLogOptions", _cloudwatch, _NO_LOGS)


def _some_text(entry: Record, key: str) -> str | None:
    return text(entry, key) or None


def _cloudwatch(entry: Record) -> LogOptions:
    return LogOptions(**_known(entry, _LOGS))


# By the key of a record: the name of the field, and what reads it.
_Readers = Mapping[str, tuple[str, Callable[[Record, str], Any]]]

_LOGS: _Readers = {
    "LogEnabled": ("activity_enabled", flag),
    "LogGroupArn": ("activity_group_arn", _some_text),
    "LogOutputFormat": ("activity_format", _some_text),
    "BgpLogEnabled": ("bgp_enabled", flag),
    "BgpLogGroupArn": ("bgp_group_arn", _some_text),
    "BgpLogOutputFormat": ("bgp_format", _some_text),
}
_OPTIONS: _Readers = {
    "TunnelInsideCidr": ("inside_cidr", _some_text),
    "TunnelInsideIpv6Cidr": ("inside_ipv6_cidr", _some_text),
    "IkeVersions": ("ike_versions", _words),
    "IKEVersions": ("ike_versions", _words),
    "StartupAction": ("startup_action", _some_text),
    "DpdTimeoutSeconds": ("dpd_timeout", count),
    "DPDTimeoutSeconds": ("dpd_timeout", count),
    "DpdTimeoutAction": ("dpd_action", _some_text),
    "DPDTimeoutAction": ("dpd_action", _some_text),
    "Phase1LifetimeSeconds": ("phase1_lifetime", count),
    "Phase2LifetimeSeconds": ("phase2_lifetime", count),
    "RekeyMarginTimeSeconds": ("rekey_margin", count),
    "RekeyFuzzPercentage": ("rekey_fuzz", count),
    "ReplayWindowSize": ("replay_window", count),
    "Phase1EncryptionAlgorithms": ("phase1_encryption", _words),
    "Phase2EncryptionAlgorithms": ("phase2_encryption", _words),
    "Phase1IntegrityAlgorithms": ("phase1_integrity", _words),
    "Phase2IntegrityAlgorithms": ("phase2_integrity", _words),
    "Phase1DHGroupNumbers": ("phase1_dh_groups", _numbers),
    "Phase2DHGroupNumbers": ("phase2_dh_groups", _numbers),
    "EnableTunnelLifecycleControl": ("lifecycle_control", flag),
    "LogOptions": ("logs", _logs),
}
# Where both spellings stand in one entry, the one that AWS answers with counts.
_AS_ASKED = frozenset({"IKEVersions", "DPDTimeoutSeconds", "DPDTimeoutAction"})
