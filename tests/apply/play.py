"""Plays: fleets, plans and everything that may go wrong, drawn by hypothesis, on a stage.

After every act the witness must have nothing to say: no connection that had a tunnel UP lost its
last one through us, nothing was changed twice, nothing that was not named changed.
"""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from bothup.apply.journal import Journal
from bothup.apply.pace import Pace
from bothup.apply.stops import Interrupted, NotPermitted, Why
from bothup.model.plan import Plan
from bothup.sim.faults import Fault
from tests.apply.conftest import connections, scenario
from tests.apply.stage import Killed, Stage, Theatre

PACE = Pace(settle=30, poll=15, available_within=300, up_within=90, grace=30, stale=60, lease=120)
TIMING = "[timing]\nmodify = 30\ninitiate = 10\n"
# Lines of bothup.apply that an apply of two tunnels runs through, about.
LINES = 4000

KINDS = (
    "",
    "",
    "kind = 'idle'",
    "kind = 'wrong-key'",
    "kind = 'site-down'",
    "routing = 'static'",
    "peer = {initiates = false}\noptions = {StartupAction = 'start', IKEVersions = ['ikev2']}",
    "peer = {ike = ['ikev1']}",
    "tunnels = [{maintenance = 'pending'}, {maintenance = 'pending'}]",
    "tunnels = [{maintenance = 'pending'}, {maintenance = 'pending'}]",
    "kind = 'up-no-routes'",
    "kind = 'unknown-status'",
    "kind = 'one-telemetry'",
)
REMEDIES = (
    ("dpd-restart",),
    ("dpd-restart", "startup-start"),
    ("ikev2-only", "startup-start", "lifecycle-control"),
    ("dpd-restart", "apply-pending-maintenance"),
    ("apply-pending-maintenance",),
)
WINDOW = "daily 00:00-23:59 UTC"

tunnels = st.tuples(st.integers(0, 1), st.integers(0, 1))
flips = st.tuples(st.just("flip"), tunnels, st.sampled_from([False, False, True]))
devices = st.tuples(st.just("device"), tunnels, st.booleans())
flaps = st.tuples(st.just("flap"), tunnels, st.none())
seconds = st.tuples(st.just("second"), st.sampled_from(REMEDIES), st.none())
ACCIDENTS = {"flap": flaps, "second": seconds}
accidents = st.one_of(
    flips,
    flaps,
    st.tuples(st.just("jump"), st.sampled_from([-86400, -60, 60, 300, 86400]), st.none()),
    st.tuples(st.just("lose"), st.sampled_from(["reset-mid-body", "truncated"]), st.none()),
    st.tuples(
        st.just("fault"),
        st.sampled_from(["modify-throttled", "modify-reset", "read-reset", "read-throttled"]),
        st.none(),
    ),
    seconds,
    st.tuples(st.just("meddle"), tunnels, st.none()),
    devices,
    st.tuples(st.just("stop"), st.none(), st.none()),
)
FAULTS = {
    "modify-throttled": Fault(operation="ec2:Modify*", code="RequestLimitExceeded", times=1),
    "modify-reset": Fault(operation="ec2:Modify*", kind="reset", times=1),
    "read-reset": Fault(operation="ec2:Describe*", kind="reset", times=1),
    "read-throttled": Fault(operation="ec2:Get*", code="RequestLimitExceeded", times=1),
}
LAGS = (0.0, 10.0, 45.0)
# What happens at which wait, and which tunnel flips before which request.
waits = st.one_of(st.integers(1, 4), st.integers(1, 30))
scripts = st.lists(st.tuples(waits, accidents), max_size=4)
sudden = st.lists(st.tuples(st.integers(1, 40), flips), max_size=2)
kills = st.one_of(
    st.none(),
    st.none(),
    st.tuples(st.just("line"), st.integers(1, LINES)),
    st.tuples(st.just("change"), st.integers(0, 40)),
)


class Play(RuleBasedStateMachine):
    """One play; `theatre` is set by the test that has it played.

    What may be drawn next never depends on what happened: answers over HTTP come in no fixed order,
    so that a kill at the same line need not leave the same state twice.
    """

    theatre: Theatre

    @initialize(
        kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=2),
        lag=st.sampled_from(LAGS),
        stale=st.sampled_from([0.0, 10.0]),
        lax=st.booleans(),
    )
    def begin(self, kinds: Sequence[str], lag: float, stale: float, lax: bool) -> None:
        self._begin(kinds, lag, stale, lax)

    def _begin(self, kinds: Sequence[str], lag: float, stale: float, lax: bool) -> None:
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        fleet = {f"office{number}": kind for number, kind in enumerate(kinds)}
        text = scenario(TIMING + connections(**fleet))
        self.stage = Stage(self.theatre, text, self.folder / "journal.db")
        self.stage.lag, self.stage.stale, self.stage.lax = lag, stale, lax
        self.stage.witness.settle = PACE.settle
        self.plans: list[Plan] = []
        self.runs = 0

    @rule(
        only=st.sampled_from(REMEDIES),
        script=scripts,
        sudden=sudden,
        kill=kills,
        rollback=st.booleans(),
        outage=st.sampled_from([None, None, None, 0]),
    )
    def apply(
        self, only: Sequence[str], script: Any, sudden: Any, kill: Any, rollback: bool, outage: Any
    ) -> None:
        """Make a plan and begin to carry it out; go on with one that others would wait for."""
        if self.runs % 3 and self._in_flight():
            self.resume(script=script, sudden=sudden, kill=kill, rollback=rollback)
            return
        self._quiet()
        self.plans.append(self.stage.make_plan(*only, window=WINDOW))
        with self._acting(script, sudden):
            self.stage.apply(self.plans[-1], **self._how(kill, outage), rollback=rollback)

    @rule(script=scripts, sudden=sudden, kill=kills, rollback=st.booleans())
    def resume(self, script: Any, sudden: Any, kill: Any, rollback: bool) -> None:
        if not self._unfinished():
            return
        with self._acting(script, sudden):
            self.stage.resume(**self._how(kill, None), rollback=rollback)

    @rule(script=scripts, sudden=sudden, kill=kills)
    def undo(self, script: Any, sudden: Any, kill: Any) -> None:
        if not self.plans:
            return
        with self._acting(script, sudden):
            self.stage.undo(self.plans[-1], **self._how(kill, None))

    @rule(
        accident=st.one_of(flips, devices),
        seconds=st.sampled_from([0, 15, 300]),
    )
    def meanwhile(self, accident: Any, seconds: int) -> None:
        self._accident(*accident)
        self.stage.pass_time(seconds)

    @invariant()
    def nobody_was_cut_off(self) -> None:
        if hasattr(self, "stage"):
            assert self.stage.witness.violations == []

    def teardown(self) -> None:
        """Once nothing goes wrong any more, what was begun can be gone on with."""
        if not hasattr(self, "stage"):
            return
        self._quiet()
        self.stage.lag = self.stage.stale = 0.0
        for connection in self.stage.connections:
            for number in (0, 1):
                self.stage.flip(connection, number, up=True)
        if self._unfinished():
            with self._acting([], []):
                self.stage.resume(**self._how(None, None))
        self.nobody_was_cut_off()
        shutil.rmtree(self.folder)

    # What the rules share

    def _how(self, kill: tuple[str, int] | None, outage: int | None) -> dict[str, Any]:
        self.runs += 1
        allowed = [] if outage is None else [self.stage.connections[outage].id]
        self.stage.witness.outages = set(allowed)
        return {
            "pace": PACE,
            "owner": f"run{self.runs}",
            "kill_at": kill,
            "outages": allowed,
        }

    @contextlib.contextmanager
    def _acting(self, script: Any, sudden: Any) -> Any:
        """Let what the script says happen while an apply runs; all but a bug is in order."""
        stage = self.stage
        slept, asked = stage.sleeps, stage.requests

        def at_sleep(number: int) -> Any:
            doing = [what for when, what in script if slept + when == number]
            seconds = [what for what in doing if what[0] == "second"]
            for what in doing:
                if what[0] != "second":
                    self._accident(*what)
            return self._second(seconds[0][1]) if seconds else None

        def before_request(number: int) -> None:
            for when, what in sudden:
                if asked + when == number:
                    self._accident(*what)

        stage.at_sleep, stage.before_request = at_sleep, before_request
        try:
            with contextlib.suppress(Killed, Interrupted, NotPermitted):
                yield
        finally:
            stage.at_sleep = stage.before_request = None
            stage.stop = False
            stage.witness.outages = set()

    def _accident(self, what: str, which: Any, how: Any) -> None:
        stage = self.stage
        if isinstance(which, tuple):
            connection = stage.connections[which[0] % len(stage.connections)]
        match what:
            case "flip":
                stage.flip(connection, which[1], up=how)
            case "flap":
                stage.flip(connection, which[1], up=False)
                stage.flip(connection, which[1], up=True)
            case "jump":
                stage.jump(which)
            case "lose":
                stage.lose.append(which)
            case "fault":
                stage.front.faults.add(FAULTS[which])
            case "meddle":
                stage.meddle(connection, which[1])
            case "device":
                stage.set_device(connection, which[1], configured=how)
            case "stop":
                stage.stop = True

    async def _second(self, only: Sequence[str]) -> None:
        """Somebody else applies a plan of their own meanwhile; a lock that is held is respected."""
        stage = self.stage
        hooks = stage.at_sleep, stage.before_request
        stage.at_sleep = stage.before_request = None
        killer = sys.gettrace()
        sys.settrace(None)
        held = stage.held(PACE.lease)
        self.runs += 1
        try:
            wanted = await stage._make_plan(only, WINDOW, None)
            with contextlib.suppress(NotPermitted):
                outcomes = await stage.carry_out(wanted, pace=PACE, owner=f"run{self.runs}")
                first = outcomes[:1] if len(stage.connections) == 1 else ()
                for each in first:
                    assert each.resource not in held or each.why is Why.LOCKED, each
        finally:
            stage.at_sleep, stage.before_request = hooks
            sys.settrace(killer)

    def _quiet(self) -> None:
        self.stage.front.faults.clear()
        self.stage.lose.clear()

    def _in_flight(self) -> bool:
        """Whether another plan would have to wait until this one is gone on with."""
        if not self.stage.journal_path.exists():
            return False
        with Journal(self.stage.journal_path) as journal, journal.transaction() as db:
            (count,) = db.execute(
                "SELECT count(*) FROM steps WHERE state IN ('calling', 'called', 'not_back')"
            ).fetchone()
        return bool(count)

    def _unfinished(self) -> bool:
        if not self.stage.journal_path.exists():
            return False
        with Journal(self.stage.journal_path) as journal:
            return any(each.finished_at is None for each in journal.applies())


def focused(
    *,
    kinds: Sequence[str] = KINDS,
    most: int = 1,
    lags: Sequence[float] = LAGS,
    lax: bool = False,
    accident: str | None = None,
) -> type[Play]:
    """Plays on certain fleets, by an AWS of certain habits, where one thing goes wrong early."""

    class Focused(Play):
        @initialize(
            kinds=st.lists(st.sampled_from(kinds), min_size=most, max_size=most),
            lag=st.sampled_from(lags),
            stale=st.sampled_from([0.0, 10.0]),
        )
        def begin(self, kinds: Sequence[str], lag: float, stale: float) -> None:
            self._begin(kinds, lag, stale, lax)

    if accident is None:
        return Focused

    if accident == "kill":

        class CutOff(Focused):
            @rule(
                only=st.sampled_from(REMEDIES[:3]),
                kill=st.tuples(st.just("change"), st.integers(0, 12)),
            )
            def apply(self, only: Sequence[str], kill: Any) -> None:
                super().apply(
                    only=only, script=[], sudden=[], kill=kill, rollback=False, outage=None
                )

        return CutOff

    class Struck(Focused):
        @rule(
            only=st.sampled_from(REMEDIES[:3]),
            script=st.lists(
                st.tuples(st.integers(1, 8), ACCIDENTS[accident]), min_size=1, max_size=3
            ),
        )
        def apply(self, only: Sequence[str], script: Any) -> None:
            super().apply(
                only=only, script=script, sudden=[], kill=None, rollback=False, outage=None
            )

    return Struck
