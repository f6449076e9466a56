"""Context: what an operation of a simulated service is given beside its parameters."""

from collections.abc import Callable
from typing import Any

import msgspec

from bothup.sim.caller import Caller, KeyRing
from bothup.sim.vpn import Place
from bothup.sim.world import World


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """One call: who makes it, in which Region, and the world and keys that it is about."""

    caller: Caller
    region: str
    world: World
    keys: KeyRing

    @property
    def place(self) -> Place:
        """What the caller's account has in the Region."""
        return self.world.place(self.caller.account, self.region)


Operation = Callable[[Context, dict[str, Any]], dict[str, Any]]
