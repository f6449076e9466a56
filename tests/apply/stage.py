"""A stage: the simulated AWS over HTTP, a clock that waiting turns, and a witness of every cut.

What is played on it is the real thing: reads over the wire, changes through the SDK, the journal in
a file. The stage adds what goes wrong: answers that are lost after the call took effect, tunnels
that flip, descriptions that are old for a while, processes that are killed between two lines.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

import bothup.apply
from bothup.apply.journal import Begun, Journal
from bothup.apply.lock import Locks, Owner
from bothup.apply.means import Means, Told
from bothup.apply.pace import Pace
from bothup.apply.run import Outcome, carry_out
from bothup.apply.stops import Interrupted
from bothup.apply.undoing import mark_undone, undo_plan
from bothup.aws.caller import Caller
from bothup.aws.change.access import Access, changing
from bothup.aws.collect.vpn_connections import collect
from bothup.aws.pacing import Pacer
from bothup.aws.session import Session
from bothup.aws.signer import OwnCredentials
from bothup.aws.wire import Wire
from bothup.cli.plan_evidence import Evidence
from bothup.engine.plan import Wishes, plan
from bothup.engine.remedies import chosen
from bothup.model.connection import VpnConnection
from bothup.model.plan import Plan
from bothup.model.remedy import LogGroup
from bothup.model.target import Target
from bothup.sim.asked import asked_by
from bothup.sim.caller import KeyRing
from bothup.sim.clock import Clock
from bothup.sim.front import Front
from bothup.sim.listener import Listener
from bothup.sim.machine import TunnelChange
from bothup.sim.request import Answer, Request
from bothup.sim.scenario import Scenario
from bothup.sim.vpn import SimConnection, SimTunnel
from bothup.sim.world import World
from tests.apply.witness import CHANGES, Witness

ACCOUNT, REGION = "111122223333", "eu-central-1"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = Target(account=ACCOUNT, region=REGION)
PACE = Pace(settle=60, poll=20, available_within=900, up_within=180, grace=60, stale=90, lease=200)
_APPLY = str(Path(bothup.apply.__file__).parent)

T = TypeVar("T")
Hook = Callable[[int], Awaitable[None] | None]


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Theatre:
    """What all stages share: a listener on one port, the SDK's clients, an event loop, a wire.

    Nothing of them knows what is played; making them anew would cost more than most plays do.
    """

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.sdk = changing()
        self._runner = asyncio.Runner()
        self._wire: Wire | None = None
        self._listener = Listener(self._respond, "127.0.0.1", 0)
        self._listener.start()
        self.url = f"http://127.0.0.1:{self._listener.port}"
        self.session: Session | None = None

    def env(self, scenario: Scenario) -> dict[str, str]:
        key = KeyRing(scenario).user(ACCOUNT)
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, play: Coroutine[Any, Any, T]) -> T:
        """Run to the end, and leave nothing of it running: a killed process is gone as a whole."""
        try:
            return self._runner.run(play)
        finally:
            self._runner.run(_end_all())

    async def wire(self) -> Wire:
        if self._wire is None:
            self._wire = await Wire().__aenter__()
        return self._wire

    def close(self) -> None:
        if self._wire is not None:
            self._runner.run(self._wire.__aexit__(None, None, None))
        self._runner.close()
        self._listener.stop()

    def _respond(self, request: Request) -> Answer:
        assert self.stage is not None
        return self.stage.answer(request)


async def _end_all() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class StillClock(Clock):
    """Simulated time that goes on only when it is advanced: every play can be played again."""

    def now(self) -> datetime:
        return START + self._ahead


class Stage:
    """One play: a world, its clock, one journal file."""

    def __init__(self, theatre: Theatre, scenario: Scenario, journal: Path) -> None:
        theatre.stage = self
        self._theatre, self.journal_path = theatre, journal
        self.clock = StillClock()
        self.world = World(scenario, self.clock)
        self.front = Front(self.world, KeyRing(scenario))
        self.witness = Witness(self)
        self.elapsed, self.jumped = 0.0, timedelta()
        self.requests = self.sleeps = self.changes = 0
        self.lag = self.stale = 0.0
        self.lax = False
        self.lose: list[str] = []
        self.dead = False
        self.ended: set[str] = set()
        self.stop = False
        self.told: list[Told] = []
        self.before_request: Hook | None = None
        self.at_sleep: Hook | None = None
        self._old: dict[bytes, Answer] = {}
        self._told_last: list[tuple[Any, datetime]] = []
        self._history: dict[str, list[TunnelChange]] = {}
        self._before: dict[tuple[datetime, str], datetime] = {}
        self._first = {
            tunnel.outside_ip: tunnel.changed
            for each in self.connections
            for tunnel in each.tunnels
        }
        self.world.machine.on_change(self._remember)
        self._changed_at = float("-inf")

    # The world

    @property
    def connections(self) -> list[SimConnection]:
        return list(self.world.place(ACCOUNT, REGION).connections.values())

    def connection(self, name: str) -> SimConnection:
        return next(each for each in self.connections if each.name == name)

    def flip(self, connection: SimConnection, number: int, *, up: bool) -> None:
        tunnel = connection.tunnels[number]
        with self.world.lock:
            self.world.settle()
            if not tunnel.busy:
                self.witness.flipped(tunnel)
                self.world.force(connection, tunnel.outside_ip, up=up)

    def meddle(self, connection: SimConnection, number: int) -> None:
        """Have somebody else change a tunnel's options."""
        tunnel = connection.tunnels[number]
        with self.world.lock:
            self.world.settle()
            if connection.state == "available":
                self.witness.flipped(tunnel)
                seconds = 10 + tunnel.options.get("DpdTimeoutSeconds", 30)
                self.world.machine.modify(connection, tunnel, {"DpdTimeoutSeconds": seconds})

    def set_device(self, connection: SimConnection, number: int, *, configured: bool) -> None:
        """Have the device at the other end of a tunnel answer from now on, or never again."""
        tunnel = connection.tunnels[number]
        tunnel.device = msgspec.structs.replace(tunnel.device, configured=configured)

    def jump(self, seconds: float) -> None:
        """Set the machine's clock, which no clock of AWS follows."""
        self.jumped += timedelta(seconds=seconds)

    def held(self, lease: float) -> set[str]:
        """The resources whose locks somebody who is alive holds."""
        with Journal(self.journal_path) as journal, journal.transaction() as db:
            rows = db.execute("SELECT resource, owner, beat FROM locks").fetchall()
        return {
            resource
            for resource, owner, beat in rows
            if owner not in self.ended
            and (self.now() - datetime.fromisoformat(beat)).total_seconds() <= lease
        }

    def pass_time(self, seconds: float) -> None:
        self.elapsed += seconds
        self.clock.advance(timedelta(seconds=seconds))

    # The wire

    def answer(self, request: Request) -> Answer:
        """Answer a request, unless the process that made it is gone."""
        if self.dead:
            return Answer(delivery="reset")
        operation = asked_by(request).operation
        self.requests += 1
        if self.before_request is not None:
            self.before_request(self.requests)
        self.witness.before(operation, request)
        if operation == "DescribeVpnConnections":
            answer = self._describe(request)
        else:
            answer = self._lenient(request) if self.lax else self.front.answer(request)
        self.witness.after(operation, request, answer)
        took_effect = answer.status == 200 and answer.body
        if operation in CHANGES and took_effect and "DryRun=true" not in request.body.decode():
            self._changed_at = self.elapsed
            self.changes += 1
            if self.lose:
                return lost(self.lose.pop(0), answer)
        return answer

    def _lenient(self, request: Request) -> Answer:
        """Answer as an AWS that takes a change while another one is under way.

        Nobody documents that it never does, so the guard must not live by its refusal.
        """
        with self.world.lock:
            self.world.settle()
            modifying = [each for each in self.connections if each.state == "modifying"]
            if asked_by(request).operation in CHANGES:
                for each in modifying:
                    each.state = "available"
            answer = self.front.answer(request)
            for each in modifying:
                if any(tunnel.busy for tunnel in each.tunnels):
                    each.state = "modifying"
            return answer

    def _describe(self, request: Request) -> Answer:
        """Describe what is, with telemetry that is `lag` seconds old.

        For `stale` seconds after a change, the whole answer is the one from before it.
        """
        old = self._old.get(request.body)
        if self.elapsed - self._changed_at < self.stale and old is not None:
            return old
        with self.world.lock:
            self.world.settle()
            tunnels = [tunnel for each in self.connections for tunnel in each.tunnels]
            truth = [(tunnel.now, tunnel.changed) for tunnel in tunnels]
            told = [self._told(tunnel) for tunnel in tunnels] if self.lag else truth
            if told != self._told_last:
                self.world.machine.version += 1
                self._told_last = told
            for tunnel, (now, changed) in zip(tunnels, told, strict=True):
                tunnel.now, tunnel.changed = now, changed
            try:
                answer = self.front.answer(request)
            finally:
                for tunnel, (now, changed) in zip(tunnels, truth, strict=True):
                    tunnel.now, tunnel.changed = now, changed
        if answer.status == 200 and answer.body:
            self._old[request.body] = answer
        return answer

    def _told(self, tunnel: SimTunnel) -> tuple[Any, datetime]:
        """What telemetry tells of a tunnel: how it was `lag` seconds ago."""
        then = self.clock.now() - timedelta(seconds=self.lag)
        for change in self._history.get(tunnel.outside_ip, ()):
            if change.time > then:
                before = self._before[change.time, tunnel.outside_ip]
                return change.before, before
        return tunnel.now, tunnel.changed

    def _remember(self, change: TunnelChange) -> None:
        address = change.tunnel.outside_ip
        known = self._history.setdefault(address, [])
        last = known[-1].time.replace(microsecond=0) if known else self._first[address]
        self._before[change.time, address] = last
        known.append(change)

    # The company

    @asynccontextmanager
    async def access(self) -> Any:
        theatre = self._theatre
        session = theatre.session = theatre.session or Session()
        caller = Caller(await theatre.wire(), session, Pacer(now=lambda: self.elapsed))
        yield Access(caller, {None: OwnCredentials(session)}, theatre.sdk)

    def make_plan(
        self, *only: str, window: str | None = None, max_steps: int | None = None
    ) -> Plan:
        """Plan by what the simulated AWS says, as the command line does."""
        return self._theatre.run(self._make_plan(only, window, max_steps))

    async def _make_plan(
        self, only: Sequence[str], window: str | None, max_steps: int | None
    ) -> Plan:
        cures = chosen(only, ())
        kinds = {kind for cure in cures for kind in cure.evidence.values()}
        async with self.access() as access:

            async def call(service: str, name: str, params: Any) -> Any:
                return await access.read(TARGET, service, name, params)

            records = await collect(call, TARGET)
            evidence = Evidence(access, kinds, 4)
            found = [each for each in records if isinstance(each, VpnConnection)]
            subjects = await evidence.subjects(found)
            endpoints = await evidence.endpoints([TARGET]) if len(only) != 1 else ()
        wishes = Wishes(
            tunnel_logs=LogGroup(name="/aws/vendedlogs/vpn", retention=365),
            client_logs=LogGroup(name="/aws/clientvpn/connections", retention=365),
            window=window,
            max_steps=max_steps,
        )
        return plan(subjects, endpoints, cures, wishes, present={}, made_at=datetime.now(UTC))

    def apply(self, wanted: Plan, **more: Any) -> tuple[Outcome, ...]:
        """Begin to carry a plan out."""
        return self._theatre.run(self.carry_out(wanted, **more))

    def resume(self, **more: Any) -> tuple[Outcome, ...]:
        """Go on with the last apply that is not finished."""
        with Journal(self.journal_path) as journal:
            begun = next(each for each in journal.applies() if each.finished_at is None)
        return self._theatre.run(self.carry_out(begun.plan, begun=begun, **more))

    def undo(self, wanted: Plan, **more: Any) -> tuple[Outcome, ...]:
        """Take a plan back."""
        with Journal(self.journal_path) as journal:
            back = undo_plan(journal.applies(wanted.id), journal, datetime.now(UTC))
            if not back.steps:
                mark_undone(back, 0, journal, self.now(), "first")
        return self._theatre.run(self.carry_out(back, **more)) if back.steps else ()

    async def carry_out(
        self,
        wanted: Plan,
        *,
        begun: Begun | None = None,
        outages: Sequence[str] = (),
        rollback: bool = False,
        pace: Pace = PACE,
        owner: str = "first",
        kill_at: tuple[str, int] | None = None,
        parallel: int = 1,
    ) -> tuple[Outcome, ...]:
        """What `bothup apply` does, with the stage's clock.

        `kill_at` is where its process is killed: ("line", n) at the n-th line of its code,
        ("change", n) or ("second change", n) at the n-th line after AWS took one.
        """
        journal = Journal(self.journal_path)
        killer = Killer(self, journal, kill_at)
        try:
            async with self.access() as access:
                number = begun.id if begun else journal.begin(wanted, owner, self.now())
                superseded = journal.applies(wanted.undoes) if wanted.undoes else ()
                means = Means(
                    access=access,
                    journal=journal,
                    locks=Locks(
                        journal,
                        Owner(id=owner, host="here", pid=1),
                        pace.lease,
                        ended=lambda holder: holder.id in self.ended,
                    ),
                    clock=StageClock(self),
                    pace=pace,
                    tell=self.told.append,
                    apply_id=number,
                    actor=owner,
                    window=None,
                    outages=frozenset(outages),
                    rollback=rollback,
                    supersedes=frozenset(each.id for each in superseded),
                )
                with killer:
                    outcomes = await carry_out(wanted, means, parallel=parallel)
                if wanted.undoes:
                    mark_undone(wanted, number, journal, self.now(), owner)
                return outcomes
        except Exception:
            # What a dead process stumbles over is nothing that it did.
            if self.dead:
                raise Killed from None
            raise
        finally:
            if self.dead:
                self.dead = False
                self.ended.add(owner)
            journal.close()

    def now(self) -> datetime:
        return self.clock.now() + self.jumped


class StageClock:
    """Waiting turns the simulated time; `now` may jump, `monotonic` never does."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def now(self) -> datetime:
        return self._stage.now()

    def monotonic(self) -> float:
        return self._stage.elapsed

    async def sleep(self, seconds: float) -> None:
        stage = self._stage
        stage.sleeps += 1
        if stage.at_sleep is not None and (doing := stage.at_sleep(stage.sleeps)) is not None:
            await doing
        if stage.stop:
            raise Interrupted
        stage.pass_time(seconds)


class Killer:
    """Ends the process at a line of bothup.apply.

    What is not written by then never is: the journal is closed, and no request is answered.
    """

    def __init__(self, stage: Stage, journal: Journal, at: tuple[str, int] | None) -> None:
        self._stage, self._journal, self._at, self._lines = stage, journal, at, 0
        self._changes = stage.changes

    def __enter__(self) -> None:
        if self._at is not None:
            sys.settrace(self._calls)

    def __exit__(self, *_: object) -> None:
        if self._at is not None:
            sys.settrace(None)

    def _calls(self, frame: Any, event: str, arg: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_APPLY) else None

    def _line(self, frame: Any, event: str, arg: Any) -> Any:
        assert self._at is not None
        since, lines = self._at
        changes = {"line": 0, "change": 1, "second change": 2}[since]
        if event == "line" and self._stage.changes >= self._changes + changes:
            self._lines += 1
            if self._lines > lines:
                self._stage.dead = True
                self._journal.close()
                raise Killed
        return self._line


def lost(how: str, answer: Answer) -> Answer:
    """An answer that never arrives whole: the call took effect all the same."""
    delivery: Any = how
    return Answer(status=answer.status, headers=answer.headers, body=answer.body, delivery=delivery)
