"""Log groups, log streams and Client VPN: made where they are missing, and gone on with."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from bothup.apply.stops import Why
from bothup.sim.faults import Fault
from tests.apply.stage import ACCOUNT, REGION, Killed, Stage

MakeStage = Callable[..., Stage]
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
GROUP = "/aws/vendedlogs/vpn"


@pytest.fixture
def play(stage: MakeStage) -> Iterator[Stage]:
    made = stage(office="")
    yield made
    made.front.moto.reset()


def logs(play: Stage) -> Any:
    return boto3.client("logs", region_name=REGION, endpoint_url=play._theatre.url)


def groups(play: Stage) -> dict[str, Any]:
    listed = logs(play).describe_log_groups()["logGroups"]
    return {each["logGroupName"]: each.get("retentionInDays") for each in listed}


def endpoint(play: Stage, **log: Any) -> dict[str, Any]:
    made = {
        "ClientVpnEndpointId": "cvpn-endpoint-0a1b2c3d",
        "Status": {"Code": "available"},
        "ConnectionLogOptions": log or {"Enabled": False},
        "DnsServers": ["10.0.0.2"],
    }
    play.world.place(ACCOUNT, REGION).client_vpn[made["ClientVpnEndpointId"]] = made
    play.world.machine.version += 1
    return made


def test_a_log_group_is_made_with_its_retention(play: Stage) -> None:
    play.apply(play.make_plan("tunnel-logs"))
    assert groups(play) == {GROUP: 365}


def test_somebody_elses_log_group_stays_as_it_is(play: Stage) -> None:
    wanted = play.make_plan("tunnel-logs")
    logs(play).create_log_group(logGroupName=GROUP)
    assert {each.why for each in play.apply(wanted)} == {None}
    assert groups(play) == {GROUP: None}


@pytest.mark.parametrize("line", range(0, 60, 4))
def test_a_log_group_whose_making_was_cut_off_gets_its_retention(play: Stage, line: int) -> None:
    wanted = play.make_plan("tunnel-logs")
    with contextlib.suppress(Killed):
        play.apply(wanted, kill_at=("line", 120 + line), owner="killed")
    assert {each.why for each in play.resume(owner="last")} == {None}
    assert groups(play) == {GROUP: 365}


def test_a_client_vpn_endpoint_logs_and_logs_no_more(play: Stage) -> None:
    made = endpoint(play)
    wanted = play.make_plan("client-vpn-logging", "lifecycle-control")
    outcomes = {each.resource: each for each in play.apply(wanted)}
    assert {each.why for each in outcomes.values()} == {None}
    assert outcomes[f"{ACCOUNT}/{REGION}/{made['ClientVpnEndpointId']}"].done == 1
    assert made["ConnectionLogOptions"] == {
        "Enabled": True,
        "CloudwatchLogGroup": "/aws/clientvpn/connections",
        "CloudwatchLogStream": made["ClientVpnEndpointId"],
    }
    assert made["DnsServers"] == ["10.0.0.2"]
    streams = logs(play).describe_log_streams(logGroupName="/aws/clientvpn/connections")
    assert [each["logStreamName"] for each in streams["logStreams"]] == ["cvpn-endpoint-0a1b2c3d"]
    assert {each.why for each in play.undo(wanted)} == {None}
    assert made["ConnectionLogOptions"] == {"Enabled": False}


def test_an_endpoint_that_somebody_else_changed_is_left_alone(play: Stage) -> None:
    made = endpoint(play)
    wanted = play.make_plan("client-vpn-logging", "lifecycle-control")
    theirs = {"Enabled": True, "CloudwatchLogGroup": "mine"}
    made["ConnectionLogOptions"] = theirs
    outcomes = {each.resource.rpartition("/")[2]: each.why for each in play.apply(wanted)}
    assert outcomes["cvpn-endpoint-0a1b2c3d"] is Why.DRIFT
    assert made["ConnectionLogOptions"] == theirs


def test_an_answer_about_an_endpoint_that_is_lost(play: Stage) -> None:
    made = endpoint(play)
    wanted = play.make_plan("client-vpn-logging", "lifecycle-control")
    lost = Fault(operation="ec2:ModifyClientVpnEndpoint", kind="truncated", times=1)

    def after_dry_runs(_: int) -> None:
        if not play.front.faults.in_force() and not made["ConnectionLogOptions"]["Enabled"]:
            play.front.faults.add(lost)

    play.at_sleep = after_dry_runs
    assert {each.why for each in play.apply(wanted)} == {None}
    assert made["ConnectionLogOptions"]["Enabled"] is True


def test_an_endpoint_that_is_gone(play: Stage) -> None:
    endpoint(play)
    wanted = play.make_plan("client-vpn-logging", "lifecycle-control")
    play.world.place(ACCOUNT, REGION).client_vpn.clear()
    play.world.machine.version += 1
    outcomes = {each.resource.rpartition("/")[2]: each.why for each in play.apply(wanted)}
    assert outcomes["cvpn-endpoint-0a1b2c3d"] is Why.AWS


def test_a_log_group_that_was_denied_keeps_no_later_plan_out(play: Stage) -> None:
    denied = Fault(operation="logs:CreateLogGroup", code="AccessDeniedException", times=1)
    play.front.faults.add(denied)
    assert {each.why for each in play.apply(play.make_plan("tunnel-logs"))} == {Why.AWS, Why.NEEDS}
    play.pass_time(60)
    later = play.make_plan("tunnel-logs", "lifecycle-control")
    assert {each.why for each in play.apply(later)} == {None}


def test_undo_settles_a_log_group_that_may_have_been_made(play: Stage) -> None:
    wanted = play.make_plan("tunnel-logs")
    play.front.faults.add(Fault(operation="logs:CreateLogGroup", kind="reset", times=1))
    assert Why.AWS in {each.why for each in play.apply(wanted)}
    assert play.undo(wanted) == ()
    play.pass_time(60)
    later = play.make_plan("tunnel-logs", "lifecycle-control")
    assert {each.why for each in play.apply(later)} == {None}


def test_what_somebody_else_changed_after_a_kill_keeps_no_later_plan_out(play: Stage) -> None:
    made = endpoint(play)
    wanted = play.make_plan("client-vpn-logging", "lifecycle-control")
    killed = Fault(operation="ec2:ModifyClientVpnEndpoint", kind="reset")

    def after_dry_runs(_: int) -> None:
        if not play.front.faults.in_force() and groups(play):
            play.front.faults.add(killed)

    play.at_sleep = after_dry_runs
    assert Why.AWS in {each.why for each in play.apply(wanted)}
    play.at_sleep = None
    play.front.faults.clear()
    made["ConnectionLogOptions"] = {"Enabled": True, "CloudwatchLogGroup": "mine"}
    play.world.machine.version += 1
    assert Why.DRIFT in {each.why for each in play.resume()}
    made["ConnectionLogOptions"] = {"Enabled": False}
    play.world.machine.version += 1
    later = play.make_plan("client-vpn-logging", "lifecycle-control")
    assert {each.why for each in play.apply(later)} == {None}
