"""Alarms as CloudWatch describes them, the metrics they watch, and the topics they tell."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Target
from bothup.model.tunnel_settings import Settings

NAMESPACE, STATE = "AWS/VPN", "TunnelState"
VPN, TUNNEL = "VpnId", "TunnelIpAddress"

# All of bothup's alarms have names that begin so; that they are its own is what the tag says.
PREFIX = "bothup/"
OWN_TAG = ("managed-by", "bothup")
ACTION_SETTINGS = frozenset(
    {
        *("ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions"),
        "AlarmDescription",
    }
)
METRIC_SETTINGS = ACTION_SETTINGS | {
    *("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"),
    *("EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "Metrics"),
    *("TreatMissingData", "EvaluateLowSampleCountPercentile", "ThresholdMetricId"),
}
COMPOSITE_SETTINGS = ACTION_SETTINGS | {
    *("AlarmRule", "ActionsSuppressor"),
    *("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"),
}

# (name, value) of each dimension of a metric, in the order of the names.
Dimensions = tuple[tuple[str, str], ...]


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A metric alarm, or a composite one.

    `settings` are those that PutMetricAlarm or PutCompositeAlarm takes, by its names, without name
    and tags. `since` is when the alarm came into its `state`. `owned` says whether its tags call it
    bothup's own, None where they were not asked for.
    """

    name: str
    arn: str
    target: Target
    composite: bool = False
    settings: Settings = {}
    state: str = ""
    since: datetime | None = None
    owned: bool | None = None

    @property
    def dimensions(self) -> Dimensions:
        """The dimensions of the one metric that it watches."""
        return dimensions(self.settings.get("Dimensions", ()))

    @property
    def enabled(self) -> bool:
        """Whether its actions are switched on."""
        return bool(self.settings.get("ActionsEnabled", True))

    @property
    def actions(self) -> tuple[str, ...]:
        """ARNs of what is done when it rings."""
        return tuple(self.settings.get("AlarmActions", ()))


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What one Target has of connections, alarms about tunnels, and metrics.

    `series` are the dimensions with which TunnelState is published there. `spacing` is, by
    connection, how many seconds lie between two values, where there have been any lately.
    """

    target: Target
    records: tuple[VpnConnection | Malformed, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    series: frozenset[Dimensions] = frozenset()
    spacing: dict[str, int] = {}


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """An SNS topic; of one that is not `there` the `problem` says why nothing is known.

    `confirmed` and `pending` count its subscriptions. `key` is that of its encryption.
    """

    arn: str
    status: Literal["there", "missing", "unread"] = "there"
    problem: str = ""
    confirmed: int = 0
    pending: int = 0
    key: str | None = None
    policy: dict[str, Any] | None = None


def dimensions(said: Any) -> Dimensions:
    """Read AWS's list of dimensions."""
    return tuple(sorted((str(each["Name"]), str(each["Value"])) for each in said))
