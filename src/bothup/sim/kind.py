"""Kind: what one word says of a connection."""

from typing import Literal

import msgspec

from bothup.sim.scenario import Tunnel

Telemetry = Literal["both", "empty", "one", "absent", "nameless"]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind means: the state, the two tunnels, and how much telemetry AWS gives.

    `busy` are the tunnels (0, 1) whose endpoints AWS is just providing. `together`: both tunnels,
    and those of every other connection of the site, changed at the same time. `attached`: so is the
    gateway on AWS's side. `logs`: both tunnels' logs go to CloudWatch.
    """

    state: str = "available"
    association: str = "associated"
    target: Literal["tgw", "vgw", "none"] | None = None
    tunnels: tuple[Tunnel, Tunnel] = (Tunnel(), Tunnel())
    telemetry: Telemetry = "both"
    busy: tuple[int, ...] = ()
    together: bool = False
    attached: bool = True
    logs: bool = False
