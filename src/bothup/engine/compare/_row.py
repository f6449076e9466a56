"""The two sides that a comparison is made of, and a row of it."""

from collections.abc import Iterable

import msgspec

from bothup.model.bundle import CustomerGateway
from bothup.model.comparison import Agreement, Compared, Setting
from bothup.model.connection import Routing, Tunnel, TunnelOptions, VpnConnection
from bothup.model.device import DeviceTunnel


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of one tunnel; an unset option means AWS's default."""

    connection: VpnConnection
    gateway: CustomerGateway
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

    @property
    def static(self) -> bool:
        """Whether the connection has no BGP."""
        return self.connection.routing is Routing.STATIC

    def row(
        self,
        setting: Setting,
        agreement: Agreement,
        *,
        aws: object = "",
        device: object = "",
        field: str,
        said: Iterable[str] = (),
        why: str = "",
    ) -> Compared:
        """Make a row; `field` is AWS's, `said` names the device's fields, the likeliest first."""
        line = next((self.device.where[name] for name in said if name in self.device.where), 0)
        own = f"Options.TunnelOptions[{self.tunnel.outside_ip}].{field}"
        return Compared(
            setting=setting,
            agreement=agreement,
            aws=shown(aws),
            device=shown(device),
            why=why,
            aws_field=field if "." in field else own,
            config_line=place(self.source, line or self.device.line),
        )


def place(source: str, line: int) -> str:
    """Name a line of the device's text."""
    return f"{source or 'device text'}, line {line}" if line else source or "device text"


def shown(value: object) -> str:
    """Write a value as people do."""
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
