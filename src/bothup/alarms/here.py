"""Here: one Target as the checks look at it, with the topics and the time."""

import contextlib
from datetime import datetime
from functools import cached_property

from bothup.model.alarm import TUNNEL, VPN, Alarm, Dimensions, Topic, Watched
from bothup.model.alarm_rule import Rule
from bothup.model.connection import Malformed, VpnConnection

# Connections in these states have no tunnels that could be up.
GONE = frozenset({"deleting", "deleted"})


class Here:
    """What was read of a Target; `topics` are those that its alarms send to, by ARN."""

    def __init__(self, read: Watched, topics: dict[str, Topic], now: datetime) -> None:
        """Look at what was read as it is at `now`."""
        self.read, self.topics, self.now = read, topics, now

    @cached_property
    def connections(self) -> dict[str, VpnConnection]:
        """The connections that there are, by id."""
        found = (each for each in self.read.records if isinstance(each, VpnConnection))
        return {each.id: each for each in found if each.state not in GONE}

    @cached_property
    def unclear(self) -> frozenset[str]:
        """Ids of connections that are there and could not be read."""
        return frozenset(each.id for each in self.read.records if isinstance(each, Malformed))

    @cached_property
    def tunnels(self) -> dict[str, str]:
        """The connection of each tunnel, by outside IP."""
        return {
            tunnel.outside_ip: connection.id
            for connection in self.connections.values()
            for tunnel in connection.tunnels
            if tunnel.outside_ip
        }

    @cached_property
    def alarms(self) -> dict[str, Alarm]:
        """The alarms, by name."""
        return {each.name: each for each in self.read.alarms}

    def composites(self, alarm: Alarm) -> tuple[Alarm, ...]:
        """The composite alarms whose rule looks at this one, or at one of those."""
        looked_at, over = {alarm.name}, dict[str, Alarm]()
        while new := {
            name: self.alarms[name]
            for name, rule in self._rules.items()
            if name not in over and not looked_at.isdisjoint(map(_cut, rule.names))
        }:
            over |= new
            looked_at |= new.keys()
        return tuple(over.values())

    def ringing(self, alarm: Alarm) -> tuple[Alarm, ...]:
        """The alarms that would act when this one alone rings: itself, and composite ones over it.

        A composite one that rings only together with others, or whose rule cannot be read, is none.
        """
        over = self.composites(alarm)
        quiet = self._in_alarm(frozenset(), over)
        rings = self._in_alarm(frozenset({alarm.name}), over) - quiet
        every = (alarm, *(each for each in over if each.name in rings))
        return tuple(each for each in every if each.enabled and each.actions)

    def _in_alarm(self, first: frozenset[str], over: tuple[Alarm, ...]) -> frozenset[str]:
        """Which alarms ring when the first do, and of the others only composite ones may.

        Each round one level more is told; rules that go in a circle end with the rounds.
        """
        rings = first
        for _ in over:
            known, rings = rings, first
            rings |= {each.name for each in over if _holds(self._rules[each.name], known)}
            if rings == known:
                break
        return rings

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        """The rules of the composite alarms that can be read, by the name of the alarm."""
        found: dict[str, Rule] = {}
        for each in self.read.alarms:
            if each.composite:
                with contextlib.suppress(ValueError):
                    found[each.name] = Rule(_rule(each))
        return found

    def spacing(self, connection: str) -> int:
        """How many seconds lie between two values of a connection's metrics, at most."""
        return self.read.spacing.get(connection, 300)

    def series(self, connection: str, tunnel: str = "") -> Dimensions:
        """Give the dimensions under which a connection or a tunnel is published.

        Where nothing is published yet, they are taken to be as those of the others here, else as
        AWS's documents have them: one dimension.
        """
        wanted = (TUNNEL, tunnel) if tunnel else (VPN, connection)
        known = [
            each
            for each in self.read.series
            if wanted in each and (bool(tunnel) or len(each) == 1) and _of(each, connection)
        ]
        if known:
            return min(known, key=len)
        pairs = any({name for name, _ in each} == {VPN, TUNNEL} for each in self.read.series)
        if tunnel and pairs:
            return ((TUNNEL, tunnel), (VPN, connection))
        return (wanted,)


def in_rule(rule: str) -> frozenset[str]:
    """Give the names of the alarms in a composite alarm's rule; ARNs are cut to the name."""
    try:
        return frozenset(_cut(each) for each in Rule(rule).names)
    except ValueError:
        return frozenset()


def _holds(rule: Rule, in_alarm: frozenset[str]) -> bool:
    return rule.holds(lambda each: "ALARM" if _cut(each) in in_alarm else "OK")


def _rule(composite: Alarm) -> str:
    return str(composite.settings.get("AlarmRule", ""))


def _cut(name: str) -> str:
    return name.rpartition(":alarm:")[2]


def _of(dimensions: Dimensions, connection: str) -> bool:
    return all(value == connection for name, value in dimensions if name == VPN)
