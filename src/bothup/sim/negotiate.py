"""Negotiate: what becomes of a tunnel when its two sides meet.

AWS's side is the tunnel's options, the other what the customer's device can do. Sources: "Tunnel
options", "Tunnel initiation options" and "Tunnel endpoint replacements" in the AWS Site-to-Site VPN
user guide.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

ENCRYPTION = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
INTEGRITY = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
PHASE1_DH_GROUPS = (2, *range(14, 25), 35)
PHASE2_DH_GROUPS = (2, 5, *range(14, 25), 35, 36, 37)
IKE_VERSIONS = ("ikev1", "ikev2")

Obstacle = Literal[
    "peer-not-configured",
    "path-blocked",
    "answers-blocked",
    "port-4500-blocked",
    "nobody-initiates",
    "ike-version-mismatch",
    "ike-proposal-mismatch",
    "psk-mismatch",
    "identity-mismatch",
    "certificate-refused",
    "ipsec-proposal-mismatch",
    "selectors-mismatch",
]
# What lets IKE through: everything, nothing, only what the device sends, or all but UDP 4500.
PathState = Literal["open", "blocked", "answers-blocked", "4500-blocked"]
# What AWS's side holds against the device: nothing, its identity, its certificate, its selectors.
Flaw = Literal["none", "identity", "certificate", "selectors"]
# Why BGP does not come up where it does not.
BgpFault = Literal["shutdown", "wrong-as", "unreachable", "prefix-limit"]


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer's device can do on one tunnel, nothing left open."""

    configured: bool = True
    path: PathState = "open"
    nat: bool = False
    flaw: Flaw = "none"
    initiates: bool = True
    key: str
    ike: tuple[str, ...] = IKE_VERSIONS
    encryption: tuple[str, ...] = ("AES128", "AES256")
    integrity: tuple[str, ...] = ("SHA1", "SHA2-256")
    dh_groups: tuple[int, ...] = (2, 14)
    bgp: bool = True
    bgp_fault: BgpFault = "shutdown"
    routes: int = 4


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """What the two sides agreed on."""

    ike: str
    initiator: Literal["aws", "customer"]
    phase1: tuple[str, str, int]
    phase2: tuple[str, str, int]


def negotiate(options: Mapping[str, Any], device: Device) -> Suite | Obstacle:
    """The suite that a tunnel with these options comes up with, or what keeps it down.

    `options` are in DescribeVpnConnections' form; an option that is not set allows everything.
    """
    if not device.configured:
        return "peer-not-configured"
    if device.path == "blocked":
        return "path-blocked"
    if not (aws_initiates(options) or device.initiates):
        return "nobody-initiates"
    if device.path == "answers-blocked":
        return "answers-blocked"
    ours = allowed(options, "IkeVersions", IKE_VERSIONS)
    versions = [version for version in ours if version in device.ike]
    if not versions or (versions == ["ikev1"] and not device.initiates):
        return "ike-version-mismatch"
    phase1 = _suite(options, device, "Phase1", PHASE1_DH_GROUPS)
    phase2 = _suite(options, device, "Phase2", PHASE2_DH_GROUPS)
    if phase1 is None:
        return "ike-proposal-mismatch"
    if refused := _unauthenticated(options, device):
        return refused
    if phase2 is None:
        return "ipsec-proposal-mismatch"
    if device.flaw == "selectors":
        return "selectors-mismatch"
    initiator: Literal["aws", "customer"] = "customer" if device.initiates else "aws"
    return Suite(ike=versions[-1], initiator=initiator, phase1=phase1, phase2=phase2)


def aws_initiates(options: Mapping[str, Any]) -> bool:
    """Whether AWS starts IKE by itself, which it does with IKEv2 alone."""
    ours = allowed(options, "IkeVersions", IKE_VERSIONS)
    return options.get("StartupAction") == "start" and "ikev2" in ours


def allowed(options: Mapping[str, Any], name: str, every: Sequence[Any]) -> list[Any]:
    """The values that a list option allows, in AWS's order: lowest first."""
    chosen = [item["Value"] for item in options.get(name, ())] or every
    return [value for value in every if value in chosen]


def _unauthenticated(options: Mapping[str, Any], device: Device) -> Obstacle | None:
    """What keeps the two sides from believing each other; behind NAT that goes over UDP 4500."""
    if device.path == "4500-blocked" and device.nat:
        return "port-4500-blocked"
    if options.get("PreSharedKey") != device.key:
        return "psk-mismatch"
    if device.flaw == "identity":
        return "identity-mismatch"
    return "certificate-refused" if device.flaw == "certificate" else None


def _suite(
    options: Mapping[str, Any], device: Device, phase: str, groups: Sequence[int]
) -> tuple[str, str, int] | None:
    """The first of each list that both sides allow: AWS starts from its lowest value."""
    encryption = _first(
        allowed(options, f"{phase}EncryptionAlgorithms", ENCRYPTION), device.encryption
    )
    integrity = _first(allowed(options, f"{phase}IntegrityAlgorithms", INTEGRITY), device.integrity)
    group = _first(allowed(options, f"{phase}DHGroupNumbers", groups), device.dh_groups)
    if encryption is None or integrity is None or group is None:
        return None
    return encryption, integrity, group


def _first(ours: Sequence[Any], theirs: Sequence[Any]) -> Any:
    return next((value for value in ours if value in theirs), None)
