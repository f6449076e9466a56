"""bothup's own scans: findings and coverage pass through, unless they contradict themselves."""

from typing import Any

import msgspec
import pytest
from read_inputs import COVERAGE, FINDING, HEAD, ID, SCAN, SCAN_LINES, lines, pretty
from read_records import NOW, SECRET

from bothup.model.connection import Malformed
from bothup.model.finding import Finding, Reason, Redundancy, Status
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.read.source import Document, read_input
from bothup.report import renderer
from bothup.report._look import Look

EXPECTED = msgspec.convert(FINDING, Finding)
COVERED = msgspec.convert(COVERAGE, Coverage)
UP = FINDING["tunnels"]
DOWN = {"outside_ip": "203.0.113.9", "status": "DOWN"}
UNKNOWN = {"outside_ip": "203.0.113.9", "status": "UNKNOWN"}
THIRD = {"outside_ip": "203.0.113.10", "status": "UP"}


def read(data: bytes) -> Document:
    return read_input(data, "file", now=NOW)


def read_finding(**change: Any) -> Document:
    return read(pretty(SCAN | {"coverage": [], "findings": [FINDING | change]}))


@pytest.mark.parametrize(
    "text",
    [pretty(SCAN), lines(*SCAN_LINES), lines(SCAN), b"\n".join(map(pretty, SCAN_LINES))],
    ids=["document", "lines", "one line", "lines spread out"],
)
def test_a_scan_passes_through(text: bytes):
    assert read(text) == Document(findings=(EXPECTED,), coverage=(COVERED,))


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_what_the_reports_write_is_read_back(form: str):
    scan = msgspec.convert(SCAN, Scan)
    text = "".join(renderer(form)(scan, Look()))
    assert read(text.encode()) == Document(findings=scan.findings, coverage=scan.coverage)


def test_what_was_given_does_not_change_a_finding():
    found = read_input(pretty(SCAN), "file", account="999999999999", region="eu-west-1", now=NOW)
    assert found.findings == (EXPECTED,)
    assert found.notices == (
        "account 999999999999 was given, but 1 record says otherwise: the input wins",
    )


def test_findings_by_themselves_are_a_valid_input():
    assert read(lines(SCAN_LINES[2])) == Document(findings=(EXPECTED,))
    assert read(pretty([SCAN_LINES[2]])) == Document(findings=(EXPECTED,))


def test_lines_that_were_cut_off_are_never_complete():
    cut = Coverage(
        status=CoverageStatus.FAILED,
        message="the input was cut off: its last line, the summary, is missing",
    )
    assert read(lines(*SCAN_LINES[:3])) == Document(findings=(EXPECTED,), coverage=(COVERED, cut))
    assert read(lines(*SCAN_LINES, *SCAN_LINES[:3])).coverage == (COVERED, COVERED, cut)


CONTRADICTIONS = [
    [],
    UP[:1],
    [UP[0], DOWN],
    [UP[0], UNKNOWN],
    [*UP, DOWN],
    [*UP, THIRD],
    [UP[0], UP[0]],
]


@pytest.mark.parametrize("tunnels", CONTRADICTIONS)
def test_a_pass_without_two_tunnels_up_is_not_believed(tunnels: list[Any]):
    (found,) = read_finding(tunnels=tunnels).findings
    assert found == msgspec.structs.replace(
        EXPECTED,
        status=Status.NOT_AVAILABLE,
        redundancy=Redundancy.UNKNOWN,
        tunnels=found.tunnels,
        reasons=(
            Reason(
                code="inconsistent-record",
                text="the record says PASSED, but its tunnels are not exactly two that are UP",
            ),
        ),
    )
    assert len(found.tunnels or ()) == len(tunnels)


def test_a_pass_without_tunnels_is_not_believed():
    bare = {key: value for key, value in FINDING.items() if key != "tunnels"}
    (found,) = read(lines({"kind": "finding", **bare})).findings
    assert found.status is Status.NOT_AVAILABLE


@pytest.mark.parametrize(
    "change",
    [
        {"status": "FAILED", "tunnels": [UP[0], DOWN]},
        {"status": "NOT_APPLICABLE", "tunnels": []},
        {"control": "EC2.171", "tunnels": [UP[0], DOWN]},
        {"muted": {"reason": "spare", "expires": "2026-12-31"}},
        {"tunnels": [{"outside_ip": "", "status": "UP"}] * 2},
        {"added_in_a_later_version": 1},
    ],
)
def test_all_other_findings_pass_through_as_they_are(change: dict[str, Any]):
    (found,) = read_finding(**change).findings
    assert found == msgspec.convert(FINDING | change, Finding)


BAD = [
    ({"status": SECRET}, "a finding with an unexpected value at $.status"),
    ({"severity": None}, "a finding with an unexpected value at $.severity"),
    ({"resource": {"id": ID}}, "a finding with a missing required field `type`"),
    ({"tunnels": [{"status": "UP"}]}, "a finding with a missing required field `outside_ip`"),
    (
        {"tunnels": [*UP, {"outside_ip": 1}]},
        "a finding with an unexpected value at $.tunnels[2].outside_ip",
    ),
    ({"title": [SECRET]}, "a finding with an unexpected value at $.title"),
    (
        {"tunnels": [UP[0] | {"last_status_change": "2026-02-01T08:32:20"}, UP[1]]},
        "a finding with a time without its offset at $.tunnels",
    ),
]


@pytest.mark.parametrize(("change", "problem"), BAD)
def test_a_finding_that_does_not_decode_costs_itself_alone(change: dict[str, Any], problem: str):
    found = read(pretty(SCAN | {"findings": [FINDING, FINDING | change]}))
    assert found.findings == (EXPECTED,)
    (bad,) = found.connections
    assert isinstance(bad, Malformed)
    assert (bad.id, bad.problem, bad.observed_at) == (ID, f"$.findings[1]: {problem}", NOW)
    assert bad.target == Target(account="111122223333", region="eu-west-1")
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "entry", [b"5", b'{"resource": {"id": 5}, "account": 5}', b'{"id": "\xff"}']
)
def test_a_finding_that_cannot_be_named_gets_a_name(entry: bytes):
    (bad,) = read(b'{"schema": "bothup.scan/1", "findings": [' + entry + b"]}").connections
    assert isinstance(bad, Malformed)
    assert bad.id.startswith("malformed-")
    assert bad.target == Target()


def test_coverage_that_does_not_decode_was_not_read():
    text = pretty(SCAN | {"coverage": [COVERAGE | {"status": SECRET}, 5], "findings": []})
    message = "this entry of the input's coverage does not decode"
    assert read(text) == Document(
        coverage=(
            Coverage(
                account="111122223333",
                region="eu-west-1",
                status=CoverageStatus.FAILED,
                message=message,
            ),
            Coverage(status=CoverageStatus.FAILED, message=message),
        )
    )


def test_the_first_line_of_another_version_is_refused():
    first = {"kind": "scan", "schema": "bothup.scan/2", **HEAD}
    bad = read(lines(first, *SCAN_LINES[1:])).connections
    assert [each.problem for each in bad if isinstance(each, Malformed)] == [
        "line 1: $.schema: another schema; expected bothup.scan/1"
    ]


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ([{"controls": ["EC2.13", "EC2.20"]}], ("EC2.13", "EC2.20")),
        ([{"controls": ["EC2.13", "EC2.20"]}, {"controls": ["EC2.20"]}], ("EC2.20",)),
        ([{"controls": ["EC2.13"]}, {"controls": ["EC2.20"]}], ()),
        ([{"controls": "EC2.13"}], None),
        ([None], None),
        ([[]], None),
        ([{"controls": ["EC2.13"]}, None], None),
    ],
)
def test_what_all_scans_looked_for_is_told(scopes: list[Any], expected: Any):
    documents = [SCAN | {"findings": [], "scope": each} for each in scopes]
    assert read(lines(*documents)).controls == expected
    heads = [SCAN_LINES[0] | {"scope": each} for each in scopes]
    ends = [SCAN_LINES[-1]] * len(heads)
    assert read(lines(*heads, *ends)).controls == expected
