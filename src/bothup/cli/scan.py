"""`bothup scan`: judge every connection of a fleet, an account or a file, and report it."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from bothup.cli import exits, logs, output
from bothup.cli.collected import Collected
from bothup.cli.options import Reach, Shown
from bothup.cli.output import Output
from bothup.cli.stream import Stream
from bothup.engine.controls import Rule, select
from bothup.errors import UsageError
from bothup.model.scan import Summary
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.report._words import headline, unread

CONTROLS = ("EC2.20",)


def _help(text: str, *, hyphen: bool = False) -> Parameter:
    return Parameter(help=text, show_default=False, allow_leading_hyphen=hyphen)


def scan(
    *,
    input: Annotated[  # noqa: A002 - the flag's name
        str | None,
        _help(
            "File to judge instead of asking AWS; - is stdin. What the AWS CLI printed (aws ec2 "
            "describe-vpn-connections, JSON or YAML), JSON Lines of connections, AWS Config items, "
            "or bothup's own JSON.",
            hyphen=True,
        ),
    ] = None,
    fail_on: Annotated[
        str,
        _help(
            "Least severity of a FAILED finding for exit code 3: none, informational (the default: "
            "any), low, medium, high, critical."
        ),
    ] = "informational",
    resume: Annotated[
        str | None,
        _help("Go on where an interrupted run stopped: the FILE of its -o jsonl=FILE."),
    ] = None,
    shard: Annotated[
        str | None, _help("Read only part i of n of all accounts and Regions: i/n, as 2/3.")
    ] = None,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    shown: Shown = Shown(),  # noqa: B008 - frozen
) -> int:
    """Find the tunnels that are down: of an account, a fleet of accounts, or in a file.

    Exit codes: 0 all was read and nothing failed; 3 something failed; 4 something could not be read
    or judged; 2 usage or input error; 1 internal error; 130 interrupted.
    """
    if shown.debug:
        logs.debug()
    outputs, outcome = output.parse(shown.output), exits.Outcome(exits.threshold(fail_on))
    rules = select(CONTROLS)
    if input is None:
        return _live(reach, rules, outputs, outcome, shown, resume=resume, shard=shard)
    if resume or shard:
        raise UsageError("--resume and --shard are for reading AWS, not for --input")
    return _file(input, reach, rules, outputs, outcome, shown)


def _file(
    file: str,
    reach: Reach,
    rules: Sequence[Rule],
    outputs: Sequence[Output],
    outcome: exits.Outcome,
    shown: Shown,
) -> int:
    from bothup.cli.from_file import from_file

    found = from_file(file, reach, rules, quiet=shown.quiet)
    outcome.add(found.findings, found.coverage)
    for each in outputs:
        output.write(each, found, verbose=shown.verbose)
    _sum_up(found.summary, found.coverage, outputs, shown)
    return outcome.code


def _live(
    reach: Reach,
    rules: Sequence[Rule],
    outputs: Sequence[Output],
    outcome: exits.Outcome,
    shown: Shown,
    *,
    resume: str | None,
    shard: str | None,
) -> int:
    from bothup.cli.live import read, shard_of
    from bothup.cli.resume import replay

    in_shard = shard_of(shard)
    done: set[tuple[str | None, str | None]] = set()

    def wanted(target: Target) -> bool:
        return in_shard(target) and (target.account, target.region) not in done

    with ExitStack() as stack:
        collected = Collected(
            rules,
            outcome,
            [stack.enter_context(Stream(each.path)) for each in outputs if each.streams],
            keep=not all(each.streams for each in outputs),
            started_at=datetime.now(UTC),
        )
        for covered, findings in replay(resume) if resume else ():
            done.add((covered.account, covered.region))
            collected.take(covered, findings)
        collected.settle()
        interrupted = False
        try:
            read(reach, rules, collected.take, quiet=shown.quiet, wanted=wanted)
        except KeyboardInterrupt:
            interrupted = True
        found = collected.end(datetime.now(UTC))
    for each in outputs:
        if not each.streams:
            output.write(each, found, verbose=shown.verbose)
    _sum_up(collected.summary, collected.unread, outputs, shown)
    return exits.INTERRUPTED if interrupted else outcome.code


def _sum_up(
    summary: Summary, coverage: Iterable[Coverage], outputs: Sequence[Output], shown: Shown
) -> None:
    """Data goes to stdout; what a person must not miss is said on stderr, once."""
    on_screen = any(each.path is None and each.name == "table" for each in outputs)
    if shown.quiet or on_screen:
        return
    print(f"bothup: {headline(summary)}", file=sys.stderr)
    for each in coverage:
        if each.status is not CoverageStatus.READ:
            print(f"bothup: not read: {unread(each)}", file=sys.stderr)
