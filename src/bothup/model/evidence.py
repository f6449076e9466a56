"""Evidence that a rule may ask for beside the resource itself."""

import msgspec


class GatewayPeers(msgspec.Struct, frozen=True, kw_only=True):
    """The other connections that end on the same customer gateway, by id, sorted.

    Counted are connections of the same Target that are not pending, deleting or deleted and have
    two tunnels: the device behind the gateway is a single point of failure for all of them.
    """

    others: tuple[str, ...] = ()
