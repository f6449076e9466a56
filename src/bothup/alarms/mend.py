"""What somebody else's alarm becomes when it is corrected: as little as possible changes."""

from bothup.alarms.checks import condition, orphan, topic
from bothup.alarms.here import Here
from bothup.alarms.rings import place_of, scope
from bothup.alarms.routes import problem_of, topic_for
from bothup.alarms.scope import Kind, Scope
from bothup.alarms.want import Wish, metric_alarm
from bothup.model.alarm import Alarm
from bothup.model.tunnel_settings import Settings

_CONDITION = frozenset(
    {
        *("Namespace", "MetricName", "Dimensions", "Statistic", "Threshold"),
        *("ComparisonOperator", "Period", "EvaluationPeriods", "DatapointsToAlarm"),
        "TreatMissingData",
    }
)
_BY_CODE = {
    "wrong-metric": ("Namespace", "MetricName"),
    "wrong-dimensions": ("Dimensions",),
    "wrong-statistic": ("Statistic",),
    "wrong-comparison": ("ComparisonOperator",),
    "wrong-threshold": ("Threshold",),
    "wrong-period": ("Period", "EvaluationPeriods", "DatapointsToAlarm"),
    "wrong-count": ("EvaluationPeriods", "DatapointsToAlarm"),
    "missing-data": ("TreatMissingData",),
}


def mended(alarm: Alarm, here: Here, wish: Wish) -> Settings | None:
    """Give the settings with which an alarm is right; None for one that nothing can be made of."""
    connection = here.connections.get(place_of(alarm, here)[0])
    if alarm.composite or connection is None or any(orphan.flaws(alarm, here)):
        return None
    _, tunnel = place_of(alarm, here)
    found = scope(alarm, here)
    meant = found or Scope(connection.id, _meant(alarm, tunnel), tunnel)
    arn = topic_for(wish.routes, connection, meant.kind)
    usable = arn is not None and problem_of(arn, connection.target.region) is None
    right = metric_alarm(connection, meant, here, ()).settings
    codes = {each.code for each in condition.flaws(alarm, here)}
    if "metric-math" in codes:
        return None
    names = {name for code in codes for name in _BY_CODE.get(code, ())} & _CONDITION
    settings = {**alarm.settings, **{name: right[name] for name in names}}
    if "wrong-unit" in codes:
        del settings["Unit"]
    if "Statistic" in names:
        settings.pop("ExtendedStatistic", None)
    settings["ActionsEnabled"] = True
    settings["AlarmActions"] = _actions(alarm, here, arn if usable else None)
    return settings


def _meant(alarm: Alarm, tunnel: str) -> Kind:
    """What an alarm was for whose condition says nothing: Maximum is for a whole connection."""
    whole = not tunnel and alarm.settings.get("Statistic") == "Maximum"
    return Kind.LOST if whole else Kind.DEGRADED


def _actions(alarm: Alarm, here: Here, arn: str | None) -> list[str]:
    """The actions that reach somebody, else the topic that is wanted."""
    known = here.topics
    good = [
        each
        for each in alarm.actions
        if each not in known or not any(topic.flaws(known[each], (alarm,)))
    ]
    return good or ([arn] if arn else list(alarm.actions))
