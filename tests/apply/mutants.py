"""Guards that are spoilt on purpose, one line each: the plays must find every one of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Mutant(NamedTuple):
    """In `module`, the text `old`, which stands there once, becomes `new`.

    `focus` narrows the plays to those in which it could show, to find it sooner.
    """

    name: str
    module: str
    old: str
    new: str
    focus: Mapping[str, Any] = {}


MUTANTS = (
    Mutant(
        "no guard at all",
        "bothup.apply.guard",
        "if outage or not step.interrupts:",
        "if True:",
    ),
    Mutant(
        "the guard looks at the tunnel itself",
        "bothup.apply.guard",
        "sibling = seen.sibling(step.tunnel)",
        "sibling = seen.tunnel(step.tunnel)",
        {"kinds": ("",), "lags": (0.0,)},
    ),
    Mutant(
        "the sibling is taken by its position",
        "bothup.apply.observed",
        "return others[0]",
        "return self.connection.tunnels[1]",
        {"kinds": ("",), "lags": (0.0,)},
    ),
    Mutant(
        "a sibling that has just come up will do",
        "bothup.apply.guard",
        "if seen.up_for.get(sibling.outside_ip, 0.0) < settle:",
        "if seen.up_for.get(sibling.outside_ip, 0.0) < 0.0:",
    ),
    Mutant(
        "a tunnel that flapped between two looks is steady",
        "bothup.apply.observed",
        "if known is None or known[1] != tunnel.last_status_change:",
        "if known is None:",
        {"kinds": ("",), "lags": (0.0,), "accident": "flap"},
    ),
    Mutant(
        "what AWS tells of a tunnel before it knows of the change counts after it",
        "bothup.apply.observed",
        "        self._expected[outside_ip] = last\n",
        "        pass\n",
        {"kinds": ("",), "lags": (100.0,), "lax": True},
    ),
    Mutant(
        "a call without an answer is made again at once",
        "bothup.apply.tunnel_step",
        'looking whether it took effect: {error}")\n            return await self.find_out()',
        'looking whether it took effect: {error}")\n            return State.PLANNED',
        {"kinds": ("",), "lags": (45.0,), "lax": True},
    ),
    Mutant(
        "a call that was cut off counts as not made",
        "bothup.apply.tunnel_step",
        "if state is State.CALLING:\n            state = await self.find_out()",
        "if state is State.CALLING:\n            state = State.PLANNED",
        {"kinds": ("",), "lags": (45.0,), "lax": True, "accident": "kill"},
    ),
    Mutant(
        "a lock is taken from whoever holds it",
        "bothup.apply.lock",
        "if holder.id == self.owner.id or",
        "if True or",
        {"kinds": ("",), "accident": "second"},
    ),
    Mutant(
        "an outage that is allowed for one connection is allowed for all",
        "bothup.apply.tunnel_step",
        "outage=self._step.resource in self._means.outages,",
        "outage=bool(self._means.outages),",
        {"kinds": ("kind = 'idle'", "kind = 'wrong-key'"), "most": 2},
    ),
    Mutant(
        "a sibling without routes will do",
        "bothup.apply.guard",
        "if not carries(connection, sibling):",
        "if False:",
        {"kinds": ("kind = 'up-no-routes'",)},
    ),
    Mutant(
        "the journal is written after the call",
        "bothup.apply.tunnel_step",
        "self._means.calling(self._step, former(self._step.before), self._was(seen))",
        "pass",
    ),
)
