"""World: the whole simulated organisation at this moment, and the only way to change it."""

import threading
from collections.abc import Iterator
from functools import partial

import msgspec

from bothup.sim.alarms.book import AlarmBook
from bothup.sim.alarms.topics import Topics
from bothup.sim.build import build
from bothup.sim.clock import Clock
from bothup.sim.evidence.records import Records
from bothup.sim.machine import Machine
from bothup.sim.recur import Recurrences
from bothup.sim.refusal import invalid, no_connection
from bothup.sim.regions import DEFAULT_REGIONS
from bothup.sim.scenario import Account, Scenario
from bothup.sim.vpn import Place, SimConnection, SimTunnel, forced


class World:
    """A scenario come to life. Hold `lock` while looking at it or changing it."""

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        self.scenario, self.clock = scenario, clock
        self.accounts = {account.id: account for account in scenario.accounts}
        self.lock = threading.RLock()
        self.machine = Machine(clock, scenario.timing)
        self._places = build(scenario, clock.now())
        for place in self._places.values():
            for connection in place.connections.values():
                self.machine.start(connection, partial(self.remove, connection))
                for tunnel in connection.tunnels:
                    if recurring := tunnel.past.recurring:
                        Recurrences(self.machine, connection, tunnel, recurring).start()
        self.records = Records()
        self.topics = Topics(clock)
        self.alarms = AlarmBook(self)
        self.machine.on_change(self.records.chronicles.add)
        clock.on_advance(self.settle)

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        with self.lock:
            self.machine.settle()

    def place(self, account: str, region: str) -> Place:
        """What the account has in the Region."""
        return self._places.get((account, region)) or Place()

    def connections(self) -> Iterator[SimConnection]:
        """Every connection of every account in every Region."""
        for place in self._places.values():
            yield from place.connections.values()

    def connection(self, account: str, region: str, vpn_id: str) -> SimConnection:
        """One connection, refused as EC2 refuses an id that it does not know."""
        found = self.place(account, region).connections.get(vpn_id)
        if found is None:
            raise no_connection(vpn_id)
        return found

    def tunnel(self, connection: SimConnection, outside_ip: str) -> SimTunnel:
        """One tunnel of a connection, refused as EC2 refuses an address that is none of it."""
        found = connection.tunnel(outside_ip)
        if found is None:
            raise invalid(
                f"The VPN tunnel outside IP address '{outside_ip}' is none of {connection.id}"
            )
        return found

    def force(
        self, vpn: SimConnection, outside_ip: str, *, up: bool, message: str | None = None
    ) -> None:
        """Put a tunnel up or down with AWS's usual words, or with `message`."""
        tunnel = self.tunnel(vpn, outside_ip)
        to = forced(tunnel, up=up, bgp=vpn.bgp)
        if message is not None:
            to = msgspec.structs.replace(to, message=message)
        self.machine.force(vpn, tunnel, to)

    def remove(self, connection: SimConnection) -> None:
        """Take a connection that was deleted off the list."""
        self.place(connection.account, connection.region).connections.pop(connection.id, None)

    def enabled(self, account: Account) -> tuple[str, ...]:
        """The Regions that the account has enabled."""
        return account.regions or self.scenario.regions or DEFAULT_REGIONS
