"""The fields of a described VPN connection that are read, so that no others are built.

What is not named here is skipped while the JSON is scanned: the secrets, and most of the bytes.
Every field may hold anything; whether it is what it should be is for the reader to say.
"""

import json
from typing import Any, TypedDict

import msgspec


class _Telemetry(TypedDict, total=False):
    OutsideIpAddress: Any
    Status: Any
    StatusMessage: Any
    LastStatusChange: Any
    AcceptedRouteCount: Any
    CertificateArn: Any


class _TunnelOptions(TypedDict, total=False):
    OutsideIpAddress: Any
    TunnelInsideCidr: Any
    TunnelInsideIpv6Cidr: Any
    IkeVersions: Any
    IKEVersions: Any
    StartupAction: Any
    DpdTimeoutSeconds: Any
    DPDTimeoutSeconds: Any
    DpdTimeoutAction: Any
    DPDTimeoutAction: Any
    Phase1LifetimeSeconds: Any
    Phase2LifetimeSeconds: Any
    RekeyMarginTimeSeconds: Any
    RekeyFuzzPercentage: Any
    ReplayWindowSize: Any
    Phase1EncryptionAlgorithms: Any
    Phase2EncryptionAlgorithms: Any
    Phase1IntegrityAlgorithms: Any
    Phase2IntegrityAlgorithms: Any
    Phase1DHGroupNumbers: Any
    Phase2DHGroupNumbers: Any
    EnableTunnelLifecycleControl: Any
    LogOptions: Any


class _Options(TypedDict, total=False):
    StaticRoutesOnly: Any
    EnableAcceleration: Any
    TunnelBandwidth: Any
    LocalIpv4NetworkCidr: Any
    LocalIpv6NetworkCidr: Any
    RemoteIpv4NetworkCidr: Any
    RemoteIpv6NetworkCidr: Any
    OutsideIpAddressType: Any
    TunnelOptions: list[_TunnelOptions]


class _Record(TypedDict, total=False):
    VpnConnectionId: Any
    State: Any
    Category: Any
    CustomerGatewayId: Any
    VpnGatewayId: Any
    TransitGatewayId: Any
    CoreNetworkArn: Any
    VpnConcentratorId: Any
    GatewayAssociationState: Any
    Options: _Options
    Tags: Any
    VgwTelemetry: list[_Telemetry]
    Account: Any
    account: Any
    OwnerId: Any
    Region: Any
    region: Any


_WANTED = msgspec.json.Decoder(_Record)


class Undecodable(Exception):
    """A text that is JSON by its syntax holds something that no value can be made of."""


def wanted(raw: msgspec.Raw) -> object:
    """Build what is wanted of one record; raises Undecodable."""
    try:
        return _WANTED.decode(raw)
    except (ValueError, RecursionError):
        return everything(raw)


def everything(raw: msgspec.Raw) -> Any:
    """Build the whole value, in the standard library's reading of JSON; raises Undecodable."""
    try:
        return msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(bytes(raw))
    except UnicodeDecodeError:
        raise Undecodable("not UTF-8") from None
    except RecursionError:
        raise Undecodable("nested too deeply") from None
    except json.JSONDecodeError:
        raise Undecodable("not JSON") from None
    except ValueError:
        raise Undecodable("a number with too many digits") from None
