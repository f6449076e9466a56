"""Sending: the findings that one account is to send to Security Hub in one Region.

Ids are those of the scan, so that a finding sent again is the same finding: it keeps the CreatedAt
that Security Hub has of it. What Security Hub has and the scan no longer found is archived; what
could not be read is made NOT_AVAILABLE, for it is not known to be well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from bothup.model.finding import Finding, Status
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.report.asff import GENERATOR, Asff, security_finding, unread_finding
from bothup.report.asff import renewed as again

_COVERAGE = f"{GENERATOR}coverage"


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent, and how many of it are new, known, gone, and no longer known."""

    target: Target
    findings: tuple[Asff, ...] = ()
    new: int = 0
    updated: int = 0
    archived: int = 0
    unknown: int = 0


def sending(
    findings: Iterable[Finding],
    covered: Coverage,
    held: Sequence[Asff],
    controls: Iterable[str],
    now: datetime,
    *,
    archive: bool,
) -> Sending:
    """Make what a Target is to send, given what of bothup's its Security Hub holds.

    Findings of other controls than these are left alone. `archive` says that the scan saw all
    there is, so that what it did not find is gone.
    """
    known = {each["Id"]: each for each in held}
    sent = list(_found(findings, known, now))
    mine = {f"{GENERATOR}{control}" for control in controls} | {_COVERAGE}
    rest = {each["Id"]: each for each in held if each.get("GeneratorId") in mine and _active(each)}
    for each in sent:
        rest.pop(each["Id"], None)
    lost: list[Asff] = []
    gone: list[Asff] = []
    if covered.status is not CoverageStatus.READ:
        gap = unread_finding(covered, now)
        rest.pop(gap["Id"], None)
        unread = {f"{GENERATOR}{control}" for control in covered.controls or ()} or mine
        unknown = [name for name, each in rest.items() if each["GeneratorId"] in unread]
        lost = [_unjudged(rest.pop(name), gap, now) for name in unknown]
        sent.append(_kept(gap, known.get(gap["Id"]), now))
    if archive:
        gone = [again(each, _after(each, now), RecordState="ARCHIVED") for each in rest.values()]
    new = sum(each["Id"] not in known for each in sent)
    return Sending(
        target=Target(account=covered.account, region=covered.region),
        findings=(*sent, *lost, *gone),
        new=new,
        updated=len(sent) - new,
        archived=len(gone),
        unknown=len(lost),
    )


def _found(findings: Iterable[Finding], known: Mapping[str, Asff], now: datetime) -> Iterator[Asff]:
    for finding in findings:
        before = known.get(finding.id)
        # What never was in Security Hub need not come there to be archived.
        if finding.status is not Status.NOT_APPLICABLE or (before and _active(before)):
            yield _kept(security_finding(finding, now), before, now)


def _kept(made: Asff, before: Asff | None, now: datetime) -> Asff:
    """Keep of the finding that is there what a product must not lose: since when it is known."""
    if before is None:
        return made
    kept: Asff = {"CreatedAt": before["CreatedAt"], "UpdatedAt": _after(before, now)}
    still = before.get("Compliance", {}).get("Status") == made["Compliance"]["Status"]
    if still and "FirstObservedAt" in made and before.get("FirstObservedAt"):
        kept["FirstObservedAt"] = min(made["FirstObservedAt"], before["FirstObservedAt"])
    return made | kept


def _unjudged(before: Asff, gap: Asff, now: datetime) -> Asff:
    compliance = gap["Compliance"]
    control = before.get("Compliance", {}).get("SecurityControlId")
    named = {"SecurityControlId": control} if control else {}
    return again(
        before,
        _after(before, now),
        Compliance={**compliance, **named},
        Description=gap["Description"],
    )


def _active(held: Asff) -> bool:
    return held.get("RecordState") != "ARCHIVED"


def _after(held: Asff, now: datetime) -> str:
    """Give the time of an update; it is later than the last one even where clocks differ."""
    try:
        last = datetime.fromisoformat(held["UpdatedAt"])
    except (KeyError, ValueError):
        last = now
    if last.tzinfo is None:
        last = last.replace(tzinfo=UTC)
    later = max(now, last + timedelta(milliseconds=1))
    return later.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
