"""An alarm as it is at this moment, and what became of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
STATES: tuple[State, ...] = ("OK", "ALARM", "INSUFFICIENT_DATA")
ACTIONS = {
    "OK": "OKActions",
    "ALARM": "AlarmActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


class HistoryItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an alarm's history; `data` is what AWS gives as a JSON document."""

    time: datetime
    kind: Literal["ConfigurationUpdate", "StateUpdate", "Action"]
    summary: str
    data: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class SimAlarm:
    """A metric alarm, or a composite one; `params` are those of the call that put it last."""

    account: str
    region: str
    name: str
    composite: bool
    params: dict[str, Any]
    configured: datetime
    updated: datetime
    transitioned: datetime
    tags: dict[str, str] = field(default_factory=dict)
    state: State = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    enabled: bool = True
    # The state before a composite alarm's change whose actions wait for its suppressor, since when
    # (None while that rings), and for how long.
    waiting_from: State | None = None
    waiting_since: datetime | None = None
    waiting_for: timedelta = timedelta()
    history: list[HistoryItem] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """The alarm's ARN."""
        return f"arn:aws:cloudwatch:{self.region}:{self.account}:alarm:{self.name}"

    def actions(self) -> list[str]:
        """What is done on entering the state that the alarm is in."""
        return list(self.params.get(ACTIONS[self.state], ()))

    def shown(self) -> dict[str, Any]:
        """The alarm as DescribeAlarms gives it."""
        own = {name: value for name, value in self.params.items() if name != "Tags"}
        lists = {name: self.params.get(name, []) for name in ACTIONS.values()}
        since = {} if self.composite else {"Dimensions": self.params.get("Dimensions", [])}
        return {
            **own,
            **lists,
            **since,
            "AlarmArn": self.arn,
            "ActionsEnabled": self.enabled,
            "AlarmConfigurationUpdatedTimestamp": self.configured,
            "StateValue": self.state,
            "StateReason": self.reason,
            "StateUpdatedTimestamp": self.updated,
            "StateTransitionedTimestamp": self.transitioned,
        }

    def told(self, item: HistoryItem) -> dict[str, Any]:
        """A line of the history as DescribeAlarmHistory gives it."""
        return {
            "AlarmName": self.name,
            "AlarmType": "CompositeAlarm" if self.composite else "MetricAlarm",
            "Timestamp": item.time,
            "HistoryItemType": item.kind,
            "HistorySummary": item.summary,
            "HistoryData": json.dumps(item.data),
        }
