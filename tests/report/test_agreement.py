"""Every format of one fleet is read back, and all of them say the same."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from tests.report.whole_fleet import whole_fleet

from bothup.model.scan import Scan
from bothup.report import formats, renderer
from bothup.report._look import Look

Told = dict[str, tuple[str, bool]]
SCAN = whole_fleet()
EXPECTED: Told = {each.id: (each.status.value, bool(each.muted)) for each in SCAN.findings}
GAPS = {("444455556666", "us-east-1"), ("555566667777", None)}


def text(name: str, scan: Scan = SCAN) -> str:
    return "".join(renderer(name)(scan, Look(verbose=True)))


def from_json() -> Told:
    return {
        each["id"]: (each["status"], bool(each["muted"]))
        for each in json.loads(text("json"))["findings"]
    }


def from_jsonl() -> Told:
    lines = [json.loads(line) for line in text("jsonl").splitlines()]
    found = [each for each in lines if each["kind"] == "finding"]
    return {each["id"]: (each["status"], bool(each["muted"])) for each in found}


def from_csv() -> Told:
    rows = csv.DictReader(io.StringIO(text("csv")))
    return {
        row["id"]: (row["status"], bool(row["muted"])) for row in rows if row["kind"] == "finding"
    }


def from_asff() -> Told:
    found = json.loads(text("asff"))
    told: Told = {}
    for each in found:
        if each["GeneratorId"] == "bothup/coverage":
            continue
        fields, status = each["ProductFields"], each["Compliance"]["Status"]
        if each["RecordState"] == "ARCHIVED":
            assert status == "NOT_AVAILABLE"
            status = "NOT_APPLICABLE"
        assert fields["bothup/Status"] == status
        told[each["Id"]] = status, "bothup/Muted" in fields
    return told


def from_ocsf() -> Told:
    words = {1: "PASSED", 2: "NOT_AVAILABLE", 3: "FAILED", 99: "NOT_APPLICABLE"}
    return {
        each["finding_info"]["uid"]: (
            words[each["compliance"]["status_id"]],
            each["status_id"] == 3,
        )
        for each in json.loads(text("ocsf"))
        if each["compliance"]["control"] != "coverage"
    }


def from_sarif() -> Told:
    words = {
        "pass": "PASSED",
        "open": "NOT_AVAILABLE",
        "fail": "FAILED",
        "notApplicable": "NOT_APPLICABLE",
    }
    return {
        each["partialFingerprints"]["bothupFinding/v1"]: (
            words[each["kind"]],
            "suppressions" in each,
        )
        for each in json.loads(text("sarif"))["runs"][0]["results"]
    }


def from_junit() -> Told:
    """A muted case tells its status in the text, one that is not applicable tells none."""
    told: Told = {}
    for suite in ET.fromstring(text("junit")):
        cases = suite.findall("testcase")
        counts = {"failure": "failures", "error": "errors", "skipped": "skipped"}
        assert int(suite.attrib["tests"]) == len(cases)
        for kind, counted in counts.items():
            assert int(suite.attrib[counted]) == len(suite.findall(f"testcase/{kind}"))
        for case in cases:
            control, resource = case.attrib["classname"], case.attrib["name"].split(" ")[0]
            if control != "coverage":
                told[f"bothup/{control}/{suite.attrib['name']}/{resource}"] = _case(case)
    return told


def _case(case: ET.Element) -> tuple[str, bool]:
    for outcome in case:
        if outcome.tag != "skipped":
            return {"failure": "FAILED", "error": "NOT_AVAILABLE"}[outcome.tag], False
        if outcome.attrib["message"].startswith("muted"):
            return (outcome.text or "").splitlines()[0], True
        return "NOT_APPLICABLE", False
    return "PASSED", False


def from_html() -> Told:
    rows = re.findall(r'<tr id="([^"]+)"><td><span class="(\w+)">.*?</td>', text("html"))
    cells = re.findall(r'<tr id="([^"]+)"><td>(.*?)</td>', text("html"))
    muted = {name for name, cell in cells if "muted until" in cell}
    return {name: (status, name in muted) for name, status in rows}


READERS: dict[str, Callable[[], Told]] = {
    "json": from_json,
    "jsonl": from_jsonl,
    "csv": from_csv,
    "asff": from_asff,
    "ocsf": from_ocsf,
    "sarif": from_sarif,
    "junit": from_junit,
    "html": from_html,
}


def test_the_fleet_holds_everything() -> None:
    assert {status for status, _ in EXPECTED.values()} == {
        *("PASSED", "FAILED", "NOT_AVAILABLE", "NOT_APPLICABLE"),
    }
    assert {status for status, muted in EXPECTED.values() if muted} == {"FAILED", "NOT_AVAILABLE"}
    assert set(READERS) | {"table", "markdown"} == set(formats())


@pytest.mark.parametrize("name", READERS)
def test_a_format_says_the_same_of_every_finding(name: str) -> None:
    assert READERS[name]() == EXPECTED


def test_markdown_says_the_same_of_every_finding() -> None:
    shown = text("markdown")
    for name, (status, muted) in EXPECTED.items():
        resource, where = name.split("/")[-1], name.split("/")[2:4]
        (row,) = [
            line
            for line in shown.splitlines()
            if f"`{resource}`" in line and all(f"| {each} |" in line for each in where)
        ]
        assert row.startswith((f"| {status} ", f"| **{status}** "))
        assert ("(muted)" in row) is muted


def gaps() -> dict[str, Any]:
    """Read back, per format, which Targets were not read."""
    sarif = json.loads(text("sarif"))["runs"][0]["invocations"][0]
    suites = ET.fromstring(text("junit"))
    rows = csv.DictReader(io.StringIO(text("csv")))
    return {
        "ocsf": {
            (each["cloud"]["account"]["uid"], each["cloud"].get("region"))
            for each in json.loads(text("ocsf"))
            if each["compliance"]["control"] == "coverage" and each["compliance"]["status_id"] == 2
        },
        "sarif": {
            tuple(None if part == "-" else part for part in each["descriptor"]["id"].split("/")[2:])
            for each in sarif["toolExecutionNotifications"]
            if not sarif["executionSuccessful"]
        },
        "junit": {
            tuple(None if part.startswith("unknown") else part for part in name.split("/"))
            for name in (
                suite.attrib["name"]
                for suite in suites
                for case in suite.findall("testcase")
                if case.attrib["classname"] == "coverage" and case.find("error") is not None
            )
        },
        "csv": {(row["account"], row["region"] or None) for row in rows if row["kind"] == "target"},
    }


@pytest.mark.parametrize("name", ["ocsf", "sarif", "junit", "csv"])
def test_what_was_not_read_is_never_green(name: str) -> None:
    assert gaps()[name] == GAPS


def test_asff_tells_of_every_region_that_was_not_read() -> None:
    found = [each for each in json.loads(text("asff")) if "coverage" in each["GeneratorId"]]
    assert {(each["AwsAccountId"], each["Region"]) for each in found} == {
        ("444455556666", "us-east-1")
    }
    assert found[0]["Compliance"]["Status"] == "NOT_AVAILABLE"


@pytest.mark.parametrize("name", ["html", "markdown", "table"])
def test_pages_for_people_tell_what_was_not_read(name: str) -> None:
    shown = text(name)
    assert "UnauthorizedOperation" in shown
    assert "555566667777" in shown
