"""Both sides of a tunnel, setting by setting, with both pointers and what follows from them.

AWS's unset options mean its defaults (EC2 API Reference, VpnTunnelOptionsSpecification): every
algorithm and group that it knows. A device that offers none of what AWS accepts cannot come up; a
lifetime that differs can.
"""

from collections.abc import Iterator, Sequence

from bothup.engine.compare import _inside, _keeping, _peers, _phases
from bothup.engine.compare._pairs import pairs
from bothup.engine.compare._row import Sides, place
from bothup.model.bundle import CustomerGateway
from bothup.model.comparison import Agreement, Compared, Comparison, Setting
from bothup.model.connection import Tunnel, VpnConnection
from bothup.model.device import DeviceConfig

_ORDER = tuple(Agreement)


def compare(
    configs: Sequence[DeviceConfig],
    connection: VpnConnection,
    tunnels: Sequence[Tunnel],
    tunnel: Tunnel,
    gateway: CustomerGateway,
) -> Comparison:
    """Compare what the device texts say of one of the tunnels with what AWS is set to.

    A tunnel that no text has is one row by itself: a clash where a text has another tunnel of the
    connection, unknown where none has any.
    """
    texts = [config for config in configs if config.tunnels]
    if not texts:
        return Comparison()
    found = [(config, pairs(tunnels, config)) for config in texts]
    others = tuple(each.peer_address for config in texts for each in config.tunnels
                   if each.peer_address)  # fmt: skip
    for config, paired in found:
        if device := paired.get(tunnel.outside_ip):
            sides = Sides(
                connection=connection,
                gateway=gateway,
                tunnel=tunnel,
                device=device,
                vendor=config.vendor,
                source=config.source,
            )
            return Comparison(
                present=True,
                source=config.source,
                device=device,
                others=others,
                settings=tuple(sorted(_rows(sides), key=_worst_first)),
            )
    source = texts[0].source
    missing = _missing(source, tunnel, some=any(paired for _, paired in found))
    cut = any(config.cut for config in configs)
    return Comparison(present=True, source=source, others=others, cut=cut, settings=(missing,))


def _rows(sides: Sides) -> Iterator[Compared]:
    yield sides.row(
        Setting.TUNNEL,
        Agreement.AGREES,
        aws="there",
        device=sides.device.name or "there",
        field="OutsideIpAddress",
    )
    for part in (_peers, _phases, _keeping, _inside):
        yield from part.rows(sides)


def _worst_first(row: Compared) -> int:
    return _ORDER.index(row.agreement)


def _missing(source: str, tunnel: Tunnel, *, some: bool) -> Compared:
    return Compared(
        setting=Setting.TUNNEL,
        agreement=Agreement.CLASHES if some else Agreement.UNKNOWN,
        aws="there",
        device="none" if some else "",
        why="the device's text has only the other tunnel"
        if some
        else "the device's text has no tunnel of this connection",
        aws_field=f"Options.TunnelOptions[{tunnel.outside_ip}]",
        config_line=place(source, 0),
    )
