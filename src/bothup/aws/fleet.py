"""Read all Targets of all accounts, all in flight together under one bound.

Accounts are opened (credentials, enabled Regions) by one set of workers, which feed the Targets to
another through a bounded queue: no Target waits for an account that is slow to open, and memory
does not grow with the fleet. Whatever goes wrong with a Target becomes its Coverage.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bothup.aws.account import Account, Closed, Opened, open_account
from bothup.aws.budget import Budget
from bothup.aws.caller import Caller
from bothup.aws.collect import vpn_connections
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.pacing import Pacer
from bothup.aws.reading import Gap, told
from bothup.aws.session import Session
from bothup.errors import (
    AwsError,
    CredentialsRejected,
    Denied,
    NotEnabled,
    Throttled,
    Unreachable,
    UsageError,
)
from bothup.model.connection import Malformed, VpnConnection
from bothup.model.target import Coverage, CoverageStatus, Target

Record = VpnConnection | Malformed
More = Callable[[Call, Target, tuple[Record, ...]], Awaitable[Any]]


class Planned(msgspec.Struct, frozen=True):
    """So many Targets more are going to be read."""

    targets: int


class TargetRead(msgspec.Struct, frozen=True, kw_only=True):
    """One Target is done: its coverage, what was read, and what `more` was (None without).

    `records` are the connections, where nothing else was asked for. `asked` is the Target that was
    to be read, None where it never came to that.
    """

    coverage: Coverage
    asked: Target | None = None
    records: tuple[Record, ...] = ()
    more: Any = None


class Was(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a Target came to: the connections, and what could not be read.

    `known` is the Target as what was read tells it, with its account.
    """

    records: tuple[VpnConnection | Malformed, ...] = ()
    known: Target | None = None
    gaps: tuple[Gap, ...] = ()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """`timeout` is seconds for one answer of a Target, `in_flight` how many are read at once."""

    timeout: float = 60.0
    in_flight: int = 320


INTERRUPTED = Unreachable("interrupted before it was read")
_LOG = logging.getLogger(__name__)

# Opening an account is one or two calls; so many are opened at once.
OPENERS = 64

Event = Planned | TargetRead
Sink = Callable[[Event], None]
Read = Callable[[Call, Target], Awaitable[Was]]


async def connections(call: Call, target: Target) -> Was:
    """Read a Target's VPN connections, and nothing else."""
    records = await vpn_connections.collect(call, target)
    return Was(records=records, known=records[0].target if records else None)


class _Reach(msgspec.Struct, frozen=True):
    target: Target
    opened: Opened


class Fleet:
    """Reads Targets through one caller; `read` may be called once."""

    def __init__(
        self,
        *,
        session: Session,
        caller: Caller,
        pacer: Pacer,
        limits: Limits,
        run: Budget,
        sink: Sink,
        wanted: Callable[[Target], bool] = lambda _: True,
        more: More | None = None,
        read: Read = connections,
    ) -> None:
        """`sink` gets every event as it happens, on the event loop's thread; `read` reads a Target.

        Targets that are not `wanted` are passed over: another run reads them, or has read them.
        `more` reads what else is wanted of a Target; where that fails, the Target is not read.
        """
        self._more = more
        self._session, self._caller, self._pacer = session, caller, pacer
        self._limits, self._run, self._sink, self._wanted = limits, run, sink, wanted
        self._read_one = read

    async def read(self, accounts: Iterable[Account], regions: Sequence[str] | None) -> None:
        """Read every Target; each is reported to the sink once.

        When cancelled, what is not read yet is reported as unreachable first. Raises UsageError
        where the run cannot go on at all (no credentials, or rejected ones).
        """
        waiting = iter(accounts)
        queue: asyncio.Queue[_Reach | None] = asyncio.Queue(self._limits.in_flight)
        try:
            async with asyncio.TaskGroup() as group:
                readers = [
                    group.create_task(self._read_targets(queue))
                    for _ in range(self._limits.in_flight)
                ]
                async with asyncio.TaskGroup() as openers:
                    for _ in range(self._openers(regions)):
                        openers.create_task(self._open_accounts(waiting, regions, queue))
                for _ in readers:
                    await queue.put(None)
        except BaseExceptionGroup as group_error:
            raise _leaf(group_error) from None
        except asyncio.CancelledError:
            self._give_up(queue, waiting, regions)
            raise

    def _openers(self, regions: Sequence[str] | None) -> int:
        """Say how many accounts to open at once: as many as keep all readers busy, and no more."""
        enough = math.ceil(self._limits.in_flight / len(regions)) if regions else OPENERS
        return min(enough, OPENERS, self._limits.in_flight)

    def _give_up(
        self,
        queue: asyncio.Queue[_Reach | None],
        waiting: Iterator[Account],
        regions: Sequence[str] | None,
    ) -> None:
        while not queue.empty():
            if reach := queue.get_nowait():
                self._sink(unread(reach.target, INTERRUPTED))
        for account in waiting:
            self._closed(Closed(account=account.id, error=INTERRUPTED), regions)

    async def _open_accounts(
        self,
        accounts: Iterator[Account],
        regions: Sequence[str] | None,
        queue: asyncio.Queue[_Reach | None],
    ) -> None:
        for account in accounts:
            if not self._run.left:
                self._closed(Closed(account=account.id, error=_OUT_OF_TIME), regions)
                continue
            try:
                opened = await open_account(
                    account,
                    regions,
                    caller=self._caller,
                    session=self._session,
                    budget=Budget.of(self._limits.timeout, self._run),
                )
            except asyncio.CancelledError:
                self._closed(Closed(account=account.id, error=INTERRUPTED), regions)
                raise
            except UsageError:
                raise
            except Exception as error:  # noqa: BLE001 - an odd answer costs its account
                _LOG.debug("%s", account.id, exc_info=True)
                odd = Unreachable(f"an answer about the account is odd ({type(error).__name__})")
                opened = Closed(account=account.id, error=odd)
            if isinstance(opened, Closed):
                self._closed(opened, regions)
                continue
            if opened.unnamed:
                self._sink(Planned(1))
                self._sink(unread(Target(), opened.unnamed))
            await self._plan(opened, queue)

    async def _plan(self, opened: Opened, queue: asyncio.Queue[_Reach | None]) -> None:
        targets = [target for target in opened.targets if self._wanted(target)]
        self._sink(Planned(len(targets)))
        while targets:
            try:
                await queue.put(_Reach(targets[0], opened))
            except asyncio.CancelledError:
                for target in targets:
                    self._sink(unread(target, INTERRUPTED))
                raise
            del targets[0]

    def _closed(self, closed: Closed, regions: Sequence[str] | None) -> None:
        """Every Region that was named could not be read; where none was, the account could not."""
        named = [Target(account=closed.account, region=region) for region in regions or (None,)]
        # Where no Region is known, no shard's is either: each of them tells of the account.
        targets = [target for target in named if regions is None or self._wanted(target)]
        self._sink(Planned(len(targets)))
        for target in targets:
            self._sink(unread(target, closed.error))

    async def _read_targets(self, queue: asyncio.Queue[_Reach | None]) -> None:
        while (reach := await queue.get()) is not None:
            try:
                read = await self._read_target(reach)
            except asyncio.CancelledError:
                read = unread(reach.target, INTERRUPTED)
                self._sink(msgspec.structs.replace(read, asked=reach.target))
                raise
            self._sink(msgspec.structs.replace(read, asked=reach.target))

    async def _read_target(self, reach: _Reach) -> TargetRead:
        target, account = reach.target, reach.opened.account
        if not self._run.left:
            return unread(target, _OUT_OF_TIME)

        async def call(service: str, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
            return await self._caller.call(
                service,
                name,
                params,
                signer=account.signer,
                account=target.account or "",
                region=target.region or "",
                budget=Budget.of(self._limits.timeout, self._run),
            )

        try:
            was = await self._read_one(call, target)
            known = was.known or target
            more = await self._more(call, known, was.records) if self._more else None
        except CredentialsRejected as error:
            return TargetRead(coverage=_rejected(target, error, proven=reach.opened.proven))
        except AwsError as error:
            return unread(target, error)
        except UsageError as error:
            return TargetRead(coverage=_covered(target, CoverageStatus.FAILED, None, str(error)))
        except Exception as error:  # noqa: BLE001 - what goes wrong with a Target costs that Target
            _LOG.debug("%s", target, exc_info=True)
            return TargetRead(coverage=_broken(target, error))
        finally:
            self._pacer.forget(target.account or "", target.region or "")
        if was.gaps:
            return TargetRead(coverage=_partly(known, was.gaps), records=was.records, more=more)
        covered = _covered(known, CoverageStatus.READ)
        return TargetRead(coverage=covered, records=was.records, more=more)


_OUT_OF_TIME = Unreachable("the run's deadline passed before it was read")


def _covered(
    target: Target, status: CoverageStatus, code: str | None = None, message: str | None = None
) -> Coverage:
    return Coverage(
        account=target.account,
        region=target.region,
        status=status,
        error_code=code,
        message=message,
    )


def unread(target: Target, error: AwsError) -> TargetRead:
    """Make of an error what becomes of a Target."""
    return TargetRead(coverage=_covered(target, _status(error), error.code, str(error)))


def _status(error: AwsError) -> CoverageStatus:
    found = (status for kind, status in _STATUSES if isinstance(error, kind))
    return next(found, CoverageStatus.FAILED)


def _partly(target: Target, gaps: Sequence[Gap]) -> Coverage:
    """A Target that some controls were judged in and others were not; the gravest gap is first."""
    gravest = gaps[0].error
    covered = _covered(target, _status(gravest), gravest.code, told(gaps))
    named = tuple(control for gap in gaps for control in gap.controls)
    return msgspec.structs.replace(covered, controls=named)


_STATUSES = (
    (Denied, CoverageStatus.DENIED),
    (NotEnabled, CoverageStatus.NOT_ENABLED),
    (Throttled, CoverageStatus.THROTTLED),
    (Unreachable, CoverageStatus.UNREACHABLE),
)


def _rejected(target: Target, error: CredentialsRejected, *, proven: bool) -> Coverage:
    """A Region rejects credentials that AWS accepts elsewhere: the account has it switched off."""
    if not proven:
        return _covered(target, CoverageStatus.DENIED, error.code, str(error))
    text = f"{target.region} is not enabled for the account: {error}"
    return _covered(target, CoverageStatus.NOT_ENABLED, error.code, text)


def _broken(target: Target, error: Exception) -> Coverage:
    """An error of our own; its text may quote what was read, so only its kind is told."""
    text = f"internal error ({type(error).__name__}); please report it (--debug shows where)"
    return _covered(target, CoverageStatus.FAILED, None, text)


def _leaf(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _leaf(first) if isinstance(first, BaseExceptionGroup) else first
