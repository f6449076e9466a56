"""The table for people: one row for each step, in the order in which they are made.

What was refused stands below it with its reason, then what else a person should know.
"""

import itertools
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from bothup.model.plan import Action, Plan, Refused, Risk, Step, differences
from bothup.model.shown import shown
from bothup.model.target import CoverageStatus
from bothup.report._columns import Cell, columns, folded, styled, total, widest, wrapped
from bothup.report._look import Look, printable
from bothup.report._words import counted, unread

_PLACES = 4  # are named of those that something holds for, unless all are asked for
HEADINGS = ("", "Where", "Tunnel", "Change", "Interrupts", "Remedies")
NARROW = ("", "Where", "Change")
_CHANGE, _SHORTEST, _WHERE = 3, 40, 34
_RISKS = {
    Risk.NONE: ("nothing", "green"),
    Risk.DOWN_TUNNEL: ("a DOWN tunnel", ""),
    Risk.UP_TUNNEL: ("an UP tunnel", "yellow"),
    Risk.LAST_UP_TUNNEL: ("the last one UP", "red"),
}


def render(plan: Plan, look: Look) -> Iterator[str]:
    """Yield the steps, the refusals, the warnings and one line that sums up."""
    names = {each.id: each.name for each in plan.connections}
    if plan.steps:
        rows = [_cells(number, step, names) for number, step in enumerate(plan.steps, 1)]
        yield from _table(rows, look)
    if plan.refused:
        yield styled("Not planned, and why:", "bold", look) + "\n"
        yield from _refusals(plan.refused, look)
    if any(step.assumes for step in plan.steps):
        yield styled("Taken for granted, for nothing proves it:", "bold", look) + "\n"
        yield from _assumptions(plan.steps, look)
    for connection in plan.connections:
        for warning in connection.warnings:
            yield from _wrapped(f"! {connection.name or connection.id}: {warning}", look)
    for notice in plan.notices:
        yield from _wrapped(f"! {notice}", look)
    missing = [each for each in plan.coverage if each.status is not CoverageStatus.READ]
    for covered in missing:
        yield from _wrapped(f"! not read: {unread(covered)}", look)
    style = "bold yellow" if missing else "bold"
    for line in _wrapped(_headline(plan), look):
        yield styled(line.rstrip("\n"), style, look) + "\n"


def _table(rows: Sequence[tuple[Cell, ...]], look: Look) -> Iterator[str]:
    """Yield the columns side by side; where the screen is narrower, changes are wrapped.

    Where they would have to be too narrow, the other columns stand below them.
    """
    over = total(HEADINGS, rows) - look.width
    room = widest(row[_CHANGE] for row in rows) - over
    if over <= 0:
        yield from columns(HEADINGS, rows, look)
    elif room >= _SHORTEST:
        fitted = [(*row[:_CHANGE], folded(row[_CHANGE], room), *row[_CHANGE + 1 :]) for row in rows]
        yield from columns(HEADINGS, fitted, look)
    else:
        yield from columns(NARROW, list(_narrow(rows, look)), look)


def _narrow(rows: Sequence[tuple[Cell, ...]], look: Look) -> Iterator[tuple[Cell, ...]]:
    places = [wrapped((*where, *tunnel), _WHERE) for _, where, tunnel, *_ in rows]
    numbers = [number for number, *_ in rows]
    beside = total(NARROW, [(*each, ()) for each in zip(numbers, places, strict=True)])
    room = max(_SHORTEST // 2, look.width - beside + len(NARROW[-1]))
    for place, (number, _, _, change, risk, remedies) in zip(places, rows, strict=True):
        interrupts = ", ".join(text for text, _ in risk)
        by = ", ".join(text for text, _ in remedies)
        told: Cell = ((f"interrupts {interrupts}", risk[0][1]), (f"by {by}", "dim"))
        yield number, place, folded((*change, *told), room)


def _cells(number: int, step: Step, names: dict[str, str | None]) -> tuple[Cell, ...]:
    risk, style = _RISKS[step.risk]
    about = ((f"about {step.interruption // 60} min", "dim"),) if step.interruption else ()
    return (
        ((str(number), ""),),
        _lines(names.get(step.resource), step.resource, f"{step.account} {step.region}"),
        _lines(step.tunnel),
        _lines(*_changes(step)),
        ((risk, style), *about),
        _lines(*step.remedy.split("+")),
    )


def _changes(step: Step) -> Iterator[str]:
    if step.action is Action.CREATE_LOG_GROUP:
        days = step.after.get("retentionInDays")
        yield f"create it, and keep logs {f'{days} days' if days else 'for ever'}"
    elif step.action is Action.CREATE_LOG_STREAM:
        yield f"create the stream {step.after['logStreamName']}"
    elif step.action is Action.REPLACE_TUNNEL:
        yield "replace the endpoint"
    elif step.action is Action.DELETE_ALARM:
        yield "delete the alarm"
        return
    elif step.action is Action.DELETE_MONITOR:
        yield "delete the monitor"
        return
    elif step.action is Action.CREATE_MONITOR:
        yield "create the monitor"
        for probe in step.after["probes"]:
            port = f" port {probe['destinationPort']}" if "destinationPort" in probe else ""
            source = probe["sourceArn"].rpartition("/")[2]
            yield f"{probe['protocol']} from {source} to {probe['destination']}{port}"
        return
    elif step.action in (Action.PUT_ALARM, Action.PUT_COMPOSITE) and not step.before:
        yield "create the alarm"
    for name, old, new in differences(step.before, step.after) if step.before else ():
        if name.endswith("LogOutputFormat"):
            continue
        # The account and Region of a log group's ARN stand in the row already.
        yield f"{name}: {shown(name, old)} → {shown(name, new).rpartition(':log-group:')[2]}"


def _lines(*texts: str | None) -> Cell:
    return tuple((printable(text), "") for text in texts if text)


def _refusals(refused: Iterable[Refused], look: Look) -> Iterator[str]:
    """Yield each reason once, with the tunnels it holds for."""

    def said(each: Refused) -> tuple[str, str, tuple[str, ...]]:
        return each.remedy, each.reason, each.do_on_device

    for (remedy, reason, to_do), group in itertools.groupby(sorted(refused, key=said), said):
        yield from _wrapped(f"- {remedy}: {reason}", look)
        for text in to_do:
            yield from _wrapped(f"    on the device: {text}", look)
        yield from _places(group, look)


def _assumptions(steps: Iterable[Step], look: Look) -> Iterator[str]:
    """Yield what the steps take for granted, each once, with the tunnels it is assumed of."""
    assumed: defaultdict[str, list[Step]] = defaultdict(list)
    for step in steps:
        for text in step.assumes:
            assumed[text].append(step)
    for text, theirs in assumed.items():
        yield from _wrapped(f"- {text}", look)
        yield from _places(theirs, look)


def _places(things: Iterable[Step | Refused], look: Look) -> Iterator[str]:
    where = [f"{each.resource} {each.tunnel or ''}".strip() for each in things]
    shown_of = where if look.verbose else where[:_PLACES]
    more = len(where) - len(shown_of)
    listed = ", ".join(shown_of) + (f" and {more} more (-v)" if more else "")
    yield from _wrapped(f"    {listed}", look)


def _headline(plan: Plan) -> str:
    if not plan.steps:
        if plan.refused:
            return f"Nothing is planned: {len(plan.refused):,} refused"
        unread_too = any(each.status is not CoverageStatus.READ for each in plan.coverage)
        return "Nothing to do in what was read" if unread_too else "Nothing to do"
    risks = Counter(step.risk for step in plan.steps if step.interrupts)
    parts = [counted(len(plan.steps), "step")]
    parts += [
        f"{count} interrupt{'s' * (count == 1)} {_RISKS[risk][0]}"
        for risk, count in sorted(risks.items(), key=lambda item: item[0].rank)
    ]
    if plan.window:
        parts.append(f"may start {plan.window}")
    parts.append(f"plan {plan.id}")
    return " · ".join(parts)


def _wrapped(text: str, look: Look) -> Iterator[str]:
    indent = " " * (len(text) - len(text.lstrip(" -!")))
    for line in textwrap.wrap(
        printable(text), look.width, subsequent_indent=indent, break_long_words=False
    ):
        yield line + "\n"
