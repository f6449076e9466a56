"""JUnit XML, for CI: a suite for each account and Region, a case for each finding.

FAILED is a failure; what could not be judged or read is an error; what is not applicable or muted
is skipped, with the reason.

Source: the schema of Ant's JUnit task (JUnit.xsd of Windy Road), which asks for every member here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import msgspec

from bothup.model.finding import Finding, Status
from bothup.model.scan import Scan
from bothup.model.target import Coverage
from bothup.report._look import TUNNELS, Look, causes, printable
from bothup.report._unread import unread_targets, why


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case; `kind` is failure, error, skipped or, where it passed, empty."""

    kind: str
    name: str
    control: str
    type: str = ""
    message: str = ""
    body: str = ""


def render(scan: Scan, look: Look) -> Iterator[str]:  # noqa: ARG001 - data looks the same to all
    """Yield the document, suite by suite."""
    cases: defaultdict[str, list[_Case]] = defaultdict(list)
    for covered in scan.coverage:
        cases[_where(covered)] = []
    for finding in scan.findings:
        cases[_where(finding)].append(_case(finding))
    for covered in unread_targets(scan):
        cases[_where(covered)].append(_gap(covered))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    for number, (where, found) in enumerate(cases.items()):
        yield from _suite(number, where, found, scan.finished_at)
    yield "</testsuites>\n"


def _suite(number: int, where: str, cases: Sequence[_Case], now: datetime) -> Iterator[str]:
    kinds = [each.kind for each in cases]
    yield (
        f'<testsuite id="{number}" package="bothup" name={_attribute(where)} hostname="localhost"'
        f' timestamp="{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" time="0" tests="{len(cases)}"'
        f' failures="{kinds.count("failure")}" errors="{kinds.count("error")}"'
        f' skipped="{kinds.count("skipped")}">\n<properties/>\n'
    )
    for case in cases:
        yield _element(case)
    yield "<system-out/>\n<system-err/>\n</testsuite>\n"


def _element(case: _Case) -> str:
    start = f'<testcase name={_attribute(case.name)} classname={_attribute(case.control)} time="0"'
    if not case.kind:
        return f"{start}/>\n"
    kind = f" type={_attribute(case.type)}" if case.type else ""
    told = (
        f"<{case.kind}{kind} message={_attribute(case.message)}>{escape(case.body)}</{case.kind}>"
    )
    return f"{start}>{told}</testcase>\n"


def _case(finding: Finding) -> _Case:
    resource = finding.resource
    name = f"{resource.id} ({resource.name})" if resource.name else resource.id
    case = _Case(kind="", name=name, control=finding.control)
    lines = [printable(each.text) for each in finding.reasons]
    if finding.muted:
        until = f"muted until {finding.muted.expires}: {finding.muted.reason}"
        return msgspec.structs.replace(
            case, kind="skipped", message=until, body="\n".join([finding.status, *lines])
        )
    if finding.status is Status.NOT_APPLICABLE:
        return msgspec.structs.replace(case, kind="skipped", message="; ".join(lines))
    if finding.status is Status.PASSED:
        return case
    found = [f"cause: {each.title} ({each.id}, {each.verdict})" for each in causes(finding)]
    return msgspec.structs.replace(
        case,
        kind="failure" if finding.status is Status.FAILED else "error",
        type=(finding.control == TUNNELS and finding.redundancy) or finding.status,
        message="; ".join(lines) or finding.title,
        body="\n".join([*lines, *map(printable, found), finding.resource.arn or finding.id]),
    )


def _gap(covered: Coverage) -> _Case:
    return _Case(
        kind="error",
        name="every connection is read",
        control="coverage",
        type=covered.status.value,
        message=why(covered),
        body=printable(why(covered)),
    )


def _where(of: Finding | Coverage) -> str:
    return f"{of.account or 'unknown account'}/{of.region or 'unknown Region'}"


def _attribute(text: str) -> str:
    return quoteattr(printable(text))
