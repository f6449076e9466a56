"""`bothup scan` against AWS, as far as the simulated AWS goes: real HTTP, real signatures."""

import json

import pytest

from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.cli.conftest import Run, coverage, findings

DESCRIBE = "ec2:DescribeVpnConnections"
READ = {"eu-central-1": "read", "eu-west-1": "read", "us-east-1": "read"}


def test_every_enabled_region_is_read_with_one_call_each(bothup: Run, sim: SimServer) -> None:
    sim.calls.clear()
    done = bothup("scan", "-o", "json", **sim.env())
    assert done.returncode == 3
    assert coverage(done.stdout) == READ
    statuses = {name: each["status"] for name, each in findings(done.stdout).items()}
    assert statuses == {"a-healthy": "PASSED", "b-degraded": "FAILED", "c-healthy": "PASSED"}
    made = sorted((call.operation, call.region) for call in sim.calls.all())
    assert made == [
        ("ec2:DescribeRegions", "eu-central-1"),
        (DESCRIBE, "eu-central-1"),
        (DESCRIBE, "eu-west-1"),
        (DESCRIBE, "us-east-1"),
        ("sts:GetCallerIdentity", "eu-central-1"),
    ]


def test_named_regions_alone_are_read(bothup: Run, sim: SimServer) -> None:
    done = bothup("scan", "--region", "us-east-1", "-o", "json", **sim.env())
    assert done.returncode == 0
    assert coverage(done.stdout) == {"us-east-1": "read"}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"code": "UnauthorizedOperation"}, "denied", "UnauthorizedOperation"),
        ({"code": "OptInRequired"}, "not_enabled", "OptInRequired"),
        ({"code": "AuthFailure"}, "not_enabled", "AuthFailure"),
        ({"code": "RequestLimitExceeded"}, "throttled", "RequestLimitExceeded"),
        ({"code": "InvalidParameterValue"}, "failed", "InvalidParameterValue"),
        ({"kind": "hang"}, "unreachable", None),
        ({"kind": "reset"}, "unreachable", None),
        ({"kind": "reset-mid-body"}, "unreachable", None),
        ({"kind": "truncated"}, "unreachable", None),
        ({"kind": "malformed"}, "unreachable", None),
    ],
    ids=lambda value: str(value.get("code") or value["kind"]) if isinstance(value, dict) else "",
)
def test_a_region_that_cannot_be_read_is_never_green(
    bothup: Run, sim: SimServer, fault: dict[str, str], status: str, code: str | None
) -> None:
    sim.faults.add(Fault(region="eu-west-1", operation=DESCRIBE, **fault))  # type: ignore[arg-type]
    done = bothup("scan", "--timeout", "3", "-o", "json", **sim.env())
    assert done.returncode == 4
    assert coverage(done.stdout) == READ | {"eu-west-1": status}
    (unread,) = [each for each in json.loads(done.stdout)["coverage"] if each["status"] != "read"]
    assert unread["error_code"] == code
    assert unread["message"]
    assert set(findings(done.stdout)) == {"a-healthy", "c-healthy"}
    assert "not read: 111122223333 eu-west-1" in done.stderr


def test_an_unread_region_is_on_the_screen(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(Fault(region="eu-west-1", operation=DESCRIBE, code="UnauthorizedOperation"))
    done = bothup("scan", **sim.env())
    assert done.returncode == 4
    assert "Not read, so not known to be up:" in done.stdout
    assert "111122223333  eu-west-1  denied" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("1 Target NOT READ")


def test_findings_outweigh_unread_regions_in_the_exit_code(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(Fault(region="us-east-1", operation=DESCRIBE, code="UnauthorizedOperation"))
    assert bothup("scan", **sim.env()).returncode == 3
    assert bothup("scan", "--fail-on", "high", **sim.env()).returncode == 4


def test_six_throttles_in_a_row_are_ridden_out(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(
        Fault(region="eu-west-1", operation=DESCRIBE, code="RequestLimitExceeded", times=6)
    )
    done = bothup("scan", "-o", "json", **sim.env())
    assert done.returncode == 3
    assert coverage(done.stdout) == READ
    assert not sim.faults.in_force() or sim.faults.in_force()[0].times == 0


def test_a_region_that_is_not_enabled_is_told_from_bad_credentials(
    bothup: Run, sim: SimServer
) -> None:
    regions = ("--region", "eu-west-1", "--region", "ap-east-1")
    done = bothup("scan", *regions, "-o", "json", **sim.env())
    assert coverage(done.stdout) == {"eu-west-1": "read", "ap-east-1": "not_enabled"}

    wrong = sim.env() | {"AWS_SECRET_ACCESS_KEY": "not-the-secret"}
    done = bothup("scan", *regions, **wrong)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "AWS rejects the credentials" in done.stderr


def test_without_permission_to_list_regions_nothing_is_green(bothup: Run, sim: SimServer) -> None:
    sim.faults.add(Fault(operation="ec2:DescribeRegions", code="UnauthorizedOperation"))
    done = bothup("scan", **sim.env())
    assert done.returncode == 4
    assert "denied" in done.stdout
    assert "--region" in done.stdout
    named = bothup("scan", "--region", "us-east-1", **sim.env())
    assert named.returncode == 0


def test_without_credentials_it_says_what_to_do(bothup: Run) -> None:
    done = bothup("scan")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bothup: no AWS credentials found; log in")


def test_every_kind_of_connection_is_judged(bothup: Run, every_kind: SimServer) -> None:
    done = bothup("scan", "-o", "json", **every_kind.env())
    assert done.returncode == 3
    found = findings(done.stdout)
    statuses = {name: (each["status"], each["redundancy"]) for name, each in found.items()}
    assert statuses["healthy"] == ("PASSED", "REDUNDANT")
    assert statuses["second-tunnel-never-configured"] == ("FAILED", "DEGRADED")
    assert statuses["site-down"] == ("FAILED", "DOWN")
    assert statuses["no-telemetry"] == ("NOT_AVAILABLE", "UNKNOWN")
    assert statuses["deleting"][0] == "NOT_APPLICABLE"
    notices = {notice["code"] for notice in found["up-no-routes"]["notices"]}
    assert "up-without-routes" in notices
    assert found["bgp-down"]["tunnels"][0]["status_message"] == "IPSEC IS UP" or (
        found["bgp-down"]["tunnels"][1]["status_message"] == "IPSEC IS UP"
    )


def test_two_runs_give_the_same_findings(bothup: Run, every_kind: SimServer) -> None:
    first = json.loads(bothup("scan", "-o", "json", **every_kind.env()).stdout)
    second = json.loads(bothup("scan", "-o", "json", **every_kind.env()).stdout)
    assert json.dumps(first["findings"]) == json.dumps(second["findings"])
