"""`bothup findings` against the simulated Security Hub: real HTTP, real signatures."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import Run

HOME, MEMBER, REGION = "111122223333", "222233334444", "eu-west-1"
ORG = ("--org", "--role-name", "bothup-hub")
SCENARIO = f"""
regions = ["{REGION}", "us-east-1"]
[[accounts]]
id = "{HOME}"
name = "Home"
management = true
[[accounts.connections]]
name = "healthy"
region = "us-east-1"
kind = "hardened"
[[accounts]]
id = "{MEMBER}"
name = "Member"
[[accounts.roles]]
name = "bothup-hub"
[[accounts.connections]]
name = "degraded"
region = "{REGION}"
kind = "wrong-key"
logs = true
[[accounts.connections]]
name = "well"
region = "{REGION}"
kind = "hardened"
"""
PRODUCT = f"arn:aws:securityhub:{REGION}:{MEMBER}:product/{MEMBER}/default"


@pytest.fixture
def sim() -> Iterator[SimServer]:
    with SimServer(parse_scenario(SCENARIO, "test")) as server:
        yield server


def hub(sim: SimServer, account: str = MEMBER, region: str = REGION) -> dict[Any, dict[str, Any]]:
    """What a Security Hub holds, by id, of bothup's and of AWS's own."""
    place = sim.world.place(account, region)
    found = sim.world.records.hub.findings(account, region, place, sim.clock.now())
    return {name: each for (_, name), each in found.items()}


def ours(sim: SimServer, **where: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in hub(sim, **where).items() if name.startswith("bothup/")}


def own(sim: SimServer, name: str) -> dict[str, Any]:
    """AWS's own finding on a connection."""
    wanted = connection(sim, name).id
    found = [each for each in hub(sim).values() if "security-control" in each["GeneratorId"]]
    (only,) = [each for each in found if each["Resources"][0]["Id"].endswith(wanted)]
    return only


def connection(sim: SimServer, name: str) -> Any:
    return next(each for each in sim.world.connections() if each.name == name)


TUNNELS = ("--control", "EC2.20")


def run(bothup: Run, sim: SimServer, *words: str, code: int = 0) -> dict[str, Any]:
    done = bothup("findings", *words, *TUNNELS, "-o", "json", **sim.env())
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def sums(outcome: dict[str, Any]) -> dict[str, int]:
    counted = ("new", "updated", "archived", "unknown", "annotated")
    found = {name: sum(each[name] for each in outcome["targets"]) for name in counted}
    return {name: number for name, number in found.items() if number}


def test_each_account_is_told_with_its_own_credentials(bothup: Run, sim: SimServer) -> None:
    assert sums(run(bothup, sim, "import", *ORG, "--dry-run")) == {"new": 3}
    assert ours(sim) == {}
    assert sums(run(bothup, sim, "import", *ORG, "--yes")) == {"new": 3}
    first = ours(sim)
    assert {each["AwsAccountId"] for each in first.values()} == {MEMBER}
    assert len(ours(sim, account=HOME, region="us-east-1")) == 1
    wrote = {
        (each.account, each.region)
        for each in sim.calls.all()
        if each.operation == "securityhub:BatchImportFindings"
    }
    assert wrote == {(MEMBER, REGION), (HOME, "us-east-1")}

    sim.set_tunnel(MEMBER, REGION, *down(sim, "degraded"), up=True)
    gone = connection(sim, "well")
    sim.world.remove(gone)
    assert sums(run(bothup, sim, "import", *ORG, "--yes")) == {"updated": 2, "archived": 1}
    second = ours(sim)
    assert second.keys() == first.keys()
    for name, each in second.items():
        assert each["CreatedAt"] == first[name]["CreatedAt"]
        assert each["UpdatedAt"] > first[name]["UpdatedAt"]
        assert each["RecordState"] == ("ARCHIVED" if gone.id in name else "ACTIVE")
    assert {each["Compliance"]["Status"] for each in second.values()} == {"PASSED"}


def down(sim: SimServer, name: str) -> tuple[str, str]:
    """A connection's id, and the outside IP of the first of its tunnels that is not up."""
    found = connection(sim, name)
    return found.id, next(each.outside_ip for each in found.tunnels if not each.now.up)


def test_what_cannot_be_read_becomes_not_available(bothup: Run, sim: SimServer) -> None:
    run(bothup, sim, "import", *ORG, "--yes")
    sim.faults.add(
        Fault(account=MEMBER, operation="ec2:DescribeVpnConnections", code="UnauthorizedOperation")
    )
    outcome = run(bothup, sim, "import", *ORG, "--yes", code=4)
    assert sums(outcome)["unknown"] == 2
    assert {each["Compliance"]["Status"] for each in ours(sim).values()} == {"NOT_AVAILABLE"}
    assert {each["region"] for each in outcome["unread"]} == {REGION, "us-east-1"}


def test_failed_findings_are_sent_again_and_told(bothup: Run, sim: SimServer) -> None:
    sim.world.records.hub.fail("*", "InternalError", times=2)
    run(bothup, sim, "import", *ORG, "--yes")
    assert len(ours(sim)) == 2
    sim.world.records.hub.fail(f"*{connection(sim, 'well').id}", "InternalError", times=9)
    outcome = run(bothup, sim, "import", *ORG, "--yes", code=4)
    (failed,) = [each for target in outcome["targets"] for each in target["failed"]]
    assert failed["code"] == "InternalError"
    assert failed["id"].endswith(connection(sim, "well").id)


def test_a_hub_that_is_off_or_denied_costs_itself(bothup: Run, sim: SimServer) -> None:
    off = "InvalidAccessException"
    sim.faults.add(Fault(account=HOME, operation="securityhub:GetFindings", code=off))
    sim.faults.add(
        Fault(
            account=MEMBER,
            region="us-east-1",
            operation="securityhub:*",
            code="AccessDeniedException",
        )
    )
    outcome = run(bothup, sim, "import", *ORG, "--yes", code=4)
    told = {(each["account"], each["region"]): each["hub"] for each in outcome["targets"]}
    assert {where: each["status"] for where, each in told.items()} == {
        (HOME, REGION): "not_enabled",
        (HOME, "us-east-1"): "not_enabled",
        (MEMBER, REGION): "read",
        (MEMBER, "us-east-1"): "denied",
    }
    assert len(ours(sim)) == 2


def test_nothing_is_written_without_being_told_to(bothup: Run, sim: SimServer) -> None:
    done = bothup("findings", "import", *ORG, **sim.env())
    assert done.returncode == 2
    assert "say --yes" in done.stderr
    assert ours(sim) == {}


def test_a_file_is_imported_in_batches_and_paced(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    scan = json.loads(bothup("scan", *TUNNELS, "-o", "json", **sim.env()).stdout)
    (one,) = scan["findings"]
    scan["findings"] = [
        one | {"id": f"{one['id']}-{n}", "resource": one["resource"] | {"id": f"vpn-{n}"}}
        for n in range(450)
    ]
    (tmp_path / "scan.json").write_text(json.dumps(scan))
    outcome = run(bothup, sim, "import", "--input", "scan.json", "--yes")
    assert sums(outcome) == {"new": 450}
    assert len(ours(sim, account=HOME, region="us-east-1")) == 450
    times = [
        each.time for each in sim.calls.all() if each.operation == "securityhub:BatchImportFindings"
    ]
    assert len(times) >= 5
    assert times[-1] - times[0] > timedelta(seconds=0.1 * (len(times) - 2))
    again = run(bothup, sim, "import", "--input", "scan.json", "--dry-run")
    assert sums(again) == {"updated": 450}


def test_a_part_of_the_connections_archives_none(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    run(bothup, sim, "import", "--yes")
    (tmp_path / "none.json").write_text('{"VpnConnections": []}')
    label = ("--account", HOME, "--region", "us-east-1")
    outcome = run(bothup, sim, "import", "--input", "none.json", *label, "--yes")
    assert sums(outcome) == {}
    (only,) = ours(sim, account=HOME, region="us-east-1").values()
    assert only["RecordState"] == "ACTIVE"
    unlabelled = bothup("findings", "import", "--input", "none.json", "--yes", **sim.env())
    assert unlabelled.returncode == 0, unlabelled.stderr


def test_a_scan_that_finds_nothing_any_more_archives_what_it_looked_for(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    run(bothup, sim, "import", "--yes")
    scan = json.loads(bothup("scan", *TUNNELS, "-o", "json", **sim.env()).stdout)
    for controls, archived in ((["EC2.13"], {}), (["EC2.20", "EC2.13"], {"archived": 1})):
        emptied = scan | {"findings": [], "scope": scan["scope"] | {"controls": controls}}
        (tmp_path / "scan.json").write_text(json.dumps(emptied))
        assert sums(run(bothup, sim, "import", "--input", "scan.json", "--yes")) == archived


def test_what_no_scan_of_a_file_looked_for_in_a_target_stays(
    bothup: Run, sim: SimServer, tmp_path: Path
) -> None:
    run(bothup, sim, "import", "--yes")
    scan = json.loads(bothup("scan", *TUNNELS, "-o", "json", **sim.env()).stdout)
    lines = bothup("scan", *TUNNELS, "-o", "jsonl", **sim.env()).stdout.splitlines(keepends=True)
    (one,) = scan["findings"]
    elsewhere = scan | {
        "coverage": [each | {"region": "eu-west-1"} for each in scan["coverage"]],
        "findings": [one | {"id": "elsewhere", "region": "eu-west-1"}],
    }
    here = scan | {"findings": [], "scope": scan["scope"] | {"controls": ["EC2.13"]}}
    untold = {name: value for name, value in (scan | {"findings": []}).items() if name != "scope"}
    part = {"VpnConnections": [{"VpnConnectionId": "vpn-0123456789abcdef0", "State": "deleted"}]}
    cut = [line for line in lines if '"finding"' not in line and '"summary"' not in line]
    label = ("--account", HOME, "--region", "us-east-1")
    inputs = {
        "another scan looked for it": "\n".join(map(json.dumps, (here, elsewhere))),
        "one scan does not say": "\n".join(map(json.dumps, (untold, elsewhere))),
        "a list beside a scan": "\n".join(map(json.dumps, (part, elsewhere))),
        "cut off before the findings": "".join(cut),
    }
    archived = {}
    for what, text in inputs.items():
        (tmp_path / "scans.json").write_text(text)
        words = ("--input", "scans.json", *label, *TUNNELS, "-o", "json", "--dry-run")
        done = bothup("findings", "import", *words, **sim.env())
        archived[what] = sums(json.loads(done.stdout)).get("archived", 0)
    assert archived == dict.fromkeys(inputs, 0)


def test_enrich_writes_the_cause_onto_awss_own_finding(bothup: Run, sim: SimServer) -> None:
    outcome = run(bothup, sim, "import", *ORG, "--enrich", "--diagnose", "--yes")
    assert sums(outcome) == {"annotated": 1}
    vpn, address = down(sim, "degraded")
    found = own(sim, "degraded")
    assert found["UserDefinedFields"]["bothup-tunnel"] == address
    assert found["UserDefinedFields"]["bothup-cause"] == "psk-mismatch"
    assert found["UserDefinedFields"]["bothup-since"]
    assert address in found["Note"]["Text"]
    assert ours(sim) == {}
    assert vpn in found["Resources"][0]["Id"]


def test_compare_tells_what_awss_own_finding_has_missed(bothup: Run, sim: SimServer) -> None:
    assert run(bothup, sim, "compare", *ORG)["disagreements"] == []
    vpn = connection(sim, "well")
    sim.set_tunnel(MEMBER, REGION, vpn.id, vpn.tunnels[0].outside_ip, up=False)
    outcome = run(bothup, sim, "compare", *ORG, code=3)
    (only,) = outcome["disagreements"]
    assert (only["kind"], only["live"], only["held"]) == ("status", "FAILED", "PASSED")
    assert only["resource"] == vpn.id
    assert only["updated_at"] < only["live_since"]
    shown = bothup("findings", "compare", *ORG, *TUNNELS, **sim.env()).stdout
    assert vpn.id in shown
    assert "12h 0m" in shown
    assert "1 disagreement on 3 findings seen live" in shown
    sim.faults.add(Fault(account=MEMBER, operation="securityhub:*", code="AccessDeniedException"))
    assert len(run(bothup, sim, "compare", *ORG, code=4)["unread"]) == 2
