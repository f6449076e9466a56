"""`bothup findings compare`, once its flags are read."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from bothup.aws.collect import hub_findings
from bothup.aws.collect.vpn_connections import Call
from bothup.cli import exits, hubs
from bothup.cli.document import deliver
from bothup.cli.hubs import State
from bothup.cli.options import Reach
from bothup.cli.output import look
from bothup.engine.controls import Rule
from bothup.findings.disagreement import Disagreement, Kind, disagreements
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.report._columns import Cell, columns
from bothup.report._look import age, printable
from bothup.report._words import counted, unread

HEADINGS = (
    "Resource",
    "Account",
    "Control",
    "Seen live",
    "Since",
    "Security Hub",
    "Age",
    "Product",
)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome as a document (`bothup.findings-comparison/1`); `compared` counts findings."""

    schema: str = "bothup.findings-comparison/1"
    compared_at: datetime
    compared: int
    disagreements: tuple[Disagreement, ...] = ()
    unread: tuple[Coverage, ...] = ()


def compare(
    input: str | None,  # noqa: A002 - the flag's name
    rules: Sequence[Rule],
    reach: Reach,
    *,
    output: str,
    quiet: bool,
    debug: bool,
) -> int:
    """Compare and tell; return the exit code."""
    seen = hubs.state(input, rules, reach, quiet=quiet, debug=debug)
    reach = hubs.of_accounts(reach, seen.scan, from_file=input is not None)
    found = asyncio.run(_compare(seen, reach))
    encoded = msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    deliver(output, {"text": lambda: _lines(found), "json": lambda: [encoded, "\n"]})
    if found.disagreements:
        return exits.FINDINGS
    return exits.INCOMPLETE if found.unread else exits.OK


async def _compare(seen: State, reach: Reach) -> Compared:
    findings = seen.by_target()
    gaps = [each for each in seen.scan.coverage if each.status is not CoverageStatus.READ]
    lost = {hubs.target_of(each): frozenset(each.controls or ()) for each in gaps}
    asked = {
        target: [
            control
            for control in seen.controls_of(found)
            if target not in lost or (lost[target] and control not in lost[target])
        ]
        for target, found in findings.items()
    }
    judged = {
        target: [each for each in found if each.control in asked[target]]
        for target, found in findings.items()
    }
    targets = [target for target, controls in asked.items() if controls]
    found: list[Disagreement] = []

    async def one(call: Call, target: Target) -> list[Disagreement]:
        held = await hub_findings.on_controls(call, target, asked[target])
        differ = disagreements(judged[target], held)
        # Of what a list leaves out it is not known whether it is gone.
        return [each for each in differ if seen.is_whole(target) or each.kind is not Kind.GONE]

    if targets:
        async with hubs.ways_to(reach, hubs.regions(seen.scan)) as ways:
            for told in (await hubs.each_target(ways, targets, reach.timeout, one)).values():
                if isinstance(told, Coverage):
                    gaps.append(told)
                else:
                    found += told
    return Compared(
        compared_at=datetime.now(UTC),
        compared=sum(len(judged[target]) for target in targets),
        disagreements=tuple(found),
        unread=tuple(gaps),
    )


def _lines(found: Compared) -> Iterator[str]:
    shown = look(verbose=False)
    if found.disagreements:
        rows = [_row(each, found.compared_at) for each in found.disagreements]
        yield from columns(HEADINGS, rows, shown)
    for gap in found.unread:
        yield f"not read: {unread(gap)}\n"
    number = counted(len(found.disagreements), "disagreement")
    yield f"{number} on {counted(found.compared, 'finding')} seen live\n"


def _row(each: Disagreement, now: datetime) -> tuple[Cell, ...]:
    held = each.held or "no finding"
    suppressed = ("suppressed",) if each.workflow == "SUPPRESSED" else ()
    return (
        _cell(each.name, each.resource),
        _cell(each.account, each.region),
        _cell(each.control),
        _cell(each.live.value if each.live else "gone"),
        _cell(age(each.live_since, now)),
        _cell(held, *suppressed),
        _cell(age(each.updated_at, now)),
        _cell(each.product),
    )


def _cell(*texts: str | None) -> Cell:
    return tuple((printable(text), "") for text in texts if text)
