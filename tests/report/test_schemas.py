"""Each format against its own schema or model, with a fleet that tries all that there is."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import msgspec
import pytest
import xmlschema
from botocore.model import Shape
from botocore.validate import ParamValidator
from tests.report.whole_fleet import GROUP, whole_fleet

from bothup.errors import UsageError
from bothup.model.finding import Reason
from bothup.model.scan import Scan
from bothup.report import renderer
from bothup.report._look import Look

SCHEMAS = Path(__file__).parent / "schemas"
MOST_BYTES = 240 * 1024  # a finding, by BatchImportFindings (Security Hub API Reference)
LIMITS = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512}
SECRET_MEMBERS = ("CustomerGatewayConfiguration", "PreSharedKey")


def text(name: str, scan: Scan) -> str:
    return "".join(renderer(name)(scan, Look()))


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / name).read_text("utf-8"))
    return found


def test_asff_is_what_batch_import_findings_takes() -> None:
    model = botocore.session.Session().get_service_model("securityhub")
    shape = model.shape_for("AwsSecurityFinding")
    found = json.loads(text("asff", whole_fleet()))
    assert len(found) == 12
    for finding in found:
        report = ParamValidator().validate(finding, shape)
        assert not report.has_errors(), report.generate_report()
        assert list(breaches(finding, shape, "$")) == []
        assert len(json.dumps(finding).encode()) <= MOST_BYTES
        assert all(len(finding[member]) <= most for member, most in LIMITS.items())
        assert all(len(value) <= 2048 for value in finding["ProductFields"].values())
        assert len(finding.get("Remediation", {}).get("Recommendation", {}).get("Text", "")) <= 512
        assert finding["Region"] in finding["ProductArn"]
        assert "Workflow" not in finding
        assert not any(member in json.dumps(finding) for member in SECRET_MEMBERS)


def breaches(value: Any, shape: Shape, where: str) -> list[str]:
    """What botocore's own validator lets pass: enums, patterns ("not blank"), unknown members."""
    if shape.type_name == "structure":
        unknown = [f"{where}.{name}" for name in value if name not in shape.members]
        inner = [
            breach
            for name in value
            if name in shape.members
            for breach in breaches(value[name], shape.members[name], f"{where}.{name}")
        ]
        return unknown + inner
    if shape.type_name == "list":
        return [b for each in value for b in breaches(each, shape.member, f"{where}[]")]
    if shape.type_name == "map":
        both = [(each, shape.key) for each in value]
        both += [(each, shape.value) for each in value.values()]
        return [b for each, kind in both for b in breaches(each, kind, f"{where}{{}}")]
    if shape.type_name == "string":
        wrong = shape.enum and value not in shape.enum
        blank = "pattern" in shape.metadata and not value.strip()
        return [f"{where}: {value!r}"] if wrong or blank else []
    return []


def test_asff_of_a_finding_with_a_thousand_reasons_fits() -> None:
    reason = Reason(code="open", text="ü" * 3000)
    huge = msgspec.structs.replace(GROUP, reasons=(reason,) * 1000, notices=(reason,) * 1000)
    scan = msgspec.structs.replace(whole_fleet(), findings=(huge,), coverage=())
    (finding,) = json.loads(text("asff", scan))
    assert len(json.dumps(finding, ensure_ascii=False).encode()) <= MOST_BYTES


def test_asff_needs_to_know_the_account() -> None:
    nowhere = msgspec.structs.replace(GROUP, account=None)
    scan = msgspec.structs.replace(whole_fleet(), findings=(nowhere,))
    with pytest.raises(UsageError, match="--account and --region"):
        text("asff", scan)


def test_ocsf_is_compliance_finding_2003() -> None:
    check = jsonschema.Draft202012Validator(schema("ocsf-1.6.0-compliance-finding.json"))
    found = json.loads(text("ocsf", whole_fleet()))
    assert len(found) == 13
    for event in found:
        check.validate(event)
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    broken = found[0] | {"time": found[0]["time"] // 1000}
    assert not check.is_valid(broken)


def test_sarif_fits_the_schema_of_oasis() -> None:
    sarif = schema("sarif-2.1.0.json")
    check = jsonschema.validators.validator_for(sarif)(sarif)
    document = json.loads(text("sarif", whole_fleet()))
    check.validate(document)
    (run,) = document["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        # SARIF 2.1.0, 3.27.10: a result that is no failure has the level "none".
        assert (result["level"] != "none") == (result["kind"] == "fail")


def test_junit_fits_the_schema_of_ant() -> None:
    xmlschema.XMLSchema(SCHEMAS / "junit.xsd").validate(text("junit", whole_fleet()))


class Page(HTMLParser):
    """Checks that every element is closed, and notes what would be fetched or run."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_whole_escaped_and_needs_nothing_else() -> None:
    shown = text("html", whole_fleet())
    page = Page()
    page.feed(shown)
    assert page.open == []
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "i", "b", "a"})
    assert page.attributes <= {"lang", "charset", "name", "content", "class", "id"}
    assert "url(" not in shown
    assert "@import" not in shown
    assert "How to fix it" in shown
    assert "The pre-shared keys differ" in shown
    assert "Set the key &lt;again&gt;" in shown
