"""`bothup findings compare`, once its flags are read."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bothup.aws.collect import hub_findings
from bothup.aws.collect.vpn_connections import Call
from bothup.cli import exits, hubs
from bothup.cli.document import deliver
from bothup.cli.hubs import State
from bothup.cli.options import Reach
from bothup.cli.output import look
from bothup.engine.controls import select
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
    control: Sequence[str],
    reach: Reach,
    *,
    output: str,
    quiet: bool,
    debug: bool,
) -> int:
    """Compare and tell; return the exit code."""
    seen = hubs.state(input, control, reach, quiet=quiet, debug=debug)
    controls = [rule.control.id for rule in select(control)]
    reach = hubs.of_accounts(reach, seen.scan, from_file=input is not None)
    found = asyncio.run(_compare(seen, controls, reach))
    encoded = msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    deliver(output, {"text": lambda: _lines(found), "json": lambda: [encoded, "\n"]})
    if found.disagreements:
        return exits.FINDINGS
    return exits.INCOMPLETE if found.unread else exits.OK


async def _compare(seen: State, controls: Sequence[str], reach: Reach) -> Compared:
    findings = seen.by_target()
    gaps = [each for each in seen.scan.coverage if each.status is not CoverageStatus.READ]
    lost = {hubs.target_of(each) for each in gaps}
    targets = [target for target in findings if target not in lost]
    found: list[Disagreement] = []

    async def one(call: Call, target: Target) -> list[Disagreement]:
        held = await hub_findings.on_controls(call, target, controls)
        differ = disagreements(findings[target], held)
        # Of what a list leaves out it is not known whether it is gone.
        return [each for each in differ if seen.whole or each.kind is not Kind.GONE]

    if targets:
        async with hubs.ways_to(reach, hubs.regions(seen.scan)) as ways:
            for told in (await hubs.each_target(ways, targets, reach.timeout, one)).values():
                if isinstance(told, Coverage):
                    gaps.append(told)
                else:
                    found += told
    return Compared(
        compared_at=hubs.now(),
        compared=sum(len(findings[target]) for target in targets),
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
