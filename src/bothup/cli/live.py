"""Read AWS with the credentials at hand, and judge each Target as it comes in."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.fleet import (
    INTERRUPTED,
    OPENERS,
    Event,
    Fleet,
    Limits,
    Planned,
    Read,
    Sink,
    Was,
    unread,
)
from bothup.aws.pacing import Pacer
from bothup.aws.reading import read as read_target
from bothup.aws.selection import Selection, accounts, check
from bothup.aws.session import Session
from bothup.aws.wire import Wire
from bothup.cli.judging import Also, Judging
from bothup.cli.options import Reach
from bothup.cli.progress import Progress
from bothup.cli.selected import Wanted, regions, selection
from bothup.engine.assemble import assemble, scope
from bothup.engine.controls import Rule
from bothup.errors import AwsError, UsageError
from bothup.model.finding import Finding
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus, Target

Take = Callable[[Coverage, Iterable[Finding]], None]


def live(reach: Reach, rules: Sequence[Rule], *, quiet: bool) -> Scan:
    """Read every Target and hold on to all that was found; raises as `read` does."""
    started = datetime.now(UTC)
    findings: list[Finding] = []
    coverage: list[Coverage] = []

    def take(covered: Coverage, found: Iterable[Finding]) -> None:
        coverage.append(covered)
        findings.extend(found)

    read(reach, rules, take, quiet=quiet)
    return assemble(
        findings,
        coverage,
        scope=scope(rules, ((each.account, each.region) for each in coverage)),
        started_at=started,
        finished_at=datetime.now(UTC),
    )


def read(
    reach: Reach,
    rules: Sequence[Rule],
    take: Take,
    *,
    quiet: bool,
    wanted: Wanted = lambda _: True,
    also: Also | None = None,
) -> None:
    """Read every wanted Target, judge it, and hand it on as soon as it is done.

    Raises UsageError where there are no credentials, none that AWS accepts, or a selection that
    cannot be carried out; AwsError where the accounts cannot be listed; KeyboardInterrupt when
    interrupted, with every Target handed on, those not read as unreachable. `also` sees all that
    is judged.
    """
    named, chosen = regions(reach.region), selection(reach)
    check(chosen)
    _check_numbers(reach)
    with Progress(quiet=quiet) as progress:
        desk = _Desk(rules, take, progress, also)
        asyncio.run(_read(reach, chosen, named, desk.sink, desk.read, wanted))


class _Desk:
    """Judges each Target while it is read, and hands it on when it is done."""

    def __init__(
        self, rules: Sequence[Rule], take: Take, progress: Progress, also: Also | None
    ) -> None:
        self._rules, self._take, self._progress, self._also = rules, take, progress, also
        self._needs = {rule.control.id: rule.kinds for rule in rules}
        self._judging: dict[Target, Judging] = {}

    async def read(self, call: Call, target: Target) -> Was:
        """Read all that the rules need of a Target."""
        judging = self._judging[target] = Judging(self._rules, self._also)

        def take(kind: type, page: Sequence[Any]) -> None:
            judging.take(kind, page)
            self._progress.saw(len(page))

        gaps = await read_target(call, target, self._needs, take)
        return Was(gaps=gaps, known=judging.target)

    def sink(self, event: Event) -> None:
        """Hand a Target on, with whatever was found in it."""
        if isinstance(event, Planned):
            self._progress.plan(event.targets)
            return
        covered = event.coverage
        judging = self._judging.pop(event.asked, None) if event.asked else None
        self._take(covered, judging.findings() if judging else ())
        connections = judging.connections if judging else 0
        is_read = covered.status is CoverageStatus.READ
        self._progress.step(connections=connections, read=is_read)


async def _read(
    reach: Reach,
    chosen: Selection,
    named: Sequence[str] | None,
    sink: Sink,
    read_one: Read,
    wanted: Wanted,
) -> None:
    session, pacer = Session(reach.profile, named or ()), Pacer()
    limits = Limits(timeout=reach.timeout, in_flight=reach.in_flight)
    run = Budget.of(reach.deadline)
    # AWS_ENDPOINT_URL makes one host of all Regions, so a host is bounded no lower than the whole.
    connections = limits.in_flight + OPENERS
    wire = Wire(ca_bundle=session.ca_bundle, per_host=connections, total=connections)
    async with wire:
        caller = Caller(wire, session, pacer)
        fleet = Fleet(
            session=session,
            caller=caller,
            pacer=pacer,
            limits=limits,
            run=run,
            sink=sink,
            wanted=wanted,
            read=read_one,
        )
        opening = asyncio.create_task(_open(caller, session, named or (), limits, chosen))
        try:
            found = await accounts(
                chosen, session=session, caller=caller, run=run, timeout=limits.timeout
            )
        except AwsError as error:
            sink(Planned(1))
            sink(unread(Target(), error))
            return
        except asyncio.CancelledError:
            sink(unread(Target(), INTERRUPTED))
            raise
        await fleet.read(found, named)
        opening.cancel()


async def _open(
    caller: Caller, session: Session, named: Sequence[str], limits: Limits, chosen: Selection
) -> None:
    """Open what the calls are going to need, as far as that is known, while it is asked who calls.

    The first answer is waited for by all the others: its connection comes before theirs.
    """
    each = min(max(1, len(chosen.named)), limits.in_flight // max(1, len(named)))
    roles = [("sts", session.home_region)] if chosen.role_name and named else []
    await caller.open(roles, 1)
    await caller.open([*roles, *(("ec2", region) for region in named)], each)


def _check_numbers(reach: Reach) -> None:
    if reach.in_flight < 1:
        raise UsageError(f"--in-flight {reach.in_flight}; expected 1 or more")
    for flag, seconds in (("--timeout", reach.timeout), ("--deadline", reach.deadline)):
        if not seconds > 0:  # which nan is not, either
            raise UsageError(f"{flag} {seconds:g}; expected seconds, more than 0")
