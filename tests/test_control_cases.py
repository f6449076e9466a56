"""Every control against its folder of cases: a record in, status, redundancy and codes out."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bothup.engine.controls import Rule, rule, rules
from bothup.engine.judge import judge
from bothup.engine.page import SECTIONS
from bothup.model.finding import Finding, Reason
from bothup.model.target import Target
from bothup.read.describe import read_connection

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = Target(account="111122223333", region="eu-west-1")


@pytest.mark.parametrize("file", sorted(CASES.glob("*/*.json")), ids=lambda file: file.stem)
def test_case(file: Path) -> None:
    case = json.loads(file.read_text("utf-8"))
    record = read_connection(case["record"], HERE, NOW)
    (finding,) = judge([record], [rule(file.parent.name)])
    expected = case["expected"]
    assert shown(finding) == expected | {"notices": sorted(expected["notices"])}


def shown(finding: Finding) -> dict[str, object]:
    return {
        "status": finding.status,
        "redundancy": finding.redundancy,
        "reasons": [reason.code for reason in finding.reasons],
        "notices": sorted(map(code, finding.notices)),
    }


def code(notice: Reason) -> str:
    return f"{notice.code}@{notice.tunnel}" if notice.tunnel is not None else notice.code


@pytest.mark.parametrize("found", rules(), ids=lambda found: found.control.id)
def test_every_control_has_a_whole_page_and_cases(found: Rule) -> None:
    assert tuple(found.page.sections) == SECTIONS
    assert all(found.page.sections.values())
    assert found.page.title
    assert not found.page.title.endswith(".")
    assert list((CASES / found.control.id).glob("*.json"))
