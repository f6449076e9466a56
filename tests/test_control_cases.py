"""Every control against its folder of cases: what AWS answers in, verdicts and codes out.

A case holds either one connection (`record`), or what AWS answers to each call (`answers`): a page,
a list of pages, answers by the id of a snapshot, or an `error` code. A call that it does not
foresee fails it.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bothup.aws.collect import instances
from bothup.aws.errors import aws_error
from bothup.aws.fleet import _partly, unread
from bothup.aws.reading import read
from bothup.cli.judging import Also, Judging
from bothup.engine.controls import Rule, rules, select
from bothup.engine.judge import judge
from bothup.engine.page import SECTIONS
from bothup.errors import AwsError
from bothup.model.finding import Finding, Reason
from bothup.model.target import Target
from bothup.read.describe import read_connection

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = Target(account="111122223333", region="eu-west-1")
FILES = sorted(CASES.glob("*/*.json"))


class Clock(datetime):
    """The time of all cases."""

    @classmethod
    def now(cls, tz: Any = None) -> "Clock":
        return cls(NOW.year, NOW.month, NOW.day, NOW.hour, tzinfo=UTC)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_case(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "datetime", Clock)
    case = json.loads(file.read_text("utf-8"))
    name, expected = file.parent.name, case["expected"]
    (found,) = select([name], {name: case.get("parameters", {})})
    if "record" in case:
        (finding,) = judge([read_connection(case["record"], HERE, NOW)], [found])
        assert shown(finding) | {"redundancy": finding.redundancy} == {
            **expected,
            "notices": sorted(expected["notices"]),
        }
        return
    called: set[str] = set()
    status, findings = asyncio.run(read_and_judge(found, case["answers"], called))
    assert status == expected["coverage"]
    assert {named(each): shown(each) for each in findings} == expected["findings"]
    assert called == set(case["answers"])


def named(finding: Finding) -> str:
    """The resource's id; one that has none is called after what it holds."""
    name = finding.resource.id
    return "malformed" if name.startswith("malformed-") else name


async def read_and_judge(
    found: Rule, answers: Mapping[str, Any], called: set[str], also: Also | None = None
) -> tuple[str, list[Finding]]:
    """What becomes of the Target, and the findings, where AWS answers so."""
    judging = Judging([found], also)

    async def call(service: str, name: str, params: Mapping[str, Any], /) -> dict[str, Any]:
        assert service == "ec2"
        called.add(name)
        return answer(answers[name], params)

    try:
        needs = {found.control.id: found.kinds}
        gaps = await read(call, HERE, needs, judging.take)
        status = _partly(HERE, gaps).status.value if gaps else "read"
    except AwsError as error:
        status = unread(HERE, error).coverage.status.value
    return status, list(judging.findings())


def answer(said: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    if "SnapshotId" in params:
        said = said[params["SnapshotId"]]
    if isinstance(said, list):
        page = int(params.get("NextToken", 0))
        more = {"NextToken": str(page + 1)} if page + 1 < len(said) else {}
        return answer(said[page], {}) | more
    if "error" in said:
        raise aws_error(said["error"], "no", status=403)
    return dict(said)


def shown(finding: Finding) -> dict[str, object]:
    return {
        "status": finding.status,
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
    cases = [json.loads(file.read_text()) for file in (CASES / found.control.id).glob("*.json")]
    verdicts = {each["status"] for case in cases for each in verdicts_of(case)}
    assert {"PASSED", "FAILED", "NOT_AVAILABLE"} <= verdicts
    assert any(case["expected"].get("coverage") == "denied" for case in cases)


def verdicts_of(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    expected = case["expected"]
    return list(expected["findings"].values()) if "findings" in expected else [expected]
