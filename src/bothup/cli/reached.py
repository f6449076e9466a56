"""Reaching AWS for the verbs that plan and change: one session, one wire, a signer an account."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from bothup.aws.account import Account
from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.change.access import Access, changing
from bothup.aws.fleet import Event, Fleet, Limits, More, Planned, Read, TargetRead, connections
from bothup.aws.pacing import Pacer
from bothup.aws.selection import Selection, accounts, check
from bothup.aws.session import Session
from bothup.aws.wire import Wire
from bothup.cli.options import Reach
from bothup.cli.progress import Progress
from bothup.model.target import CoverageStatus


class Reached(msgspec.Struct, frozen=True):
    """What the collaborators of a run share while the wire is open."""

    session: Session
    caller: Caller
    pacer: Pacer
    limits: Limits
    run: Budget
    accounts: tuple[Account, ...]
    access: Access

    async def read(
        self,
        regions: Sequence[str] | None,
        take: Callable[[TargetRead], None],
        progress: Progress,
        more: More | None = None,
        read: Read = connections,
    ) -> None:
        """Read every Target of the accounts; each is given to `take` and counted on the screen."""

        def sink(event: Event) -> None:
            if isinstance(event, Planned):
                progress.plan(event.targets)
                return
            take(event)
            is_read = event.coverage.status is CoverageStatus.READ
            progress.step(connections=len(event.records), read=is_read)

        fleet = Fleet(
            session=self.session,
            caller=self.caller,
            pacer=self.pacer,
            limits=self.limits,
            run=self.run,
            sink=sink,
            more=more,
            read=read,
        )
        await fleet.read(self.accounts, regions)


@asynccontextmanager
async def reached(
    reach: Reach, selection: Selection, regions: Sequence[str] | None
) -> AsyncIterator[Reached]:
    """Open the way to the accounts that are selected.

    Raises UsageError where there are no credentials or the selection cannot be carried out.
    """
    check(selection)
    session, pacer = Session(reach.profile, regions or ()), Pacer()
    limits = Limits(timeout=reach.timeout, in_flight=reach.in_flight)
    run = Budget.of(reach.deadline)
    async with Wire(
        ca_bundle=session.ca_bundle, per_host=limits.in_flight, total=limits.in_flight + 64
    ) as wire:
        caller = Caller(wire, session, pacer)
        found = await accounts(
            selection, session=session, caller=caller, run=run, timeout=limits.timeout
        )
        signers = {each.id: each.signer for each in found}
        access = Access(caller, signers, changing(reach.profile))
        yield Reached(session, caller, pacer, limits, run, found, access)
