"""`bothup baseline`: today's failures as mutes, so that only new ones fail a run."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from bothup import __version__
from bothup.cli import exits, logs
from bothup.cli.draft import save
from bothup.cli.flags import flag
from bothup.cli.options import Reach
from bothup.cli.settings import Configuration
from bothup.cli.stdout import say
from bothup.config.mutes_text import mutes_text
from bothup.engine.controls import DEFAULT, Rule
from bothup.engine.mutes import Mutes, exactly
from bothup.errors import UsageError
from bothup.model.finding import Finding, Status
from bothup.model.mute_rule import MuteRule
from bothup.model.scan import Scan
from bothup.report._words import counted


def baseline(
    *,
    expires: Annotated[date, flag("Day on which the mutes end, as 2027-03-01.")],
    reason: Annotated[str, flag("Why today's failures are accepted until then.")],
    input: Annotated[  # noqa: A002 - the flag's name
        str | None,
        flag(
            "File to judge instead of asking AWS, as with `bothup scan`; - is stdin.", hyphen=True
        ),
    ] = None,
    control: Annotated[
        tuple[str, ...], flag("Control or group of controls, repeatable, as with `bothup scan`.")
    ] = DEFAULT,
    output: Annotated[
        Path | None, flag("File to write; stdout by default.", "--output", "-o")
    ] = None,
    quiet: Annotated[bool, flag("Say nothing on stderr but errors.", "--quiet", "-q")] = False,
    debug: Annotated[bool, flag("Log every call to AWS on stderr: no bodies, no headers.")] = False,
    configuration: Configuration = Configuration(),  # noqa: B008 - frozen
    reach: Reach = Reach(),  # noqa: B008 - frozen
) -> int:
    """Write today's failures as mutes, so that only new ones fail a scan.

    One [[mutes]] table for each FAILED finding, by account, Region, resource
    and control. What is muted already is left out, so that the output can be
    appended to the configuration: bothup baseline ... >> bothup.toml

    Exit codes: 0 all was read; 4 something could not be read or judged, and no
    mute hides that; 2 usage or input error.
    """
    if debug:
        logs.debug()
    today = datetime.now(UTC).date()
    if expires <= today:
        raise UsageError(f"--expires {expires}: that day has come already")
    if not reason.strip():
        raise UsageError("--reason: say why today's failures are accepted")
    found = _find(input, reach, configuration.select(control), quiet=quiet)
    current = [rule for rule in configuration.mutes() if rule.expires > today]
    findings = Mutes(current, today=today).apply(found.findings).findings
    failed = [each for each in findings if each.status is Status.FAILED]
    new = [each for each in failed if not each.muted]
    document = [_heading(new, found), *mutes_text(_rules(new, reason, expires))]
    if output is None:
        say(document)
    else:
        save(output, document)
    if not quiet:
        muted = f"; {len(failed) - len(new)} muted already" if len(failed) > len(new) else ""
        print(f"bothup: {counted(len(new), 'failure')} written as mutes{muted}", file=sys.stderr)
    outcome = exits.Outcome(None)
    outcome.add(findings, found.coverage)
    return outcome.code


def _find(file: str | None, reach: Reach, rules: tuple[Rule, ...], *, quiet: bool) -> Scan:
    if file is None:
        from bothup.cli.live import live

        return live(reach, rules, quiet=quiet)
    from bothup.cli.from_file import from_file

    return from_file(file, reach, rules, quiet=quiet)


def _heading(failed: list[Finding], found: Scan) -> str:
    day = found.finished_at.date()
    return f"# bothup {__version__}, {day}: {counted(len(failed), 'failure')} accepted.\n"


def _rules(failed: Iterable[Finding], reason: str, expires: date) -> Iterator[tuple[MuteRule, str]]:
    """Give each failure's rule and what to say of it; the order does not depend on the verdicts."""
    for finding in sorted(failed, key=_place):
        because = "; ".join(each.text for each in finding.reasons)
        name = finding.resource.name or finding.resource.id
        yield exactly(finding, reason=reason, expires=expires), f"{name}: {because}"


def _place(finding: Finding) -> tuple[str, ...]:
    return finding.account or "", finding.region or "", finding.resource.id, finding.control
