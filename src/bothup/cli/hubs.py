"""Reaching the Security Hub of every Target of a scan, each with its account's own credentials."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from bothup.aws.clients import Clients
from bothup.aws.collect.vpn_connections import Call
from bothup.aws.fleet import unread
from bothup.aws.ways import Ways
from bothup.cli import logs
from bothup.cli.options import Reach
from bothup.cli.reached import reached
from bothup.cli.selected import selection
from bothup.engine.controls import Rule
from bothup.errors import AwsError, UsageError
from bothup.model.finding import Finding
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.read.source import Document

T = TypeVar("T")
# So many Security Hubs are talked to at once.
_TOGETHER = 16


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen: every Target was looked through for these `controls`.

    In Targets that are `whole` that is all there is; None says that all of them are.
    """

    scan: Scan
    controls: tuple[str, ...]
    whole: frozenset[Target] | None = None

    def is_whole(self, target: Target) -> bool:
        """Whether what was not found in a Target is not there."""
        return self.whole is None or target in self.whole

    def controls_of(self, found: Iterable[Finding]) -> tuple[str, ...]:
        """Name the controls that a Target was looked through for, given its findings.

        Of several scans in a file one may have looked for what another has not.
        """
        return tuple(sorted({*self.controls, *(each.control for each in found)}))

    def by_target(self) -> dict[Target, list[Finding]]:
        """The findings of each Target that has a Security Hub, none where none were found."""
        found: defaultdict[Target, list[Finding]] = defaultdict(list)
        for covered in self.scan.coverage:
            if covered.account and covered.region:
                found[target_of(covered)] = []
        for finding in self.scan.findings:
            found[Target(account=finding.account, region=finding.region)].append(finding)
        return dict(found)


def state(
    input: str | None,  # noqa: A002 - the flag's name
    rules: Sequence[Rule],
    reach: Reach,
    *,
    quiet: bool,
    debug: bool,
) -> State:
    """Scan, or read what the file holds.

    A list of connections may be a part of what there is; only a scan says what it covers. Raises
    as both do, and UsageError where the input does not say of which account and Region it is.
    """
    if debug:
        logs.debug()
    if input is None:
        from bothup.cli.live import live

        named = tuple(rule.control.id for rule in rules)
        return State(scan=live(reach, rules, quiet=quiet), controls=named)
    from bothup.cli.from_file import document_of, judged, judged_before

    document = document_of(input, reach, quiet=quiet)
    scan = judged(document, reach, rules)
    for each in scan.findings:
        if each.account is None or each.region is None:
            raise UsageError(
                f"the input does not say of which account and Region {each.resource.id} is: label "
                "it with --account and --region"
            )
    # A control that finds nothing any more is known by the scan's scope alone.
    told = judged_before(document, rules)
    return State(scan=scan, controls=told, whole=frozenset(_whole(document)))


def _whole(document: Document) -> Iterator[Target]:
    """Yield the Targets that scans cover, but none where more is missing than one Target."""
    unplaced = [each for each in document.coverage if not (each.account and each.region)]
    if all(each.status is CoverageStatus.READ for each in unplaced):
        yield from map(target_of, document.coverage)


def of_accounts(reach: Reach, scan: Scan, *, from_file: bool) -> Reach:
    """Say how to reach the accounts of a scan that came from a file."""
    if not from_file:
        return reach
    accounts = tuple(sorted({each.account for each in scan.coverage if each.account}))
    return dataclasses.replace(
        reach, account=accounts, accounts=None, org=False, ou=(), include=(), exclude=(), region=()
    )


@asynccontextmanager
async def ways_to(reach: Reach, regions: Sequence[str]) -> AsyncIterator[Ways]:
    """Open the ways to all Targets; raises UsageError where there are no credentials."""
    async with (
        reached(reach, selection(reach), regions) as way,
        Clients(reach.profile) as clients,
    ):
        yield Ways(way.caller, clients, way.accounts, way.run)


async def each_target(
    ways: Ways,
    targets: Sequence[Target],
    seconds: float,
    work: Callable[[Call, Target], Awaitable[T]],
) -> dict[Target, T | Coverage]:
    """Do the same in every Target; what goes wrong in one is its Coverage, and costs it alone."""
    free = asyncio.Semaphore(_TOGETHER)

    async def one(target: Target) -> T | Coverage:
        async with free:
            try:
                return await work(ways.to(target, seconds), target)
            except AwsError as error:
                return unread(target, error).coverage

    done = await asyncio.gather(*map(one, targets))
    return dict(zip(targets, done, strict=True))


def target_of(covered: Coverage) -> Target:
    """Give the Target that a coverage is of."""
    return Target(account=covered.account, region=covered.region)


def regions(scan: Scan) -> list[str]:
    """Name the Regions of a scan."""
    return sorted({each.region for each in scan.coverage if each.region})


def covered(scan: Scan, target: Target) -> Coverage:
    """Give what became of a Target."""
    read = Coverage(account=target.account, region=target.region, status=CoverageStatus.READ)
    return next((each for each in scan.coverage if target_of(each) == target), read)
