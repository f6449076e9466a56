"""`bothup diagnose` and `bothup collect` as people run them."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bothup.sim.faults import Fault
from bothup.sim.load import load_scenario
from bothup.sim.server import SimServer
from tests.collect.conftest import Run
from tests.collect.ground import ACCOUNT, connection

ONCE = ("--telemetry-interval", "0")
CASES = Path(__file__).parent.parent / "diagnosis" / "cases" / "lab"
DENIED = Fault(region="eu-west-1", operation="ec2:Describe*", code="UnauthorizedOperation")


def first_causes(diagnosis: dict[str, Any]) -> dict[str, str]:
    """The leading cause of each tunnel that is not UP."""
    tunnels = diagnosis["tunnels"]
    return {
        each["outside_ip"]: each["causes"][0]["id"] for each in tunnels if each["status"] != "UP"
    }


def test_a_connection_is_diagnosed_from_nothing_but_its_id(bothup: Run, sim: SimServer) -> None:
    name = connection(sim, "broken").id
    done = bothup("diagnose", name, *ONCE)
    assert done.returncode == 3, done.stderr
    assert f"{name}  {ACCOUNT}  eu-central-1" in done.stdout
    assert "confirmed, 97%" in done.stdout
    assert "(psk-mismatch)" in done.stdout
    assert "ok  Nothing is wrong with the tunnel (healthy)" in done.stdout
    assert done.stderr == ""


def test_without_a_name_all_that_are_not_redundant_are_diagnosed(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    done = bothup("diagnose", *ONCE, "-o", "json", "-o", "html=page.html", "-o", "markdown=page.md")
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    assert told["schema"] == "bothup.diagnoses/1"
    assert told["not_read"] == []
    # Three of its connections have changes that CloudTrail keeps: seven names, and two of calls.
    assert sim.calls.count("cloudtrail:LookupEvents", region="eu-central-1") == 7 + 2
    broken = {connection(sim, name).id for name in ("broken", "static", "quiet", "quay-1")} | {
        connection(sim, "quay-2", "eu-west-1").id
    }
    assert {each["connection"] for each in told["diagnoses"]} == broken
    places = [(each["region"], each["connection"]) for each in told["diagnoses"]]
    assert places == sorted(places)
    assert "<h1>" in (tmp_path / "page.html").read_text("utf-8")
    assert (tmp_path / "page.md").read_text("utf-8").startswith("# vpn-")
    by_id = {each["connection"]: each for each in told["diagnoses"]}
    causes = first_causes(by_id[connection(sim, "quay-1").id])
    assert set(causes.values()) == {"customer-gateway-down"}
    assert set(first_causes(by_id[connection(sim, "quiet").id]).values()) == {
        "second-tunnel-not-configured"
    }


def test_a_healthy_connection_is_0(bothup: Run, sim: SimServer) -> None:
    done = bothup("diagnose", connection(sim, "healthy").id, *ONCE, "-o", "json")
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)
    assert told["schema"] == "bothup.diagnosis/1"
    assert [each["status"] for each in told["tunnels"]] == ["UP", "UP"]
    with SimServer(load_scenario("healthy")) as healthy:
        done = bothup("diagnose", *ONCE, sim=healthy)
    assert (done.returncode, done.stdout) == (0, "Every connection is on two tunnels.\n")


def test_a_region_that_is_not_read_is_told_and_never_0(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(DENIED)
    done = bothup("diagnose", *ONCE)
    assert done.returncode == 3
    assert "Not read, so not known to be up:" in done.stdout
    assert "111122223333 eu-west-1 (denied)" in done.stdout
    assert done.stderr == ""
    only = bothup("diagnose", *ONCE, "--region", "eu-west-1", "-o", "json")
    assert only.returncode == 4
    assert "not read: 111122223333 eu-west-1 (denied)" in only.stderr
    assert json.loads(only.stdout)["not_read"][0]["region"] == "eu-west-1"


def test_what_was_found_does_not_need_the_other_regions(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(DENIED)
    done = bothup("diagnose", connection(sim, "healthy").id, *ONCE, "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == "bothup.diagnosis/1"
    assert done.stderr == ""


def test_a_connection_that_is_nowhere(bothup: Run, sim: SimServer) -> None:
    for verb in ("diagnose", "collect"):
        done = bothup(verb, "vpn-0123456789abcdef0")
        assert (done.returncode, done.stdout) == (2, "")
        assert "vpn-0123456789abcdef0 is nowhere in what was read" in done.stderr
    sim.faults.add(DENIED)
    done = bothup("collect", "vpn-0123456789abcdef0")
    assert (done.returncode, done.stdout) == (4, "")
    assert "not read: 111122223333 eu-west-1" in done.stderr


def test_what_was_collected_is_diagnosed_as_it_is_live(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    name = connection(sim, "broken").id
    done = bothup("collect", name, "-o", "evidence.json")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    live = json.loads(bothup("diagnose", name, *ONCE, "-o", "json").stdout)
    text = (tmp_path / "evidence.json").read_text("utf-8")
    assert json.loads(text)["schema"] == "bothup.evidence/1"
    for told in (
        bothup("diagnose", "--evidence", "evidence.json", "-o", "json", sim=None),
        bothup("diagnose", "--evidence", "-", "-o", "json", stdin=text, sim=None),
    ):
        assert told.returncode == 3, told.stderr
        assert first_causes(json.loads(told.stdout)) == first_causes(live)
        assert json.loads(told.stdout)["region"] == "eu-central-1"


def test_what_is_missing_is_said_on_the_side(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(Fault(operation="cloudtrail:*", code="AccessDeniedException"))
    done = bothup("collect", connection(sim, "broken").id)
    assert done.returncode == 0
    assert "bothup: missing: CloudTrail's events on the connection could not be read" in done.stderr
    assert json.loads(done.stdout)["missing_evidence"][0]["kind"] == "changes"
    assert bothup("collect", connection(sim, "broken").id, "-q").stderr == ""


def device_log(tmp_path: Path, case: str = "lab-b1_psk_mismatch_cgw_initiates-device") -> str:
    document = json.loads((CASES / f"{case}.json").read_text("utf-8"))
    lines = [line for log in document["evidence"]["logs"] for line in log["lines"]]
    (tmp_path / "gw.log").write_text("\n".join(lines), "utf-8")
    return "gw.log"


def test_a_device_log_alone_is_enough(bothup: Run, tmp_path: Path) -> None:
    log = device_log(tmp_path)
    done = bothup("diagnose", "--device-log", log, sim=None)
    assert done.returncode == 3, done.stderr
    assert "(psk-mismatch)" in done.stdout
    commands = ("        aws ", "        bothup ")
    prose = [each for each in done.stdout.splitlines() if not each.startswith(commands)]
    assert 70 < max(map(len, prose)) <= 80
    assert done.stdout.startswith("a connection not named\n")
    assert "device log, 2026-11-22 09:10:45 UTC: gw.log, line 19: " in done.stdout
    told = bothup("diagnose", "--device-log", log, "--timezone", "Europe/Berlin", sim=None)
    assert "device log, 2026-11-22 08:10:45 UTC: gw.log, line 19: " in told.stdout


def test_a_log_as_windows_exports_it_is_read_and_told(bothup: Run, tmp_path: Path) -> None:
    text = (tmp_path / device_log(tmp_path)).read_text("utf-8").replace("\n", "\r\n")
    (tmp_path / "gw.log").write_text(text, "utf-16", newline="")
    (tmp_path / "gw.conf").write_text("conn aws\n  right=203.0.113.11\n  auto=start\n", "utf-16")
    files = ("--device-log", "gw.log", "--device-config", "gw.conf")
    told = json.loads(bothup("diagnose", *files, "-o", "json", sim=None).stdout)
    assert not any("not text" in each for each in told["notices"])
    assert "psk-mismatch" in {each["causes"][0]["id"] for each in told["tunnels"]}
    assert told["notices"][0] == "gw.log: read as UTF-16, which it is written in"


def test_an_input_without_end_is_no_evidence(bothup: Run, tmp_path: Path) -> None:
    with (tmp_path / "vast.json").open("wb") as file:
        file.truncate(300 * 2**20)
    for verb, flag in (("diagnose", "--evidence"), ("scan", "--diagnosis")):
        done = bothup(verb, flag, "vast.json", sim=None)
        assert done.stderr == "bothup: vast.json: more than 256 MiB; expected less\n"
        assert (done.returncode, done.stdout) == (2, "")


def test_a_device_log_joins_the_evidence_of_aws(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    address = next(each.outside_ip for each in connection(sim, "broken").tunnels if not each.now.up)
    log = device_log(tmp_path)
    (tmp_path / log).write_text((tmp_path / log).read_text().replace("203.0.113.11", address))
    done = bothup("collect", connection(sim, "broken").id, "--device-log", log, "-o", "all.json")
    assert done.returncode == 0, done.stderr
    told = json.loads(bothup("diagnose", "--evidence", "all.json", "-o", "json", sim=None).stdout)
    (down,) = [each for each in told["tunnels"] if each["status"] == "DOWN"]
    kinds = {clue["evidence"]["kind"] for clue in down["causes"][0]["clues"]}
    assert kinds == {"activity_log", "device_log"}
    live = bothup("diagnose", connection(sim, "broken").id, *ONCE, "--device-log", log)
    assert "gw.log, line 19" in live.stdout


def test_a_past_incident_is_diagnosed_as_of_then(bothup: Run, sim: SimServer) -> None:
    quiet = connection(sim, "quay-1")
    changed = quiet.tunnels[0].changed
    done = bothup("diagnose", quiet.id, "--at", changed.isoformat(), *ONCE, "-o", "json")
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    assert {each["status"] for each in told["tunnels"]} == {"DOWN"}
    at = datetime.fromisoformat(told["tunnels"][0]["last_status_change"])
    assert abs((at - changed).total_seconds()) < 600
    assert any("by TunnelState" in each for each in told["notices"])
    before = bothup("diagnose", quiet.id, "--at", "2026-01-01", "--quiet", *ONCE, "-o", "json")
    now = datetime.now(UTC)
    assert now > datetime(2026, 1, 1, tzinfo=UTC)
    kinds = {each["kind"] for each in json.loads(before.stdout)["missing_evidence"]}
    assert "changes" in kinds


def test_a_device_log_may_come_through_a_pipe(bothup: Run) -> None:
    line = "05:30:42 gw charon: 09[IKE] <aws|1> giving up after 5 retransmits\n" * 3
    for name in ("/dev/stdin", "-"):
        done = bothup("diagnose", "--device-log", name, stdin=f"Nov 24 {line}", sim=None)
        assert "(ike-no-response)" in done.stdout, done.stderr


def test_an_empty_device_log_is_told(bothup: Run) -> None:
    done = bothup("diagnose", "--device-log", "-", "-o", "json", stdin="\n", sim=None)
    assert json.loads(done.stdout)["notices"] == ["-: the log is empty"]


def test_without_credentials_the_way_without_them_is_named(bothup: Run) -> None:
    done = bothup("diagnose", "--region", "eu-west-1", sim=None)
    assert done.returncode == 2
    assert "bothup diagnose --evidence FILE" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--evidence", "none.json"), "none.json: No such file or directory"),
        (("--evidence", "-"), "stdin, $.schema: null; expected bothup.evidence/1"),
        (("--device-log", "none.log"), "none.log: No such file or directory; expected a log"),
        (("--device-log", "--quiet"), "--quiet stands where a file is expected; such a file is ./"),
        (("--evidence", "-q"), "-q stands where a file is expected; such a file is ./-q"),
        (("--device-config", "none.cfg"), "none.cfg: No such file or directory; expected a conf"),
        (("--evidence", "-", "vpn-1"), "name no connection or time"),
        (("--evidence", "-", "--at", "2026-01-01"), "name no connection or time"),
        (("i-0123456789abcdef0",), "'i-0123456789abcdef0' is no connection; expected an id like"),
        (("--at", "noon"), "--at 'noon': expected a time"),
        (("--at", "2026-01-01", "--device-log", "gw.log"), "name the connection of the device's"),
        (("--telemetry-interval", "-5"), "--telemetry-interval -5: expected 0 to 3600 seconds"),
        (("--telemetry-interval", "nan"), "--telemetry-interval nan: expected 0 to 3600 seconds"),
        (("--at", "2026-01-01", "--since", "2d"), "say one of them"),
        (("--timezone", "Mars/Olympus", "--evidence", "-"), "--timezone 'Mars/Olympus'"),
        (("-o", "htm"), "did you mean html"),
        (("-o", "json=none/x"), "there is no folder none"),
        (("-o", "json", "-o", "text"), "only one -o format can go to stdout"),
    ],
)
def test_what_makes_no_sense_is_2_and_one_line(
    bothup: Run, arguments: tuple[str, ...], error: str
) -> None:
    done = bothup("diagnose", *arguments, stdin="{}", sim=None)
    assert (done.returncode, done.stdout) == (2, "")
    assert error in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"schema": "bothup.scan/1"}', "\x00\x01", '{"schema": ' * 5000],
)
def test_what_is_no_bundle_is_2(bothup: Run, text: str) -> None:
    done = bothup("diagnose", "--evidence", "-", stdin=text, sim=None)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_an_empty_bundle_says_nothing_and_that_is_4(bothup: Run) -> None:
    done = bothup("diagnose", "--evidence", "-", stdin='{"schema": "bothup.evidence/1"}', sim=None)
    assert done.returncode == 4, done.stderr
    assert "(unknown)" in done.stdout


def test_a_file_is_written_whole_or_not_at_all(bothup: Run, tmp_path: Path, sim: SimServer) -> None:
    done = bothup("collect", connection(sim, "broken").id, "-o", "none/evidence.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["diagnose", "collect"])
def test_help_imports_nothing_heavy(verb: str) -> None:
    code = (
        "import sys; from bothup.cli.app import run; run([sys.argv[1], '--help']); "
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, verb], capture_output=True, text=True, check=True
    )
    heavy = ("botocore", "asyncio", "bothup.aws", "bothup.sim", "bothup.causes", "yaml")
    assert "--device-config" in done.stdout
    assert [name for name in done.stderr.split() if name.startswith(heavy)] == []


def test_the_formats_of_a_scan_in_the_settings_are_none_of_a_diagnosis(
    bothup: Run, tmp_path: Path
) -> None:
    (tmp_path / "bothup.toml").write_text('output = ["table", "json=scan.json"]')
    bundle = '{"schema": "bothup.evidence/1"}'
    done = bothup("diagnose", "--evidence", "-", stdin=bundle, sim=None)
    assert done.returncode == 4, done.stderr
    assert not (tmp_path / "scan.json").exists()
