"""The steps of one connection, one after the other, under its lock."""

from bothup.apply.journal import IN_FLIGHT, State
from bothup.apply.means import Means
from bothup.apply.observed import Steadiness
from bothup.apply.stops import Stopped, Why
from bothup.apply.tunnel_step import TunnelStep
from bothup.apply.undoing import RESTORABLE, inverse
from bothup.model.call import calls
from bothup.model.connection import TunnelStatus
from bothup.model.plan import Step


class Connection:
    """Carries out the steps of one connection; down tunnels first, as they are at the time."""

    def __init__(self, steps: tuple[Step, ...], means: Means) -> None:
        """Take the steps, in the plan's order."""
        self._steps, self._means = steps, means
        self._steadiness = Steadiness()

    async def carry_out(self) -> None:
        """Make every step that is not made yet; raises Stopped, Interrupted or AwsError."""
        left = list(self._steps)
        while left:
            step = await self._next(left)
            left.remove(step)
            await self._make(step)

    async def _make(self, step: Step) -> None:
        state = self._means.entry(step).state
        if state is State.UNDONE:
            raise Stopped(Why.NOT_BACK, f"{step.resource} {step.tunnel} was taken back: plan again")
        if state is State.NOT_BACK and self._means.entry(inverse(step)).state is not State.PLANNED:
            await self._roll_back(step, f"{step.resource} {step.tunnel} did not come back up")
        try:
            await self._step(step).carry_out()
        except Stopped as stopped:
            if stopped.why is not Why.NOT_BACK:
                raise
            text = f"{stopped}{await self._explanation(step)}"
        else:
            return
        if step.action not in RESTORABLE:
            raise Stopped(Why.NOT_BACK, text)
        if self._means.rollback:
            self._means.say(step, text)
            await self._roll_back(step, text)
        (call,) = calls(inverse(step))
        raise Stopped(Why.NOT_BACK, f"{text}\n  To restore the former options: {call.command}")

    async def _explanation(self, step: Step) -> str:
        """Say what the evidence tells of the tunnel, and where there is more of it."""
        said = await self._means.explain(step)
        evidence = f"\n  By the evidence: {said}" if said else ""
        return f"{evidence}\n  More: bothup diagnose {step.resource} --region {step.region}"

    async def _roll_back(self, step: Step, text: str) -> None:
        """Restore the former options, then stop: whatever kept the tunnel down is still there."""
        await self._step(inverse(step)).carry_out()
        self._means.record(step, State.UNDONE, "rolled back")
        raise Stopped(
            Why.NOT_BACK, f"{text}\n  It was rolled back: its former options are in force"
        )

    async def _next(self, left: list[Step]) -> Step:
        """Choose the step to make now: one that was begun, else one on a tunnel that is down."""
        begun = [step for step in left if self._means.entry(step).state in IN_FLIGHT]
        if begun or len(left) == 1:
            return (begun or left)[0]
        seen = await self._step(left[0]).see()
        down = {
            each.outside_ip for each in seen.connection.tunnels if each.status is TunnelStatus.DOWN
        }
        return next((step for step in left if step.tunnel in down), left[0])

    def _step(self, step: Step) -> TunnelStep:
        return TunnelStep(step, self._means, self._steadiness)
