"""Tunnel options: which values AWS takes, and how it shows them afterwards.

Source: "Tunnel options" in the AWS Site-to-Site VPN user guide and ModifyVpnTunnelOptions in the
Amazon EC2 API reference.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bothup.sim.negotiate import (
    ENCRYPTION,
    IKE_VERSIONS,
    INTEGRITY,
    PHASE1_DH_GROUPS,
    PHASE2_DH_GROUPS,
)
from bothup.sim.refusal import Refusal, invalid

DEFAULT_PHASE1_LIFETIME = 28800
DEFAULT_PHASE2_LIFETIME = 3600
DEFAULT_REKEY_MARGIN = 270

# ModifyVpnTunnelOptions and DescribeVpnConnections spell these differently.
_SHOWN_AS = {
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "IKEVersions": "IkeVersions",
}
_RESERVED = [
    ipaddress.ip_network(cidr)
    for cidr in (*(f"169.254.{third}.0/30" for third in range(6)), "169.254.169.252/30")
]
_METHODS = tuple(sorted({*PHASE1_DH_GROUPS, *PHASE2_DH_GROUPS}))

Check = Callable[[str, Any], None]


def described(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """ModifyVpnTunnelOptions' structure as DescribeVpnConnections shows it.

    Lists may be given plainly (`["ikev2"]`) or as AWS has them (`[{"Value": "ikev2"}]`).
    """
    return {_SHOWN_AS.get(name, name): _values(value) for name, value in wanted.items()}


def check_options(wanted: Mapping[str, Any], current: Mapping[str, Any]) -> None:
    """Refuse what AWS would refuse of `wanted` for a tunnel whose options are `current`.

    `wanted` is ModifyVpnTunnelOptions' structure, `current` DescribeVpnConnections'.
    """
    for name, value in wanted.items():
        check = _CHECKS.get(name)
        if check is None:
            raise Refusal("UnknownParameter", f"The parameter {name} is not recognized")
        check(name, value)
    _check_together({**current, **described(wanted)})


def _check_together(options: Mapping[str, Any]) -> None:
    """The rules between options; `options` are what the tunnel would have."""
    phase1 = options.get("Phase1LifetimeSeconds", DEFAULT_PHASE1_LIFETIME)
    phase2 = options.get("Phase2LifetimeSeconds", DEFAULT_PHASE2_LIFETIME)
    margin = options.get("RekeyMarginTimeSeconds", DEFAULT_REKEY_MARGIN)
    if phase2 >= phase1:
        raise Refusal(
            "InvalidParameterCombination",
            f"The phase 2 lifetime ({phase2}) must be less than the phase 1 lifetime ({phase1})",
        )
    if margin > phase2 / 2:
        raise Refusal(
            "InvalidParameterCombination",
            f"The rekey margin time ({margin}) must not exceed half of the phase 2 lifetime",
        )


def _between(low: int, high: int | None) -> Check:
    def check(name: str, value: Any) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or value < low or (high is not None and value > high):
            wanted = f"at least {low}" if high is None else f"between {low} and {high}"
            raise invalid(f"Invalid value '{value}' for {name}. It must be {wanted}")

    return check


def _one_of(allowed: Collection[Any]) -> Check:
    def check(name: str, value: Any) -> None:
        if value not in allowed:
            choice = ", ".join(map(str, allowed))
            raise invalid(f"Invalid value '{value}' for {name}. Allowed values: {choice}")

    return check


def _some_of(allowed: Collection[Any]) -> Check:
    def check(name: str, value: Any) -> None:
        for item in _values(value):
            _one_of(allowed)(name, item["Value"])

    return check


def _inside(name: str, value: Any) -> None:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        raise invalid(f"Invalid value '{value}' for {name}. It is not a CIDR block") from None
    local = network.subnet_of(ipaddress.IPv4Network("169.254.0.0/16"))
    if network.prefixlen != 30 or not local or network in _RESERVED:
        raise invalid(
            f"Invalid value '{value}' for {name}. "
            "It must be a /30 of 169.254.0.0/16 that is not reserved"
        )


def _inside6(name: str, value: Any) -> None:
    try:
        network = ipaddress.IPv6Network(value)
    except ValueError:
        raise invalid(f"Invalid value '{value}' for {name}. It is not a CIDR block") from None
    if network.prefixlen != 126 or not network.subnet_of(ipaddress.IPv6Network("fd00::/8")):
        raise invalid(f"Invalid value '{value}' for {name}. It must be a /126 of fd00::/8")


def _key(name: str, value: Any) -> None:
    if not re.fullmatch(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}", str(value)):
        raise invalid(
            f"Invalid value for {name}. It must have 8 to 64 letters, digits, periods and "
            "underscores, and must not begin with zero"
        )


def _logs(name: str, value: Any) -> None:
    for prefix in ("", "Bgp"):
        options = value.get("CloudWatchLogOptions", {})
        enabled = options.get(f"{prefix}LogEnabled")
        group = options.get(f"{prefix}LogGroupArn")
        if enabled and not group:
            raise Refusal("MissingParameter", f"{prefix}LogGroupArn is required with {name}")
        if group and not re.fullmatch(r"arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:.+", group):
            raise invalid(f"Invalid value '{group}' for {prefix}LogGroupArn")
        form = options.get(f"{prefix}LogOutputFormat", "json")
        _one_of(("json", "text"))(f"{prefix}LogOutputFormat", form)


def _exchanges(name: str, value: Any) -> None:
    for item in value:
        _between(1, 7)(f"{name} round", item.get("AdditionalKeyExchangeRound"))
        _one_of(("required", "optional"))(
            f"{name} requirement", item.get("Requirement", "required")
        )
        _some_of(_METHODS)(f"{name} method", item.get("KeyExchangeMethods", ()))


def _values(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [item if isinstance(item, Mapping) else {"Value": item} for item in value]
    return value


_CHECKS: dict[str, Check] = {
    "TunnelInsideCidr": _inside,
    "TunnelInsideIpv6Cidr": _inside6,
    "PreSharedKey": _key,
    "Phase1LifetimeSeconds": _between(900, 28800),
    "Phase2LifetimeSeconds": _between(900, 3600),
    "RekeyMarginTimeSeconds": _between(60, 1800),
    "RekeyFuzzPercentage": _between(0, 100),
    "ReplayWindowSize": _between(64, 2048),
    "DPDTimeoutSeconds": _between(30, None),
    "DPDTimeoutAction": _one_of(("clear", "none", "restart")),
    "Phase1EncryptionAlgorithms": _some_of(ENCRYPTION),
    "Phase2EncryptionAlgorithms": _some_of(ENCRYPTION),
    "Phase1IntegrityAlgorithms": _some_of(INTEGRITY),
    "Phase2IntegrityAlgorithms": _some_of(INTEGRITY),
    "Phase1DHGroupNumbers": _some_of(PHASE1_DH_GROUPS),
    "Phase2DHGroupNumbers": _some_of(PHASE2_DH_GROUPS),
    "IKEVersions": _some_of(IKE_VERSIONS),
    "StartupAction": _one_of(("add", "start")),
    "LogOptions": _logs,
    "EnableTunnelLifecycleControl": _one_of((True, False)),
    "Phase1AdditionalKeyExchanges": _exchanges,
    "Phase2AdditionalKeyExchanges": _exchanges,
}
