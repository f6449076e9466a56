"""One step on a tunnel, from the first look to the tunnel being UP and steady again.

It may be taken up at any state that the journal knows: what was begun is found out by reading, and
never sent again while it may have taken effect.
"""

from functools import partial

from bothup.apply import guard
from bothup.apply.journal import IN_FLIGHT, State, Was, resource_of
from bothup.apply.means import Means
from bothup.apply.observed import Observed, Steadiness
from bothup.apply.standing import Standing, standing
from bothup.apply.stops import Stopped, Why
from bothup.apply.undoing import restored_id
from bothup.apply.why_down import why_down
from bothup.aws.change.one_connection import one_connection
from bothup.aws.collect.tunnel_status import replacement_status
from bothup.errors import AwsError, Expired, Throttled
from bothup.model.call import calls
from bothup.model.connection import TunnelStatus
from bothup.model.plan import Action, Step
from bothup.model.tunnel_settings import former

# AWS refuses a call with these codes before it does anything, and may take it a little later.
_LATER = (Throttled, Expired)
_BUSY = "IncorrectState"


class TunnelStep:
    """Carries one step out; `steadiness` is what was seen of its connection so far."""

    def __init__(self, step: Step, means: Means, steadiness: Steadiness) -> None:
        """Do nothing yet."""
        self._step, self._means, self._steadiness = step, means, steadiness
        self._sent = False

    async def carry_out(self) -> None:
        """Make the step, or go on with it; raises Stopped, Interrupted or AwsError."""
        state = self._means.entry(self._step).state
        if state is State.DRIFTED:
            raise self._drifted()
        if state is State.CALLING:
            state = await self.find_out()
        attempts = 0
        while state is State.PLANNED:
            if attempts >= self._means.pace.attempts:
                raise Stopped(Why.AWS, f"{self._name}: AWS took none of {attempts} attempts")
            attempts += 1
            state = await self._attempt()
        if state in (State.CALLED, State.NOT_BACK):
            if not self._sent:
                self._expect_interruption()
            await self._wait()

    async def see(self) -> Observed:
        """Look at the connection; raises AwsError, or Stopped where the lock is lost."""
        return (await self._look())[0]

    async def find_out(self) -> State:
        """Find out by reading whether a call without an answer took effect.

        Gives CALLED or PLANNED; raises Stopped where neither can be told in time.
        """
        clock, pace = self._means.clock, self._means.pace
        began = clock.monotonic()
        while True:
            waited = clock.monotonic() - began
            found = await self._look_through()
            if found is not None:
                seen, stands = found
                if stands is Standing.IN_FORCE:
                    return self._record(State.CALLED, "the call took effect")
                self._check_drift(seen, stands)
                if waited >= pace.grace and seen.connection.state == "available":
                    return self._record(State.PLANNED, "the call took no effect")
            if waited >= pace.available_within:
                raise Stopped(Why.AWS, f"{self._name}: whether the call took effect is not known")
            await self._pause()

    async def _attempt(self) -> State:
        """Make the call if the guard lets it through; PLANNED where AWS did not take it."""
        await self._means.clock.sleep(0)
        seen, stands = await self._available()
        if stands is Standing.IN_FORCE:
            return self._record(State.DONE, "in force already")
        if stands is Standing.DRIFTED:
            raise self._drifted()
        seen = await self._sibling_steady(seen)
        self._means.check_window(self._name)
        (call,) = calls(self._step)
        await self._means.access.open(call.target, call.service)
        self._means.calling(self._step, former(self._step.before), self._was(seen))
        try:
            await self._guard()
        except (Stopped, AwsError):
            self._record(State.PLANNED, "not called")
            raise
        self._expect_interruption()
        self._sent = True
        try:
            await self._means.access.send(call)
        except AwsError as error:
            return await self._after(error)
        return self._record(State.CALLED, "changed")

    async def _available(self) -> tuple[Observed, Standing]:
        """Look at the connection, once AWS is through with whatever it is doing to it.

        Where the change that is taken back may have been made a moment ago, that nothing shows of
        it yet proves nothing.
        """
        pace, began = self._means.pace, self._means.clock.monotonic()
        doubtful = self._takes_back_a_call()
        while True:
            seen, stands = await self._look()
            waited = self._means.clock.monotonic() - began
            busy = seen.connection.state == "modifying" and waited <= pace.available_within
            early = doubtful and stands is Standing.IN_FORCE and waited < pace.grace
            if not (busy or early):
                return seen, stands
            await self._pause()

    def _takes_back_a_call(self) -> bool:
        """Say whether this step takes back a call of which nobody has seen whether it shows."""
        means, taken_back = self._means, restored_id(self._step)
        return taken_back is not None and any(
            means.journal.entry(number, taken_back).state in IN_FLIGHT
            for number in means.supersedes
        )

    async def _guard(self) -> None:
        """Look afresh, and raise Stopped unless the call may be made this moment."""
        seen, stands = await self._look()
        if stands is not Standing.READY:
            raise self._drifted()
        reason = self._objection(seen, self._means.pace.settle)
        if reason is not None:
            raise Stopped(Why.GUARD, f"{self._name}: {reason}")

    def _objection(self, seen: Observed, settle: float) -> str | None:
        return guard.objection(
            self._step,
            seen,
            settle=settle,
            fresh=self._means.pace.fresh,
            now=self._means.clock.monotonic(),
            outage=self._step.resource in self._means.outages,
        )

    async def _sibling_steady(self, seen: Observed) -> Observed:
        """Watch the sibling for the settle time, and give the last look.

        Raises Stopped as soon as it is hopeless.
        """
        pace, clock = self._means.pace, self._means.clock
        began = clock.monotonic()
        while True:
            if reason := self._objection(seen, 0.0):
                raise Stopped(Why.GUARD, f"{self._name}: {reason}")
            if self._objection(seen, pace.settle) is None:
                return seen
            if clock.monotonic() - began > pace.settle + pace.up_within:
                raise Stopped(Why.GUARD, f"{self._name}: its sibling does not stay UP")
            await self._pause()
            seen, _ = await self._look()

    async def _after(self, error: AwsError) -> State:
        """Decide what an error means: not taken, perhaps taken, or refused for good."""
        if isinstance(error, _LATER) or error.code == _BUSY:
            self._record(State.PLANNED, f"not taken: {error}")
            await self._pause()
            return State.PLANNED
        if error.retryable:
            self._say(f"no answer, looking whether it took effect: {error}")
            return await self.find_out()
        self._record(State.PLANNED, f"refused: {error}")
        raise Stopped(Why.AWS, f"{self._name}: {error}")

    async def _wait(self) -> None:
        """Wait until the change is in force and the tunnel is UP and steady."""
        pace, clock = self._means.pace, self._means.clock
        limit, available = clock.monotonic() + pace.available_within, False
        if self._step.interrupts:
            self._steadiness.ignore(self._step.tunnel or "", clock.monotonic() + pace.stale)
        while True:
            found = await self._look_through()
            if found is not None:
                seen, stands = found
                self._check_drift(seen, stands)
                in_force = seen.connection.state == "available" and stands is Standing.IN_FORCE
                if in_force and self._is_back(seen):
                    self._record(State.DONE, "done")
                    return
                if in_force and not available:
                    limit, available = clock.monotonic() + pace.up_within + pace.settle, True
            if clock.monotonic() > limit:
                if found is None:
                    raise Stopped(Why.AWS, f"{self._name}: AWS does not say how the tunnel is")
                if self._give_up(seen):
                    return
                limit = clock.monotonic() + pace.up_within + pace.settle
            await self._pause()

    def _is_back(self, seen: Observed) -> bool:
        if not self._step.interrupts:
            return True
        return seen.up_for.get(self._step.tunnel or "", -1.0) >= self._means.pace.settle

    def _give_up(self, seen: Observed) -> bool:
        """Say whether the step is done although the tunnel is not back, or raise Stopped.

        A tunnel that was down before may stay so. One that AWS has told of as UP all the time was
        not interrupted: it is watched once more, from now on.
        """
        tunnel = seen.tunnel(self._step.tunnel)
        up = tunnel is not None and tunnel.status is TunnelStatus.UP
        if up and self._steadiness.expects_change(self._step.tunnel or ""):
            self._steadiness.expect_no_change(self._step.tunnel or "")
            return False
        why = why_down(self._step, seen)
        was = self._means.entry(self._step).was
        if was is not None and not was.up and seen.connection.state == "available":
            self._record(State.DONE, f"done; the tunnel is down as it was before: {why}")
            return True
        self._record(State.NOT_BACK, f"not back up: {why}")
        raise Stopped(Why.NOT_BACK, f"{self._name} did not come back up: {why}")

    async def _look(self) -> tuple[Observed, Standing]:
        """Look afresh at the connection; raises AwsError, or Stopped where the lock is lost."""
        step, means = self._step, self._means
        means.locks.beat(resource_of(step), means.clock.now())
        call = partial(means.access.read, step.target)
        pending = None
        if step.action is Action.REPLACE_TUNNEL:
            pending = (await replacement_status(call, step.resource, step.tunnel or "")).pending
        at = means.clock.monotonic()
        connection = await one_connection(call, step.target, step.resource)
        seen = self._steadiness.observe(connection, at)
        return seen, standing(step, seen, pending=pending)

    async def _look_through(self) -> tuple[Observed, Standing] | None:
        """Look; None where AWS gives no answer this time."""
        try:
            return await self._look()
        except AwsError as error:
            if not error.retryable:
                raise
            self._say(f"not seen this time: {error}")
            return None

    async def _pause(self) -> None:
        await self._means.clock.sleep(self._means.pace.poll)

    def _was(self, seen: Observed) -> Was:
        tunnel = seen.tunnel(self._step.tunnel)
        if tunnel is None:
            return Was()
        up = tunnel.status is not TunnelStatus.DOWN
        return Was(up=up, last_change=tunnel.last_status_change)

    def _expect_interruption(self) -> None:
        """Expect AWS to tell that the tunnel went down, which it may do a good while later."""
        was = self._means.entry(self._step).was
        if self._step.interrupts and was is not None:
            self._steadiness.expect_change(self._step.tunnel or "", was.last_change)

    def _check_drift(self, seen: Observed, stands: Standing) -> None:
        """Raise Stopped where somebody else has changed the tunnel since the call was made."""
        if stands is Standing.DRIFTED and seen.connection.state == "available":
            self._record(State.DRIFTED, "somebody else changed it meanwhile")
            raise self._drifted()

    def _drifted(self) -> Stopped:
        return Stopped(
            Why.DRIFT, f"{self._name} is not as it was when the plan was made: plan again"
        )

    def _record(self, state: State, note: str) -> State:
        self._means.record(self._step, state, note)
        return state

    def _say(self, text: str) -> None:
        self._means.say(self._step, text)

    @property
    def _name(self) -> str:
        return f"{self._step.resource} {self._step.tunnel}"
