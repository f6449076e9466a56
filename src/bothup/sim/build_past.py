"""Build past: what a scenario says of a tunnel's life before the simulation begins."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from bothup.sim.durations import parse_duration
from bothup.sim.evidence.past import REPLACEMENT, SET_UP, Drop, Past, Recurring
from bothup.sim.negotiate import Device, Obstacle, Suite, negotiate
from bothup.sim.scenario import Connection, Recurrence, Tunnel
from bothup.sim.vpn import IPSEC_DOWN, Condition

# How a tunnel went down where only what keeps it down is said.
_USUAL: dict[Obstacle, Drop] = {
    "peer-not-configured": "dpd",
    "path-blocked": "dpd",
    "answers-blocked": "dpd",
    "port-4500-blocked": "dpd",
    "nobody-initiates": "idle",
    "ike-version-mismatch": "modified",
    "ike-proposal-mismatch": "modified",
    "ipsec-proposal-mismatch": "modified",
    "selectors-mismatch": "modified",
    "psk-mismatch": "deleted",
    "identity-mismatch": "deleted",
    "certificate-refused": "deleted",
}


class PastBuilder:
    """Tells the pasts of one connection's tunnels; `said` are its kind's words and its own."""

    def __init__(self, one: Connection, now: datetime, created: datetime) -> None:
        self._one, self._now, self._created = one, now, created

    def past(
        self,
        seed: str,
        options: dict[str, Any],
        device: Device,
        condition: Condition,
        changed: datetime,
        said: tuple[Tunnel, Tunnel],
    ) -> Past:
        """The past of a tunnel that is in `condition` since `changed`."""
        met = negotiate(options, device)
        obstacle = None if isinstance(met, Suite) else met
        ipsec = condition.suite is not None
        usual, own = said
        created = min(self._created, changed)
        recurs = own.recurs or usual.recurs
        return Past(
            seed=seed,
            created=created,
            changed=changed,
            ipsec=ipsec,
            up=condition.up,
            drop=own.drop or usual.drop or _drop(recurs, obstacle, ipsec, changed - created),
            obstacle=obstacle,
            recurring=_recurring(recurs, self._now) if recurs else None,
            traffic=own.traffic or usual.traffic or "both",
            options=options,
            logged_since=self._since() or created,
        )

    def _since(self) -> datetime | None:
        said = self._one.logs_since
        return self._now - parse_duration(said) if said is not UNSET else None


def last_replacement(past: Past) -> datetime | None:
    """When AWS last replaced the endpoint, by what the chapters of `past` tell."""
    if past.up and not past.recurring and past.changed > past.created + SET_UP + REPLACEMENT:
        return past.changed - REPLACEMENT
    return past.changed if past.drop == "replaced" and not past.up else None


def as_it_must_be(condition: Condition) -> Condition:
    """A condition that a scenario insists on, made whole: what is down has no routes."""
    if condition.message == IPSEC_DOWN.message:
        return msgspec.structs.replace(condition, suite=None, routes=0)
    return condition if condition.up else msgspec.structs.replace(condition, routes=0)


def _drop(
    recurs: Recurrence | None, obstacle: Obstacle | None, ipsec: bool, age: timedelta
) -> Drop:
    if recurs:
        return recurs.drop
    if age < SET_UP:
        return "never-up"
    if ipsec:
        return "bgp"
    return _USUAL[obstacle] if obstacle else "dpd"


def _recurring(said: Recurrence, now: datetime) -> Recurring:
    return Recurring(
        drop=said.drop,
        every=parse_duration(said.every),
        lasts=parse_duration(said.lasts),
        began=now - parse_duration(said.since),
    )
