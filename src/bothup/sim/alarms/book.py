"""AlarmBook: every alarm of the simulated AWS, looked at once a minute of simulated time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bothup.model.alarm_rule import Rule
from bothup.sim.alarms.alarm import HistoryItem, SimAlarm, State
from bothup.sim.alarms.evaluate import evaluated
from bothup.sim.alarms.notice import message, subject
from bothup.sim.alarms.topic import Asking

if TYPE_CHECKING:
    from bothup.sim.world import World

_MINUTE, _DELAY = timedelta(minutes=1), timedelta(seconds=5)
_CLOUDWATCH = "cloudwatch.amazonaws.com"

Alarms = dict[str, SimAlarm]


class AlarmBook:
    """Alarms by account, Region and name; the world's lock is held by whoever uses them."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._places: defaultdict[tuple[str, str], Alarms] = defaultdict(dict)
        self._ticking = False

    def of(self, account: str, region: str) -> Alarms:
        """The alarms of an account in a Region, by name."""
        return self._places[account, region]

    def put(self, alarm: SimAlarm, what: str, when: datetime) -> None:
        """Take an alarm, new or changed, and look at it from now on."""
        self.of(alarm.account, alarm.region)[alarm.name] = alarm
        self._note(alarm, when, "ConfigurationUpdate", f'Alarm "{alarm.name}" {what}', {})
        if not self._ticking:
            self._ticking = True
            self._tick_after(when)
        if alarm.composite:
            if not alarm.params.get("ActionsSuppressor"):
                alarm.waiting_from = None  # there is nothing left to wait for
            self._look_at_composite(alarm, when)
            self._go_on_waiting(alarm, when)

    def change(self, alarm: SimAlarm, state: State, reason: str, when: datetime) -> None:
        """Put an alarm into a state, with all that follows where it is another one."""
        before, alarm.state = alarm.state, state
        alarm.reason, alarm.updated = reason, when
        if before == state:
            return
        alarm.transitioned = when
        data = {
            "version": "1.0",
            "oldState": {"stateValue": before},
            "newState": {"stateValue": state, "stateReason": reason},
        }
        self._note(alarm, when, "StateUpdate", f"Alarm updated from {before} to {state}", data)
        if alarm.params.get("ActionsSuppressor"):
            self._wait(alarm, before, when)
        else:
            self._act(alarm, before, when)
        for other in self._composites(alarm):
            if alarm in self._children(other):
                self._look_at_composite(other, when)
            self._go_on_waiting(other, when)

    def _tick_after(self, when: datetime) -> None:
        begun = when.replace(second=0, microsecond=0)
        self._world.machine.at(begun + _MINUTE + _DELAY, self._tick)

    def _tick(self, when: datetime) -> None:
        for place in self._places.values():
            for alarm in list(place.values()):
                if alarm.composite:
                    # Its rule is looked at only when one of its alarms changes.
                    self._go_on_waiting(alarm, when)
                else:
                    self._look_at_metric(alarm, when)
        self._tick_after(when)

    def _look_at_metric(self, alarm: SimAlarm, when: datetime) -> None:
        values = list(self._values(alarm, when))
        state = evaluated(alarm.params, values, alarm.state)
        if state == alarm.state:
            return
        told = ", ".join("missing" if value is None else f"{value}" for value in values)
        threshold = f"{alarm.params['ComparisonOperator']} {alarm.params['Threshold']}"
        reason = f"Threshold Crossed: the last datapoints [{told}] against {threshold}"
        self.change(alarm, state, reason, when)

    def _values(self, alarm: SimAlarm, when: datetime) -> Iterator[float | None]:
        """The statistic of each of the last periods, oldest first; None where there is no value."""
        from bothup.sim.evidence.metrics import NAMESPACE, UNITS, tunnels_of
        from bothup.sim.evidence.series import together

        params = alarm.params
        place = self._world.place(alarm.account, alarm.region)
        metric, dimensions = params.get("MetricName", ""), params.get("Dimensions", ())
        tunnels = tunnels_of(self._world, place, metric, dimensions)
        # A value is found only under the unit that it was published with.
        unit = params.get("Unit") in (None, UNITS.get(metric))
        if params.get("Namespace") != NAMESPACE or not unit:
            tunnels = []
        step = timedelta(seconds=params["Period"])
        end = when.replace(second=0, microsecond=0)
        for number in range(params["EvaluationPeriods"], 0, -1):
            start = end - number * step
            sample = together(tunnels, metric, start, start + step) if tunnels else None
            yield sample.statistic(params.get("Statistic", "")) if sample else None

    def _look_at_composite(self, alarm: SimAlarm, when: datetime) -> None:
        rings = Rule(alarm.params["AlarmRule"]).holds(lambda name: self._state(alarm, name))
        state: State = "ALARM" if rings else "OK"
        if state != alarm.state:
            self.change(alarm, state, f"the rule is {'true' if rings else 'false'}", when)

    def _wait(self, alarm: SimAlarm, before: State, when: datetime) -> None:
        """Let the actions of a change wait; one that takes back another leaves nothing to do."""
        if alarm.waiting_from == alarm.state:
            alarm.waiting_from = None
            return
        alarm.waiting_from, alarm.waiting_since = before, when
        alarm.waiting_for = timedelta(seconds=alarm.params["ActionsSuppressorWaitPeriod"])
        self._go_on_waiting(alarm, when)

    def _go_on_waiting(self, alarm: SimAlarm, when: datetime) -> None:
        if alarm.waiting_from is None:
            return
        if self._state(alarm, alarm.params["ActionsSuppressor"]) == "ALARM":
            alarm.waiting_since = None
            return
        if alarm.waiting_since is None:
            alarm.waiting_since = when
            extension = alarm.params["ActionsSuppressorExtensionPeriod"]
            alarm.waiting_for = timedelta(seconds=extension)
        if when - alarm.waiting_since >= alarm.waiting_for:
            before, alarm.waiting_from = alarm.waiting_from, None
            self._act(alarm, before, when)

    def _act(self, alarm: SimAlarm, before: State, when: datetime) -> None:
        if not alarm.enabled:
            return
        children = self._children(alarm)
        for action in alarm.actions():
            error: str | None = None
            if ":sns:" in action:
                asking = Asking(account=alarm.account, service=_CLOUDWATCH, source=alarm.arn)
                text = message(alarm, before, when, children)
                error = self._world.topics.notify(action, asking, subject(alarm), text)
            summary = (
                f'Failed to execute action {action}. Received error: "{error}"'
                if error
                else f"Successfully executed action {action}"
            )
            data = {
                "actionState": "Failed" if error else "Succeeded",
                "notificationResource": action,
                "stateUpdateTimestamp": int(when.timestamp() * 1000),
                **({"error": error} if error else {}),
            }
            self._note(alarm, when, "Action", summary, data)

    def _state(self, near: SimAlarm, name: str) -> str:
        """The state of an alarm in the same place, by name or ARN; "" if there is none."""
        named = name.rpartition(":alarm:")[2]
        found = self.of(near.account, near.region).get(named)
        return found.state if found else ""

    def _children(self, alarm: SimAlarm) -> list[SimAlarm]:
        if not alarm.composite:
            return []
        place = self.of(alarm.account, alarm.region)
        names = (each.rpartition(":alarm:")[2] for each in Rule(alarm.params["AlarmRule"]).names)
        return [place[name] for name in names if name in place]

    def _composites(self, alarm: SimAlarm) -> list[SimAlarm]:
        """The composite alarms that look at this one."""
        here = self.of(alarm.account, alarm.region).values()
        return [
            each
            for each in here
            if each.composite and (alarm in self._children(each) or _suppresses(alarm, each))
        ]

    @staticmethod
    def _note(
        alarm: SimAlarm, when: datetime, kind: Any, summary: str, data: dict[str, Any]
    ) -> None:
        alarm.history.append(HistoryItem(time=when, kind=kind, summary=summary, data=data))


def _suppresses(alarm: SimAlarm, other: SimAlarm) -> bool:
    return other.params.get("ActionsSuppressor") in (alarm.name, alarm.arn)
