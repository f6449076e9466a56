"""What people and programs see, letter by letter; UPDATE_GOLDEN=1 writes the files anew."""

import csv
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len

from bothup.engine.assemble import assemble, scope
from bothup.engine.controls import rule
from bothup.engine.judge import judge
from bothup.model.finding import Finding, Redundancy
from bothup.model.scan import Scan
from bothup.model.target import Coverage, CoverageStatus, Target
from bothup.read.describe import read_connection
from bothup.report import formats, renderer
from bothup.report._look import Look

HERE = Path(__file__).parent
CASES = HERE.parent / "cases" / "EC2.20"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FLEET = {
    ("111122223333", "eu-central-1"): ["both-up", "one-down", "up-without-routes"],
    ("111122223333", "us-east-1"): [
        "both-down",
        "telemetry-malformed",
        "provisioning-one-nameless",
    ],
    ("444455556666", "eu-central-1"): ["state-deleting", "bgp-down", "one-entry-up"],
}


def fleet() -> Scan:
    rules = [rule("EC2.20")]
    records = [
        read_connection(record(number, case), Target(account=account, region=region), NOW)
        for (account, region), cases in FLEET.items()
        for number, case in enumerate(cases)
    ]
    coverage = [
        *(
            Coverage(account=account, region=region, status=CoverageStatus.READ)
            for account, region in FLEET
        ),
        Coverage(
            account="444455556666",
            region="us-east-1",
            status=CoverageStatus.DENIED,
            error_code="UnauthorizedOperation",
            message="You are not authorized to perform this operation.",
        ),
    ]
    wheres = ((each.account, each.region) for each in coverage)
    return assemble(
        judge(records, rules),
        coverage,
        scope=scope(rules, wheres),
        started_at=NOW,
        finished_at=NOW,
    )


def record(number: int, case: str) -> object:
    """A case's record with an id and a name of its own; the names try the formats' quoting."""
    names = ["=HYPERLINK(1)", "bremen | <b>depot</b>", 'köln, "nord"\x1b[31m']
    found = json.loads((CASES / f"{case}.json").read_text("utf-8"))["record"]
    found["VpnConnectionId"] = f"vpn-0a1b2c3d4e5f6000{number}"
    found["Tags"] = [{"Key": "Name", "Value": names[number]}]
    return found


@pytest.mark.parametrize(
    ("name", "look"),
    [
        *((name, Look()) for name in formats()),
        ("table", Look(width=80)),
        ("table", Look(width=120, colour=True, verbose=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else file_of("", value),
)
def test_golden(name: str, look: Look) -> None:
    text = "".join(renderer(name)(fleet(), look))
    golden = HERE / "golden" / file_of(name, look)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def file_of(name: str, look: Look) -> str:
    """Name the golden file."""
    narrow = "-narrow" if look.width < Look().width and not look.colour else ""
    return f"{name}{'-colour' if look.colour else narrow}.txt"


def test_every_format_says_the_same() -> None:
    scan = fleet()
    expected = {(each.id, each.status.value) for each in scan.findings}
    whole = json.loads(text("json", scan))
    assert {(each["id"], each["status"]) for each in whole["findings"]} == expected
    lines = [json.loads(line) for line in text("jsonl", scan).splitlines()]
    assert {(each["id"], each["status"]) for each in lines if each["kind"] == "finding"} == expected
    rows = list(csv.DictReader(io.StringIO(text("csv", scan))))
    assert {(row["id"], row["status"]) for row in rows if row["kind"] == "finding"} == expected
    assert [row["status"] for row in rows if row["kind"] == "target"] == ["denied"]
    for name in ("table", "markdown"):
        shown = text(name, scan)
        assert all(each.resource.id in shown for each in scan.findings)
        assert "denied" in shown


def text(name: str, scan: Scan) -> str:
    return "".join(renderer(name)(scan, Look()))


def test_the_json_document_is_the_contract() -> None:
    document = msgspec.json.decode(text("json", fleet()), type=dict[str, object])
    assert list(document) == [
        *("schema", "tool", "started_at", "finished_at", "scope", "coverage", "findings"),
        "summary",
    ]
    assert document["schema"] == "bothup.scan/1"
    assert msgspec.convert(document["findings"], tuple[Finding, ...]) == fleet().findings


def test_no_format_lets_a_name_move_the_cursor() -> None:
    for name in formats():
        assert "\x1b" not in text(name, fleet()), name


def test_healthy_connections_are_counted_when_they_are_many() -> None:
    one = fleet()
    healthy = next(each for each in one.findings if each.status == "PASSED")
    many = msgspec.structs.replace(one, findings=(*one.findings, *[healthy] * 30))
    assert "not listed (-v lists them)" in text("table", many)
    listed = "".join(renderer("table")(many, Look(verbose=True)))
    assert "not listed" not in listed
    assert listed.count(healthy.resource.id) > 30


@pytest.mark.parametrize("width", [80, 84, 60])
def test_a_narrow_screen_gets_a_table_that_fits(width: int) -> None:
    shown = "".join(renderer("table")(fleet(), Look(width=width))).splitlines()
    longest = max(map(cell_len, shown))
    # Below that, what a person cannot do without (id, address, status) has no room.
    assert longest <= max(width, 75)
    assert any("vpn-0a1b2c3d4e5f60001" in line for line in shown)
    joined = "".join(line.strip() for line in shown)
    assert all(region in joined for _, region in FLEET)
    wide = "".join(renderer("table")(fleet(), Look(width=200))).splitlines()
    assert cell_len(wide[1]) > width


@pytest.mark.parametrize("width", [80, 100])
def test_what_other_controls_found_fits_a_narrow_screen(width: int) -> None:
    name = "a-name-that-somebody-gave-to-a-connection-" * 3
    records = [
        read_connection(
            record(number, case) | {"Tags": [{"Key": "Name", "Value": name}]},
            Target(account="111122223333", region="eu-central-1"),
            NOW,
        )
        for number, case in enumerate(["both-up", "one-down"])
    ]
    found = judge(records, [rule("EC2.171"), rule("EC2.183")])
    scan = msgspec.structs.replace(fleet(), findings=found)
    shown = "".join(renderer("table")(scan, Look(width=width))).splitlines()
    assert max(map(cell_len, shown)) <= width
    column, why = (shown[0].index(each) for each in ("Resource", "Why"))
    names = "".join(line[column:why].strip() for line in shown)
    words = " ".join(line[why:].strip() for line in shown)
    for each in (one for one in found if one.status == "FAILED"):
        assert name + each.resource.id + "111122223333eu-central-1" in names
        assert all(reason.text in words for reason in each.reasons)
    wide = "".join(renderer("table")(scan, Look(width=400))).splitlines()
    assert cell_len(wide[1]) > width


def test_a_long_name_is_wrapped_and_stays_whole() -> None:
    one = next(each for each in fleet().findings if each.status == "FAILED")
    name = "a-name-that-somebody-gave-to-a-connection-" * 3
    resource = msgspec.structs.replace(one.resource, name=name)
    scan = msgspec.structs.replace(
        fleet(), findings=(msgspec.structs.replace(one, resource=resource),)
    )
    shown = "".join(renderer("table")(scan, Look(width=80))).splitlines()
    assert max(map(cell_len, shown)) <= 80
    column = shown[0].index("Connection")
    assert name in "".join(line[column:].split("  ")[0] for line in shown[2:8])


@pytest.mark.parametrize(
    ("redundancy", "words"),
    [
        ("DOWN", ["DOWN"]),
        ("DEGRADED", ["DEGRADED"]),
        ("REDUNDANT", ["FAILED", "REDUNDANT"]),
        ("UNKNOWN", ["FAILED", "UNKNOWN"]),
    ],
)
def test_what_failed_shows_the_redundancy_that_it_has(redundancy: str, words: list[str]) -> None:
    one = next(each for each in fleet().findings if each.status == "FAILED")
    found = msgspec.structs.replace(one, redundancy=Redundancy(redundancy))
    shown = text("table", msgspec.structs.replace(fleet(), findings=(found,))).splitlines()
    assert [line.partition(" ")[0] for line in shown[2 : 2 + len(words)]] == words
