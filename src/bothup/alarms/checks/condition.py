"""An alarm about a tunnel should ring when the tunnel is down, and only then

## What it checks
Metric, dimensions, unit, statistic, comparison, threshold, period and the treatment of missing data
of every alarm on AWS/VPN, and of every alarm that is bothup's own; of those with one of bothup's
names, how many values make them ring (`lost` 1 of 1, `degraded` 3 of 3); of a composite alarm, how
long it waits for the one that mutes it. Which dimensions the metrics
have is read with ListMetrics.

## Why it matters
An alarm with the dimensions of no metric sees no data: it rings for ever or never. On a connection,
`Minimum < 1` tells that one tunnel is down and `Maximum < 1` that both are; the wrong one of them
tells it too late or too often. Missing data is what a tunnel that is gone leaves behind.

## How to fix it
`bothup alarms apply` corrects its own alarms, and others that are named with `--foreign`. By hand:
TunnelState with the dimensions that `aws cloudwatch list-metrics --namespace AWS/VPN` shows,
`LessThanThreshold` 1, `Minimum` (any tunnel) or `Maximum` (the whole connection), a period no
shorter than the metric's own, no more than 15 minutes in all, missing data `breaching`.

## When it is a false positive
An alarm on metric math is not judged. One that is meant to ring late can be muted.
"""

from collections.abc import Iterator

from bothup.alarms.checks import orphan
from bothup.alarms.here import Here
from bothup.alarms.rings import place_of, wrong_with
from bothup.alarms.scope import Scope, scope_of
from bothup.alarms.want import COUNTS
from bothup.model.alarm import NAMESPACE, STATE, Alarm
from bothup.model.finding import Reason, Severity

SEVERITY = Severity.HIGH
RESOURCE = "AWS::CloudWatch::Alarm"
UNCLEAR = ("metric-math",)

# Three values of five minutes each, as AWS's documents have it.
LONGEST = 900
_CODES = {
    "Statistic": "wrong-statistic",
    "ComparisonOperator": "wrong-comparison",
    "Threshold": "wrong-threshold",
}


def flaws(alarm: Alarm, here: Here) -> Iterator[Reason]:
    """Yield what is wrong with the condition on which an alarm rings."""
    settings = alarm.settings
    if alarm.composite:
        yield from _waiting(alarm)
        return
    if settings.get("Metrics"):
        yield Reason(code="metric-math", text="it is on metric math, which is not judged")
        return
    metric = settings.get("Namespace"), settings.get("MetricName")
    if metric != (NAMESPACE, STATE):
        if scope_of(alarm.name) or _looks_like_liveness(alarm):
            text = (
                f"it watches {' '.join(map(str, metric))}, which says nothing of a tunnel's state"
            )
            yield Reason(code="wrong-metric", text=text)
        else:
            return
    yield from _dimensions(alarm, here)
    if settings.get("Unit", "None") != "None":
        text = f"the unit is {settings['Unit']}: TunnelState has none, so no value is ever found"
        yield Reason(code="wrong-unit", text=text)
    for name in wrong_with(alarm, here):
        said = settings.get(name, settings.get("ExtendedStatistic"))
        yield Reason(code=_CODES[name], text=f"{name} is {said}: {_meaning(alarm)}")
    yield from _period(alarm, here)
    yield from _count(alarm)
    if settings.get("TreatMissingData", "missing") != "breaching":
        said = settings.get("TreatMissingData", "missing")
        text = f"missing data is treated as {said}: a tunnel whose metric ends would not ring"
        yield Reason(code="missing-data", text=text)


def _waiting(alarm: Alarm) -> Iterator[Reason]:
    """Yield that a composite alarm keeps quiet for long, whether it is muted or not."""
    settings = alarm.settings
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    longest = max(settings.get(name) or 0 for name in periods)
    if settings.get("ActionsSuppressor") and longest > LONGEST:
        text = f"it waits {longest} s for the alarm that mutes it; expected no more than "
        yield Reason(code="wrong-period", text=f"{text}{LONGEST // 60} min")


def _looks_like_liveness(alarm: Alarm) -> bool:
    """Whether bytes are taken for a sign of life: they flow on a tunnel that is down as well."""
    settings = alarm.settings
    less = str(settings.get("ComparisonOperator", "")).startswith("Less")
    threshold = settings.get("Threshold")
    low = isinstance(threshold, int | float) and threshold <= 1
    return settings.get("Namespace") == NAMESPACE and less and low


def _meaning(alarm: Alarm) -> str:
    named = scope_of(alarm.name)
    when = _when(named) if named else "a tunnel, or the whole connection, is down"
    return f"it does not ring exactly when {when}"


def _when(scope: Scope) -> str:
    return "the tunnel is down" if scope.tunnel else f"the connection is {scope.kind.value}"


def _dimensions(alarm: Alarm, here: Here) -> Iterator[Reason]:
    connection, tunnel = place_of(alarm, here)
    named = scope_of(alarm.name)
    if named and (named.connection, named.tunnel) != (connection, tunnel):
        wanted = here.series(named.connection, named.tunnel)
        yield _other(alarm, wanted, f"its name says {named.connection} {named.tunnel}".strip())
    elif alarm.dimensions not in here.read.series and not any(orphan.flaws(alarm, here)):
        if not connection:
            text = f"its dimensions are {_shown(alarm.dimensions)}: no tunnel and no connection"
            yield Reason(code="wrong-dimensions", text=text)
        elif here.series(connection, tunnel) != alarm.dimensions:
            wanted = here.series(connection, tunnel)
            yield _other(alarm, wanted, "the metric is not published with them")


def _other(alarm: Alarm, wanted: tuple[tuple[str, str], ...], why: str) -> Reason:
    text = f"its dimensions are {_shown(alarm.dimensions)}: {why}; expected {_shown(wanted)}"
    return Reason(code="wrong-dimensions", text=text)


def _shown(dimensions: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in dimensions) or "none"


def _period(alarm: Alarm, here: Here) -> Iterator[Reason]:
    settings = alarm.settings
    period, count = settings.get("Period", 0), settings.get("EvaluationPeriods", 1)
    connection, _ = place_of(alarm, here)
    spacing = here.read.spacing.get(connection)
    if spacing and period < spacing:
        text = f"the period is {period} s, and the metric has a value every {spacing} s only"
        yield Reason(code="wrong-period", text=text)
    if period * count > LONGEST:
        text = f"it rings after {period} s x {count}; expected no more than {LONGEST // 60} min"
        yield Reason(code="wrong-period", text=text)


def _count(alarm: Alarm) -> Iterator[Reason]:
    """Yield that an alarm of bothup's names rings after more values, or fewer, than it should."""
    named = scope_of(alarm.name)
    of = alarm.settings.get("EvaluationPeriods", 1)
    needed = alarm.settings.get("DatapointsToAlarm") or of
    if named and (needed, of) != (COUNTS[named.kind],) * 2:
        wanted = COUNTS[named.kind]
        text = f"it rings at {needed} of {of} values; expected {wanted} of {wanted}"
        yield Reason(code="wrong-count", text=text)
