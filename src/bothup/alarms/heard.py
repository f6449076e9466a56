"""Whether somebody hears of it when an alarm rings, and which alarms tell of a connection."""

from collections.abc import Iterator

from bothup.alarms.checks import actions, condition, topic
from bothup.alarms.here import Here
from bothup.alarms.rings import scope
from bothup.alarms.scope import Kind, Scope
from bothup.model.alarm import Alarm
from bothup.model.connection import VpnConnection
from bothup.model.finding import Reason


def scopes(connection: VpnConnection) -> Iterator[Scope]:
    """Yield what somebody wants to be told of a connection: its loss, and that of each tunnel."""
    yield Scope(connection.id, Kind.LOST)
    for tunnel in connection.tunnels:
        if tunnel.outside_ip:
            yield Scope(connection.id, Kind.DEGRADED, tunnel.outside_ip)


def covering(wanted: Scope, here: Here) -> Iterator[Alarm]:
    """Yield the alarms whose condition tells of what is wanted, or of more."""
    for alarm in here.read.alarms:
        found = scope(alarm, here)
        if found is not None and found.covers(wanted):
            yield alarm


def unheard(alarm: Alarm, here: Here) -> tuple[Reason, ...]:
    """Say why nobody would be told at the right time; empty where somebody would be."""
    found = [*condition.flaws(alarm, here), *actions.flaws(alarm, here)]
    if found:
        return tuple(found)
    acting = here.ringing(alarm)
    if not acting:  # right for an alarm that only mutes another, and told to nobody all the same
        return (Reason(code="no-actions", text="it has no action for ALARM"),)
    said = [(*_late(each, here), *_of_topics(each, here)) for each in acting]
    good = any(not reasons for reasons in said)
    return () if good else tuple(reason for reasons in said for reason in reasons)


def _late(alarm: Alarm, here: Here) -> tuple[Reason, ...]:
    """Say why a composite alarm would tell it too late."""
    return tuple(condition.flaws(alarm, here)) if alarm.composite else ()


def _of_topics(alarm: Alarm, here: Here) -> tuple[Reason, ...]:
    """Say why none of the alarm's actions would reach anybody; what is no topic counts as heard."""
    found: list[Reason] = []
    for arn in alarm.actions:
        known = here.topics.get(arn)
        flaws = tuple(topic.flaws(known, (alarm,))) if known else ()
        if not [each for each in flaws if each.code != "policy-unclear"]:
            return ()
        found += flaws
    return tuple(found)
