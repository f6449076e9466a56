"""The custom rule's function in a process of its own, over HTTP with the real SDK."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bothup.iam.policy import permissions
from bothup.sim.faults import Fault
from bothup.sim.load import parse_scenario
from bothup.sim.server import SimServer
from tests.cli.conftest import clean_env
from tests.deploy.events import ACCOUNT, KIND, RULE, changed, periodic

REGION = "eu-west-1"
POLICY = [action for each in permissions("config-rule")["Statement"] for action in each["Action"]]
SCENARIO = f"""
regions = ["{REGION}"]
[[accounts]]
id = "{ACCOUNT}"
name = "One"
management = true
policy = {json.dumps(POLICY)}
""" + "".join(
    f"""
[[accounts.connections]]
name = "{name}"
region = "{REGION}"
kind = "{kind}"
"""
    for name, kind in (
        ("well", "hardened"),
        ("broken", "wrong-key"),
        ("silent", "no-telemetry"),
        ("leaving", "deleting"),
    )
)
LAMBDA = """
import json, sys
from bothup.deploy.config_rule import handler
from bothup.errors import BothupError
for line in sys.stdin:
    try:
        print(json.dumps(handler(json.loads(line), None)))
    except BothupError as error:
        print(json.dumps(str(error)))
# A function in AWS has bothup's own dependencies, and nothing of its tests or its simulator.
assert not {"moto", "flask", "boto3", "cyclopts", "bothup.sim"} & sys.modules.keys()
"""


@pytest.fixture
def sim() -> Iterator[SimServer]:
    with SimServer(parse_scenario(SCENARIO, "test")) as server:
        server.world.records.verdicts.tokens["token"] = RULE
        yield server


def call(sim: SimServer, *events: dict[str, Any]) -> list[Any]:
    """What the function answers to each event; an error as its text."""
    done = subprocess.run(
        [sys.executable, "-c", LAMBDA],
        input="".join(json.dumps(each) + "\n" for each in events),
        capture_output=True,
        text=True,
        env=clean_env() | sim.env(),
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def put(sim: SimServer) -> dict[str, tuple[str, str]]:
    """The verdicts that AWS Config has, by the connection's name where it is still there."""
    names = {each.id: each.name for each in sim.world.connections()}
    held = sim.world.records.verdicts.of(ACCOUNT, REGION, RULE)
    return {
        names.get(name, name): (each["ComplianceType"], each.get("Annotation", ""))
        for (_, name), each in held.items()
    }


def connection(sim: SimServer, name: str) -> Any:
    return next(each for each in sim.world.connections() if each.name == name)


def test_periodically_every_connection_gets_its_verdict(sim: SimServer) -> None:
    (told,) = call(sim, periodic())
    assert told == {"COMPLIANT": 1, "NON_COMPLIANT": 1, "NOT_APPLICABLE": 2}
    found = put(sim)
    assert {name: verdict for name, (verdict, _) in found.items()} == {
        "well": "COMPLIANT",
        "broken": "NON_COMPLIANT",
        "silent": "NOT_APPLICABLE",
        "leaving": "NOT_APPLICABLE",
    }
    assert "is DOWN since" in found["broken"][1]
    assert found["silent"][1].startswith("could not be judged: ")
    (one, *_) = sim.world.records.verdicts.of(ACCOUNT, REGION, RULE).values()
    assert one["OrderingTimestamp"].isoformat() == "2026-11-24T12:00:00+00:00"
    called = {operation for _, _, operation in sim.calls.counts()}
    assert called - {"sts:GetCallerIdentity"} == set(POLICY)


def test_what_is_gone_and_what_cannot_be_read_stays_green_nowhere(sim: SimServer) -> None:
    gone, well = connection(sim, "broken"), connection(sim, "well")
    call(sim, periodic())
    sim.world.remove(gone)
    sim.set_tunnel(ACCOUNT, REGION, well.id, well.tunnels[0].outside_ip, up=True)
    call(sim, periodic())
    assert put(sim)[gone.id] == ("NOT_APPLICABLE", "the resource is gone")
    sim.faults.add(Fault(operation="ec2:*", code="UnauthorizedOperation"))
    (told,) = call(sim, periodic())
    assert "not authorized" in told
    assert put(sim)["well"][0] == "NOT_APPLICABLE"
    assert put(sim)["well"][1].startswith("could not be read: ")


def test_a_change_that_cannot_be_read_leaves_nothing_green(sim: SimServer) -> None:
    well = connection(sim, "well")
    call(sim, periodic())
    assert put(sim)["well"][0] == "COMPLIANT"
    sim.faults.add(Fault(operation="ec2:*", code="UnauthorizedOperation"))
    (told,) = call(sim, changed(well.id))
    assert "not authorized" in told
    assert put(sim)["well"][0] == "NOT_APPLICABLE"
    assert put(sim)["broken"][0] == "NON_COMPLIANT"


def test_a_change_is_judged_live(sim: SimServer) -> None:
    well, broken = connection(sim, "well"), connection(sim, "broken")
    long = "IPSEC IS DOWN " * 40
    sim.set_tunnel(ACCOUNT, REGION, well.id, well.tunnels[0].outside_ip, up=False, message=long)
    told = call(
        sim,
        changed(well.id, oversized=True),
        changed(broken.id, status="ResourceDeleted"),
        changed("vpn-0123456789abcdef0"),
        changed("i-1", kind="AWS::EC2::Instance"),
    )
    assert told == [{"NON_COMPLIANT": 1}, *[{"NOT_APPLICABLE": 1}] * 3]
    assert put(sim)["well"][0] == "NON_COMPLIANT"
    assert len(put(sim)["well"][1]) == 256
    assert put(sim)["vpn-0123456789abcdef0"] == ("NOT_APPLICABLE", "the resource is gone")


def test_a_test_from_the_console_leaves_nothing(sim: SimServer) -> None:
    told = call(sim, periodic(token="TESTMODE"), changed("vpn-1", token="TESTMODE"))
    assert told[0]["COMPLIANT"] == 1
    assert put(sim) == {}
    (refused,) = call(sim, periodic(token="stale"))
    assert "InvalidResultTokenException" in refused


def test_verdicts_that_fail_are_put_again(sim: SimServer) -> None:
    well = connection(sim, "well").id
    sim.world.records.verdicts.failing += [well] * 2
    call(sim, periodic())
    assert put(sim)["well"][0] == "COMPLIANT"
    sim.world.records.verdicts.failing += [well] * 9
    (told,) = call(sim, periodic())
    assert f"did not take 1 evaluations, among them {well}" in told


def test_odd_parameters_are_refused_in_words(sim: SimServer) -> None:
    told = call(
        sim,
        periodic(control="EC2.2000"),
        periodic(colour="red"),
        periodic(control="EC2.4", AllowedDays="0"),
        periodic(control="vpn"),
    )
    assert "no control is called 'EC2.2000'" in told[0]
    assert told[1] == "parameters of EC2.20: colour: the control has no parameters"
    assert told[2].startswith("parameters of EC2.4: ")
    assert "one control; 'vpn' names several" in told[3]


def test_any_control_can_be_a_rule(sim: SimServer) -> None:
    (told,) = call(sim, periodic(control="EC2.171"))
    assert told == {"COMPLIANT": 1, "NON_COMPLIANT": 2, "NOT_APPLICABLE": 1}
    assert "log" in put(sim)["broken"][1]


@pytest.mark.parametrize("missing", [each for each in POLICY if each != "sts:AssumeRole"])
def test_without_one_of_its_permissions_the_rule_fails(missing: str) -> None:
    left = json.dumps([each for each in POLICY if each != missing])
    with SimServer(parse_scenario(SCENARIO.replace(json.dumps(POLICY), left), "test")) as sim:
        sim.world.records.verdicts.tokens["token"] = RULE
        (told,) = call(sim, periodic())
        assert isinstance(told, str)
        assert missing.split(":")[1] in told
        assert not any(verdict == "COMPLIANT" for verdict, _ in put(sim).values())


def test_more_verdicts_than_a_call_takes() -> None:
    many = "".join(
        f'\n[[accounts.connections]]\nname = "n{n}"\nregion = "{REGION}"\nkind = "hardened"\n'
        for n in range(230)
    )
    with SimServer(parse_scenario(SCENARIO + many, "test")) as sim:
        sim.world.records.verdicts.tokens["token"] = RULE
        (told,) = call(sim, periodic())
        assert sum(told.values()) == 234
        assert sim.calls.counts()[ACCOUNT, REGION, "config:PutEvaluations"] == 3
        assert {kind for kind, _ in sim.world.records.verdicts.of(ACCOUNT, REGION, RULE)} == {KIND}


def test_an_empty_region_gets_a_verdict_on_the_account() -> None:
    empty = SCENARIO.partition("[[accounts.connections]]")[0]
    with SimServer(parse_scenario(empty, "test")) as sim:
        sim.world.records.verdicts.tokens["token"] = RULE
        assert call(sim, periodic()) == [{"NOT_APPLICABLE": 1}]
        assert list(put(sim)) == [ACCOUNT]
