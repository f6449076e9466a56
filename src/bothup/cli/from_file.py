"""Judge what a file or stdin holds; no credentials are needed."""

import re
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime

import msgspec

from bothup.cli.incoming import LARGEST_FLEET, data_of
from bothup.cli.options import Reach
from bothup.engine.assemble import assemble, scope
from bothup.engine.controls import DEFAULT, Rule, select
from bothup.engine.judge import judge, merged
from bothup.errors import UsageError
from bothup.model.connection import VpnConnection
from bothup.model.finding import Finding
from bothup.model.names import ACCOUNT_ID, REGION
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus
from bothup.read.source import Document, read_input

# What labels an input, where the other flags of Reach say how AWS is to be read.
_LABELS = frozenset({"account", "region"})


def from_file(file: str, reach: Reach, rules: Sequence[Rule], *, quiet: bool) -> Scan:
    """Read and judge a file; "-" is stdin.

    Raises InputError where it is not one of the accepted forms, UsageError for labels that cannot
    be and for flags that are about reading AWS.
    """
    for field in fields(Reach):
        if field.name not in _LABELS and getattr(reach, field.name) != field.default:
            flag = field.name.replace("_", "-")
            raise UsageError(f"--{flag} says how AWS is read; --input reads a file instead")
    document = document_of(file, reach, quiet=quiet)
    told = {each.control for each in document.findings}.union(document.controls or ())
    if untold := [each for each in rules if each.control.id not in told]:
        kept = on_connections(untold, quiet=quiet, alone=len(untold) == len(rules))
        rules = [each for each in rules if each not in untold or each in kept]
    return judged(document, reach, rules)


def document_of(file: str, reach: Reach, *, quiet: bool) -> Document:
    """Read a file; "-" is stdin. Raises as `from_file` does."""
    account, region = _labels(reach)
    source = "stdin" if file == "-" else file
    document = read_input(
        data_of(file, LARGEST_FLEET), source, account=account, region=region, now=datetime.now(UTC)
    )
    if not quiet:
        for notice in document.notices:
            print(f"bothup: {notice}", file=sys.stderr)
    return document


def judged(document: Document, reach: Reach, rules: Sequence[Rule]) -> Scan:
    """Judge what was read; of what was judged before, keep what these rules are about.

    The rules that hold where nobody chose any keep all of it.
    """
    started = datetime.now(UTC)
    account, region = _labels(reach)
    coverage: dict[tuple[str | None, str | None], Coverage] = {}
    for each in document.coverage:
        where = (each.account, each.region)
        # Of two that tell of one Target, the one that knows less: what it lacks may matter.
        if where not in coverage or coverage[where].status is CoverageStatus.READ:
            coverage[where] = each
    for record in document.connections:
        where = (record.target.account, record.target.region)
        coverage.setdefault(where, _read(*where))
    if not coverage:
        coverage[account, region] = _read(account, region)
    looked_for = msgspec.structs.replace(
        scope(rules, coverage), controls=_looked_for(document, rules)
    )
    return assemble(
        merged([*_before(document, rules), *judge(document.connections, rules)]),
        coverage.values(),
        scope=looked_for,
        started_at=started,
        finished_at=datetime.now(UTC),
    )


def _before(document: Document, rules: Sequence[Rule]) -> Sequence[Finding]:
    if not document.findings or _keep_all(rules):
        return document.findings
    names = {each.control.id for each in rules}
    return [each for each in document.findings if each.control in names]


def _looked_for(document: Document, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Name the controls that were looked for: what is judged here, or was before."""
    names = tuple(each.control.id for each in rules)
    if document.controls is None:
        return names
    kept = judged_before(document, rules)
    return tuple(dict.fromkeys([*kept, *names])) if document.connections else kept


def judged_before(document: Document, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Name the controls that every scan in a file has looked for, of those that rules keep."""
    names = {each.control.id for each in rules}
    return tuple(each for each in document.controls or () if _keep_all(rules) or each in names)


def _keep_all(rules: Sequence[Rule]) -> bool:
    return {each.control.id for each in rules} == {each.control.id for each in select(DEFAULT)}


def on_connections(rules: Sequence[Rule], *, quiet: bool, alone: bool = True) -> Sequence[Rule]:
    """Keep the rules that connections can be judged by.

    Raises UsageError where none is left and these rules are `alone`.
    """
    kept = [rule for rule in rules if set(rule.kinds) <= {VpnConnection}]
    others = ", ".join(rule.control.id for rule in rules if rule not in kept)
    if not kept and alone:
        raise UsageError(f"{others}: --input holds VPN connections, and this is about other things")
    if others and not quiet:
        print(f"bothup: not judged, for --input holds connections: {others}", file=sys.stderr)
    return kept


def _read(account: str | None, region: str | None) -> Coverage:
    return Coverage(account=account, region=region, status=CoverageStatus.READ)


def _labels(reach: Reach) -> tuple[str | None, str | None]:
    """Return the account and the Region of input that does not say; raises UsageError."""
    account = _label("--account", reach.account, ACCOUNT_ID, "twelve digits")
    region = _label("--region", reach.region, REGION, "the name of a Region, as eu-west-1")
    return account, region


def _label(flag: str, values: tuple[str, ...], form: re.Pattern[str], expected: str) -> str | None:
    if len(values) > 1:
        raise UsageError(f"{flag} labels the whole input, so it can be given only once")
    for value in values:
        if not form.fullmatch(value):
            raise UsageError(f"{flag} {value!r}: expected {expected}")
    return values[0] if values else None
