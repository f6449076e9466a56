"""`scan --input`: labels, flags that have no part in it, and what is there twice."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, findings

FIRST, SECOND = ({"OutsideIpAddress": f"203.0.113.{n}", "Status": "UP"} for n in (1, 2))
UP = FIRST, SECOND
DOWN = FIRST, SECOND | {"Status": "DOWN"}


def connection(*telemetry: dict[str, str]) -> str:
    record = {"VpnConnectionId": "vpn-1", "State": "available", "VgwTelemetry": telemetry}
    return json.dumps({"VpnConnections": [record]}) + "\n"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--account", "12"], "--account '12': expected twelve digits"),
        (["--account", "\u0661" * 12], "expected twelve digits"),
        (["--region", "Frankfurt"], "--region 'Frankfurt': expected the name of a Region"),
        (["--region", "all"], "--region 'all': expected the name of a Region"),
        (["--account", "111122223333", "--account", "111122223334"], "only once"),
        (["--org"], "--org says how AWS is read; --input reads a file instead"),
        (["--accounts", "111122223333"], "--accounts says how AWS is read"),
        (["--role-name", "x"], "--role-name says how AWS is read"),
        (["--external-id", "xyz"], "--external-id says how AWS is read"),
        (["--timeout", "3"], "--timeout says how AWS is read"),
        (["--profile", "x"], "--profile says how AWS is read"),
        (["--shard", "1/2"], "--resume and --shard are for reading AWS"),
    ],
)
def test_what_has_no_part_in_it_is_a_usage_error(
    bothup: Run, flags: list[str], message: str
) -> None:
    done = bothup("scan", "--control", "EC2.20", "--input", "-", *flags, stdin=connection(*UP))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_settings_about_aws_do_not_matter(bothup: Run, tmp_path: Path) -> None:
    (tmp_path / "bothup.toml").write_text(
        'org = true\nrole-name = "x"\nregions = ["eu-west-1"]\ntimeout = 5\nfail-on = "none"\n'
    )
    done = bothup(
        "scan",
        "--control",
        "EC2.20",
        "--input",
        "-",
        stdin=connection(*DOWN),
        BOTHUP_ACCOUNTS="111122223333",
    )
    assert done.returncode == 0, done.stderr
    assert "1 FAILED" in done.stdout


def test_two_copies_of_a_connection_are_one(bothup: Run) -> None:
    done = bothup(
        "scan",
        "--control",
        "EC2.20",
        "--input",
        "-",
        "-o",
        "json",
        stdin=connection(*UP) + connection(*DOWN),
    )
    assert findings(done.stdout)["vpn-1"]["status"] == "FAILED"
    assert json.loads(done.stdout)["summary"]["connections"] == 1
    assert "1 record of the input repeats another: the worst counts" in done.stderr


def test_two_copies_of_a_scan_are_one(bothup: Run) -> None:
    labels = ("--account", "111122223333", "--region", "eu-west-1")
    scans = [
        bothup(
            "scan",
            "--control",
            "EC2.20",
            "--input",
            "-",
            "-o",
            "json",
            *labels,
            stdin=connection(*telemetry),
        ).stdout
        for telemetry in (DOWN, UP)
    ]
    unread = scans[1].replace('"status": "read"', '"status": "denied"')
    done = bothup(
        "scan",
        "--control",
        "EC2.20",
        "--input",
        "-",
        "-o",
        "json",
        stdin=scans[1] + scans[0] + unread,
    )
    whole = json.loads(done.stdout)
    assert [each["status"] for each in whole["findings"]] == ["FAILED"]
    assert (whole["summary"]["connections"], whole["summary"]["by_status"]["FAILED"]) == (1, 1)
    assert [each["status"] for each in whole["coverage"]] == ["denied"], "what it lacks may matter"
    assert "2 findings of the input repeat others" in done.stderr


def test_of_an_earlier_scan_only_the_chosen_controls_are_told(bothup: Run, tmp_path: Path) -> None:
    done = bothup("scan", "--input", "-", "-o", "json", stdin=connection(*DOWN))
    # As if the scan had been of another control, which no list of connections can be judged by.
    file = tmp_path / "scan.json"
    file.write_text(done.stdout.replace("EC2.183", "EC2.13"))
    every = ["EC2.13", "EC2.171", "EC2.20"]
    assert told(bothup, file) == every
    assert told(bothup, file, "--control", "EC2.20") == ["EC2.20"]
    assert told(bothup, file, "--control", "EC2.13") == ["EC2.13"]
    assert told(bothup, file, "--control", "path") == ["EC2.13", "EC2.20"]
    refused = bothup("scan", "--input", str(file), "--control", "EC2.51")
    assert (refused.returncode, refused.stdout) == (2, "")


def told(bothup: Run, file: Path, *flags: str) -> list[str]:
    done = bothup("scan", "--input", str(file), "-o", "json", *flags)
    return sorted({each["control"] for each in json.loads(done.stdout)["findings"]})


def test_a_scan_that_is_read_again_says_what_it_had_looked_for(bothup: Run, tmp_path: Path) -> None:
    """Nothing found of a control is something other than that nobody looked."""
    place = {"account": "111122223333", "region": "eu-west-1"}
    document = {
        "schema": "bothup.scan/1",
        "scope": {"controls": ["EC2.13", "EC2.20"]},
        "coverage": [place | {"status": "read"}],
        "findings": [],
    }
    (tmp_path / "scan.json").write_text(json.dumps(document))

    def looked_for(*words: str) -> list[str]:
        done = bothup("scan", "--input", "scan.json", "-o", "json", *words)
        assert done.returncode == 0, done.stderr
        found: list[str] = json.loads(done.stdout)["scope"]["controls"]
        return found

    assert looked_for() == ["EC2.13", "EC2.20"]
    assert looked_for("--control", "EC2.13") == ["EC2.13"]
