"""One setting on both sides, and the two sides that rows are made of."""

import enum
from collections.abc import Iterable

import msgspec

from bothup.model.bundle import CustomerGateway
from bothup.model.connection import Tunnel, TunnelOptions, VpnConnection
from bothup.model.device import DeviceTunnel
from bothup.model.diagnosis import EvidenceKind, Pointer


class Severity(enum.StrEnum):
    """What a setting's two values mean for the tunnel."""

    CONFLICT = "conflict"
    """They cannot work together."""
    RISK = "risk"
    """They work, but the tunnel breaks or carries less later."""
    UNKNOWN = "unknown"
    """One side does not say."""
    SAME = "same"
    """They fit."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of one tunnel.

    `tunnel` is the outside IP and `name` what the device calls its tunnel, "" where it has none.
    `aws` and `device` are the values as people write them, "" where that side does not say.
    `aws_field` and `config_line` point at them. `why` says what follows where they do not fit.
    """

    tunnel: str
    name: str
    setting: str
    severity: Severity
    aws: str
    device: str
    why: str = ""
    aws_field: Pointer
    config_line: Pointer


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of one tunnel; an unset option means AWS's default."""

    connection: VpnConnection
    gateway: CustomerGateway | None
    tunnel: Tunnel
    device: DeviceTunnel
    vendor: str = ""
    source: str = ""

    @property
    def options(self) -> TunnelOptions:
        """AWS's options of the tunnel."""
        return self.tunnel.options or TunnelOptions()

    @property
    def ikev1_only(self) -> bool:
        """Whether the device is known to speak IKEv1 and nothing newer."""
        return self.device.ike_versions == ("ikev1",)

    def row(
        self,
        setting: str,
        severity: Severity,
        *,
        aws: object = "",
        device: object = "",
        field: str,
        said: Iterable[str] = (),
        why: str = "",
    ) -> Difference:
        """Make a row; `field` is AWS's, `said` names the device's fields, the likeliest first."""
        line = next((self.device.where[name] for name in said if name in self.device.where), 0)
        return Difference(
            tunnel=self.tunnel.outside_ip,
            name=self.device.name,
            setting=setting,
            severity=severity,
            aws=shown(aws),
            device=shown(device),
            why=why,
            aws_field=self._pointer(field),
            config_line=device_pointer(self.source, line or self.device.line, setting),
        )

    def _pointer(self, field: str) -> Pointer:
        """Point at a field: one of the tunnel's options unless it names another place."""
        if field.startswith("CustomerGateway."):
            return Pointer(kind=EvidenceKind.CUSTOMER_GATEWAY, pointer=field)
        own = f"Options.TunnelOptions[{self.tunnel.outside_ip}].{field}"
        return Pointer(kind=EvidenceKind.TUNNEL_OPTIONS, pointer=field if "." in field else own)


def device_pointer(source: str, line: int, setting: str) -> Pointer:
    """Point at a line of the device's text."""
    place = f", line {line}" if line else ""
    return Pointer(
        kind=EvidenceKind.DEVICE_CONFIG, pointer=f"{source or 'device text'}{place}: {setting}"
    )


def shown(value: object) -> str:
    """Write a value as people do."""
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
