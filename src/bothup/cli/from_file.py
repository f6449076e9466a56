"""Judge what a file or stdin holds; no credentials are needed."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bothup.cli.options import Reach
from bothup.engine.assemble import assemble, scope
from bothup.engine.controls import Rule
from bothup.engine.judge import judge
from bothup.errors import InputError, UsageError
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus
from bothup.read.source import Document, read_input


def from_file(file: str, reach: Reach, rules: Sequence[Rule], *, quiet: bool) -> Scan:
    """Read and judge a file; "-" is stdin.

    Raises InputError where it is not one of the accepted forms, UsageError for labels that cannot
    be.
    """
    return judged(document_of(file, reach, quiet=quiet), reach, rules)


def document_of(file: str, reach: Reach, *, quiet: bool) -> Document:
    """Read a file; "-" is stdin. Raises as `from_file` does."""
    account, region = _label("--account", reach.account), _label("--region", reach.region)
    source = "stdin" if file == "-" else file
    document = read_input(
        _bytes(file), source, account=account, region=region, now=datetime.now(UTC)
    )
    if not quiet:
        for notice in document.notices:
            print(f"bothup: {notice}", file=sys.stderr)
    return document


def judged(document: Document, reach: Reach, rules: Sequence[Rule]) -> Scan:
    """Judge what was read."""
    started = datetime.now(UTC)
    account, region = _label("--account", reach.account), _label("--region", reach.region)
    coverage = {(each.account, each.region): each for each in document.coverage}
    for record in document.connections:
        where = (record.target.account, record.target.region)
        coverage.setdefault(where, _read(*where))
    if not coverage:
        coverage[account, region] = _read(account, region)
    return assemble(
        [*document.findings, *judge(document.connections, rules)],
        coverage.values(),
        scope=scope(rules, coverage),
        started_at=started,
        finished_at=datetime.now(UTC),
    )


def _read(account: str | None, region: str | None) -> Coverage:
    return Coverage(account=account, region=region, status=CoverageStatus.READ)


def _label(flag: str, values: tuple[str, ...]) -> str | None:
    if len(values) > 1:
        raise UsageError(f"{flag} labels the whole input, so it can be given only once")
    return values[0] if values else None


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(file, "", error.strerror or "cannot be read") from None
