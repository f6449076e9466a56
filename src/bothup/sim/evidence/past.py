"""Past: what a tunnel went through before the simulation began, as chapters of its life."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from bothup.sim.ids import digest
from bothup.sim.negotiate import Obstacle

# How a tunnel goes down; "bgp" and "hold-timer" leave IPsec up.
Drop = Literal[
    "never-up",
    "dpd",
    "deleted",
    "idle",
    "modified",
    "replaced",
    "rekey-failed",
    "bgp",
    "hold-timer",
]
Opening = Drop | Literal["created", "established", "quiet", "ready", "closed"]
Traffic = Literal["both", "in-only", "out-only", "none"]

# From creating a connection to its tunnels' first coming up, where nothing else is said.
SET_UP = timedelta(hours=1)
# How long an endpoint's replacement keeps a tunnel down.
REPLACEMENT = timedelta(minutes=4)
# How long a device waits for traffic before it closes an idle tunnel.
_IDLE_TIMEOUT = timedelta(minutes=40)


class Recurring(msgspec.Struct, frozen=True, kw_only=True):
    """A drop that comes again: about `every` so often, for `lasts`, and since `began`."""

    drop: Drop
    every: timedelta
    lasts: timedelta
    began: datetime

    def gap(self, seed: str, number: int) -> timedelta:
        """How long the tunnel is up before drop `number` (of past ones, counted back, below 0).

        Rekeying keeps to a lifetime; whatever else recurs has no rhythm.
        """
        spread = 0.06 if self.drop == "rekey-failed" else 0.6
        share = digest("gap", seed, str(number))[0] / 255 - 0.5
        return (self.every - self.lasts) * (1 + spread * share)


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know of a tunnel's life up to the simulation's beginning.

    `changed` is its last change of status, `ipsec` and `up` what it has been since, `obstacle` what
    keeps IPsec down. `options` are the tunnel's, its log options among them, which hold since
    `logged_since`.
    """

    seed: str
    created: datetime
    changed: datetime
    ipsec: bool
    up: bool
    drop: Drop
    obstacle: Obstacle | None = None
    recurring: Recurring | None = None
    traffic: Traffic = "both"
    options: dict[str, Any]
    logged_since: datetime

    @property
    def log_options(self) -> dict[str, Any]:
        """CloudWatchLogOptions; {} where logs are off."""
        return log_options(self.options)


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a tunnel's condition is one, to the beginning of the next chapter.

    `opening` is what began it. `busy` is whether there is any traffic to carry.
    """

    start: datetime
    ipsec: bool
    up: bool
    opening: Opening
    obstacle: Obstacle | None = None
    busy: bool = True


def log_options(options: dict[str, Any]) -> dict[str, Any]:
    """CloudWatchLogOptions among a tunnel's options; {} where there are none."""
    found: dict[str, Any] = options.get("LogOptions", {}).get("CloudWatchLogOptions", {})
    return found


def chapters(past: Past) -> Iterator[Chapter]:
    """The chapters of a tunnel's life before the simulation began, oldest first."""
    set_up = past.created + SET_UP
    never_up = not past.up and past.drop == "never-up"
    if never_up or past.changed <= set_up + REPLACEMENT:
        yield _down(past, past.created, "created", ipsec=never_up and past.ipsec)
        if not never_up:
            yield from _now(past)
        return
    yield _down(past, past.created, "created")
    if past.recurring:
        yield from _again_and_again(past, past.recurring, set_up)
        return
    yield _up(set_up)
    if past.up:
        # A tunnel that has come up anew had been taken down: once in a while AWS replaces endpoints
        yield _down(past, past.changed - REPLACEMENT, "replaced")
    elif past.drop == "idle":
        quiet = max(past.changed - _IDLE_TIMEOUT, set_up)
        yield msgspec.structs.replace(_up(quiet), opening="quiet", busy=False)
    yield from _now(past)


def _again_and_again(past: Past, recurring: Recurring, set_up: datetime) -> Iterator[Chapter]:
    """Drops and recoveries, told from the last back to the first and given in their order."""
    told: list[Chapter] = list(_now(past))
    at, number = past.changed, 0
    if past.up:
        at -= recurring.lasts
        told.append(_fallen(past, at, recurring.drop))
    while True:
        at -= recurring.gap(past.seed, -number)
        if at <= max(recurring.began, set_up):
            break
        told.append(_up(at))
        at, number = at - recurring.lasts, number + 1
        told.append(_fallen(past, at, recurring.drop))
    told.append(_up(set_up))
    yield from reversed(told)


def _now(past: Past) -> Iterator[Chapter]:
    """The chapter that the simulation begins in."""
    if past.up:
        yield _up(past.changed)
    else:
        yield _down(past, past.changed, past.drop, ipsec=past.ipsec)


def _up(start: datetime) -> Chapter:
    return Chapter(start=start, ipsec=True, up=True, opening="established")


def _fallen(past: Past, start: datetime, drop: Drop) -> Chapter:
    return _down(past, start, drop, ipsec=drop in ("bgp", "hold-timer"))


def _down(past: Past, start: datetime, opening: Opening, *, ipsec: bool = False) -> Chapter:
    obstacle = None if ipsec else past.obstacle
    return Chapter(start=start, ipsec=ipsec, up=False, opening=opening, obstacle=obstacle)
