"""From the alarms that there are to those that are wanted: only what is missing or wrong changes.

What is right stays as it is, whoever made it. What is not bothup's own is changed only if it was
named.
"""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from bothup.alarms.checks import condition, name, orphan, topic
from bothup.alarms.heard import covering, scopes, unheard
from bothup.alarms.here import GONE, Here, in_rule
from bothup.alarms.mend import mended
from bothup.alarms.routes import problem_of, topic_for
from bothup.alarms.scope import Kind, Scope, scope_of
from bothup.alarms.want import Wanted, Wish, arn_of, composite_alarm, metric_alarm
from bothup.model.alarm import Alarm, Topic
from bothup.model.connection import VpnConnection
from bothup.model.plan import Action, Refused, Step
from bothup.model.shown import shown
from bothup.model.tunnel_settings import Settings

REMEDY = "alarms"


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done in one Target; `wanted` is all that there should be in the end."""

    steps: tuple[Step, ...] = ()
    refused: tuple[Refused, ...] = ()
    notices: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()


def reconcile(here: Here, wish: Wish) -> Reconciled:
    """Compare what there is with what is wanted."""
    work = _Work(here, wish)
    for connection in sorted(here.connections.values(), key=lambda each: each.id):
        if connection.state != "pending":
            work.connection(connection)
    work.leftovers()
    return Reconciled(
        steps=tuple(work.steps),
        refused=tuple(work.refused),
        notices=tuple(work.notices),
        wanted=tuple(work.wanted),
    )


class _Work:
    """What has been decided so far."""

    def __init__(self, here: Here, wish: Wish) -> None:
        self._here, self._wish = here, wish
        self.steps: list[Step] = []
        self.refused: list[Refused] = []
        self.notices: list[str] = []
        self.wanted: list[Wanted] = []
        self._kept: set[str] = set()
        self._doubted: set[str] = set()
        self._told = {
            each.name: mended(each, here, wish)
            for each in here.read.alarms
            if each.name in wish.foreign and not each.owned
        }

    def connection(self, connection: VpnConnection) -> None:
        """Decide on the alarms of one connection."""
        tunnels = [each for each in scopes(connection) if each.kind is Kind.DEGRADED]
        lost = self._one(connection, Scope(connection.id, Kind.LOST))
        mute = self._wish.composite and lost is not None
        told = [(each, self._one(connection, each, mute=mute)) for each in tunnels]
        own = tuple(each for each, name in told if name == each.name)
        both = Scope(connection.id, Kind.DEGRADED)
        if any(name is None for _, name in told):
            # Where an alarm of a tunnel stays as it is, so does the one that may speak for it.
            self._kept.add(both.name)
        actions = self._actions(connection, both) if own else None
        if mute and lost and actions:
            suppressor = arn_of(connection.target, lost)
            self._want(composite_alarm(connection, own, suppressor, self._here, actions))
            self._in_turn({each.name for each in own}, both.name)

    def _in_turn(self, tunnels: set[str], composite: str) -> None:
        """Have the composite alarm wait for new ones of tunnels, and those that are told to be
        silent for it.
        """
        speaks = [each.id for each in self.steps if each.resource == composite]
        new = [each.id for each in self.steps if each.resource in tunnels and not each.before]
        for place, step in enumerate(self.steps):
            if step.id in speaks:
                self.steps[place] = msgspec.structs.replace(step, needs=tuple(new))
            elif step.resource in tunnels and step.before:
                self.steps[place] = msgspec.structs.replace(step, needs=tuple(speaks))

    def leftovers(self) -> None:
        """Decide on what no connection wants: bothup's own, and what was named."""
        for alarm in self._here.read.alarms:
            if alarm.name in self._kept:
                continue
            gone = tuple(orphan.flaws(alarm, self._here))
            if alarm.owned and (gone or self._is_known(alarm)):
                why = gone[0].text if gone else "another alarm takes its place"
                self._delete(alarm, why)
            elif alarm.name in self._told:
                self._told_about(alarm, gone[0].text if gone else "")

    def _one(self, connection: VpnConnection, scope: Scope, *, mute: bool = False) -> str | None:
        """Decide on one alarm; gives the name of the one that tells it in the end."""
        if scope.name not in self._here.alarms and (other := self._other(scope)):
            self.notices.append(f"{scope.name} is not needed: {other} tells it")
            return other
        self._kept.add(scope.name)
        actions = self._actions(connection, scope)
        if actions is None:
            return None
        self._want(metric_alarm(connection, scope, self._here, () if mute else actions))
        return scope.name

    def _other(self, scope: Scope) -> str | None:
        """Name somebody else's alarm that tells it already, or will once it is corrected."""
        for alarm in covering(scope, self._after):
            if alarm.owned or scope_of(alarm.name):
                continue
            if self._told.get(alarm.name) or not unheard(alarm, self._here):
                return alarm.name
        return None

    @cached_property
    def _after(self) -> Here:
        """What there will be once the alarms that were named are corrected."""
        told = {name: settings for name, settings in self._told.items() if settings}
        alarms = tuple(
            msgspec.structs.replace(each, settings=told.get(each.name, each.settings))
            for each in self._here.read.alarms
        )
        read = msgspec.structs.replace(self._here.read, alarms=alarms)
        return Here(read, self._here.topics, self._here.now)

    def _actions(self, connection: VpnConnection, scope: Scope) -> tuple[str, ...] | None:
        """Give the topic that is told; None, and why, where there is none that could be."""
        arn = topic_for(self._wish.routes, connection, scope.kind)
        known = self._here.topics.get(arn or "")
        problem = problem_of(arn, connection.target.region)
        if problem is None and known and known.status == "missing":
            problem = f"{arn} does not exist"
        if problem is None and arn:
            self._doubt(arn, known, scope)
            return (arn,)
        self._refuse(scope.name, problem or "")
        return None

    def _doubt(self, arn: str, known: Topic | None, scope: Scope) -> None:
        """Say once for each topic what keeps it from reaching anybody."""
        if known is None or arn in self._doubted:
            return
        self._doubted.add(arn)
        target = self._here.read.target
        told = Alarm(name=scope.name, arn=arn_of(target, scope.name), target=target)
        self.notices += [f"{arn}: {each.text}" for each in topic.flaws(known, (told,))]

    def _want(self, wanted: Wanted) -> None:
        self.wanted.append(wanted)
        self._kept.add(wanted.name)
        alarm = self._here.alarms.get(wanted.name)
        if alarm is None:
            self.steps.append(_step(wanted, {}, wanted.settings, "it is missing"))
            return
        why = tuple(self._wrong(alarm, wanted))
        if why and not (alarm.owned or alarm.name in self._wish.foreign):
            self._refuse(
                alarm.name,
                "an alarm of that name is there and has no tag of bothup's: --foreign NAME lets it "
                "be changed",
            )
            return
        if why:
            self.steps.append(_step(wanted, alarm.settings, wanted.settings, "; ".join(why)))

    def _wrong(self, alarm: Alarm, wanted: Wanted) -> Iterator[str]:
        """Yield why one of bothup's own alarms is to be put anew."""
        if wanted.composite:
            for setting in ("AlarmRule", "ActionsSuppressor"):
                # An alarm may be told by its name as well as by its ARN.
                said = str(alarm.settings.get(setting)).rpartition(":alarm:")[2]
                if said != wanted.settings[setting].rpartition(":alarm:")[2]:
                    yield f"{setting} is another one"
        for check in (condition, name):
            yield from (each.text for each in check.flaws(alarm, self._here))
        if not alarm.enabled:
            yield "its actions are switched off"
        for member in ("AlarmActions", "OKActions"):
            there, named = alarm.settings.get(member, []), wanted.settings[member]
            if sorted(there) != sorted(named):
                yield f"{member} are {shown(member, there)}, and {shown(member, named)} is wanted"

    def _is_known(self, alarm: Alarm) -> bool:
        """Whether the alarm's connection was read, so that it is known not to want it."""
        scope = scope_of(alarm.name)
        known = self._here.connections.get(scope.connection if scope else "")
        return known is not None and known.state not in ("pending", *GONE)

    def _told_about(self, alarm: Alarm, gone: str) -> None:
        """Delete or correct an alarm that is not bothup's own, for it was named."""
        if gone:
            self._delete(alarm, gone)
            return
        settings = self._told[alarm.name]
        if settings and settings != alarm.settings:
            why = "; ".join(each.text for each in unheard(alarm, self._here))
            self.steps.append(_of(alarm, Action.PUT_ALARM, settings, why))

    def _delete(self, alarm: Alarm, why: str) -> None:
        """Delete an alarm, a composite one once those that it spoke for speak themselves."""
        step = _of(alarm, Action.DELETE_ALARM, {}, why)
        spoke_for = in_rule(alarm.settings.get("AlarmRule", ""))
        needs = tuple(each.id for each in self.steps if each.resource in spoke_for)
        self.steps.append(msgspec.structs.replace(step, needs=needs))

    def _refuse(self, resource: str, reason: str) -> None:
        target = self._here.read.target
        self.refused.append(
            Refused(
                remedy=REMEDY,
                account=target.account,
                region=target.region,
                resource=resource,
                reason=reason,
            )
        )


def _step(wanted: Wanted, before: Settings, after: Settings, why: str) -> Step:
    action = Action.PUT_COMPOSITE if wanted.composite else Action.PUT_ALARM
    return Step(
        id=_id(wanted.target.account, wanted.target.region, wanted.name),
        action=action,
        remedy=REMEDY,
        account=wanted.target.account or "",
        region=wanted.target.region or "",
        resource=wanted.name,
        tunnel=wanted.scope.tunnel or None,
        why=why,
        before=before,
        after=after,
    )


def _of(alarm: Alarm, action: Action, after: Settings, why: str) -> Step:
    target = alarm.target
    return Step(
        id=_id(target.account, target.region, alarm.name),
        action=action,
        remedy=REMEDY,
        account=target.account or "",
        region=target.region or "",
        resource=alarm.name,
        why=why,
        before=alarm.settings,
        after=after,
    )


def _id(*parts: str | None) -> str:
    return "/".join(part or "-" for part in parts)
