"""The script of `bothup explain --script`: what fails a control now, and the commands for it."""

import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bothup.cli import exits
from bothup.cli.options import Reach
from bothup.cli.stdout import say
from bothup.engine.controls import Rule
from bothup.engine.fixes import Fix, fixes
from bothup.engine.judge import Beside
from bothup.errors import UsageError
from bothup.model.finding import Finding, Status
from bothup.model.target import Coverage, CoverageStatus
from bothup.report._look import printable
from bothup.report._words import unread

_HEAD = """#!/usr/bin/env bash
# {id}: {title}
#
# Made by bothup from what it read. Read it before you run it: it stops at the first error.
set -euo pipefail
"""
# Not every command names what is another account's: a setting of the account does not.
_ACCOUNT = """
account() { # the credentials at hand are of this account
  [[ $(aws sts get-caller-identity --query Account --output text) == "$1" ]] && return
  echo "the credentials are not of account $1; --account gives the script of one account" >&2
  return 1
}
"""


def script(rule: Rule, resources: Sequence[str], file: str | None, reach: Reach) -> int:
    """Print the script; the exit code says whether all was read and judged.

    Raises UsageError for a control that no command mends, and for a resource that does not fail.
    """
    if rule.fix is None:
        raise UsageError(f"{rule.control.id} has no script; bothup explain {rule.control.id} says")
    found, unjudged, coverage = _from_file(rule, file, reach) if file else _live(rule, reach)
    chosen = [each for each in found if not resources or each.finding.resource.id in resources]
    gaps = [each for each in coverage if each.status is not CoverageStatus.READ]
    if resources:
        unjudged = [each for each in unjudged if each.resource.id in resources]
    missing = set(resources) - {each.finding.resource.id for each in chosen}
    missing -= {each.resource.id for each in unjudged}
    if missing and not gaps:
        raise UsageError(f"{min(missing)} does not fail {rule.control.id} in what was read")
    say(_lines(rule, chosen))
    for each in gaps:
        print(f"bothup: not read: {unread(each)}", file=sys.stderr)
    for finding in unjudged:
        why = "; ".join(each.text for each in finding.reasons)
        text = f"{finding.resource.id}, {finding.account or '-'} {finding.region or '-'}: {why}"
        print(f"bothup: not judged: {printable(text)}", file=sys.stderr)
    return exits.INCOMPLETE if gaps or unjudged else exits.OK


def _live(rule: Rule, reach: Reach) -> tuple[list[Fix], list[Finding], list[Coverage]]:
    from bothup.cli.live import read

    found: list[Fix] = []
    unjudged: list[Finding] = []
    coverage: list[Coverage] = []

    def also(page: Sequence[Any], beside: Beside) -> None:
        found.extend(fixes(page, rule, beside))

    def take(covered: Coverage, findings: Iterable[Finding]) -> None:
        coverage.append(covered)
        unjudged.extend(_unjudged(findings))

    read(reach, [rule], take, quiet=True, also=also)
    return sorted(found, key=lambda each: each.finding.id), unjudged, coverage


def _from_file(
    rule: Rule, file: str, reach: Reach
) -> tuple[list[Fix], list[Finding], list[Coverage]]:
    from bothup.cli.from_file import document_of, on_connections
    from bothup.engine.judge import judge

    on_connections([rule], quiet=False)
    document = document_of(file, reach, quiet=False)
    unjudged = list(_unjudged(judge(document.connections, [rule])))
    return list(fixes(document.connections, rule)), unjudged, list(document.coverage)


def _unjudged(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (each for each in findings if each.status is Status.NOT_AVAILABLE)


def _lines(rule: Rule, found: Sequence[Fix]) -> Iterator[str]:
    yield _HEAD.format(id=rule.control.id, title=rule.page.title)
    if not found:
        yield f"\n# Nothing fails {rule.control.id} in what was read.\n"
    if any(each.finding.account for each in found):
        yield _ACCOUNT
    at_hand = None
    for each in found:
        finding = each.finding
        if finding.account and finding.account != at_hand:
            at_hand = finding.account
            yield f"\naccount {shlex.quote(at_hand)}\n"
        name = f" ({finding.resource.name})" if finding.resource.name else ""
        where = f"{finding.account or '-'} {finding.region or '-'}"
        yield f"\n# {printable(finding.resource.id + name)}, {where}\n"
        for reason in finding.reasons:
            yield f"# {printable(reason.text)}\n"
        for line in each.lines:
            yield f"{printable(line)}\n"
