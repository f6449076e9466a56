"""Scene: who takes part in what a tunnel's logs tell."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bothup.sim.ids import digest
from bothup.sim.negotiate import IKE_VERSIONS, Suite, allowed
from bothup.sim.vpn import CloudGateway, CustomerGateway, Place, SimConnection, SimTunnel


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A tunnel with what is at its ends."""

    connection: SimConnection
    tunnel: SimTunnel
    customer: CustomerGateway
    cloud: CloudGateway | None

    @property
    def ike(self) -> str:
        """The IKE version that the two sides speak, or the device tries."""
        if isinstance(self.tunnel.now.suite, Suite):
            return self.tunnel.now.suite.ike
        ours = allowed(self.tunnel.options, "IkeVersions", IKE_VERSIONS)
        both = [version for version in ours if version in self.tunnel.device.ike]
        return both[-1] if both else self.tunnel.device.ike[-1]

    @property
    def inside(self) -> tuple[str, str]:
        """The inside addresses: AWS's and the device's."""
        aws, device = ipaddress.ip_network(self.tunnel.options["TunnelInsideCidr"]).hosts()
        return str(aws), str(device)

    @property
    def aws_asn(self) -> int:
        """The ASN of AWS's side."""
        return self.cloud.asn if self.cloud else 64512

    def seed(self, *what: object) -> str:
        """What to vary things by; times are told from the tunnel's beginning, as runs differ."""
        begin = self.tunnel.past.created
        told = [(one - begin).total_seconds() if isinstance(one, datetime) else one for one in what]
        return " ".join(map(str, (self.tunnel.outside_ip, *told)))


def scene(place: Place, connection: SimConnection, tunnel: SimTunnel) -> Scene:
    """The scene of one tunnel."""
    return Scene(
        connection=connection,
        tunnel=tunnel,
        customer=place.customer_gateways[connection.customer_gateway_id],
        cloud=place.cloud_gateways.get(connection.gateway_id or ""),
    )


def beats(
    begin: datetime, until: datetime, every: timedelta, seed: str, start: datetime
) -> Iterator[tuple[int, datetime]]:
    """What recurs in a chapter from `begin` to `until`: its number and time, `start` and later.

    Each comes up to an eighth of `every` late, and the same however the time is cut up.
    """
    number = max(1, (start - begin) // every)
    while True:
        late = digest("beat", seed, str(number))[0] / 2048
        when = begin + every * (number + late)
        if when >= until:
            return
        if when >= start:
            yield number, when
        number += 1
