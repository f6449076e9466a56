"""One pass over a Target: each call once, none in vain, and what is denied costs what needs it."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bothup import controls
from bothup.cli.app import run
from bothup.engine.controls import rule, rules, select
from bothup.errors import UsageError
from bothup.iam.policy import permissions
from bothup.sim.faults import Fault
from bothup.sim.server import SimServer
from tests.controls.ground import QUIET, REGION, Scanned, ec2, volume
from tests.test_control_cases import read_and_judge, shown


@pytest.fixture
def sim(sim: SimServer) -> Iterator[SimServer]:
    """The module's; its faults end with the test."""
    yield sim
    sim.faults.clear()


def called(sim: SimServer, *names: str) -> Counter[str]:
    before = len(sim.calls.all())
    assert Scanned(names, QUIET).coverage
    told = Counter(each.operation for each in sim.calls.all()[before:])
    del told["sts:GetCallerIdentity"]
    return told


def test_a_call_that_several_controls_need_is_made_once(sim: SimServer) -> None:
    told = called(sim, "all")
    assert set(told.values()) == {1}
    needed = {kind for each in rules() for kind in each.kinds}
    policy = permissions("scan", kinds=needed)
    allowed = {each for statement in policy["Statement"] for each in statement["Action"]}
    # One Region was named, and no snapshot of the account's is public.
    assert allowed - set(told) == {"ec2:DescribeRegions", "ec2:DescribeSnapshotAttribute"}


@pytest.mark.parametrize(
    ("chosen", "calls"),
    [
        ("default", {"DescribeVpnConnections"}),
        ("EC2.20", {"DescribeVpnConnections"}),
        ("vpn", {"DescribeVpnConnections", "DescribeClientVpnEndpoints"}),
        ("EC2.13,EC2.14,EC2.2", {"DescribeSecurityGroups"}),
        ("EC2.6", {"DescribeVpcs", "DescribeFlowLogs"}),
        ("EC2.4,EC2.8,EC2.9", {"DescribeInstances"}),
    ],
)
def test_no_call_is_made_in_vain(sim: SimServer, chosen: str, calls: set[str]) -> None:
    assert called(sim, chosen) == {f"ec2:{name}": 1 for name in calls}


def test_what_is_denied_costs_the_controls_that_need_it(
    sim: SimServer, capsys: pytest.CaptureFixture[str]
) -> None:
    sim.faults.add(Fault(operation="ec2:DescribeFlowLogs", code="UnauthorizedOperation"))
    chosen = ("--control", "EC2.6,EC2.10,EC2.20")
    code = run(["scan", *chosen, "--region", QUIET, "--region", REGION, "-o", "json", "-q"])
    document = json.loads(capsys.readouterr().out)
    assert {each["control"] for each in document["findings"]} == {"EC2.10", "EC2.20"}
    for each in document["coverage"]:
        assert (each["status"], each["controls"]) == ("denied", ["EC2.6"])
        assert "EC2.6: " in each["message"]
    assert code == 3, "a VPC without an endpoint failed"
    assert document["summary"]["targets_partly"] == 2
    assert document["summary"]["targets_unread"] == 0
    sim.faults.clear()
    sim.faults.add(Fault(operation="ec2:DescribeClientVpn*", code="UnauthorizedOperation"))
    assert run(["scan", "--control", "EC2.20,EC2.51", "--region", QUIET]) == 4
    assert "READ IN PART" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("chosen", "partly"), [("EC2.6,EC2.10,EC2.15", True), ("EC2.6,EC2.10", False)]
)
def test_what_is_denied_is_not_lost_among_other_errors(
    sim: SimServer, capsys: pytest.CaptureFixture[str], chosen: str, partly: bool
) -> None:
    """EC2.6 comes first by its number, and AWS fails it; EC2.10 may not be judged at all."""
    sim.faults.add(Fault(operation="ec2:DescribeFlowLogs", code="OperationNotPermitted"))
    sim.faults.add(Fault(operation="ec2:DescribeVpcEndpoints", code="UnauthorizedOperation"))
    words = ("--control", chosen, "--region", QUIET, "-q")
    assert run(["scan", *words, "-o", "json"]) in (3, 4)
    (covered,) = json.loads(capsys.readouterr().out)["coverage"]
    assert (covered["status"], covered["error_code"]) == ("denied", "UnauthorizedOperation")
    assert covered["message"].startswith("EC2.10: ")
    assert "; EC2.6: OperationNotPermitted: " in covered["message"]
    assert ("controls" in covered) is partly
    run(["scan", *words])
    shown = " ".join(capsys.readouterr().out.split())
    assert "UnauthorizedOperation: EC2.10: " in shown
    assert "EC2.6: OperationNotPermitted: " in shown


def test_a_control_may_be_added_while_the_program_runs(
    sim: SimServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One source file and one folder of cases: nothing else knows of it."""
    (tmp_path / "ec2_998.py").write_text(
        "from bothup.model.control import Control\n"
        "from bothup.model.finding import Severity\n"
        "from bothup.model.verdicts import failed, passed\n"
        "from bothup.model.volume import Volume\n"
        'CONTROL = Control(id="EC2.998", severity=Severity.LOW, resource="AWS::EC2::Volume",\n'
        '    config_rule="named", config_lag="none", groups=("mine",))\n'
        "def judge(volume: Volume):\n"
        '    return passed("named", "x") if volume.tags.get("Name") else failed("nameless", "x")\n'
    )
    case = {
        "answers": {"DescribeVolumes": {"Volumes": [{"VolumeId": "vol-1"}]}},
        "expected": {"vol-1": {"status": "FAILED", "reasons": ["nameless"], "notices": []}},
    }
    (tmp_path / "EC2.998").mkdir()
    (tmp_path / "EC2.998" / "nameless.json").write_text(json.dumps(case))
    monkeypatch.setattr(controls, "__path__", [*controls.__path__, str(tmp_path)])
    import asyncio

    for file in tmp_path.glob("*/*.json"):
        told = json.loads(file.read_text())
        found = asyncio.run(read_and_judge(rule(file.parent.name), told["answers"], set()))[1]
        assert {each.resource.id: shown(each) for each in found} == told["expected"]
    name = volume(ec2(sim))
    assert Scanned(["mine"]).verdicts("EC2.998")[name] == "FAILED"
    assert [each.control.id for each in select(["mine"])] == ["EC2.998"]


def test_parameters_come_from_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bothup.toml"
    file.write_text('[parameters."EC2.4"]\nAllowedDays = 60\n')
    assert run(["controls", "EC2.4", "--config", str(file)]) == 0
    assert "AllowedDays = 60" in capsys.readouterr().out
    days = "expected a whole number from 1 to 365"
    for text, said in (
        (
            '[parameters."EC2.4"]\nAllowedDays = 400\n',
            f'line 2, parameters."EC2.4".AllowedDays: found 400; {days}',
        ),
        (
            '[parameters]\n"EC2.4" = { AllowedDays = "x" }\n',
            f'line 2, parameters."EC2.4".AllowedDays: found "x"; {days}',
        ),
        (
            'timeout = 3\n\nparameters."EC2.4".AllowedDays = true\n',
            f'line 3, parameters."EC2.4".AllowedDays: found true; {days}',
        ),
        (
            '[parameters."EC2.4"]\nDays = 4\n',
            'line 2, parameters."EC2.4".Days: the control has no such parameter; it has Allo',
        ),
        (
            '[parameters."EC2.13"]\nDays = 4\n',
            'line 2, parameters."EC2.13".Days: the control has no parameters',
        ),
        (
            '[parameters."EC2.444"]\nDays = 4\n',
            'line 1, parameters."EC2.444": no control is called',
        ),
        (
            "[parameters.EC2.4]\nAllowedDays = 4\n",
            'line 1, parameters.EC2: write [parameters."EC2.4"], with quotes',
        ),
    ):
        file.write_text(text)
        # What is wrong is said even where the control is not among those asked for.
        for names in ((), ("EC2.7",)):
            assert run(["controls", *names, "--config", str(file)]) == 2
            assert f"{file}, {said}" in capsys.readouterr().err


def test_a_name_that_is_none_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"did you mean EC2\.13"):
        select(["EC2.133"])
    with pytest.raises(UsageError, match="no control is named"):
        select([","])
