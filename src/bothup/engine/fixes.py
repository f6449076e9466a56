"""From what fails a control to the script that mends it, resource by resource."""

from collections.abc import Iterator, Sequence

import msgspec

from bothup.engine.controls import Rule
from bothup.engine.judge import NOTHING, Beside, Record, given, judge, peers_among
from bothup.model.connection import Malformed
from bothup.model.finding import Finding, Status


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one resource, and the lines that mend it."""

    finding: Finding
    lines: tuple[str, ...]


def fixes(records: Sequence[Record], rule: Rule, beside: Beside = NOTHING) -> Iterator[Fix]:
    """Yield a fix for each record that fails the rule, where the rule knows a way to mend it."""
    if rule.fix is None:
        return
    peers = peers_among(records)
    failed = {
        (each.account, each.region, each.resource.id): each
        for each in judge(records, [rule], beside)
        if each.status is Status.FAILED
    }
    for record in records:
        finding = failed.get((record.target.account, record.target.region, record.id))
        if finding is not None and not isinstance(record, Malformed):
            lines = rule.fix(*given(rule, record, peers, beside))
            yield Fix(finding=finding, lines=tuple(lines))
