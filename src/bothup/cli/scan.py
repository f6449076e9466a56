"""`bothup scan`: judge every connection of a fleet, an account or a file, and report it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Annotated

import msgspec
from cyclopts import Parameter

from bothup.cli import exits, logs, output
from bothup.cli.collected import Collected
from bothup.cli.diagnosed import HELP, diagnoses_of, explained
from bothup.cli.draft import Draft
from bothup.cli.flags import flag
from bothup.cli.money import Block, Money
from bothup.cli.options import Reach, Shown
from bothup.cli.output import Output
from bothup.cli.resume import Resumed
from bothup.cli.settings import Configuration, idle
from bothup.engine.assemble import assemble
from bothup.engine.controls import DEFAULT, Rule
from bothup.engine.mutes import Mutes
from bothup.errors import UsageError
from bothup.model.diagnosis import Diagnosis
from bothup.model.finding import Finding
from bothup.model.scan import Summary
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.report._look import listed
from bothup.report._words import headline, unread

_BATCH = 500

_CONTROL = Parameter(
    help="Controls to judge by, repeatable or with commas between: ids as EC2.20, or "
    "groups: vpn, path, all. By default what DescribeVpnConnections alone tells: vpn "
    "without EC2.51. `bothup controls` lists them.",
    show_default=False,
    negative=(),
)


def scan(
    *,
    # First, because a fleet's command line names many Regions, and each is looked for from here.
    reach: Reach = Reach(),  # noqa: B008 - frozen
    input: Annotated[  # noqa: A002 - the flag's name
        str | None,
        flag(
            "File to judge instead of asking AWS; - is stdin. What the AWS CLI printed (aws ec2 "
            "describe-vpn-connections, JSON or YAML), JSON Lines of connections, AWS Config items, "
            "or bothup's own JSON.",
            hyphen=True,
        ),
    ] = None,
    fail_on: Annotated[
        str,
        flag(
            "Least severity of a FAILED finding for exit code 3: none, informational (the default: "
            "any), low, medium, high, critical."
        ),
    ] = "informational",
    control: Annotated[tuple[str, ...], _CONTROL] = DEFAULT,
    resume: Annotated[
        str | None,
        flag("Go on where an interrupted run stopped: the FILE of its -o jsonl=FILE."),
    ] = None,
    shard: Annotated[
        str | None, flag("Read only part i of n of all accounts and Regions: i/n, as 2/3.")
    ] = None,
    diagnosis: Annotated[str | None, flag(HELP, hyphen=True)] = None,
    money: Money = Money(),  # noqa: B008 - frozen
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    shown: Shown = Shown(),  # noqa: B008 - frozen
) -> int:
    """Find the tunnels that are down: of an account, a fleet of accounts, or in a file.

    Exit codes: 0 all was read and nothing failed; 3 something failed; 4 something could not be read
    or judged; 2 usage or input error; 1 internal error; 130 interrupted.
    """
    if shown.debug:
        logs.debug()
    money.check()
    run = _Run(
        outputs=output.parse(shown.output),
        outcome=exits.Outcome(exits.threshold(fail_on)),
        rules=configuration.select(control),
        mutes=Mutes(configuration.mutes(), today=datetime.now(UTC).date()),
        diagnoses=diagnoses_of(diagnosis),
        money=money,
        shown=shown,
    )
    if input is None:
        return _live(run, reach, resume, shard)
    if resume or shard:
        raise UsageError("--resume and --shard are for reading AWS, not for --input")
    return _file(run, input, reach)


class _Run(msgspec.Struct, frozen=True):
    """What to judge by, what to write, and what it amounts to."""

    outputs: tuple[Output, ...]
    outcome: exits.Outcome
    rules: tuple[Rule, ...]
    mutes: Mutes
    diagnoses: tuple[Diagnosis, ...]
    money: Money
    shown: Shown

    def sum_up(
        self, summary: Summary, coverage: Iterable[Coverage], matched: Iterable[int]
    ) -> None:
        """Data goes to stdout; what a person must not miss is said on stderr, once."""
        if self.shown.quiet:
            return
        for notice in idle(self.mutes.unmatched(matched)):
            print(f"bothup: {notice}", file=sys.stderr)
        if any(each.path is None and each.name == "table" for each in self.outputs):
            return
        print(f"bothup: {headline(summary)}", file=sys.stderr)
        for each in coverage:
            if each.status is not CoverageStatus.READ:
                print(f"bothup: not read: {unread(each)}", file=sys.stderr)


def _file(run: _Run, file: str, reach: Reach) -> int:
    from bothup.cli.from_file import from_file

    found = from_file(file, reach, run.rules, quiet=run.shown.quiet)
    muted = run.mutes.apply(explained(run.money.of_file(found.findings), run.diagnoses))
    found = assemble(
        muted.findings,
        found.coverage,
        scope=found.scope,
        started_at=found.started_at,
        finished_at=found.finished_at,
    )
    run.outcome.add(found.findings, found.coverage)
    for each in run.outputs:
        output.write(each, found, verbose=run.shown.verbose)
    run.sum_up(found.summary, found.coverage, muted.matched)
    return run.outcome.code


def _live(run: _Run, reach: Reach, resume: str | None, shard: str | None) -> int:
    from bothup.cli.live import read
    from bothup.cli.selected import asked, shard_of

    in_shard, told = shard_of(shard), asked(reach, shard, run.rules)
    earlier = Resumed(resume, told)
    matched: set[int] = set()

    def wanted(target: Target) -> bool:
        return earlier.finds(target) and in_shard(target)

    def take(covered: Coverage, findings: Iterable[Finding]) -> None:
        collected.take(covered, _muted(run, findings, matched))

    def take_new(covered: Coverage, findings: Iterable[Finding]) -> None:
        earlier.covers(covered)
        take(covered, findings)
        collected.settle()

    with ExitStack() as stack:
        streams = [each for each in run.outputs if each.streams]
        collected = Collected(
            run.rules,
            run.outcome,
            [stack.enter_context(Draft(each.path)) for each in streams if each.path],
            say=any(each.path is None for each in streams),
            keep=_keeper(run),
            asked=told,
            started_at=datetime.now(UTC),
        )
        for covered, findings in earlier.blocks():
            take(covered, findings)
        held: list[Block] = []

        def hold(covered: Coverage, findings: Iterable[Finding]) -> None:
            """Keep: what connections have carried is asked for all together, once all are known."""
            held.append((covered, tuple(findings)))

        sink = hold if run.money.cost else take_new
        interrupted = False
        try:
            read(reach, run.rules, sink, quiet=run.shown.quiet, wanted=wanted)
            held = run.money.of_blocks(held, reach, quiet=run.shown.quiet) if held else held
        except KeyboardInterrupt:
            interrupted = True
        for block in held:
            take_new(*block)
        for covered in earlier.forgotten():
            take(covered, ())
        found = collected.end(datetime.now(UTC))
        collected.settle()
    for each in run.outputs:
        if not each.streams:
            output.write(each, found, verbose=run.shown.verbose)
    run.sum_up(collected.summary, collected.unread, matched)
    return exits.INTERRUPTED if interrupted else run.outcome.code


def _muted(run: _Run, findings: Iterable[Finding], matched: set[int]) -> Iterator[Finding]:
    """Explain and mute findings as they pass, and note which mutes fitted."""
    passing = iter(findings)
    while batch := tuple(islice(passing, _BATCH)):
        muted = run.mutes.apply(explained(batch, run.diagnoses))
        matched.update(muted.matched)
        yield from muted.findings


def _keeper(run: _Run) -> Callable[[Finding], bool] | None:
    """Say which findings the documents need that are written at the end; None where none is."""
    whole = [each for each in run.outputs if not each.streams]
    if not whole:
        return None
    if all(each.name == "table" for each in whole):
        return partial(listed, verbose=run.shown.verbose)
    return lambda _: True
