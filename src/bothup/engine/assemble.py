"""The whole Scan, made of its parts."""

from collections.abc import Iterable
from datetime import datetime

from bothup import __version__
from bothup.engine.controls import Rule
from bothup.engine.judge import worst_first
from bothup.engine.tally import Tally
from bothup.model.finding import Finding
from bothup.model.scan import Scan, Scope, Tool
from bothup.model.target import Coverage, partition_of


def scope(rules: Iterable[Rule], wheres: Iterable[tuple[str | None, str | None]]) -> Scope:
    """Say what was looked at, given the accounts and Regions of all Targets."""
    accounts: set[str | None] = set()
    regions: set[str | None] = set()
    for account, region in wheres:
        accounts.add(account)
        regions.add(region)
    named = sorted(filter(None, regions))
    return Scope(
        partition=partition_of(named[0]) if named else None,
        accounts=tuple(sorted(filter(None, accounts))),
        regions=tuple(named),
        controls=tuple(rule.control.id for rule in rules),
    )


def assemble(
    findings: Iterable[Finding],
    coverage: Iterable[Coverage],
    *,
    scope: Scope,
    started_at: datetime,
    finished_at: datetime,
) -> Scan:
    """Sort findings (worst first) and coverage (account, Region), and sum them up."""
    found = tuple(sorted(findings, key=worst_first))
    covered = tuple(sorted(coverage, key=lambda each: (each.account or "", each.region or "")))
    tally = Tally()
    tally.add(found, covered)
    return Scan(
        tool=Tool(name="bothup", version=__version__),
        started_at=started_at,
        finished_at=finished_at,
        scope=scope,
        coverage=covered,
        findings=found,
        summary=tally.summary(),
    )
