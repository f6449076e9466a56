"""A baseline mutes exactly the failures that it was made of, whatever they are called."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothup.config import file
from bothup.config.mutes_text import mutes_text
from bothup.engine.mutes import Mutes, exactly
from bothup.model.finding import Finding, Resource, Severity, Status
from bothup.model.mute_rule import MuteRule
from tests.cli.conftest import FLEET, clean_env, serve
from tests.config.conftest import Call

TODAY, END = date(2026, 11, 24), date(2027, 3, 1)
WRITE = ("--expires", "2999-12-31", "--reason", "known since the move")


def tunnel(outside_ip: str, status: str) -> dict[str, Any]:
    return {"OutsideIpAddress": outside_ip, "Status": status, "StatusMessage": ""}


def connection(vpn_id: str, statuses: Sequence[str], name: str = "") -> dict[str, Any]:
    return {
        "VpnConnectionId": vpn_id,
        "State": "available",
        "Tags": [{"Key": "Name", "Value": name}] if name else [],
        "VgwTelemetry": [
            tunnel(f"203.0.113.{number}", status) for number, status in enumerate(statuses, 1)
        ],
    }


@pytest.fixture
def described(folder: Path) -> Path:
    """Two connections that failed, one that is healthy and one without telemetry."""
    connections = [
        connection("vpn-0000000a", ["UP", "DOWN"], "Köln\n[[mutes]]"),
        connection("vpn-0000000b", ["DOWN", "DOWN"]),
        connection("vpn-0000000c", ["UP", "UP"]),
        connection("vpn-0000000d", []),
    ]
    path = folder / "described.json"
    path.write_text(json.dumps({"VpnConnections": connections}))
    return path


def rules(text: str, folder: Path) -> list[MuteRule]:
    (folder / "read.toml").write_text(text, "utf-8")
    layer = file.read(folder / "read.toml")
    return list(layer["mutes"].value) if "mutes" in layer else []


def test_each_failure_becomes_one_mute_and_nothing_else_does(
    call: Call, folder: Path, described: Path
) -> None:
    labels = ("--account", "111122223333", "--region", "eu-west-1")
    ran = call("baseline", "--input", str(described), *labels, *WRITE)
    assert ran.code == 4  # vpn-0000000d could not be judged, and no baseline hides that
    assert ran.err == "bothup: 2 failures written as mutes\n"
    assert [each.selectors for each in rules(ran.out, folder)] == [
        {
            "account": "111122223333",
            "region": "eu-west-1",
            "resource": vpn_id,
            "control": "EC2.20",
            "redundancy": redundancy,
        }
        for vpn_id, redundancy in (("vpn-0000000a", "DEGRADED"), ("vpn-0000000b", "DOWN"))
    ]
    assert {each.reason for each in rules(ran.out, folder)} == {"known since the move"}
    assert {each.expires for each in rules(ran.out, folder)} == {date(2999, 12, 31)}
    named = [line for line in ran.out.splitlines() if line.startswith("# K")]
    assert named == ["# Köln\N{REPLACEMENT CHARACTER}[[mutes]]: tunnel 203.0.113.2 is DOWN"]


def test_a_baseline_appended_to_the_configuration_leaves_nothing_to_mute(
    call: Call, folder: Path, described: Path
) -> None:
    settings = folder / "bothup.toml"
    settings.write_text("timeout = 30" + call("baseline", "--input", str(described), *WRITE).out)
    ran = call("baseline", "--input", str(described), *WRITE)
    assert ran.err == "bothup: 0 failures written as mutes; 2 muted already\n"
    assert "[[mutes]]" not in ran.out


def test_a_mute_that_has_expired_is_written_anew(call: Call, folder: Path, described: Path) -> None:
    old = '[[mutes]]\nresource = "vpn-*"\nreason = "old"\nexpires = 2020-01-01\n'
    (folder / "bothup.toml").write_text(old)
    ran = call("baseline", "--input", str(described), *WRITE)
    assert ran.err == "bothup: 2 failures written as mutes\n"


def test_the_file_is_written_whole_or_not_at_all(call: Call, folder: Path, described: Path) -> None:
    ran = call("baseline", "--input", str(described), *WRITE, "-o", "accepted.toml")
    assert ran.out == ""
    assert len(rules((folder / "accepted.toml").read_text(), folder)) == 2

    (folder / "broken.json").write_text('{"VpnConnections": [{')
    before = sorted(folder.iterdir())
    assert call("baseline", "--input", "broken.json", *WRITE, "-o", "new.toml").code == 2
    assert call("baseline", "--input", str(described), *WRITE, "-o", "no/where.toml").code == 2
    assert sorted(folder.iterdir()) == before


def test_settings_for_a_scan_do_not_bend_a_baseline(
    call: Call, folder: Path, described: Path
) -> None:
    plain = call("baseline", "--input", str(described), *WRITE).out
    (folder / "bothup.toml").write_text(
        'output = ["json=out.json"]\nregions = ["eu-west-1", "us-east-1"]\norg = true'
    )
    assert call("baseline", "--input", str(described), *WRITE).out == plain
    assert not (folder / "out.json").exists()


def test_without_input_the_failures_are_those_of_the_account(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(FLEET) as sim:
        for name, value in {**clean_env(), **sim.env()}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("HOME", str(folder))
        tunnels = ("--control", "EC2.20")
        ran = call("baseline", *WRITE, *tunnels, "-o", "bothup.toml")
        assert (ran.code, ran.out) == (0, "")
        assert ran.err == "bothup: 1 failure written as mutes\n"
        (rule,) = rules((folder / "bothup.toml").read_text(), folder)
        assert (rule.account, rule.region) == ("111122223333", "eu-west-1")
        assert call("baseline", *WRITE, *tunnels).err.endswith(
            "0 failures written as mutes; 1 muted already\n"
        )


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (("--expires", "2020-01-01", "--reason", "x"), "that day has come already"),
        (("--expires", "2999-01-01", "--reason", " "), "say why"),
    ],
)
def test_a_mute_without_a_reason_or_with_no_time_left_is_refused(
    call: Call, described: Path, flags: tuple[str, ...], error: str
) -> None:
    ran = call("baseline", "--input", str(described), *flags)
    assert (ran.code, ran.out) == (2, "")
    assert error in ran.error


WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
GLOBS = st.text("*?[]!a-", min_size=1, max_size=5)
NAME = WORD | GLOBS
FINDINGS = st.builds(
    lambda status, control, account, region, resource: Finding(
        id=f"bothup/{control}/{account}/{region}/{resource.id}",
        control=control,
        title="",
        severity=Severity.MEDIUM,
        status=status,
        account=account,
        region=region,
        resource=resource,
    ),
    st.sampled_from([Status.FAILED, Status.NOT_AVAILABLE, Status.PASSED]),
    st.sampled_from(["EC2.20", "EC2.*"]),
    st.sampled_from([None, "111122223333"]),
    st.sampled_from([None, "eu-west-1", "?"]),
    st.builds(
        Resource,
        type=st.just("AWS::EC2::VPNConnection"),
        id=st.sampled_from(["a", "ab", "*", "?", "[ab]"]) | NAME,
        tags=st.dictionaries(NAME, NAME, max_size=1),
    ),
)


def written(findings: Sequence[Finding], reason: str) -> str:
    failed = [each for each in findings if each.status is Status.FAILED]
    made = ((exactly(each, reason=reason, expires=END), each.resource.id) for each in failed)
    return "".join(mutes_text(made))


def literal(text: str) -> bool:
    """No other text is what this one looks like once its wildcards are in brackets."""
    return not any(wild in text for wild in ("[*]", "[?]", "[[]"))


@given(
    st.lists(FINDINGS, unique_by=lambda finding: finding.resource.id, max_size=6),
    NAME.filter(str.strip),
)
def test_reading_a_baseline_back_mutes_exactly_what_it_was_made_of(
    tmp_path_factory: pytest.TempPathFactory, findings: list[Finding], reason: str
) -> None:
    findings = [each for each in findings if literal(each.resource.id)]
    folder = tmp_path_factory.mktemp("baseline")
    read = rules(written(findings, reason), folder)
    found = Mutes(read, today=TODAY).apply(findings).findings
    for finding in found:
        assert (finding.muted is not None) == (finding.status is Status.FAILED)
        assert finding.muted is None or finding.muted.reason == reason
