"""Inside: the two addresses in a tunnel. A device asks AWS's end, so each tunnel has its own."""

import ipaddress
from collections.abc import Iterator

import msgspec

from bothup.model.connection import Tunnel, VpnConnection


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """A tunnel as a device's keep-alive needs it; `number` counts from 1 by outside IP."""

    connection: str
    number: int
    outside_ip: str
    aws: str
    device: str

    @property
    def name(self) -> str:
        """A name for things on a device, of few letters."""
        return f"bothup-{self.connection[-8:]}-{self.number}"

    @property
    def tag(self) -> int:
        """A number for things on a device that have no names, the same each time: 1000 to 9999."""
        return 1000 + (int.from_bytes(self.connection.encode()[-8:]) * 2 + self.number) % 9000


def insides(connection: VpnConnection) -> Iterator[Inside]:
    """Yield the tunnels whose inside IPv4 range is known: AWS has the first address of it.

    Source: "Tunnel options" in the Site-to-Site VPN user guide (inside tunnel IPv4 CIDR, a /30).
    """
    for number, tunnel in enumerate(connection.tunnels, 1):
        addresses = _addresses(tunnel)
        if tunnel.outside_ip and addresses:
            aws, device = addresses
            yield Inside(
                connection=connection.id,
                number=number,
                outside_ip=tunnel.outside_ip,
                aws=aws,
                device=device,
            )


def _addresses(tunnel: Tunnel) -> tuple[str, str] | None:
    cidr = tunnel.options.inside_cidr if tunnel.options else None
    try:
        hosts = list(ipaddress.IPv4Network(cidr or "", strict=False).hosts())
    except ValueError:
        return None
    return (str(hosts[0]), str(hosts[1])) if len(hosts) == 2 else None
