"""`bothup findings import`, once its flags are read."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from bothup.aws.change.annotate_findings import annotate
from bothup.aws.change.import_findings import Failure, batches, send
from bothup.aws.collect import hub_findings
from bothup.aws.collect.vpn_connections import Call
from bothup.cli import exits, hubs
from bothup.cli.changing import confirm
from bothup.cli.diagnosed import diagnoses_of, explained
from bothup.cli.document import deliver
from bothup.cli.hubs import State
from bothup.cli.options import Reach
from bothup.engine.controls import Rule
from bothup.engine.mutes import Mutes
from bothup.errors import AwsError, UsageError
from bothup.findings.annotation import Annotation, annotations
from bothup.findings.sending import Sending, sending
from bothup.model.diagnosis import Diagnosis
from bothup.model.finding import Status
from bothup.model.mute_rule import MuteRule
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.report._words import counted, unread
from bothup.report.asff import product_arn


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What the flags ask for."""

    input: str | None
    rules: tuple[Rule, ...]
    enrich: bool
    diagnosis: str | None
    diagnose: bool
    dry_run: bool
    yes: bool
    output: str
    quiet: bool
    debug: bool
    mutes: tuple[MuteRule, ...]


class Imported(msgspec.Struct, kw_only=True):
    """What became of one Target; counts are findings, `hub` is how its Security Hub was reached."""

    account: str | None
    region: str | None
    hub: Coverage
    new: int = 0
    updated: int = 0
    archived: int = 0
    unknown: int = 0
    annotated: int = 0
    failed: tuple[Failure, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome as a document (`bothup.import/1`)."""

    schema: str = "bothup.import/1"
    dry_run: bool
    unread: tuple[Coverage, ...] = ()
    targets: tuple[Imported, ...] = ()


_Work = Sending | tuple[Annotation, ...]


def carry_out(wanted: Import, reach: Reach) -> int:
    """Scan, prepare, ask, send, tell; return the exit code."""
    if wanted.diagnosis and wanted.diagnose:
        raise UsageError("--diagnosis FILE holds the causes already; leave out --diagnose")
    if wanted.input is not None and wanted.diagnose:
        raise UsageError("--diagnose asks AWS; beside --input say --diagnosis FILE")
    seen = hubs.state(wanted.input, wanted.rules, reach, quiet=wanted.quiet, debug=wanted.debug)
    diagnoses = diagnoses_of(wanted.diagnosis)
    if wanted.diagnose:
        diagnoses = _diagnosed(reach, quiet=wanted.quiet)
    found = explained(seen.scan.findings, diagnoses)
    muted = Mutes(wanted.mutes, today=datetime.now(UTC).date()).apply(found)
    scan = msgspec.structs.replace(seen.scan, findings=muted.findings)
    seen = msgspec.structs.replace(seen, scan=scan)
    reach = hubs.of_accounts(reach, scan, from_file=wanted.input is not None)
    done = asyncio.run(_import(wanted, seen, reach))
    gaps = tuple(each for each in scan.coverage if each.status is not CoverageStatus.READ)
    outcome = Outcome(dry_run=wanted.dry_run, unread=gaps, targets=tuple(done))
    encoded = msgspec.json.format(msgspec.json.encode(outcome), indent=2).decode()
    deliver(wanted.output, {"text": lambda: _lines(outcome), "json": lambda: [encoded, "\n"]})
    return _code(outcome, seen)


def _diagnosed(reach: Reach, *, quiet: bool) -> tuple[Diagnosis, ...]:
    from bothup.cli.cases import case_of
    from bothup.cli.gathering import live
    from bothup.cli.moments import incident
    from bothup.engine.diagnose import diagnose

    now = datetime.now(UTC)

    def made(document: dict[str, object]) -> Diagnosis:
        case = case_of(document, now)
        return diagnose(case.bundle, now=case.time)

    gathered = live(reach, (), incident(None, None, now), made, interval=0.0, quiet=quiet)
    return tuple(gathered.made.values())


async def _import(wanted: Import, seen: State, reach: Reach) -> list[Imported]:
    findings, now = seen.by_target(), datetime.now(UTC)
    anywhere = seen.controls_of(seen.scan.findings)
    if not findings:
        return []

    async def prepare(call: Call, target: Target) -> _Work:
        if wanted.enrich:
            here = findings[target]
            named = sorted({each.control for each in here})
            held = await hub_findings.on_controls(call, target, named, own_only=True)
            return tuple(annotations(here, held))
        held = await hub_findings.imported(call, target, product_arn(target))
        covered = hubs.covered(seen.scan, target)
        here = findings[target]
        controls = seen.controls_of(here)
        if covered.status is not CoverageStatus.READ and not covered.controls:
            controls = anywhere  # nothing is gone there: what is held is not known any more
        return sending(here, covered, held, controls, now, archive=seen.is_whole(target))

    async with hubs.ways_to(reach, hubs.regions(seen.scan)) as ways:
        ready = await hubs.each_target(ways, list(findings), reach.timeout, prepare)
        todo = {target: work for target, work in ready.items() if not isinstance(work, Coverage)}
        closed = {target: work for target, work in ready.items() if isinstance(work, Coverage)}
        number = sum(_size(work) for work in todo.values())
        failed: dict[Target, tuple[Failure, ...] | Coverage] = dict(closed)
        if number and not wanted.dry_run:
            _ask(wanted, number, len(todo))

            async def carry(call: Call, target: Target) -> tuple[Failure, ...]:
                return await _send(call, todo[target])

            busy = [target for target, work in todo.items() if _size(work)]
            failed |= await hubs.each_target(ways, busy, reach.timeout, carry)
    return [_imported(target, ready[target], failed.get(target, ())) for target in findings]


def _ask(wanted: Import, number: int, hubs_: int) -> None:
    what = "annotations onto AWS's own findings" if wanted.enrich else "findings"
    where = counted(hubs_, "Target")
    confirm(f"Write {number:,} {what} to Security Hub in {where}?", yes=wanted.yes)


def _size(work: _Work) -> int:
    return len(work.findings) if isinstance(work, Sending) else len(work)


async def _send(call: Call, work: _Work) -> tuple[Failure, ...]:
    """Send all of a Target; a batch that fails as a whole fails each of its findings."""
    failed: list[Failure] = []
    if isinstance(work, Sending):
        for batch in batches(work.findings):
            try:
                failed += await send(call, batch)
            except AwsError as error:
                failed += (_failure(each["Id"], error) for each in batch)
    else:
        for each in work:
            try:
                failed += await annotate(call, each.params)
            except AwsError as error:
                failed.append(_failure(each.finding, error))
    return tuple(failed)


def _failure(name: str, error: AwsError) -> Failure:
    return Failure(id=name, code=error.code or type(error).__name__, message=str(error))


def _imported(
    target: Target, work: _Work | Coverage, failed: tuple[Failure, ...] | Coverage
) -> Imported:
    open_ = Coverage(account=target.account, region=target.region, status=CoverageStatus.READ)
    done = Imported(account=target.account, region=target.region, hub=open_)
    if isinstance(failed, Coverage):
        done.hub = failed
        return done
    done.failed = failed
    if isinstance(work, Sending):
        done.new, done.updated = work.new, work.updated
        done.archived, done.unknown = work.archived, work.unknown
    elif not isinstance(work, Coverage):
        done.annotated = len(work)
    return done


def _code(outcome: Outcome, seen: State) -> int:
    unjudged = any(
        each.status is Status.NOT_AVAILABLE and not each.muted for each in seen.scan.findings
    )
    closed = any(each.hub.status is not CoverageStatus.READ for each in outcome.targets)
    failed = any(each.failed for each in outcome.targets)
    incomplete = unjudged or closed or failed or outcome.unread
    return exits.INCOMPLETE if incomplete else exits.OK


def _lines(outcome: Outcome) -> Iterator[str]:
    would = "would be " if outcome.dry_run else ""
    for each in outcome.targets:
        where = f"{each.account} {each.region}"
        if each.hub.status is not CoverageStatus.READ:
            yield f"{where}: Security Hub not reached: {unread(each.hub)}\n"
            continue
        yield f"{where}: {_counts(each)}\n"
        for failure in each.failed:
            yield f"  failed: {failure.id}: {failure.code}: {failure.message}\n"
    for gap in outcome.unread:
        yield f"not read: {unread(gap)}\n"
    sums = [
        f"{sum(getattr(each, name) for each in outcome.targets):,} {would}{said}"
        for name, said in _SAID.items()
        if any(getattr(each, name) for each in outcome.targets)
    ]
    failed = sum(len(each.failed) for each in outcome.targets)
    sums += [f"{failed:,} failed"] if failed else []
    yield ", ".join(sums) + "\n" if sums else "Nothing to write\n"


_SAID = {
    "new": "new",
    "updated": "updated",
    "archived": "archived",
    "unknown": "made NOT_AVAILABLE",
    "annotated": "annotated",
}


def _counts(done: Imported) -> str:
    counts = [
        f"{getattr(done, name)} {said}" for name, said in _SAID.items() if getattr(done, name)
    ]
    return ", ".join(counts) or "nothing to write"
