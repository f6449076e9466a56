"""Intended: what a scenario means to be wrong with a connection, for those who test a diagnosis."""

from collections.abc import Iterable, Iterator

import msgspec

from bothup.sim.vpn import SimConnection


class Intended(msgspec.Struct, frozen=True, kw_only=True):
    """A connection, the id of the cause that is at work, and the outside IPs that it is about."""

    account: str
    region: str
    connection: str
    cause: str
    tunnels: tuple[str, ...]


def intended(connections: Iterable[SimConnection]) -> Iterator[Intended]:
    """What is intended with each connection of which the scenario says it."""
    for one in connections:
        if one.cause:
            ailing = [t for t in one.tunnels if not t.past.up or t.past.recurring]
            yield Intended(
                account=one.account,
                region=one.region,
                connection=one.id,
                cause=one.cause,
                tunnels=tuple(tunnel.outside_ip for tunnel in ailing or one.tunnels),
            )
